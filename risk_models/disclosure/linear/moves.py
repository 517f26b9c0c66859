"""Moves: ways to shift the unknown cells that meet every equation, and how far they prove a cell to reach.

Invariants: a move is a vector of integers whose every equation adds up to exactly zero, checked when it is taken
in; added to the true values, once or many times, in either direction, it gives an integer table that meets every
equation and every shown value, so what is reached inside an attacker's bounds is possible for that attacker.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from risk_models.disclosure.linear.arrays import Integers
from risk_models.disclosure.linear.remainder import Remainder
from risk_models.disclosure.linear.rooms import Room


@dataclass(slots=True)
class Moves:
    """The moves found so far, as unknowns and distances one after another; `starts` says where each begins."""

    left: Remainder
    starts: list[int] = field(default_factory=lambda: [0])
    places: list[Integers] = field(default_factory=list)
    distances: list[Integers] = field(default_factory=list)

    @property
    def count(self) -> int:
        """The number of moves."""
        return len(self.places)

    def add(self, distances: Integers) -> None:
        """Take in what is a move in a proposal: each part of it that hangs together and adds up to zero.

        Where an equation joins no two parts, each part that meets its own equations is a move without the rest:
        one cell for which no whole number was found does not spoil the others.
        """
        support = self.left.within(distances != 0)
        moved = distances[support.cells]
        broken = np.zeros(support.components, np.bool_)
        rows = np.flatnonzero(support.sums(moved) != 0)
        broken[support.component[support.places[support.starts[rows]]]] = True
        order = np.argsort(support.component, kind="stable")
        sizes = np.bincount(support.component, minlength=support.components)
        for number, part in enumerate(np.split(order, np.cumsum(sizes)[:-1])):
            if part.size and not broken[number]:
                self.places.append(support.cells[part])
                self.distances.append(moved[part] // np.gcd.reduce(moved[part]))
                self.starts.append(self.starts[-1] + part.size)

    def reach(self, room: Room, first: int = 0) -> tuple[Integers, Integers]:
        """Return how far down and up each unknown gets by repeating one move, from the move `first` on.

        Both arrays have one distance an unknown, at most zero and at least zero.
        """
        low, high = np.zeros(self.left.unknowns, np.int64), np.zeros(self.left.unknowns, np.int64)
        if first == self.count:
            return low, high
        places, distances = np.concatenate(self.places[first:]), np.concatenate(self.distances[first:])
        starts = np.array(self.starts[first:], np.int64) - self.starts[first]
        lower, upper = room.lower[places], room.upper[places]
        for way in (distances, -distances):
            times = np.where(way > 0, upper, lower) // way
            repeats = np.minimum.reduceat(times, starts[:-1])
            ends = np.repeat(repeats, np.diff(starts)) * way
            np.minimum.at(low, places, ends)
            np.maximum.at(high, places, ends)
        return low, high
