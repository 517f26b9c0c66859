"""The search for tables that prove needs: many needs with one program first, then one by one.

Invariants: a need counts as proved only by moves that were checked in integers; what the search misses counts as
unproved, never the other way round; the order of the search, and so its result, hangs on nothing but its input.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from risk_models.disclosure.linear.aims import Aims
from risk_models.disclosure.linear.arrays import Floats, Integers, Mask
from risk_models.disclosure.linear.elimination import determined_of
from risk_models.disclosure.linear.lone import Lone
from risk_models.disclosure.linear.moves import Moves
from risk_models.disclosure.linear.program import Program
from risk_models.disclosure.linear.propagation import narrowed
from risk_models.disclosure.linear.proposals import proposed
from risk_models.disclosure.linear.remainder import Remainder
from risk_models.disclosure.linear.rooms import Room

# A small toll keeps moves small, so that the next attacker, who knows a cell more, breaks few of them; what it
# holds back is tried without.
_TOLL = 1 / 64
_ROUNDS = 30
# How much further than what a need asks for other cells may go; circuits of tables need a few times as much.
_LOOSE, _AT_LEAST, _AT_MOST = 2**6, 2**4, 2**54


@dataclass(slots=True)
class Reach:
    """How far tables found so far take each unknown down (at most zero) and up."""

    low: Integers
    high: Integers

    def add(self, low: Integers, high: Integers) -> None:
        """Take in what further tables reach."""
        np.minimum(self.low, low, out=self.low)
        np.maximum(self.high, high, out=self.high)


class Proof:
    """What was found out about one remainder, kept from one attacker to the next."""

    def __init__(self, left: Remainder) -> None:
        """Start with nothing proved."""
        self.moves = Moves(left)
        self._left = left
        self._failures: dict[int, list[tuple[Room, dict[int, tuple[int, int, int]]]]] = {}

    def unproved(self, aims: Aims, room: Room) -> tuple[Mask, Reach]:
        """Mark the needs that no table proves within a room, and return how far tables reach in it."""
        reach = Reach(*self.moves.reach(room))
        failed = self._failed_before(aims, room, reach)
        self._together(aims, room, reach, failed, _TOLL)
        if self._open(aims, reach, failed).any():
            failed |= self._hopeless(aims, room)
            self._together(aims, room, reach, failed, 0.0)
            self._one_by_one(aims, room, reach, self._open(aims, reach, failed))
        unmet = aims.unmet(reach.low, reach.high)
        self._remember(aims, room, unmet)
        return unmet, reach

    def _together(self, aims: Aims, room: Room, reach: Reach, failed: Mask, toll: float) -> None:
        """Push many unknowns at once, with changing directions, as long as that proves anything."""
        loaded: tuple[Integers, Remainder, Program] | None = None
        idle = 0
        for turn in range(_ROUNDS):
            unmet = self._open(aims, reach, failed)
            if idle > 1 or not unmet.any():
                return
            wanted = aims.of_needs(unmet)
            numbers = np.unique(self._left.component[wanted.places])
            if loaded is None or not np.array_equal(loaded[0], numbers):
                part = self._left.within(self._left.in_components(numbers.tolist()))
                loaded = numbers, part, Program(part, toll=True)
            _, part, program = loaded
            gains, near = self._pushing(wanted, room, reach, turn)
            distances = proposed(program, part, gains[part.cells], near.of_unknowns(part.cells), toll)
            self._take(part, distances, room, reach)
            idle = idle + 1 if (self._open(aims, reach, failed) == unmet).all() else 0

    def _open(self, aims: Aims, reach: Reach, failed: Mask) -> Mask:
        return aims.unmet(reach.low, reach.high) & ~failed

    def _pushing(self, wanted: Aims, room: Room, reach: Reach, turn: int) -> tuple[Floats, Room]:
        """Return gains that push each wanted unknown one way, and a room that ends where it is wanted."""
        down, up = wanted.ways(reach.low, reach.high)
        rising = np.where((down > 0) & (up > 0), _coin(wanted.places, turn), up > 0)
        gains = np.zeros(self._left.unknowns)
        gains[wanted.places] = np.where(rising, 1.0, -1.0)
        sizes = np.zeros(self._left.components, np.int64)
        component = self._left.component
        np.maximum.at(sizes, component[wanted.places], wanted.largest.clip(_AT_LEAST, _AT_MOST))
        near = room.within(_LOOSE * sizes[component])
        np.minimum.at(near.upper, wanted.places[rising], up[rising])
        np.maximum.at(near.lower, wanted.places[~rising], -down[~rising])
        return gains, near

    def _take(self, part: Remainder, distances: Integers | None, room: Room, reach: Reach) -> None:
        if distances is None:
            return
        first = self.moves.count
        everywhere = np.zeros(self._left.unknowns, np.int64)
        everywhere[part.cells] = distances
        self.moves.add(everywhere)
        reach.add(*self.moves.reach(room, first))

    def _hopeless(self, aims: Aims, room: Room) -> Mask:
        """Mark needs that no table can meet: outer bounds are too narrow, or the equations fix the cell."""
        low, high = narrowed(self._left, room.lower, room.upper)
        open_to = (room.lower < 0) | (room.upper > 0)
        return aims.unmet(low, high) | determined_of(self._left, open_to)[aims.places]

    def _one_by_one(self, aims: Aims, room: Room, reach: Reach, wanted: Mask) -> None:
        """Try each need for itself, component by component."""
        for number, needs in self._by_component(aims, wanted):
            part = self._left.within(self._left.component == number)
            lone = Lone(part, room.of_unknowns(part.cells))
            for need in needs:
                self._both_ways(aims.of_needs(np.arange(wanted.size) == need), room, reach, lone)

    def _both_ways(self, one: Aims, room: Room, reach: Reach, lone: Lone) -> None:
        """Try a vertex each way, and whole numbers where no table goes as far as the vertex does."""
        cell = int(one.places[0])
        for rising in (True, False):
            down, up = one.ways(reach.low, reach.high)
            wanted = int((up if rising else down)[0])
            if not wanted:
                continue
            target = lone.target(cell, wanted, rising=rising)
            vertex = lone.vertex(target)
            self._take(lone.part, vertex, room, reach)
            got = int(reach.high[cell] if rising else -reach.low[cell])
            if vertex is None or got < min(wanted, abs(int(vertex[target.place]))):
                self._take(lone.part, lone.whole(target, vertex), room, reach)

    def _failed_before(self, aims: Aims, room: Room, reach: Reach) -> Mask:
        """Mark unmet needs that nothing proved in a room that holds this one."""
        failed = np.zeros(aims.places.size, np.bool_)
        for number, needs in self._by_component(aims, aims.unmet(reach.low, reach.high)):
            here = room.of_unknowns(np.flatnonzero(self._left.component == number))
            before = [asked for where, asked in self._failures.get(number, []) if where.holds(here)]
            failed[needs] = [any(_asks_more(aims, need, asked) for asked in before) for need in needs]
        return failed

    def _remember(self, aims: Aims, room: Room, unmet: Mask) -> None:
        for number, needs in self._by_component(aims, unmet):
            where = room.of_unknowns(np.flatnonzero(self._left.component == number))
            asked = {int(aims.places[need]): aims.asked(need) for need in needs}
            self._failures.setdefault(number, []).append((where, asked))

    def _by_component(self, aims: Aims, some: Mask) -> Iterator[tuple[int, list[int]]]:
        """Give each component that holds some of the needs, with these."""
        order = np.flatnonzero(some)
        component = self._left.component[aims.places]
        for number in np.unique(component[order]).tolist():
            yield number, order[component[order] == number].tolist()


def _asks_more(aims: Aims, need: int, asked: Mapping[int, tuple[int, int, int]]) -> bool:
    before = asked.get(int(aims.places[need]))
    return before is not None and all(
        more >= less for more, less in zip(aims.asked(need), before, strict=True)
    )


def _coin(places: Integers, turn: int) -> Mask:
    """A direction for each place that changes from turn to turn without a pattern that places share."""
    mixed = (places.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15)) ^ np.uint64(
        turn * 0xC2B2AE3D27D4EB4F % 2**64
    )
    mixed = (mixed ^ (mixed >> np.uint64(29))) * np.uint64(0xBF58476D1CE4E5B9)
    return np.asarray(mixed >> np.uint64(63), np.bool_)
