"""The interval of every cell for an attacker: what it may be, given what is shown and what they know.

Invariants: every interval holds the true value and every table of integers the attacker must reckon with: a bound
is proved in integers, by weak duality or by propagation, and the solver only says where to look. Intervals are as
narrow as linear programming makes them wherever the solver finds an optimum, rounded to integers.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from risk_models.disclosure.linear.arrays import NO_BOUND, Floats, Integers, Mask
from risk_models.disclosure.linear.attack import Attacker
from risk_models.disclosure.linear.duality import least
from risk_models.disclosure.linear.program import Program
from risk_models.disclosure.linear.propagation import narrowed
from risk_models.disclosure.linear.proposals import FINE
from risk_models.disclosure.linear.remainder import Remainder
from risk_models.disclosure.linear.rooms import Room
from risk_models.disclosure.linear.system import System

__all__ = ["intervals", "propagated"]


def propagated(system: System, hidden: Mask, attacker: Attacker) -> tuple[Integers, Integers]:
    """Return the bounds of every cell by integer bound propagation: outer ones, quick at any size.

    Both arrays have one entry a cell; a cell that is shown or known has its value twice, and `NO_BOUND` (or
    minus that) stands for no bound.

    Raises:
        InvalidInput: the attacker does not fit the system, or knows what is not true.
    """
    left = system.restricted(hidden)
    room = Room.of(system, left, attacker)
    return _bounds(system, left, *narrowed(left, room.lower, room.upper))


def intervals(
    system: System,
    hidden: Mask,
    attacker: Attacker,
    cells: Sequence[int] | None = None,
    *,
    solved_up_to: int = 2000,
) -> tuple[Integers, Integers]:
    """Return the interval of every cell for an attacker, as `propagated` does but as narrow as programs make it.

    cells: narrow the intervals of these only (None: of all); the others keep their propagated bounds, and so do
    those of components with more unknowns than `solved_up_to`, for which two programs a cell would take too long.

    Raises:
        InvalidInput: the attacker does not fit the system, or knows what is not true.
    """
    left = system.restricted(hidden)
    room = Room.of(system, left, attacker)
    low, high = narrowed(left, room.lower, room.upper)
    wanted = np.ones(left.unknowns, np.bool_)
    if cells is not None:
        wanted = np.isin(left.cells, np.array(cells, np.int64))
    sizes = np.bincount(left.component, minlength=left.components)
    # one unknown alone has no equation that joins it to another: nothing is left to solve
    worth = (sizes > 1) & (sizes <= solved_up_to)
    for number in np.unique(left.component[wanted & worth[left.component]]).tolist():
        part = left.within(left.component == number)
        inside = Room(low[part.cells], high[part.cells])
        low[part.cells], high[part.cells] = _Component(part, inside).narrowed(wanted[part.cells])
    return _bounds(system, left, low, high)


class _Component:
    """One component with its bounds so far, and how far the tables found on the way reach."""

    def __init__(self, part: Remainder, room: Room) -> None:
        self._part = part
        self._room = room
        self._program = Program(part)
        self._low = np.zeros(part.unknowns, np.int64)
        self._high = np.zeros(part.unknowns, np.int64)
        ends = (room.lower, room.upper)
        bounded = [np.abs(end[np.abs(end) < NO_BOUND]).max(initial=1) for end in ends]
        unit = max(1.0, float(max(bounded)) / FINE)
        self._unit = unit
        self._lower = np.where(room.lower <= -NO_BOUND, -np.inf, room.lower / unit)
        self._upper = np.where(room.upper >= NO_BOUND, np.inf, room.upper / unit)

    def narrowed(self, wanted: Mask) -> tuple[Integers, Integers]:
        """Return the bounds after narrowing those that are wanted and that no table has reached yet."""
        low, high = self._room.lower.copy(), self._room.upper.copy()
        for place in np.flatnonzero(wanted).tolist():
            if self._low[place] > low[place]:
                low[place] = max(int(low[place]), self._least(place, self._room, rising=False))
            if self._high[place] < high[place]:
                turned = Room(-self._room.upper, -self._room.lower)
                high[place] = min(int(high[place]), -self._least(place, turned, rising=True))
        return low, high

    def _least(self, place: int, room: Room, *, rising: bool) -> int:
        """Bound the distance from below; seen from above, everything is turned round."""
        gains = np.zeros(self._part.unknowns)
        gains[place] = 1.0 if rising else -1.0
        optimum = self._program.best(gains, self._lower, self._upper)
        if optimum is None:
            return -NO_BOUND
        self._reached(optimum.distances)
        return least(self._part, place, -optimum.duals if rising else optimum.duals, room)

    def _reached(self, distances: Floats) -> None:
        """Take a vertex as a table, if its whole numbers are one."""
        table = np.clip(np.rint(distances * self._unit).astype(np.int64), self._room.lower, self._room.upper)
        if not self._part.sums(table).any():
            np.minimum(self._low, table, out=self._low)
            np.maximum(self._high, table, out=self._high)


def _bounds(system: System, left: Remainder, low: Integers, high: Integers) -> tuple[Integers, Integers]:
    lower, upper = system.values.copy(), system.values.copy()
    lower[left.cells] = np.where(low <= -NO_BOUND, -NO_BOUND, np.maximum(low + lower[left.cells], -NO_BOUND))
    upper[left.cells] = np.where(high >= NO_BOUND, NO_BOUND, np.minimum(high + upper[left.cells], NO_BOUND))
    return lower, upper
