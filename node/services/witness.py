"""Witnessing the logs of others, and having our own witnessed.

Invariants: a checkpoint is stored by compare-and-swap before its cosignature leaves; the moments of a log's
cosignatures never go back; what a log's key has signed and does not fit is kept, whoever showed it. Under our own
checkpoint stand only cosignatures that verify under the keys of the registry.
"""

from __future__ import annotations

import re
from datetime import datetime
from hashlib import sha256
from http import HTTPStatus

from exchange import checkpoint, cosignature, log_notes, witnessing
from exchange.errors import Misconfigured, NotYet, Refused
from exchange.membership import Member, WitnessKey
from exchange.publisher import LogHead
from exchange.witness import View
from exchange.witnessing import Submission
from node.errors import Conflict, NotFound
from node.ports.outside import OpenChannel
from node.ports.witness import Hearsay, HeldCosignature, HeldView
from node.ports.work import Said
from node.services import evidence, log_tree, log_views, pace
from node.services.context import Context
from node.services.members import active_members

ATTEMPTS = 5


def add_checkpoint(ctx: Context, peer: str, body: bytes, now: datetime) -> bytes:
    """Give the line with which this node witnesses the checkpoint in `body`; `peer` is who asks.

    Raises:
        Refused: `witness_log_unknown`, or a name of `Submission.from_bytes` and `judge`.
        Conflict: other requests about this log were faster five times in a row.
    """
    submission = Submission.from_bytes(body, ctx.limits)
    member = _member_of(ctx, submission.note, now)
    try:
        for _ in range(ATTEMPTS):
            line = _witness(ctx, member, submission, now)
            if line is not None:
                return line.encode()
    except Refused as error:
        if error.name == "witness_proof_wrong":
            _hear(ctx, member, submission, now)
        else:
            evidence.keep(ctx, member.code, error, reporter=peer, now=now)
        raise
    raise Conflict("This log is being witnessed by others", hint="Try again in a moment.")


def latest(ctx: Context, origin_digest: str) -> bytes:
    """Give the largest tree seen of a log, by the hexadecimal SHA-256 of its origin; raises NotFound."""
    for member in ctx.directory.membership().members:
        if member.log_key and sha256(member.log_key.origin.encode()).hexdigest() == origin_digest:
            note = log_views.held(ctx, member.code).view.note
            if note:
                return note
    raise NotFound("Nothing was seen of such a log")


def known(ctx: Context, code: str) -> list[View]:
    """Give what a member's log key has signed as far as this node has heard, what an operator has settled apart."""
    views = [log_views.held(ctx, code).view, *(said.view for said in log_views.heard(ctx, code))]
    void = evidence.settled_notes(ctx, code)
    return [view for view in views if view.note and evidence.text_of(view.note) not in void]


def served(ctx: Context, head: LogHead) -> str:
    """Give our own checkpoint with the cosignatures that are about it; the log's own signature comes first."""
    lines = [held.line for held in ctx.witness.cosignatures() if held.size == head.size]
    return cosignature.attach(head.checkpoint, lines, ctx.limits)


def unasked(ctx: Context, now: datetime) -> list[Member]:
    """Give the members that have not cosigned our newest checkpoint yet; none before the first publication."""
    head = ctx.ledger.head()
    if head is None:
        return []
    cosigned = {held.member for held in ctx.witness.cosignatures() if held.size == head.size}
    return [
        member
        for member in active_members(ctx, now)
        if member.witness_key is not None and member.code != ctx.member and member.code not in cosigned
    ]


def collect(ctx: Context, member: Member) -> Said:
    """Ask one member to witness our newest checkpoint, and keep its cosignature; gives what was done.

    Raises:
        Misconfigured: `own_log_behind`, the member has seen more of our log than we hold; `own_log_contradicted`, what
            it has seen is not the beginning of ours; `witness_denies_us`, it does not know our log or its key.
        Refused: `cosignature_missing`, its answer holds no cosignature that verifies.
        NotYet, Unreachable: from the channel.
    """
    head = ctx.ledger.head()
    if head is None or member.witness_key is None:
        return Said("nothing_to_witness")
    channel = ctx.directory.channel(member)
    try:
        answer = _ask(ctx, channel, member.code, head)
    finally:
        channel.close()
    line = _line_of(ctx, head, answer, member.code, member.witness_key)
    ctx.witness.keep_cosignature(HeldCosignature(member.code, head.size, line))
    return Said("cosigned", {"entries": head.size})


def _member_of(ctx: Context, note: bytes, now: datetime) -> Member:
    """Find whose log the note is about, before any of it is believed."""
    text, _ = checkpoint.split(note, ctx.limits)
    origin = text.partition("\n")[0]
    for member in active_members(ctx, now):
        if member.log_key and member.log_key.origin == origin and member.code != ctx.member:
            return member
    raise Refused(
        "witness_log_unknown",
        title="This node does not witness such a log",
        detail=f"{origin[:100]!r} is not the log of another active member",
    )


def _witness(ctx: Context, member: Member, submission: Submission, now: datetime) -> str | None:
    """Store and cosign; None when another request was faster."""
    log_key = member.log_key
    if log_key is None:  # it was found by its log
        raise AssertionError(member.code)
    stored = ctx.witness.held(member.code)
    leaving = log_views.binding(ctx, member.code, stored)
    if stored != leaving and not ctx.witness.go_back(member.code, leaving.view, leaving=stored):
        return None
    claimed = witnessing.judge(submission, leaving.view, log_key, ctx.limits)
    at = max(int(now.timestamp()), leaving.cosigned_at)
    name = _own_witness(ctx).name
    line = cosignature.cosign(claimed.to_text(), at, name=name, signer=ctx.keyring.witness_signer())
    own_lines = log_notes.alone(submission.note, log_key, ctx.limits)
    note = cosignature.attach(own_lines, [line], ctx.limits).encode()
    is_stored = ctx.witness.advance(
        member.code, leaving, HeldView(View(claimed.size, claimed.root, note), at)
    )
    if is_stored and claimed.size > leaving.view.size:
        pace.wake(ctx, member.code, now)  # who asks for a witness has something new
    return line if is_stored else None


def _own_witness(ctx: Context) -> WitnessKey:
    key = ctx.directory.membership().member(ctx.member).witness_key
    if key is None:
        raise Misconfigured(
            "witness_key_unlisted",
            title="This node may not witness",
            detail=f"The registry lists no witness key of {ctx.member}",
            hint="The registry's signers must list the key first: it is on this node's card.",
        )
    return key


def _hear(ctx: Context, member: Member, submission: Submission, now: datetime) -> None:
    """Keep a signed note whose proof is wrong as heard here: the asker may be at fault, or the log; its tree tells."""
    if member.log_key is not None:
        signed = log_notes.said(submission.note, member.log_key, ctx.limits)
        view = View(signed.size, signed.root, submission.note)
        ctx.witness.hear(Hearsay(member.code, ctx.member, view, now))


def _ask(ctx: Context, channel: OpenChannel, code: str, head: LogHead) -> bytes:
    """Submit our checkpoint, a second time where the witness has seen another size than we think."""
    held = {one.member: one.size for one in ctx.witness.cosignatures()}
    old_size = held.get(code, 0)
    if old_size > head.size:
        raise _own_log(
            "own_log_behind", f"{code} has cosigned {old_size} entries of our log, which has {head.size}"
        )
    for _ in range(ATTEMPTS):
        submission = Submission(old_size, log_tree.proof(ctx, old_size, head.size), head.checkpoint.encode())
        status, answer = channel.add_checkpoint(submission.to_bytes())
        if status == HTTPStatus.OK:
            return answer
        old_size = _size_seen(status, answer, code, head)
    raise NotYet(
        "witness_busy", title="The witness has no rest", detail=f"{code}: its size changes at each request"
    )


def _size_seen(status: int, answer: bytes, code: str, head: LogHead) -> int:
    """Give the size from which the witness wants the proof; raises what else its answer means."""
    if status == HTTPStatus.UNPROCESSABLE_ENTITY:
        raise _own_log("own_log_contradicted", f"{code} has seen a tree that is not the beginning of ours")
    if status != HTTPStatus.CONFLICT or not re.fullmatch(rb"(0|[1-9][0-9]{0,18})\n", answer):
        raise Misconfigured(
            "witness_denies_us",
            title="The peer does not witness our log",
            detail=f"{code} answers {status}",
            hint="Compare the log key in the registry with this node's, and both nodes' registries.",
        )
    if int(answer) > head.size:
        raise _own_log(
            "own_log_behind", f"{code} has seen {int(answer)} entries of our log, which has {head.size}"
        )
    return int(answer)


def _line_of(ctx: Context, head: LogHead, answer: bytes, code: str, key: WitnessKey) -> str:
    note = head.checkpoint.encode() + answer
    found = cosignature.cosignatures(note, {code: key}, ctx.limits)
    if not found:
        raise Refused(
            "cosignature_missing",
            title="The witness's answer holds no cosignature",
            detail=f"{code}: no line of {key.name!r} verifies over our checkpoint",
            hint="Compare the peer's witness key with its entry in the registry.",
        )
    return found[0].line


def _own_log(name: str, detail: str) -> Misconfigured:
    return Misconfigured(
        name,
        title="Our own log is not what another member has seen of it",
        detail=detail,
        hint="Publish nothing. An old copy may have been restored: restore the newest one, then run `irac verify`.",
    )
