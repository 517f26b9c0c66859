"""What is known of other members' logs, verified again: each note by the key of its log, as it is kept."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from exchange import log_notes
from exchange.witness import View
from node.services.context import Context
from node.services.findings import Check, require


def witness_checks(ctx: Context) -> Iterator[Check]:
    """Give a check for each log's view, and for both notes of each contradiction."""
    for code, view in ctx.witness.views().items():
        if view.note:
            yield "views", f"view of the log of {code}", partial(_view, ctx, code, view)
    for one in ctx.evidence.all():
        where = f"evidence {one.evidence_id} about {one.code}"
        yield "evidence", where, partial(_notes, ctx, one.code, (one.held, one.received))


def _view(ctx: Context, code: str, view: View) -> None:
    key = ctx.directory.membership().member(code).log_key
    if key is None:  # a member that has left may have none: its note can be judged by nobody any more
        return
    log_notes.require_signed(view.note, key, ctx.limits)
    if not log_notes.counts(view.note, key, ctx.limits):
        return  # of a key that was replaced since: the view is gone back on when it is next asked for
    signed = log_notes.said(view.note, key, ctx.limits)
    require((signed.size, signed.root) == (view.size, view.root), "the view is not the one that is signed")


def _notes(ctx: Context, code: str, notes: tuple[bytes, ...]) -> None:
    key = ctx.directory.membership().member(code).log_key
    if key is None:
        return
    for note in filter(None, notes):
        log_notes.require_signed(note, key, ctx.limits)
