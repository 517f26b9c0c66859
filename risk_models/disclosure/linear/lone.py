"""Tables for one need at a time: a vertex of a linear program first, a search in whole numbers second.

Invariants: proposals only; limits are numbers of nodes.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from risk_models.disclosure.linear.arrays import Floats, Integers
from risk_models.disclosure.linear.program import Program
from risk_models.disclosure.linear.proposals import FINE, corrected, proposed
from risk_models.disclosure.linear.remainder import Remainder
from risk_models.disclosure.linear.rooms import Room

# How much further than the wanted distance other cells may go. Circuits of tables need a few times as much.
_WIDE, _AT_LEAST, _AT_MOST = 2**10, 2**20, 2**61
_BEYOND, _AND_MORE = 4, 64
# Up to so many unknowns a component is searched whole; beyond, that takes seconds for a single need.
_SEARCHED_WHOLE = 1000


@dataclass(frozen=True, slots=True)
class Target:
    """One unknown of the component, which way it is to go, and the room it and the others have for that."""

    place: int
    wanted: int
    gains: Floats
    room: Room


class Lone:
    """One component, and the programs over it."""

    def __init__(self, part: Remainder, room: Room) -> None:
        """Load the component; the search in whole numbers is loaded when it is needed."""
        self.part = part
        self._room = room
        self._vertices = Program(part, toll=True, fresh=True)
        self._whole: Program | None = None

    def target(self, cell: int, wanted: int, *, rising: bool) -> Target:
        """Say what is wanted: to take a cell up or down by a distance, or as far as it goes towards it.

        It may go further: where whole numbers come in steps, the first one beyond the distance proves it too.
        """
        place = int(np.searchsorted(self.part.cells, cell))
        room = self._room.within(min(max(_AT_LEAST, _WIDE * wanted), _AT_MOST))
        gains = np.zeros(self.part.unknowns)
        end = _BEYOND * wanted + _AND_MORE
        if rising:
            gains[place] = 1.0
            room.upper[place] = min(int(room.upper[place]), end)
        else:
            gains[place] = -1.0
            room.lower[place] = max(int(room.lower[place]), -end)
        return Target(place, wanted, gains, room)

    def vertex(self, target: Target) -> Integers | None:
        """Propose distances near a vertex; None if there is none."""
        # below one part in the number of unknowns, a toll never outweighs the one gain
        return proposed(
            self._vertices, self.part, target.gains, target.room, toll=1 / (8 * self.part.unknowns)
        )

    def whole(self, target: Target, vertex: Integers | None) -> Integers | None:
        """Search in whole numbers: large amounts around the vertex, small ones around the true values.

        First only what the vertex moves and its neighbours may move, which is quick and mostly enough; then
        everything, unless the component is too large for that.
        """
        if self._whole is None:
            self._whole = Program(self.part, whole=True)
        count = self.part.unknowns
        large = max(int(target.room.upper.max()), -int(target.room.lower.min())) > FINE
        start = vertex if large and vertex is not None else np.zeros(count, np.int64)
        if vertex is not None:
            beside = self.part.beside((vertex != 0) | (np.arange(count) == target.place))
            near = Room(
                np.where(beside, target.room.lower, start), np.where(beside, target.room.upper, start)
            )
            found = corrected(self._whole, self.part, target.gains, near, start)
            if found is not None and abs(int(found[target.place])) >= target.wanted:
                return found
        if count > _SEARCHED_WHOLE and vertex is not None:
            return found
        return corrected(self._whole, self.part, target.gains, target.room, start)
