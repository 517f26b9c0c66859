"""Notices: what this node's operator, or the node itself, tells all members in words.

Invariants: a notice is signed by the log key and stands in the own log like every record; it changes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from exchange import envelope
from exchange.envelope import PAYLOAD_TYPES
from exchange.notice import Notice, NoticeKind
from node.access import Action, Actor
from node.audit import AuditEvent
from node.errors import Invalid
from node.ports.records import HeldNotice
from node.services.append import LogContent, append
from node.services.context import Context
from node.services.members import peer_codes
from node.services.nameless import require_nameless
from node.services.permission import permit
from schemas.digest import sha256_hex

NOTICE = PAYLOAD_TYPES["notice"]


def send(
    ctx: Context, actor: Actor, kind: NoticeKind, texts: Mapping[str, str], *, now: datetime
) -> HeldNotice:
    """Operator: tell all active members something; texts by language (`ru`, `kk`, `en`).

    Raises:
        Denied: not an operator. Invalid: no text, too long a one, or one that names somebody. Unavailable.
    """
    permit(actor, Action.NOTIFY)
    stated = {language: text.strip() for language, text in texts.items() if text.strip()}
    require_nameless(*stated.values())
    return publish(ctx, kind, stated, evidence=(), actor=actor.login, now=now)


def publish(
    ctx: Context,
    kind: NoticeKind,
    texts: Mapping[str, str],
    *,
    evidence: Sequence[bytes],
    actor: str,
    now: datetime,
    extra: Mapping[str, Any] | None = None,
) -> HeldNotice:
    """Put a notice to all active members into the own log; `evidence` are signed notes, byte for byte.

    extra: optional fields beside those that every notice has.

    Raises:
        Invalid: no text, or too much of something. Unavailable: nothing can be written.
    """
    try:
        notice = Notice(
            originator=ctx.member,
            audience=tuple(peer_codes(ctx, now)),
            kind=kind,
            texts=dict(texts),
            created_at=now.replace(microsecond=0),
            evidence=tuple(evidence),
            extra=dict(extra or {}),
        )
    except ValueError as error:
        raise Invalid(
            "This cannot be told", detail=str(error), hint="Shorten it, or say it in words."
        ) from error
    payload = notice.to_bytes()
    signed = envelope.assemble(NOTICE, payload, [envelope.sign(NOTICE, payload, ctx.keyring.log_signer())])

    tried: list[HeldNotice] = []  # the last attempt is the one that was committed

    def held(index: int, stored: str) -> HeldNotice:
        tried.append(HeldNotice(ctx.member, index, sha256_hex(payload), notice, stored, now))
        return tried[-1]

    event = AuditEvent("notice.sent", actor, kind.value, now, {"languages": ", ".join(sorted(texts))})
    append(ctx, LogContent("notice", signed, notice.audience, notice=held), event=event)
    return tried[-1]
