"""One record of a peer's log: from bytes that match their log entry to verified content, or a named refusal.

* The steps are those of docs/protocol.md, "Verifying a record", in that order; the first that fails ends it.
* A payload is read before its signatures are counted, so that a refusal can say what it is about; nothing of
  it is used, fetched or returned before the threshold is met.
* A record that is refused never stops another one: the caller goes on with the next.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import pyarrow as pa

from exchange import bundle, envelope, transfer
from exchange.errors import ExchangeError, Failure, Misconfigured, NotYet, Refused
from exchange.limits import Limits
from exchange.manifest import Manifest, check_limits
from exchange.membership import Member
from exchange.ports import PartSink, PeerChannel
from exchange.records import Attestation, Record, RecordKind

_PASSES_BY_ITSELF = frozenset({Failure.RETRY, Failure.WAIT})
_NEEDS_A_NEWER_NODE = "version_unknown"


@dataclass(frozen=True, slots=True)
class Receiver:
    """Who reads, from whom, with what: everything the steps need beside the record itself."""

    own_code: str
    member: Member
    channel: PeerChannel
    sink: PartSink
    limits: Limits
    now: datetime


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
class Refusal:
    """Why a record is not data. evidence: the envelope's bytes, empty when none could be had."""

    index: int
    name: str
    failure: Failure
    title: str
    detail: str
    hint: str
    evidence: bytes
    salt: bytes

    @property
    def is_pending(self) -> bool:
        """Whether it passes by itself, so that the record is asked for again."""
        return self.failure in _PASSES_BY_ITSELF

    @classmethod
    def of(cls, index: int, error: ExchangeError, *, evidence: bytes = b"", salt: bytes = b"") -> Refusal:
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
        )


def verify_record(
    record: Record, entry: bytes, receiver: Receiver
) -> VerifiedRelease | VerifiedAttestation | Refusal:
    """Return what `record` is; `entry` is the commitment that stands at its index in the witnessed log."""
    try:
        # Record step 1. The salted digest of the record is its log entry.
        if record.commitment != entry:
            raise Refused(
                "commitment_mismatch",
                title="A record is not the one in the log",
                detail=f"record {record.index} does not match the entry at its index",
            )
        # Record step 2. The envelope can be read, and its payload type is known.
        opened = envelope.parse(record.envelope, receiver.limits)
        if _kind(opened.payload_type) is RecordKind.RELEASE:
            return _verify_release(record, opened.payload, receiver)
        return _verify_attestation(record, receiver)
    except ExchangeError as error:
        return Refusal.of(record.index, error, evidence=record.envelope, salt=record.salt)


def _verify_release(record: Record, payload: bytes, receiver: Receiver) -> VerifiedRelease:
    member, limits = receiver.member, receiver.limits
    # Record step 3. The manifest can be read, and its major version is known.
    manifest = Manifest.from_bytes(payload, limits)
    # Record step 4. The audience names this node's member.
    if receiver.own_code not in manifest.audience:
        raise _not_ours("not_addressed", f"the audience does not name {receiver.own_code}")
    # Record step 5. The originator is the member whose log it stands in.
    if manifest.originator != member.code:
        raise _not_ours("originator_mismatch", f"{manifest.originator} speaks in the log of {member.code}")
    # Record step 6. Enough distinct release keys of the originator signed it.
    result = envelope.require(
        record.envelope,
        member.release_keys,
        member.release_threshold,
        limits,
        payload_type=RecordKind.RELEASE.payload_type,
    )
    # Record step 7. What is announced is within the limits, and not of the future.
    check_limits(manifest, limits)
    _require_past(manifest, receiver)
    # Record step 8. Each part arrives with the length and digest announced; nothing is parsed before that.
    for part in manifest.parts:
        transfer.fetch(part, receiver.channel, receiver.sink)
    # Record step 9. Each part decodes within the limits to the columns, rows and content announced.
    table = bundle.unpack(manifest, receiver.sink.read, limits)
    return VerifiedRelease(record.index, manifest, record.envelope, record.salt, result.signed, table)


def _verify_attestation(record: Record, receiver: Receiver) -> VerifiedAttestation:
    log_key = receiver.member.log_key
    keys = {} if log_key is None else {log_key.key.keyid: log_key.key}
    # Record step 10. An attestation is signed by the log key, and can be read.
    result = envelope.require(
        record.envelope, keys, 1, receiver.limits, payload_type=RecordKind.ATTESTATION.payload_type
    )
    attestation = Attestation.from_bytes(result.payload, receiver.limits)
    return VerifiedAttestation(record.index, attestation, record.envelope, record.salt)


def _kind(payload_type: str) -> RecordKind:
    kind = RecordKind.of(payload_type)
    if kind is None:
        raise Misconfigured(
            "payload_type_unknown",
            title="A record of a kind this node does not know",
            detail=f"the payload type is {payload_type[:100]!a}",
            hint="Upgrade this node, then let the record be read again.",
        )
    return kind


def _require_past(manifest: Manifest, receiver: Receiver) -> None:
    if manifest.created_at > receiver.now + timedelta(seconds=receiver.limits.clock_skew_s):
        raise NotYet(
            "created_in_the_future",
            title="A release is dated in the future",
            detail=f"created at {manifest.created_at.isoformat()}, now {receiver.now.isoformat()}",
            hint="Check both nodes' clocks; it is read again at the next synchronisation.",
        )


def _not_ours(name: str, detail: str) -> Refused:
    return Refused(name, title="A release that should not have been sent", detail=detail)
