"""The ladder fresh, late, frozen, quarantined: how far a peer's silence has gone.

Invariants: an alarm quarantines at once, whatever the clock says, and so does open evidence of two histories; silence
is counted from the last success, never from the last attempt.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from exchange.errors import Failure
from node.errors import Unavailable
from node.ports.peers import PeerStatus, Standing
from node.services import evidence
from node.services.context import Context
from node.services.members import active_codes
from node.services.views.witnessing import seen

FRESH_INTERVALS = 2
LATE_INTERVALS = 10
LATE_AT_LEAST = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Roll:
    """The members this node knows of, in alphabetical order, itself included, and where each stands.

    seen: of each member's log, how many entries each other member is known to have seen (see `witnessing.seen`).
    """

    own: str
    members: tuple[str, ...]
    standings: dict[str, Standing]
    seen: Mapping[str, Mapping[str, int]] = field(default_factory=dict)

    @property
    def peers(self) -> tuple[str, ...]:
        """The members other than this one."""
        return tuple(code for code in self.members if code != self.own)

    @property
    def behind(self) -> tuple[str, ...]:
        """The peers whose newest releases this node may not have."""
        return tuple(code for code in self.peers if self.standings[code] is not Standing.FRESH)


def standing(status: PeerStatus, *, now: datetime, sync_interval_s: int) -> Standing:
    """Say where a peer stands: fresh within 2 intervals, late within 24 hours or 10 intervals."""
    if status.failure_class == Failure.ALARM.value:
        return Standing.QUARANTINED
    if status.last_success_at is None:
        return Standing.NEVER
    silence = now - status.last_success_at
    interval = timedelta(seconds=sync_interval_s)
    if silence <= FRESH_INTERVALS * interval:
        return Standing.FRESH
    return Standing.LATE if silence <= max(LATE_AT_LEAST, LATE_INTERVALS * interval) else Standing.FROZEN


def roll(ctx: Context, now: datetime) -> Roll:
    """Give the active members with their standing; without a valid registry, those whose bundles are held."""
    held = {bundle.originator for bundle in ctx.ledger.bundles()}
    try:
        registered = set(active_codes(ctx, now))
    except Unavailable:
        registered = set()
    two_faced = evidence.two_faced(ctx)
    codes = tuple(sorted({ctx.member} | registered | held))
    standings = {
        code: Standing.QUARANTINED
        if code in two_faced
        else standing(ctx.peers.status(code), now=now, sync_interval_s=ctx.sync_interval_s)
        for code in codes
        if code != ctx.member
    }
    return Roll(ctx.member, codes, standings, seen(ctx))
