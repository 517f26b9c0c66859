"""Contradictions that a log's key has signed: kept for ever, shown to operators, told to all members.

Invariants: one contradiction is one row, whoever finds it and however often; a member that has shown two faces stays
quarantined until an operator has decided, with a reason that is written down; nothing is deleted by that.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from exchange import log_notes
from exchange.errors import ExchangeError, Refused
from exchange.notice import NoticeKind
from node.access import Action, Actor
from node.audit import AuditEvent
from node.errors import Conflict, Invalid
from node.ports.witness import Evidence
from node.services import log_views, notices
from node.services.context import Context
from node.services.members import peer_codes
from node.services.permission import permit
from schemas.digest import sha256_hex

# a key can sign without end: what is kept of one kind is enough to show it, and hides no other kind
KEPT_OF_A_MEMBER = 100
LONGEST_REASON = 400
# the newest notices, in which an older contradiction was found before
NOTICES_READ = 50
# two statements that cannot both be true, whoever reads them
TWO_FACES = "log_equivocated"
_TOLD = {
    "en": "The log key of {code} has signed two histories of one log. Both signed checkpoints are attached: compare "
    "them with what your node holds, and ask {code} by a second channel.",
    "ru": "Ключ журнала {code} подписал две истории одного журнала. Приложены две подписанные контрольные точки: "
    "сравните их со сведениями вашего узла и запросите {code} по второму каналу.",  # noqa: RUF001 - a Russian word
    "kk": "{code} журналының кілті осы журналдың екі түрлі тарихына қол қойған. Қол қойылған екі бақылау нүктесі қоса "
    "берілді: оларды түйініңіз сақтайтынмен салыстырыңыз және {code} мүшесінен екінші арна арқылы сұраңыз.",
}


def keep(ctx: Context, code: str, error: ExchangeError, *, reporter: str, now: datetime) -> bool:
    """Keep the notes an alarm carries, once; gives whether it was new. An alarm without a signed note is not kept.

    Nothing may be held yet when a log is seen for the first time: then there is one note.
    code: whose log it is. reporter: who showed the second note.
    """
    held, received = error.context.get("held"), error.context.get("received")
    if not (isinstance(held, bytes) and isinstance(received, bytes) and received):
        return False
    pair = _pair(error.name, held, received)
    return _keep(ctx, Evidence(pair, code, error.name, error.detail, held, received, reporter, now), now)


def learn(ctx: Context, now: datetime) -> None:
    """Keep what other members' notices prove by themselves: two notes of one size and one key with different roots.

    What a notice says is not believed; what needs the tree is found by comparing with it.
    """
    known = {one.pair for one in ctx.evidence.all()}
    for told in ctx.records.notices(NOTICES_READ):
        notes = told.notice.evidence
        if told.notice.kind is not NoticeKind.EQUIVOCATION or len(notes) != len(("held", "received")):
            continue
        held, received = notes
        pair = _pair(TWO_FACES, held, received)
        if told.originator != ctx.member and pair not in known:
            code, detail = _proved(ctx, held, received)
            if code:
                found = Evidence(pair, code, TWO_FACES, detail, held, received, told.originator, now)
                _keep(ctx, replace(found, told_at=told.notice.created_at), now)


def _proved(ctx: Context, held: bytes, received: bytes) -> tuple[str, str]:
    """Give whose log has two roots of one size under its own key, and the detail; empty texts if nobody's."""
    origin = text_of(held).partition("\n")[0]
    for member in ctx.directory.membership().members:
        if member.log_key is None or member.log_key.origin != origin:
            continue
        key = member.log_key
        try:
            first, second = (log_notes.said(note, key, ctx.limits) for note in (held, received))
        except Refused:
            return "", ""
        if first.size == second.size and first.root != second.root:
            return member.code, f"two roots are signed for {first.size} entries"
    return "", ""


def _pair(name: str, held: bytes, received: bytes) -> str:
    return sha256_hex("\0".join([name, *sorted([text_of(held), text_of(received)])]).encode())


def _keep(ctx: Context, found: Evidence, now: datetime) -> bool:
    is_new = ctx.evidence.keep(found, at_most=KEPT_OF_A_MEMBER)
    if is_new:
        details = {"error": found.error, "reporter": found.reporter}
        ctx.audit.append(AuditEvent("evidence.kept", ctx.member, found.code, now, details))
    return is_new


def two_faced(ctx: Context) -> frozenset[str]:
    """Give the members of whom open evidence says that their log's key has signed two histories."""
    return frozenset(
        one.code for one in ctx.evidence.all() if one.error == TWO_FACES and one.settled_at is None
    )


def settle(ctx: Context, actor: Actor, evidence_id: int, *, reason: str, now: datetime) -> None:
    """Note an operator's decision: the log counts again, from where this node has read it itself.

    Raises:
        Denied: the person may not. Invalid: no reason, or one of more than 400 characters. Conflict: no such open
            evidence.
    """
    permit(actor, Action.SYNCHRONISE)
    reason = reason.strip()
    if not 0 < len(reason) <= LONGEST_REASON:
        raise Invalid("A reason is needed", hint="Say in one sentence what the peer answered.")
    found = [one for one in ctx.evidence.all() if one.evidence_id == evidence_id]
    if not found or not ctx.evidence.settle(evidence_id, reason, now):
        raise Conflict("There is no such open evidence", hint="Look at the list: irac evidence list.")
    code = found[0].code
    if code != ctx.member:
        own = log_views.own_reading(ctx, code)
        while not ctx.witness.go_back(code, own, leaving=ctx.witness.held(code)):
            pass  # a request to witness was faster: what it stored is void as well
    ctx.audit.append(
        AuditEvent("evidence.settled", actor.login, code, now, {"evidence": evidence_id, "reason": reason})
    )


def tell(ctx: Context, now: datetime) -> int:
    """Tell all members of who has signed two histories; gives how many contradictions were new.

    A member is told of once until an operator has decided: a key that signs without end fills nobody's log.

    Raises:
        Unavailable: nothing can be written; it is told at the next attempt.
    """
    faces = [one for one in ctx.evidence.all() if one.error == TWO_FACES and one.settled_at is None]
    told = {one.code for one in faces if one.told_at is not None} | {ctx.member}
    untold = [one for one in faces if one.told_at is None]
    for one in reversed(untold):
        if one.code not in told and peer_codes(ctx, now):
            told.add(one.code)
            texts = {language: text.format(code=one.code) for language, text in _TOLD.items()}
            notices.publish(
                ctx,
                NoticeKind.EQUIVOCATION,
                texts,
                evidence=(one.held, one.received),
                actor=ctx.member,
                now=now,
            )
        ctx.evidence.mark_told(one.evidence_id, now)
    return len(untold)


def settled_notes(ctx: Context, code: str) -> frozenset[str]:
    """Give the texts of the notes that count no longer, because an operator has decided about them."""
    settled = [one for one in ctx.evidence.all(code) if one.settled_at is not None]
    return frozenset(text_of(note) for one in settled for note in (one.held, one.received))


def text_of(note: bytes) -> str:
    """Give what a note says, without who signed it: one statement has many sets of signatures."""
    return note.decode("utf-8", "replace").rpartition("\n\n")[0]
