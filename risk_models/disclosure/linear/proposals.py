"""Whole-numbered proposals for moves, from vertices of a linear program.

Invariants: a proposal lies within its room, in integers; whether its equations hold is for its reader to check.
Amounts beyond 2**30 are counted in larger units first, because a solver's floats and tolerances lose single units
there; a second program then corrects what the rounding broke, in single units.
"""

from __future__ import annotations

import numpy as np

from risk_models.disclosure.linear.arrays import NO_BOUND, Floats, Integers
from risk_models.disclosure.linear.program import Program
from risk_models.disclosure.linear.remainder import Remainder
from risk_models.disclosure.linear.rooms import Room

# Up to here the solver's absolute tolerance of 1e-7 and its 53 bits leave every single unit visible.
FINE = 2**30
_FAR = 2**61


def proposed(program: Program, left: Remainder, gains: Floats, room: Room, toll: float) -> Integers | None:
    """Return whole distances near an optimum of gains * d - toll * sum of |d|; None if none was found."""
    near = room.within(_FAR)
    unit = _units(left, near)
    optimum = program.best(gains, near.lower / unit, near.upper / unit, toll=toll)
    if optimum is None:
        return None
    distances = _inside(optimum.distances * unit, near)
    if (unit == 1).all() or not left.sums(distances).any():
        return distances
    return corrected(program, left, gains, near, distances, toll=toll)


def corrected(
    program: Program, left: Remainder, gains: Floats, room: Room, distances: Integers, *, toll: float = 0.0
) -> Integers | None:
    """Return distances that differ by less than 2**30 from the given ones and meet the equations again."""
    missing = -left.sums(distances)
    if missing.size and max(abs(int(missing.min())), abs(int(missing.max()))) > FINE:
        return None
    rest = Room(room.lower - distances, room.upper - distances).within(FINE)
    optimum = program.best(
        gains,
        rest.lower.astype(np.float64),
        rest.upper.astype(np.float64),
        missing.astype(np.float64),
        toll=toll,
    )
    return None if optimum is None else distances + _inside(optimum.distances, rest)


def _units(left: Remainder, room: Room) -> Integers:
    """One unit for each component, so that its largest distance counts at most 2**30 of them."""
    largest = np.zeros(left.components, np.int64)
    np.maximum.at(largest, left.component, np.maximum(-room.lower, room.upper))
    return (1 + (largest - 1) // FINE)[left.component].clip(1, NO_BOUND)


def _inside(distances: Floats, room: Room) -> Integers:
    return np.clip(np.rint(distances).astype(np.int64), room.lower, room.upper)
