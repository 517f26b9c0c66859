"""What is known of other members' logs and still binds them: views under a key that counts, today.

Invariants: a key that was replaced may have been stolen, so what it alone has signed beyond the entries it counts for
binds nobody, though it was verified when it came; such a view is gone back on, to what this node has read itself.
"""

from __future__ import annotations

from exchange import log_notes
from exchange.witness import View
from node.ports.witness import Hearsay, HeldView
from node.services.context import Context


def held(ctx: Context, code: str) -> HeldView:
    """Give what this node has witnessed of a member's log."""
    if not _binds(ctx, code, ctx.witness.held(code).view):
        own = own_reading(ctx, code)
        ctx.witness.go_back(code, own if _binds(ctx, code, own) else View())
    return ctx.witness.held(code)


def heard(ctx: Context, code: str | None = None) -> list[Hearsay]:
    """Give what peers say of one log, or of all."""
    return [said for said in ctx.witness.hearsay(code) if _binds(ctx, said.code, said.view)]


def own_reading(ctx: Context, code: str) -> View:
    """Give how far this node has read a member's log itself."""
    seen = ctx.peers.state(code).seen
    return View(seen.frontier.size, seen.frontier.root(), seen.note) if seen.note else View()


def _binds(ctx: Context, code: str, view: View) -> bool:
    log_keys = {member.code: member.log_key for member in ctx.directory.membership().members}
    log_key = log_keys.get(code)
    return not view.note or (log_key is not None and log_notes.counts(view.note, log_key, ctx.limits))
