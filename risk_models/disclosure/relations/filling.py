"""Values for cells that have none: parents in no table, and cells that came without a value.

Invariants: a value that was given is never touched; what is put in meets every sum that can be met, so that a
relation keeps no more slack than an attacker would leave it; the result is a function of keys and given values.

An unknown cell stands in several relations, and an attacker links them through it. It is therefore one unknown of the
system and not a gap in each of them; some whole number has to stand for it there. A whole takes the sum of its parts,
the last unknown part of a whole takes what the others leave, and what is still open is filled as by the north-west
corner rule, the narrowest codes first, each as far as all that it lies within allows.
"""

from __future__ import annotations

import heapq
from collections.abc import Sequence

from risk_models.disclosure.relations.network import Relation


def filled(values: Sequence[int | None], relations: Sequence[Relation], depths: Sequence[int]) -> list[int]:
    """Return a value for every cell; relations whose parts are not disjoint decide about nothing."""
    sums = [relation for relation in relations if relation.addition == "sum"]
    sums.sort(key=lambda relation: -depths[relation.whole])
    filling = _Filling(list(values), sums)
    for cell in sorted(filling.open_cells(), key=lambda cell: -depths[cell]):
        filling.settle()
        if filling.values[cell] is None:
            filling.decide(cell)
    filling.settle()
    return [value or 0 for value in filling.values]


class _Filling:
    """The values so far, and for every relation how many of its cells are still open."""

    __slots__ = ("_of_cell", "_open", "_ready", "_sums", "values")

    def __init__(self, values: list[int | None], sums: list[Relation]) -> None:
        self.values = values
        self._sums = sums
        self._of_cell: dict[int, list[int]] = {
            place: [] for place, value in enumerate(values) if value is None
        }
        self._open: list[int] = []
        for number, relation in enumerate(sums):
            unknown = [cell for cell in (relation.whole, *relation.parts) if cell in self._of_cell]
            for cell in unknown:
                self._of_cell[cell].append(number)
            self._open.append(len(unknown))
        # the deepest wholes first: relations are numbered so
        self._ready = [number for number, count in enumerate(self._open) if count == 1]

    def open_cells(self) -> list[int]:
        return list(self._of_cell)

    def settle(self) -> None:
        """Decide every cell that a relation leaves no choice for, the deepest relations first."""
        while self._ready:
            relation = self._sums[heapq.heappop(self._ready)]
            cell = next((one for one in (relation.whole, *relation.parts) if self.values[one] is None), None)
            if cell is not None:
                self.decide(cell)

    def decide(self, cell: int) -> None:
        """Give an open cell its value: the sum of its parts if it has any, else as much as fits."""
        least = self._least(cell)
        is_whole = any(self._sums[number].whole == cell for number in self._of_cell[cell])
        most = None if is_whole else self._most(cell)
        self.values[cell] = least if most is None else max(least, most)
        for number in self._of_cell[cell]:
            self._open[number] -= 1
            if self._open[number] == 1:
                heapq.heappush(self._ready, number)

    def _least(self, cell: int) -> int:
        """The value of a cell, or the largest sum of its parts so far."""
        value = self.values[cell]
        if value is not None:
            return value
        own = [self._sums[number] for number in self._of_cell[cell] if self._sums[number].whole == cell]
        return max((sum(self._least(part) for part in relation.parts) for relation in own), default=0)

    def _most(self, cell: int) -> int | None:
        """The value of a cell, or what everything that it lies within leaves for it; None if nothing bounds it."""
        value = self.values[cell]
        if value is not None:
            return value
        rooms = []
        for number in self._of_cell[cell]:
            relation = self._sums[number]
            room = None if relation.whole == cell else self._most(relation.whole)
            if room is not None:
                rooms.append(room - sum(self._least(part) for part in relation.parts if part != cell))
        return min(rooms, default=None)
