"""Proven bounds from a solver's dual values: weak duality in exact integers.

Invariants: a bound holds whatever the dual values are; poor ones only make it wide. No float decides.
"""

from __future__ import annotations

from collections import defaultdict
from fractions import Fraction
from math import lcm

import numpy as np

from risk_models.disclosure.linear.arrays import NO_BOUND, Floats
from risk_models.disclosure.linear.remainder import Remainder
from risk_models.disclosure.linear.rooms import Room

# Dual values of tables are simple fractions; what is no simple one is kept to 30 binary digits.
_LARGEST, _FINEST, _TINY = 1000, 2**30, 1e-9


def least(left: Remainder, place: int, duals: Floats, room: Room) -> int:
    """Return a bound that the distance of an unknown cannot fall below; -NO_BOUND if these duals prove none.

    For any weights y of the equations, which all add up to zero, d = (e - A'y) * d, so d is at least the sum over
    all unknowns of what their factor in e - A'y makes of their room. The weights are `duals` as fractions.
    """
    factor, weights = _whole(duals)
    reduced: defaultdict[int, int] = defaultdict(int)
    reduced[place] = factor
    for row, weight in weights.items():
        for term in range(int(left.starts[row]), int(left.starts[row + 1])):
            reduced[int(left.places[term])] -= weight * int(left.signs[term])
    total = 0
    for unknown, slope in reduced.items():
        end = int(room.lower[unknown] if slope > 0 else room.upper[unknown])
        if slope and abs(end) >= NO_BOUND:
            return -NO_BOUND
        total += slope * end
    # distances are whole numbers, so a bound may be rounded up to one
    return max(-(-total // factor), -NO_BOUND)


def _whole(duals: Floats) -> tuple[int, dict[int, int]]:
    """Return a common denominator of the dual values, and those that are not zero times it, by equation."""
    places = np.flatnonzero(np.abs(duals) > _TINY).tolist()
    fractions = [Fraction(float(duals[place])).limit_denominator(_LARGEST) for place in places]
    factor = lcm(*(fraction.denominator for fraction in fractions))
    if factor > _FINEST:
        factor = _FINEST
        fractions = [Fraction(round(float(duals[place]) * _FINEST), _FINEST) for place in places]
    return factor, {place: int(fraction * factor) for place, fraction in zip(places, fractions, strict=True)}
