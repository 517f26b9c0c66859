"""One look at one peer: the straight line of docs/protocol.md, "Synchronisation", step by step.

* Pure orchestration: all reading goes through the ports, "now" is an argument, nothing is stored here.
* Failures of the log itself raise, and the state given stays the true one. Failures of one record are
  returned as refusals, and the log moves on: a position is the originator's, and absence is never a signal.
* A record that failed for a passing reason stays pending, with its log entry, until it is verified or
  refused.
* The caller commits the state together with what came with it, in one transaction, or none of it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TypeVar

from exchange import hello, witness
from exchange.cosignature import Quorum
from exchange.errors import Misconfigured, NotYet, Refused
from exchange.limits import Limits
from exchange.membership import LogKey, Member, MemberStatus
from exchange.policy import Policy
from exchange.ports import Holdings, KnownRelease, PartSink, PeerChannel, SentRecord
from exchange.reception import (
    Receiver,
    Refusal,
    Verified,
    VerifiedAttestation,
    VerifiedNotice,
    VerifiedReceipt,
    VerifiedRelease,
    VerifiedRetraction,
    VerifiedTypology,
)
from exchange.records import Record, decode_records
from exchange.verification import verify_record
from exchange.witness import Seen, View

# What one look holds in memory at most, checked before each request for records; the rest stays pending.
MAX_RELEASES_AT_ONCE = 256
_TOO_LARGE = frozenset({"document_too_large", "record_too_large"})

_V = TypeVar("_V", bound=Verified)


@dataclass(frozen=True, slots=True)
class LogEntry:
    """A position in a peer's log and the commitment that stands there, 32 bytes."""

    index: int
    commitment: bytes


@dataclass(frozen=True, slots=True)
class PeerState:
    """What is remembered of a peer between two looks.

    pending: entries to ask for again, by index. shelved: entries that the version `shelved_by` of this node could not
    read, by index; another version asks for them again.
    """

    seen: Seen
    pending: tuple[LogEntry, ...] = ()
    shelved: tuple[LogEntry, ...] = ()
    shelved_by: str = ""

    @classmethod
    def nothing(cls) -> PeerState:
        """Return the state before the first look."""
        return cls(Seen.nothing())

    def read_by(self, version: str) -> PeerState:
        """Return the state with which this version of the node begins: what another one shelved is pending."""
        if not self.shelved or self.shelved_by == version:
            return self
        pending = sorted((*self.pending, *self.shelved), key=lambda entry: entry.index)
        return PeerState(self.seen, tuple(pending))


@dataclass(frozen=True, slots=True)
class Refresh:
    """What one look brought.

    new_entries: by how much the log grew. clock_skew_s: the peer's clock minus ours, in seconds; None
    where it was not asked, because there was nothing to read.
    has_more: records were left pending only because enough were read; look again at once.
    """

    state: PeerState
    releases: tuple[VerifiedRelease, ...] = ()
    attestations: tuple[VerifiedAttestation, ...] = ()
    retractions: tuple[VerifiedRetraction, ...] = ()
    receipts: tuple[VerifiedReceipt, ...] = ()
    notices: tuple[VerifiedNotice, ...] = ()
    typologies: tuple[VerifiedTypology, ...] = ()
    refused: tuple[Refusal, ...] = ()
    new_entries: int = 0
    clock_skew_s: int | None = None
    has_more: bool = False

    @property
    def nothing_new(self) -> bool:
        """Whether there was nothing to ask for: no new entry, and none pending."""
        told = self.receipts or self.notices or self.typologies
        found = self.releases or self.attestations or self.retractions or told
        return not (found or self.refused or self.new_entries or self.state.pending)


def refresh(
    state: PeerState,
    member: Member,
    channel: PeerChannel,
    sink: PartSink,
    *,
    own_code: str,
    policy: Policy,
    holdings: Holdings,
    limits: Limits,
    now: datetime,
    quorum: Quorum | None = None,
    known: Sequence[View] = (),
    version: str = "",
) -> Refresh:
    """Return what `member` has published since `state`, verified; `own_code` reads, and demands what `policy` says.

    quorum: who else must have witnessed the checkpoint; None demands nobody. known: what the member's log key has
    signed as far as this node has heard. version: of the node that reads, whatever it calls itself.

    Raises:
        Misconfigured: `peer_is_self`, `peer_has_no_node`, `protocol_unknown`.
        NotYet: `peer_not_active`, `peer_in_maintenance`, `quorum_not_met`.
        Refused: `identity_mismatch`, the names of `witness.ask`, `witness.follow`, `decode_records`, `parse_json`.
        Unreachable: from the channel, outside of parts.
    """
    # Step 1. "Now" is fixed; the peer is another member, active, with a node.
    log_key, state = _ready(member, own_code, now), state.read_by(version)
    # Steps 2 and 3. Its checkpoint is signed, and not smaller than the log is known to be.
    shown = witness.ask(state.seen, channel, log_key, limits, known=known)
    if shown.claimed is None and not state.pending:
        return Refresh(state)
    # Step 4. The hello names the member expected, a known version and no maintenance.
    clock_skew_s = hello.greet(hello.parse(channel.hello(), limits), member, now)
    # Step 5. The log has only grown: what was seen before is in it, in the same place.
    growth = witness.follow(state.seen, shown, channel, known=known)
    # Step 6. Enough members other than the originator have witnessed the checkpoint.
    if quorum is not None:
        quorum.require(growth.seen.note, reader=own_code, limits=limits, now=now)
    fresh = [LogEntry(index, entry) for index, entry in enumerate(growth.entries, growth.first_index)]
    # Steps 7 and 8. Its records are read and verified, each by itself.
    harvest = _Harvest(holdings)
    receiver = Receiver(own_code, member, policy, channel, sink, harvest, limits, now)
    _read([*state.pending, *fresh], receiver, harvest)
    # Step 9. The new state and everything that came with it are committed together, by the caller.
    return Refresh(
        state=PeerState(growth.seen, tuple(harvest.pending), (*state.shelved, *harvest.shelved), version),
        releases=harvest.of(VerifiedRelease),
        attestations=harvest.of(VerifiedAttestation),
        retractions=harvest.of(VerifiedRetraction),
        receipts=harvest.of(VerifiedReceipt),
        notices=harvest.of(VerifiedNotice),
        typologies=harvest.of(VerifiedTypology),
        refused=tuple(harvest.refused),
        new_entries=len(fresh),
        clock_skew_s=clock_skew_s,
        has_more=harvest.is_cut,
    )


@dataclass(slots=True)
class _Harvest:
    """What has been read so far in one look; with `holdings` it is what later records may speak about."""

    holdings: Holdings
    verified: list[Verified] = field(default_factory=list)
    refused: list[Refusal] = field(default_factory=list)
    pending: list[LogEntry] = field(default_factory=list)
    shelved: list[LogEntry] = field(default_factory=list)
    is_cut: bool = False

    def of(self, kind: type[_V]) -> tuple[_V, ...]:
        return tuple(one for one in self.verified if isinstance(one, kind))

    def is_full(self, limits: Limits) -> bool:
        releases = self.of(VerifiedRelease)
        rows = sum(release.manifest.rows for release in releases)
        octets = sum(len(one.envelope) for one in self.verified)
        most = limits.max_records_response_bytes
        return len(releases) >= MAX_RELEASES_AT_ONCE or rows >= limits.max_rows or octets >= most

    def add(self, entry: LogEntry, outcome: Verified | Refusal) -> None:
        if not isinstance(outcome, Refusal):
            self.verified.append(outcome)
            return
        self.refused.append(outcome)
        if outcome.is_pending:
            self.pending.append(entry)
        elif outcome.is_for_later:
            self.shelved.append(entry)

    def release(self, digest: str) -> KnownRelease | None:
        """Give a release; its retraction may stand right behind it in the log."""
        for one in self.of(VerifiedRelease):
            if one.manifest.digest == digest:
                return KnownRelease(one.manifest.originator, one.manifest.audience)
        return self.holdings.release(digest)

    def sent(self, index: int) -> SentRecord | None:
        """Give a record of the own log."""
        return self.holdings.sent(index)


def _ready(member: Member, own_code: str, now: datetime) -> LogKey:
    if member.code == own_code:
        raise Misconfigured("peer_is_self", title="A node does not read itself", detail=member.code)
    status = member.status_on(now.astimezone(UTC).date())
    if status is not MemberStatus.ACTIVE:
        stands = "not yet listed" if status is None else status.value
        raise NotYet("peer_not_active", title="Not an active member", detail=f"{member.code} is {stands}")
    if member.log_key is None:
        raise Misconfigured("peer_has_no_node", title="The member has no node", detail=member.code)
    return member.log_key


def _read(wanted: Sequence[LogEntry], receiver: Receiver, harvest: _Harvest) -> None:
    for span in _spans(wanted, receiver.limits.max_records_per_request):
        if harvest.is_full(receiver.limits):
            harvest.is_cut = True
            harvest.pending.extend(span)
            continue
        # Step 7. Records are asked for by ranges; one that is withheld from us is not a failure.
        records = _ask(receiver.channel, span[0].index, span[-1].index + 1, receiver.limits)
        # Step 8. Each record is verified by itself; one that fails is refused and stops no other.
        for entry in span:
            record = records.get(entry.index)
            if isinstance(record, Record):
                harvest.add(entry, verify_record(record, entry.commitment, receiver))
            elif record is not None:
                harvest.add(entry, Refusal.of(entry.index, record))


def _spans(wanted: Sequence[LogEntry], at_most: int) -> Iterator[list[LogEntry]]:
    """Yield the entries in groups whose indices lie within `at_most` of one another."""
    span: list[LogEntry] = []
    for entry in wanted:
        if span and entry.index - span[0].index >= at_most:
            yield span
            span = []
        span.append(entry)
    if span:
        yield span


def _ask(channel: PeerChannel, start: int, end: int, limits: Limits) -> dict[int, Record | Refused]:
    """Return the records of a range by index; in place of one that is too large by itself, the refusal."""
    try:
        records = decode_records(channel.records(start, end), limits, start=start, end=end)
    except Refused as error:
        if error.name not in _TOO_LARGE:
            raise
        if end - start == 1:
            return {start: error}
        # many records, or one among them, do not fit an answer: ask for half as many
        middle = (start + end) // 2
        return _ask(channel, start, middle, limits) | _ask(channel, middle, end, limits)
    return {record.index: record for record in records}
