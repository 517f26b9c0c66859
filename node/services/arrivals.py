"""What one look at a peer brought beside its bundles, as this node keeps it, and what the peer is owed an answer about.

Invariants: every release, retraction, notice and typology that was read to its end is owed an answer, good or bad;
attestations and receipts are owed none, so that no answer is ever answered; what waits is owed nothing yet.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from exchange.receipt import Outcome, ReceiptEntry, Subject
from exchange.reception import Refusal
from exchange.records import RecordKind
from exchange.sync import Refresh
from node.ports.ledger import Bundle, HeldAttestation
from node.ports.peers import Brought, HeldRefusal
from node.ports.records import HeldNotice, HeldReceipt, HeldRetraction, Owed
from node.ports.typologies import HeldTypology
from node.services.context import Context

# A kind that a newer node sends: were it answered, two nodes that do not know each other's receipts would never end.
_NEVER_ANSWERED = "payload_type_unknown"
_SUBJECTS = {
    RecordKind.RELEASE: Subject.RELEASE,
    RecordKind.RETRACTION: Subject.RETRACTION,
    RecordKind.NOTICE: Subject.NOTICE,
    RecordKind.TYPOLOGY: Subject.TYPOLOGY,
}


def brought(
    ctx: Context, code: str, refresh: Refresh, checked: Sequence[Bundle | HeldRefusal], now: datetime
) -> Brought:
    """Give everything of one look; `checked` are its releases after this node's own checks, in their order.

    Raises:
        Unavailable: the envelopes cannot be kept.
    """
    final = [refusal for refusal in refresh.refused if not refusal.is_pending]
    refusals = [one for one in checked if isinstance(one, HeldRefusal)]
    return Brought(
        bundles=[one for one in checked if isinstance(one, Bundle)],
        attestations=[HeldAttestation(code, one.index, one.attestation) for one in refresh.attestations],
        retractions=_retractions(ctx, refresh, now),
        receipts=_receipts(ctx, refresh),
        notices=_notices(ctx, refresh, now),
        typologies=_typologies(ctx, refresh, now),
        refusals=[*refusals, *(_held(ctx, code, refusal, now) for refusal in final)],
        owed=[Owed(code, entry) for entry in _owed(refresh, checked, final)],
    )


def _retractions(ctx: Context, refresh: Refresh, now: datetime) -> list[HeldRetraction]:
    return [
        HeldRetraction(
            originator=one.retraction.originator,
            log_index=one.index,
            digest=one.digest,
            retraction=one.retraction,
            envelope=ctx.objects.put(one.envelope),
            signed_by=one.signed_by,
            committed_at=now,
        )
        for one in refresh.retractions
    ]


def _receipts(ctx: Context, refresh: Refresh) -> list[HeldReceipt]:
    return [
        HeldReceipt(one.receipt.member, one.index, one.receipt.at, kept, entry)
        for one in refresh.receipts
        for kept in (ctx.objects.put(one.envelope),)
        for entry in one.receipt.entries
    ]


def _notices(ctx: Context, refresh: Refresh, now: datetime) -> list[HeldNotice]:
    return [
        HeldNotice(
            one.notice.originator, one.index, one.digest, one.notice, ctx.objects.put(one.envelope), now
        )
        for one in refresh.notices
    ]


def _typologies(ctx: Context, refresh: Refresh, now: datetime) -> list[HeldTypology]:
    return [
        HeldTypology(
            one.typology.originator, one.index, one.digest, one.typology, ctx.objects.put(one.envelope), now
        )
        for one in refresh.typologies
    ]


def _held(ctx: Context, code: str, refusal: Refusal, now: datetime) -> HeldRefusal:
    return HeldRefusal(
        code=code,
        log_index=refusal.index,
        error=refusal.name,
        detail=f"{refusal.title}: {refusal.detail}",
        evidence=ctx.objects.put(refusal.evidence) if refusal.evidence else None,
        refused_at=now,
        kind=refusal.kind.value if refusal.kind else None,
        subject=refusal.subject,
    )


def _owed(
    refresh: Refresh, checked: Sequence[Bundle | HeldRefusal], final: Iterable[Refusal]
) -> Iterable[ReceiptEntry]:
    for release, outcome in zip(refresh.releases, checked, strict=True):
        yield _of_release(release.index, release.manifest.digest, outcome)
    for retraction in refresh.retractions:
        yield ReceiptEntry(retraction.index, retraction.digest, Subject.RETRACTION, Outcome.APPLIED)
    for notice in refresh.notices:
        yield ReceiptEntry(notice.index, notice.digest, Subject.NOTICE, Outcome.IMPORTED)
    for typology in refresh.typologies:
        yield ReceiptEntry(typology.index, typology.digest, Subject.TYPOLOGY, Outcome.IMPORTED)
    for refusal in final:
        yield from _of_refusal(refusal)


def _of_release(index: int, digest: str, outcome: Bundle | HeldRefusal) -> ReceiptEntry:
    if isinstance(outcome, Bundle):
        return ReceiptEntry(index, digest, Subject.RELEASE, Outcome.IMPORTED)
    return ReceiptEntry(index, digest, Subject.RELEASE, Outcome.REFUSED, outcome.error)


def _of_refusal(refusal: Refusal) -> Iterable[ReceiptEntry]:
    if refusal.kind is None:
        if refusal.name != _NEVER_ANSWERED:
            yield ReceiptEntry(refusal.index, None, Subject.UNKNOWN, Outcome.REFUSED, refusal.name)
        return
    subject = _SUBJECTS.get(refusal.kind)
    if subject is None:
        return
    outcome = Outcome.NOT_APPLIED if subject is Subject.RETRACTION else Outcome.REFUSED
    yield ReceiptEntry(refusal.index, refusal.subject, subject, outcome, refusal.name)
