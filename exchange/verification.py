"""One record of a peer's log: from bytes that match their log entry to verified content, or a named refusal.

* The steps are those of docs/protocol.md, "Verifying a record", in that order; the first that fails ends it.
* A payload is read before its signatures are counted, so that a refusal can say what it is about; nothing of
  it is used, fetched or returned before the threshold is met.
* A record that is refused never stops another one: the caller goes on with the next.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from exchange import bundle, envelope, transfer
from exchange.attestation import Attestation
from exchange.errors import ExchangeError, Misconfigured, Refused
from exchange.manifest import Manifest, check_limits
from exchange.reception import Receiver, Refusal, Verified, VerifiedAttestation, VerifiedRelease
from exchange.records import Record, RecordKind
from exchange.verification_effects import verify_notice, verify_receipt, verify_retraction, verify_typology
from schemas.digest import sha256_hex


def verify_record(record: Record, entry: bytes, receiver: Receiver) -> Verified | Refusal:
    """Return what `record` is; `entry` is the commitment that stands at its index in the witnessed log."""
    kind, subject = None, None
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
        kind, subject = _kind(opened.payload_type), sha256_hex(opened.payload)
        return _VERIFY[kind](record, opened.payload, receiver)
    except ExchangeError as error:
        return Refusal.of(
            record.index, error, evidence=record.envelope, salt=record.salt, kind=kind, subject=subject
        )


def _verify_release(record: Record, payload: bytes, receiver: Receiver) -> VerifiedRelease:
    limits = receiver.limits
    # Record step 3. The manifest can be read, and its major version is known.
    manifest = Manifest.from_bytes(payload, limits)
    receiver.require_ours(originator=manifest.originator, audience=manifest.audience)
    # Record step 6. Enough distinct release keys of the originator signed it, within each scheme demanded.
    result = receiver.signed_by_officers(record, RecordKind.RELEASE)
    # Record step 7. What is announced is within the limits, and not of the future.
    check_limits(manifest, limits)
    receiver.require_past(manifest.created_at)
    # Record step 8. Each part arrives with the length and digest announced; nothing is parsed before that.
    for part in manifest.parts:
        transfer.fetch(part, receiver.channel, receiver.sink)
    # Record step 9. Each part decodes within the limits to the columns, rows and content announced.
    table = bundle.unpack(manifest, receiver.sink.read, limits)
    return VerifiedRelease(record.index, manifest, record.envelope, record.salt, result.signed, table)


def _verify_attestation(record: Record, _: bytes, receiver: Receiver) -> VerifiedAttestation:
    # Record step 10. An attestation is signed by the log key, and can be read.
    result = receiver.signed_by_log(record, RecordKind.ATTESTATION)
    attestation = Attestation.from_bytes(result.payload, receiver.limits)
    return VerifiedAttestation(record.index, attestation, record.envelope, record.salt)


_VERIFY: Mapping[RecordKind, Callable[[Record, bytes, Receiver], Verified]] = MappingProxyType(
    {
        RecordKind.RELEASE: _verify_release,
        RecordKind.ATTESTATION: _verify_attestation,
        RecordKind.RETRACTION: verify_retraction,
        RecordKind.RECEIPT: verify_receipt,
        RecordKind.NOTICE: verify_notice,
        RecordKind.TYPOLOGY: verify_typology,
    }
)


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
