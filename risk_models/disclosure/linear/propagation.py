"""Integer bound propagation: what anyone can work out equation by equation, without a solver.

Invariants: integers only, so every node gets the same bounds bit for bit; the bounds are outer ones (the truth and
every other possible table lie inside), and sometimes far wider than what elimination finds: a filter, no audit.
"""

from __future__ import annotations

import numpy as np

from risk_models.disclosure.linear.arrays import NO_BOUND, Integers
from risk_models.disclosure.linear.remainder import Remainder

# Bounds of large values can creep towards one another by ones; any sweep's bounds hold, and so do the last.
_SWEEPS = 200


def narrowed(left: Remainder, lower: Integers, upper: Integers) -> tuple[Integers, Integers]:
    """Narrow bounds of the unknowns' distances until nothing changes, or 200 times.

    For each equation and each of its unknowns: what the others leave it at least and at most, as far as they
    are bounded. All equations are taken at once, then their results together, so no order matters. Distances at
    or beyond `NO_BOUND` are none. Source: Buzzigoli and Giusti 1999 (the shuttle algorithm).
    """
    if not left.places.size:
        return lower, upper
    low, high = lower, upper
    rising = left.signs > 0
    for _ in range(_SWEEPS):
        below, above = low[left.places], high[left.places]
        least, most = np.where(rising, below, -above), np.where(rising, above, -below)
        # a term is at most minus the least of the others, and at least minus their most
        above, below = -_others(left, least, -NO_BOUND), -_others(left, most, NO_BOUND)
        narrower, lesser = low.copy(), high.copy()
        np.maximum.at(narrower, left.places, np.where(rising, below, -above))
        np.minimum.at(lesser, left.places, np.where(rising, above, -below))
        if (narrower == low).all() and (lesser == high).all():
            break
        low, high = narrower, lesser
    return low, high


def _others(left: Remainder, terms: Integers, without: int) -> Integers:
    """For each term the sum of the others of its equation; `without` where one of these has no bound."""
    open_ended = np.abs(terms) >= NO_BOUND
    lengths, starts = np.diff(left.starts), left.starts[:-1]
    bounded = left.longest(np.where(open_ended, 0, terms))
    rest = np.repeat(np.add.reduceat(bounded, starts), lengths) - bounded
    others_open = np.repeat(np.add.reduceat(open_ended.astype(np.int64), starts), lengths) - open_ended
    within = np.clip(rest, -NO_BOUND, NO_BOUND).astype(np.int64)
    return np.where(others_open > 0, without, within)
