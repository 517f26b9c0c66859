"""Records without cells: what is taken back, what became of what was sent, what is told, and typologies in words.

* A retraction is believed of its originator's own releases only; one that comes before its release waits for it.
* A receipt is believed only about what its writer was sent: nobody can speak of what they never could have.

Protocol: docs/protocol.md, "Verifying a record", steps 11 to 16.
"""

from __future__ import annotations

from exchange.errors import NotYet, Refused
from exchange.notice import Notice
from exchange.ports import SentRecord
from exchange.receipt import Receipt, ReceiptEntry, Subject
from exchange.reception import (
    Receiver,
    VerifiedNotice,
    VerifiedReceipt,
    VerifiedRetraction,
    VerifiedTypology,
)
from exchange.records import Record, RecordKind
from exchange.retraction import Retraction
from exchange.typology import Typology
from schemas.digest import sha256_hex


def verify_retraction(record: Record, payload: bytes, receiver: Receiver) -> VerifiedRetraction:
    """Return a retraction addressed to us, of a release of its originator that was read before.

    Raises:
        Refused, NotYet: the first step that fails.
    """
    # Record step 11. A retraction can be read, passes steps 4 to 6, and is not of the future.
    retraction = Retraction.from_bytes(payload, receiver.limits)
    receiver.require_ours(originator=retraction.originator, audience=retraction.audience)
    result = receiver.signed_by_officers(record, RecordKind.RETRACTION)
    receiver.require_past(retraction.created_at)
    # Record step 12. The release it takes back is known, is its originator's own, and had the same audience.
    _require_own_release(retraction, receiver)
    return VerifiedRetraction(
        record.index, retraction, sha256_hex(payload), record.envelope, record.salt, result.signed
    )


def verify_receipt(record: Record, _: bytes, receiver: Receiver) -> VerifiedReceipt:
    """Return a receipt of the member about records of this node's own log.

    Raises:
        Refused, NotYet: the first step that fails.
    """
    # Record step 13. A receipt is signed by the log key, can be read, is its log's own, for us, and not of the future.
    result = receiver.signed_by_log(record, RecordKind.RECEIPT)
    receipt = Receipt.from_bytes(result.payload, receiver.limits)
    receiver.require_ours(originator=receipt.member, audience=(receipt.originator,))
    receiver.require_past(receipt.at)
    # Record step 14. Each entry names a record that was sent to the member, by its kind and payload.
    for entry in receipt.entries:
        _require_sent(entry, receiver.holdings.sent(entry.log_index), receipt.member)
    return VerifiedReceipt(record.index, receipt, record.envelope, record.salt)


def verify_notice(record: Record, _: bytes, receiver: Receiver) -> VerifiedNotice:
    """Return a notice of the member addressed to us.

    Raises:
        Refused, NotYet: the first step that fails.
    """
    # Record step 15. A notice is signed by the log key, can be read, passes steps 4 and 5, and is not of the future.
    result = receiver.signed_by_log(record, RecordKind.NOTICE)
    notice = Notice.from_bytes(result.payload, receiver.limits)
    receiver.require_ours(originator=notice.originator, audience=notice.audience)
    receiver.require_past(notice.created_at)
    return VerifiedNotice(record.index, notice, sha256_hex(result.payload), record.envelope, record.salt)


def verify_typology(record: Record, _: bytes, receiver: Receiver) -> VerifiedTypology:
    """Return a version of a typology of the member, addressed to us.

    Raises:
        Refused, NotYet: the first step that fails.
    """
    # Record step 16. A typology is signed by the log key, can be read, passes steps 4 and 5, and is not of the future.
    result = receiver.signed_by_log(record, RecordKind.TYPOLOGY)
    typology = Typology.from_bytes(result.payload, receiver.limits)
    receiver.require_ours(originator=typology.originator, audience=typology.audience)
    receiver.require_past(typology.created_at)
    return VerifiedTypology(record.index, typology, sha256_hex(result.payload), record.envelope, record.salt)


def _require_own_release(retraction: Retraction, receiver: Receiver) -> None:
    known = receiver.holdings.release(retraction.bundle)
    if known is None:
        raise NotYet(
            "retraction_of_nothing",
            title="A retraction came before its release",
            detail=f"bundle {retraction.bundle} of {retraction.originator} was not read yet",
            hint="Nothing to do: it is applied when the release arrives.",
        )
    if known.originator != retraction.originator:
        raise _refused(
            "retraction_not_own", f"{retraction.originator} takes back a bundle of {known.originator}"
        )
    if known.audience != retraction.audience:
        raise _refused(
            "retraction_audience_mismatch", f"bundle {retraction.bundle} was released to others than this"
        )


def _require_sent(entry: ReceiptEntry, sent: SentRecord | None, member: str) -> None:
    if sent is None or member not in sent.audience:
        raise _unfounded(f"record {entry.log_index} was never sent to {member}")
    if entry.kind is not Subject.UNKNOWN and (entry.kind.value, entry.subject) != (sent.kind, sent.subject):
        raise _unfounded(f"record {entry.log_index} is another one than {member} names")


def _refused(name: str, detail: str) -> Refused:
    return Refused(name, title="A retraction cannot be accepted", detail=detail)


def _unfounded(detail: str) -> Refused:
    return Refused("receipt_unfounded", title="A receipt about what was never sent", detail=detail)
