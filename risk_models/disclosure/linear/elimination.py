"""Exact rational elimination: which unknowns the equations alone fix.

Invariants: Python's integers and fractions only; an unknown counts as open because of a solution in which it is not
zero, and as fixed because its row reduces to itself alone; nothing is decided by chance.
"""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from heapq import heapify, heappop, heappush
from math import gcd

import numpy as np

from risk_models.disclosure.linear.arrays import Mask
from risk_models.disclosure.linear.remainder import Remainder
from risk_models.disclosure.linear.system import System

Row = dict[int, int]


def determined(system: System, hidden: Mask, known: Mask | None = None) -> Mask:
    """Mark the hidden cells that the equations and the shown (and `known`) cells fix, one entry a cell.

    A cell is fixed if its unit vector lies in the row space of the equations over the unknown cells. Bounds are
    not looked at. Cells that are shown or known are not marked.
    """
    left = system.restricted(hidden, known)
    fixed = np.zeros(system.cells, np.bool_)
    fixed[left.cells] = determined_of(left, np.ones(left.unknowns, np.bool_))
    return fixed


def determined_of(left: Remainder, unknown: Mask) -> Mask:
    """Mark the unknowns that the equations fix, once those outside a mask are known too (they are not marked)."""
    fixed = np.zeros(left.unknowns, np.bool_)
    part = left.within(unknown)
    fixed[part.cells[_fixed(part)]] = True
    return fixed


def _fixed(left: Remainder) -> list[int]:
    pivots, alone = _Elimination(left.equations()).run()
    solution = _solution(pivots, alone, left.unknowns)
    return sorted(_confirmed(pivots, alone, {place for place, _ in pivots if not solution[place]}))


class _Elimination:
    """Forward elimination: each step takes an equation out, as the definition of one of its unknowns."""

    def __init__(self, rows: list[Row]) -> None:
        self._rows: list[Row | None] = list(rows)
        self._holders: dict[int, set[int]] = {}
        for number, row in enumerate(rows):
            for place in row:
                self._holders.setdefault(place, set()).add(number)
        # the shortest equation first; an entry whose length is not the equation's any more is passed over
        self._queue = [(len(row), number) for number, row in enumerate(rows)]
        heapify(self._queue)
        self._lone = sorted(place for place, held in self._holders.items() if len(held) == 1)

    def run(self) -> tuple[list[tuple[int, Row]], list[int]]:
        """Return the pivots in order, each unknown with its equation, and unknowns that stood in one alone."""
        pivots: list[tuple[int, Row]] = []
        alone: list[int] = []
        while True:
            step = self._next()
            if step is None:
                return pivots, alone
            place, number = step
            row = self._taken(number)
            if len(row) == 1:
                alone.append(place)
                self._dropped(place)
            else:
                pivots.append((place, row))
                for other in sorted(self._holders[place]):
                    self._reduced(other, place, row)

    def _next(self) -> tuple[int, int] | None:
        """An unknown that stands in one equation only costs nothing; else the rarest one of the shortest."""
        while self._queue and self._queue[0][0] == 1:
            length, number = heappop(self._queue)
            row = self._rows[number]
            if row is not None and len(row) == length:
                return next(iter(row)), number
        while self._lone:
            place = self._lone.pop()
            if len(self._holders[place]) == 1:
                return place, next(iter(self._holders[place]))
        while self._queue:
            length, number = heappop(self._queue)
            row = self._rows[number]
            if row is not None and len(row) == length:
                return min(row, key=lambda place: (len(self._holders[place]), place)), number
        return None

    def _taken(self, number: int) -> Row:
        row = self._rows[number]
        self._rows[number] = None
        for place in row or ():
            self._leave(place, number)
        return row or {}

    def _dropped(self, place: int) -> None:
        """An unknown that is fixed is zero in every solution: it leaves the other equations."""
        for other in sorted(self._holders[place]):
            row = self._rows[other]
            if row is not None:
                del row[place]
                self._waiting(other)
        self._holders[place].clear()

    def _reduced(self, number: int, place: int, by: Row) -> None:
        row = self._rows[number]
        if row is None:
            return
        after = _combined(row, place, by)
        for gone in [other for other in row if other not in after]:
            self._leave(gone, number)
        for come in [other for other in after if other not in row]:
            self._holders[come].add(number)
        self._rows[number] = after
        self._waiting(number)

    def _leave(self, place: int, number: int) -> None:
        held = self._holders[place]
        held.discard(number)
        if len(held) == 1:
            self._lone.append(place)

    def _waiting(self, number: int) -> None:
        row = self._rows[number]
        if row:
            heappush(self._queue, (len(row), number))


def _combined(row: Row, place: int, by: Row) -> Row:
    """Return the row with an unknown eliminated by another row that holds it, in smallest integers."""
    ours, theirs = row[place], by[place]
    common = gcd(ours, theirs)
    keep, take = theirs // common, ours // common
    after = {other: keep * factor for other, factor in row.items()}
    for other, factor in by.items():
        value = after.get(other, 0) - take * factor
        if value:
            after[other] = value
        else:
            after.pop(other, None)
    shared = gcd(*after.values()) if after else 1
    return after if shared == 1 else {other: factor // shared for other, factor in after.items()}


def _solution(pivots: list[tuple[int, Row]], alone: Iterable[int], unknowns: int) -> list[int | Fraction]:
    """Return one exact solution of the equations; those not defined by a pivot get numbers that seldom cancel."""
    # multiples of a large prime modulo another: no two neighbours are alike, and the draw is the same everywhere
    values: list[int | Fraction] = [1 + place * 7919 % 999983 for place in range(unknowns)]
    for place in alone:
        values[place] = 0
    for place, row in reversed(pivots):
        total = sum(factor * values[other] for other, factor in row.items() if other != place)
        value = Fraction(-total) / row[place]
        values[place] = value.numerator if value.denominator == 1 else value
    return values


def _confirmed(pivots: list[tuple[int, Row]], alone: Iterable[int], suspects: set[int]) -> set[int]:
    """Add the suspects whose equation, written in unknowns that no equation defines, says that they are zero.

    A zero in one solution may be chance. Suspects are taken from the last pivot back, so that those already
    confirmed are zero when they are met.
    """
    order = {place: number for number, (place, _) in enumerate(pivots)}
    zero = set(alone)
    for place, row in reversed(pivots):
        if place in suspects and _is_empty(place, row, pivots, order, zero):
            zero.add(place)
    return zero


def _is_empty(
    place: int, row: Row, pivots: list[tuple[int, Row]], order: dict[int, int], zero: set[int]
) -> bool:
    rest = {other: factor for other, factor in row.items() if other != place and other not in zero}
    while rest:
        defined = [other for other in rest if other in order]
        if not defined:
            return False
        first = min(defined, key=order.__getitem__)
        reduced = _combined(rest, first, pivots[order[first]][1])
        rest = {other: factor for other, factor in reduced.items() if other not in zero}
    return True
