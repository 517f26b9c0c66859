"""The one way into this node's log: stage the envelope, extend the head, commit by compare-and-swap.

Invariants: a checkpoint is signed for one extension of the committed head; when another process committed
first, the extension is computed anew on the new head, so two processes never fork the log.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import overload

from exchange.attestation import Attestation
from exchange.publisher import LogHead, first_head, next_publication
from exchange.records import commitment
from node.audit import AuditEvent
from node.errors import Conflict, Unavailable
from node.ports.ledger import Bundle, HeldAttestation, LogRecord, Publication
from node.ports.records import Answered, HeldNotice, HeldRetraction, RetractionProposal
from node.ports.submissions import Submission
from node.ports.typologies import Telling
from node.services.context import Context
from node.services.members import own_log

SALT_BYTES = 32
ATTEMPTS = 5


RetractionAt = Callable[[int, str], HeldRetraction]
NoticeAt = Callable[[int, str], HeldNotice]
TellingAt = Callable[[int, str], Telling]


@dataclass(frozen=True, slots=True)
class LogContent:
    """One record for the own log: its envelope bytes and the members who may read it.

    What becomes a row with its commit stands beside it; `retraction`, `notice` and `typology` make theirs from the log
    index and the envelope's digest, which are known last.
    """

    kind: str
    envelope: bytes
    audience: tuple[str, ...]
    submission: Submission | None = None
    attestation: Attestation | None = None
    retraction: RetractionAt | None = None
    proposal: RetractionProposal | None = None
    notice: NoticeAt | None = None
    typology: TellingAt | None = None
    answered: Answered | None = None


BundleAt = Callable[[int, str], Bundle]


@overload
def append(ctx: Context, content: LogContent, *, event: AuditEvent, bundle: BundleAt) -> Bundle: ...
@overload
def append(ctx: Context, content: LogContent, *, event: AuditEvent, bundle: None = None) -> None: ...


def append(
    ctx: Context, content: LogContent, *, event: AuditEvent, bundle: BundleAt | None = None
) -> Bundle | None:
    """Append one record; `bundle` makes the bundle's row from its log index and envelope digest.

    Raises:
        Conflict: the submission moved on, or other processes committed first five times in a row.
        Unavailable: nothing could be written; nothing changed.
    """
    stored = ctx.objects.put(content.envelope)
    salt = ctx.random(SALT_BYTES)
    for _ in range(ATTEMPTS):
        leaving = ctx.ledger.head()
        extension = _extend(ctx, content, stored, salt, leaving)
        publication = Publication(
            leaving=leaving,
            head=extension.head,
            records=(extension.record,),
            event=event,
            bundle=bundle(extension.record.index, stored) if bundle else None,
            submission=content.submission,
            attestation=_held(ctx, content, extension.record.index),
            retraction=content.retraction(extension.record.index, stored) if content.retraction else None,
            proposal=content.proposal,
            notice=content.notice(extension.record.index, stored) if content.notice else None,
            typology=content.typology(extension.record.index, stored) if content.typology else None,
            answered=content.answered,
        )
        try:
            ctx.ledger.publish(publication)
        except Conflict:
            if ctx.ledger.head() == leaving:
                raise  # the head did not move: it was the submission that did
            continue
        return publication.bundle
    raise Conflict("The log is busy", hint="Try again in a moment.")


@dataclass(frozen=True, slots=True)
class _Extension:
    """One entry behind the committed head, and the signed head that follows."""

    record: LogRecord
    head: LogHead


def _extend(
    ctx: Context, content: LogContent, stored: str, salt: bytes, leaving: LogHead | None
) -> _Extension:
    signer = ctx.keyring.log_signer()
    entry = commitment(salt, content.envelope)
    log = own_log(ctx)
    if signer.keyid != log.key.keyid:
        raise Unavailable(
            "This node's log key is not the one in the registry",
            detail=f"It signs with {signer.keyid[:16]}, the registry lists {log.key.keyid[:16]}.",
            hint="Refresh the registry. If they still differ, put the key it lists back, or have the new one listed.",
        )
    head = leaving or first_head(log.origin, signer)
    extended = next_publication(head, [entry], signer, limits=ctx.limits, former=log.former)
    record = LogRecord(extended.first_index, content.kind, entry, salt, stored, content.audience)
    return _Extension(record, extended.head)


def _held(ctx: Context, content: LogContent, index: int) -> HeldAttestation | None:
    if content.attestation is None:
        return None
    return HeldAttestation(ctx.member, index, content.attestation)
