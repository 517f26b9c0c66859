"""Who has witnessed our newest checkpoint, and which logs' keys have contradicted themselves."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from node.errors import Unavailable
from node.ports.witness import Evidence
from node.services import witness
from node.services.context import Context


@dataclass(frozen=True, slots=True)
class WitnessView:
    """quorum: how many must have witnessed a log, the reader included. witnessed_by, unasked: member codes, sorted."""

    quorum: int
    witnessed_by: tuple[str, ...]
    unasked: tuple[str, ...]
    evidence: tuple[Evidence, ...]


def seen(ctx: Context) -> dict[str, dict[str, int]]:
    """Give, of each member's log, how many entries each other member has seen, as far as that log's key signed it.

    Of our own log what members cosigned counts too; what peers say of a log and was not yet compared does not count.
    """
    sizes: dict[str, dict[str, int]] = {}
    said = [(one.code, one.reporter, one.view.size) for one in ctx.witness.hearsay() if one.is_checked]
    said += [(ctx.member, held.member, held.size) for held in ctx.witness.cosignatures()]
    for code, reporter, size in said:
        if reporter != code:
            of_log = sizes.setdefault(code, {})
            of_log[reporter] = max(size, of_log.get(reporter, 0))
    return sizes


def witness_view(ctx: Context, now: datetime) -> WitnessView | None:
    """Give how witnessing stands; None without a valid registry."""
    head = ctx.ledger.head()
    try:
        quorum = ctx.directory.membership().policy.witness_quorum
        unasked = tuple(member.code for member in witness.unasked(ctx, now))
    except Unavailable:
        return None
    witnessed_by = tuple(
        held.member for held in ctx.witness.cosignatures() if head and held.size == head.size
    )
    return WitnessView(quorum, witnessed_by, unasked, tuple(ctx.evidence.all()))
