"""Comparing with the other members what each has seen of every log, our own included.

Invariants: what a peer says counts only as far as the log's own key has signed it; a note that cannot be compared yet
is kept, one for each peer and log, and the next look at that log must pass through it; a contradiction is kept as
evidence, and nobody is accused on tiles that do not fit what was signed.
"""

from __future__ import annotations

from datetime import datetime

from exchange import gossip, log_notes
from exchange.errors import ExchangeError, Refused
from exchange.membership import Member
from exchange.tiles import TreeReader
from exchange.witness import View
from node.ports.witness import Hearsay
from node.ports.work import Said
from node.services import evidence, log_tree, log_views, pace
from node.services.context import Context
from node.services.members import peer_codes


def checkpoints(ctx: Context) -> bytes:
    """Give the newest checkpoint this node has seen of every member, and its own."""
    notes = {code: view.note for code, view in log_views.all_held(ctx).items()}
    head = ctx.ledger.head()
    if head is not None:
        notes[ctx.member] = head.checkpoint.encode()
    return gossip.encode_checkpoints(notes)


def compare_round(ctx: Context, now: datetime) -> Said:
    """Ask every peer, compare, and tell all members what was found; gives what was done.

    A peer that does not answer, or not in a form that can be read, is left out of this round.
    """
    answered = 0
    peers = [ctx.directory.membership().member(code) for code in peer_codes(ctx, now)]
    for peer in peers:
        try:
            listen(ctx, peer, now)
        except ExchangeError:
            continue
        answered += 1
        pace.answered(ctx, peer.code, now)
    compared = check(ctx, now)
    evidence.learn(ctx, now)
    told = evidence.tell(ctx, now)
    facts = {"answered": answered, "peers": len(peers), "compared": compared, "told": told}
    return Said("compared", facts)


def listen(ctx: Context, peer: Member, now: datetime) -> None:
    """Ask one peer what it has seen, and compare.

    Raises:
        Refused: the answer cannot be read. NotYet, Unreachable: from the channel.
    """
    channel = ctx.directory.channel(peer)
    try:
        content, etag = channel.checkpoints(ctx.witness.etag(peer.code))
    finally:
        channel.close()
    if content is None:
        return
    notes = gossip.decode_checkpoints(content, ctx.limits)
    members = {member.code: member for member in ctx.directory.membership().members}
    for code, note in notes.items():
        if code in members:
            _compare(ctx, members[code], note, peer.code, now)
    ctx.witness.put_etag(peer.code, etag)


def check(ctx: Context, now: datetime) -> int:
    """Compare what was heard and is not larger than what is known, by the tiles of the log; gives how many notes.

    A log whose node does not answer is asked again next time.
    """
    checked = 0
    for said in log_views.heard(ctx):
        known = log_views.held(ctx, said.code).view
        if said.is_checked or said.code == ctx.member or said.view.size > known.size:
            continue
        try:
            _require_beginning(ctx, said, known)
        except ExchangeError as error:
            if not isinstance(error, Refused) or error.name != evidence.TWO_FACES:
                continue  # nothing follows for the log from a node that does not answer, or not with what it signed
            evidence.keep(ctx, said.code, error, reporter=said.reporter, now=now)
        ctx.witness.hear(Hearsay(said.code, said.reporter, said.view, said.heard_at, is_checked=True))
        checked += 1
    return checked


def _compare(ctx: Context, member: Member, note: bytes, reporter: str, now: datetime) -> None:
    """Compare one note with everything known of its log, and keep it, as evidence if it contradicts that."""
    if member.log_key is None:
        return
    try:
        signed = log_notes.said(note, member.log_key, ctx.limits)
    except Refused:
        return  # not signed by that log: it says something about who sent it, and nothing about the log
    heard = View(signed.size, signed.root, note)
    try:
        agrees = (
            _agrees_with_ours(ctx, heard) if member.code == ctx.member else _agrees(ctx, member.code, heard)
        )
    except Refused as error:
        evidence.keep(ctx, member.code, error, reporter=reporter, now=now)
    else:
        ctx.witness.hear(Hearsay(member.code, reporter, heard, now, is_checked=agrees))


def _agrees(ctx: Context, code: str, heard: View) -> bool:
    """Say whether a view is the one this node knows; raises Refused where one of its size is another."""
    known = log_views.held(ctx, code).view
    for view in (known, *(said.view for said in log_views.heard(ctx, code))):
        if view.note:
            gossip.compare(view, heard)
    return (known.size, known.root) == (heard.size, heard.root)


def _agrees_with_ours(ctx: Context, heard: View) -> bool:
    """Compare with our own log, which this node can compute at every size."""
    head = ctx.ledger.head()
    size = head.size if head else 0
    note = head.checkpoint.encode() if head else b""
    if heard.size > size:
        raise Refused(
            "log_rolled_back",
            title="Our own log is smaller than it was",
            detail=f"another member has seen {heard.size} entries of it, and it has {size}",
            hint="Publish nothing. Restore the newest copy, then run `irac verify`.",
            context={"held": note, "received": heard.note},
        )
    return bool(gossip.compare(View(heard.size, log_tree.root_at(ctx, heard.size), note), heard))


def _require_beginning(ctx: Context, said: Hearsay, known: View) -> None:
    if gossip.compare(known, said.view):
        return
    channel = ctx.directory.channel(ctx.directory.membership().member(said.code))
    try:
        gossip.require_beginning(said.view, known, TreeReader(known.size, channel.tile).subtree)
    finally:
        channel.close()
