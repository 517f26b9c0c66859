"""What is known of other members' logs and still binds them: views under a key that counts, today.

Invariants: a key that was replaced may have been stolen, so what it alone has signed beyond the entries it counts for
binds nobody, though it was verified when it came; in place of such a view stands what this node has read itself.
Nothing is written here.
"""

from __future__ import annotations

from exchange import log_notes
from exchange.limits import Limits
from exchange.membership import LogKey
from exchange.witness import View
from node.ports.witness import Hearsay, HeldView
from node.services.context import Context

NOTHING = View()


def held(ctx: Context, code: str) -> HeldView:
    """Give what this node has witnessed of a member's log."""
    return binding(ctx, code, ctx.witness.held(code))


def binding(ctx: Context, code: str, stored: HeldView) -> HeldView:
    """Give what of a stored view still binds: the view, or in its place what this node has read itself."""
    return _binding(ctx, code, stored, _log_keys(ctx).get(code))


def all_held(ctx: Context) -> dict[str, View]:
    """Give every view by member code, members of which nothing binding is known left out."""
    log_keys = _log_keys(ctx)
    stored = {code: HeldView(view) for code, view in ctx.witness.views().items()}
    views = {code: _binding(ctx, code, one, log_keys.get(code)).view for code, one in stored.items()}
    return {code: view for code, view in views.items() if view.note}


def heard(ctx: Context, code: str | None = None) -> list[Hearsay]:
    """Give what peers say of one log, or of all."""
    log_keys = _log_keys(ctx)
    return [
        said for said in ctx.witness.hearsay(code) if _binds(said.view, log_keys.get(said.code), ctx.limits)
    ]


def own_reading(ctx: Context, code: str) -> View:
    """Give how far this node has read a member's log itself."""
    seen = ctx.peers.state(code).seen
    return View(seen.frontier.size, seen.frontier.root(), seen.note) if seen.note else NOTHING


def _binding(ctx: Context, code: str, stored: HeldView, log_key: LogKey | None) -> HeldView:
    if _binds(stored.view, log_key, ctx.limits):
        return stored
    own = own_reading(ctx, code)
    return HeldView(own if _binds(own, log_key, ctx.limits) else NOTHING, stored.cosigned_at)


def _log_keys(ctx: Context) -> dict[str, LogKey | None]:
    return {member.code: member.log_key for member in ctx.directory.membership().members}


def _binds(view: View, log_key: LogKey | None, limits: Limits) -> bool:
    return not view.note or (log_key is not None and log_notes.counts(view.note, log_key, limits))
