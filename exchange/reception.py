"""Who reads a peer's record, whose signatures count for it, and what can come out: verified content or a refusal.

* A release and a retraction speak for the state: the threshold of release keys signs them. Everything else speaks
  for the node: its log key signs it.
* A refusal keeps what it refused, so that both sides can say later what it was.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import pyarrow as pa

from exchange import envelope
from exchange.attestation import Attestation
from exchange.envelope import VerificationResult
from exchange.errors import ExchangeError, Failure, NotYet, Refused
from exchange.limits import Limits
from exchange.manifest import Manifest
from exchange.membership import Member
from exchange.notice import Notice
from exchange.policy import Policy
from exchange.ports import Holdings, PartSink, PeerChannel
from exchange.receipt import Receipt
from exchange.records import Record, RecordKind
from exchange.retraction import Retraction
from exchange.typology import Typology

_PASSES_BY_ITSELF = frozenset({Failure.RETRY, Failure.WAIT})
_NEEDS_A_NEWER_NODE = "version_unknown"
# What a later version of this node may be able to read.
_FOR_LATER = frozenset(
    {_NEEDS_A_NEWER_NODE, "payload_type_unknown", "unknown_dataflow", "unknown_structure_version"}
)


@dataclass(frozen=True, slots=True)
class Receiver:
    """Who reads, from whom, with what: everything the steps need beside the record itself."""

    own_code: str
    member: Member
    policy: Policy
    channel: PeerChannel
    sink: PartSink
    holdings: Holdings
    limits: Limits
    now: datetime

    def signed_by_officers(self, record: Record, kind: RecordKind) -> VerificationResult:
        """Return who signed; raises unless enough distinct release keys did, within each scheme demanded."""
        return envelope.require(
            record.envelope,
            self.member.release_keys,
            self.member.release_threshold,
            self.limits,
            payload_type=kind.payload_type,
            schemes=self.policy.release_schemes,
        )

    def signed_by_log(self, record: Record, kind: RecordKind) -> VerificationResult:
        """Return who signed; raises Refused unless a log key of the originator did that counts there."""
        log_key = self.member.log_key
        keys = {} if log_key is None else log_key.keys_at(record.index)
        return envelope.require(record.envelope, keys, 1, self.limits, payload_type=kind.payload_type)

    def require_ours(self, *, originator: str, audience: tuple[str, ...]) -> None:
        """Raise Refused unless it is addressed to this node's member, by the member whose log it stands in."""
        # Record step 4. The audience names this node's member.
        if self.own_code not in audience:
            raise _not_ours("not_addressed", f"the audience does not name {self.own_code}")
        # Record step 5. The originator is the member whose log it stands in.
        if originator != self.member.code:
            raise _not_ours("originator_mismatch", f"{originator} speaks in the log of {self.member.code}")

    def require_past(self, at: datetime) -> None:
        """Raise NotYet for a moment later than now and the agreed skew."""
        if at > self.now + timedelta(seconds=self.limits.clock_skew_s):
            raise NotYet(
                "created_in_the_future",
                title="A record is dated in the future",
                detail=f"created at {at.isoformat()}, now {self.now.isoformat()}",
                hint="Check both nodes' clocks; it is read again at the next synchronisation.",
            )


@dataclass(frozen=True, slots=True)
class VerifiedRelease:
    """A release addressed to us, signed by its originator's officers, and its decoded cells."""

    index: int
    manifest: Manifest
    envelope: bytes
    salt: bytes
    signed_by: tuple[str, ...]
    table: pa.Table


@dataclass(frozen=True, slots=True)
class VerifiedAttestation:
    """An indicator run that the member's node vouches for."""

    index: int
    attestation: Attestation
    envelope: bytes
    salt: bytes


@dataclass(frozen=True, slots=True)
class VerifiedRetraction:
    """What the officers of a member took back of their own releases. digest: of the payload."""

    index: int
    retraction: Retraction
    digest: str
    envelope: bytes
    salt: bytes
    signed_by: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class VerifiedReceipt:
    """What became of our records at the member's node."""

    index: int
    receipt: Receipt
    envelope: bytes
    salt: bytes


@dataclass(frozen=True, slots=True)
class VerifiedNotice:
    """What the operator of the member's node tells. digest: of the payload."""

    index: int
    notice: Notice
    digest: str
    envelope: bytes
    salt: bytes


@dataclass(frozen=True, slots=True)
class VerifiedTypology:
    """A version of a typology that the member describes. digest: of the payload."""

    index: int
    typology: Typology
    digest: str
    envelope: bytes
    salt: bytes


Verified = (
    VerifiedRelease
    | VerifiedAttestation
    | VerifiedRetraction
    | VerifiedReceipt
    | VerifiedNotice
    | VerifiedTypology
)


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a record is not data.

    evidence: the envelope's bytes, empty when none could be had. kind, subject: what it is and the digest of its
    payload, None where that could not be read.
    """

    index: int
    name: str
    failure: Failure
    title: str
    detail: str
    hint: str
    evidence: bytes
    salt: bytes
    kind: RecordKind | None = None
    subject: str | None = None

    @property
    def is_pending(self) -> bool:
        """Whether it passes by itself, so that the record is asked for again."""
        return self.failure in _PASSES_BY_ITSELF

    @property
    def is_for_later(self) -> bool:
        """Whether another version of this node may read it, so that it is asked for once more after an upgrade."""
        return self.name in _FOR_LATER

    @classmethod
    def of(
        cls,
        index: int,
        error: ExchangeError,
        *,
        evidence: bytes = b"",
        salt: bytes = b"",
        kind: RecordKind | None = None,
        subject: str | None = None,
    ) -> Refusal:
        """Return the refusal of the record at `index` for `error`."""
        # a newer format is no attack: only this node's operator can mend it, by an upgrade
        failure = Failure.OPERATOR if error.name == _NEEDS_A_NEWER_NODE else error.failure
        return cls(
            index=index,
            name=error.name,
            failure=failure,
            title=error.title,
            detail=error.detail,
            hint=error.hint,
            evidence=evidence,
            salt=salt,
            kind=kind,
            subject=subject,
        )


def _not_ours(name: str, detail: str) -> Refused:
    return Refused(name, title="A record that should not have been sent", detail=detail)
