"""When a peer is looked at next: at the usual interval, sooner after a passing failure, ever later while it lasts.

Invariants: only failures that pass by themselves change the pace, everything else waits for the usual interval; a wait
has a part drawn by lot, so that nodes that lost one another do not all come back in the same second; who waits for an
hour can be woken by the peer (`wake`), and ignoring that costs nothing but the wait; nobody waits that long for a peer
that is known to be back (`answered`).
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from exchange.errors import Failure
from node.ports.peers import PeerStatus
from node.services.context import Context
from node.services.members import peer_codes

FIRST_RETRY = timedelta(seconds=30)
LONGEST_WAIT = timedelta(hours=1)
# A peer that calls more often than this is looked at no more often.
WAKE_AT_MOST_EVERY = timedelta(seconds=5)
# One part in so many, either way, is drawn by lot.
_LOT = 5
_DRAWN_BYTES = 2


def due(ctx: Context, now: datetime) -> list[str]:
    """Give the peers that are to be looked at now, in order of code."""
    return [code for code in peer_codes(ctx, now) if _is_due(ctx, ctx.peers.status(code), now)]


def paced(ctx: Context, before: PeerStatus, status: PeerStatus, now: datetime) -> PeerStatus:
    """Return `status`, the outcome of a look that began with `before`, with the moment of the next look."""
    failures = before.failures + 1 if status.failure_class == Failure.RETRY.value else 0
    return replace(status, failures=failures, next_at=now + _by_lot(ctx, _wait(ctx, failures)))


def wake(ctx: Context, code: str, now: datetime) -> None:
    """Look at a peer soon, because it says that it has something new."""
    status = ctx.peers.status(code)
    attempted = status.last_attempt_at
    if attempted is not None and attempted <= now:
        ctx.peers.look_next(code, max(now, attempted + WAKE_AT_MOST_EVERY))


def answered(ctx: Context, code: str, now: datetime) -> None:
    """Look soon at a peer that has answered something else since it could not be read: whatever it was is over."""
    if ctx.peers.status(code).failures:
        wake(ctx, code, now)


def _is_due(ctx: Context, status: PeerStatus, now: datetime) -> bool:
    if status.next_at is None or status.next_at <= now:
        return True
    # further away than any wait: the clock was set back since
    return status.next_at - now > _longest(ctx) * (_LOT + 1) / _LOT


def _wait(ctx: Context, failures: int) -> timedelta:
    """The usual interval; after failures in a row 30 s, twice that and so on up to an hour."""
    interval = timedelta(seconds=ctx.sync_interval_s)
    if not failures:
        return interval
    longest = _longest(ctx)
    wait = min(FIRST_RETRY, interval)
    for _ in range(failures - 1):
        wait *= 2
        if wait >= longest:
            return longest
    return wait


def _longest(ctx: Context) -> timedelta:
    return max(LONGEST_WAIT, timedelta(seconds=ctx.sync_interval_s))


def _by_lot(ctx: Context, wait: timedelta) -> timedelta:
    drawn = int.from_bytes(ctx.random(_DRAWN_BYTES), "big") / ((1 << 8 * _DRAWN_BYTES) - 1)
    return wait + wait * (2 * drawn - 1) / _LOT
