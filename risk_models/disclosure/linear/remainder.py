"""What is left of a system for an attacker: the unknown cells and the equations that still bind them.

Invariants: equations stay homogeneous, because everything is counted as a distance from the true value (a cell
that is known has the distance zero, so nothing has to be folded into right-hand sides, and no large number meets
a small one); every equation has a term; components are numbered by their first unknown.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

from risk_models.disclosure.linear.arrays import NO_BOUND, Integers, Mask, Signs


@dataclass(frozen=True, slots=True)
class Remainder:
    """k unknowns, the m equations that hold among their distances, and the component each belongs to.

    cells: the number of each unknown in the system it was taken from, ascending. Equation e has the terms
    `starts[e]` to `starts[e + 1]` of `places` (unknowns, 0 to k - 1) and `signs`. component: k numbers.
    """

    cells: Integers
    starts: Integers
    places: Integers
    signs: Signs
    component: Integers

    @classmethod
    def of(cls, cells: Integers, starts: Integers, places: Integers, signs: Signs, kept: Mask) -> Remainder:
        """Keep the unknowns of a mask, drop every other term, then every equation without a term."""
        here = kept[places]
        rows = np.repeat(np.arange(starts.size - 1), np.diff(starts))[here]
        lengths = np.bincount(rows, minlength=starts.size - 1)
        ends = np.concatenate(([0], np.cumsum(lengths[lengths > 0]))).astype(np.int64)
        renumbered = (np.cumsum(kept) - 1).astype(np.int64)[places[here]]
        count = int(kept.sum())
        return cls(cells[kept], ends, renumbered, signs[here], _components(count, ends, renumbered))

    @property
    def unknowns(self) -> int:
        """The number of unknowns."""
        return int(self.cells.size)

    @property
    def components(self) -> int:
        """The number of components; an unknown that no equation binds is one of its own."""
        return int(self.component.max()) + 1 if self.cells.size else 0

    def within(self, kept: Mask) -> Remainder:
        """Return the part over some unknowns; `cells` are then places in this remainder."""
        return Remainder.of(
            np.arange(self.unknowns, dtype=np.int64), self.starts, self.places, self.signs, kept
        )

    def in_components(self, numbers: Iterable[int]) -> Mask:
        """Mark the unknowns of some components."""
        wanted = np.zeros(self.components, np.bool_)
        wanted[list(numbers)] = True
        return wanted[self.component]

    def beside(self, some: Mask) -> Mask:
        """Mark some unknowns and all that stand in an equation with one of them."""
        held = some.copy()
        if self.places.size:
            touched = np.add.reduceat(some[self.places].astype(np.int64), self.starts[:-1]) > 0
            held[self.places[np.repeat(touched, np.diff(self.starts))]] = True
        return held

    def equations(self) -> list[dict[int, int]]:
        """Every equation as a mapping of unknowns to signs."""
        places, signs = self.places.tolist(), self.signs.tolist()
        return [
            dict(zip(places[start:end], signs[start:end], strict=True))
            for start, end in pairwise(self.starts.tolist())
        ]

    def sums(self, distances: npt.NDArray[Any]) -> npt.NDArray[Any]:
        """Add each equation up, exactly: in 64 bits where that cannot overflow, in Python's integers beyond."""
        if not self.places.size:
            return np.zeros(0, np.int64)
        terms = self.longest(distances)[self.places] * self.signs
        return np.add.reduceat(terms, self.starts[:-1])

    def longest(self, distances: npt.NDArray[Any]) -> npt.NDArray[Any]:
        """Return the same integers in a type in which the sum of any equation is exact."""
        if distances.dtype == object or not distances.size:
            return distances
        largest = max(-int(distances.min()), int(distances.max()))
        terms = int(np.diff(self.starts).max(initial=1))
        return distances if largest * terms < NO_BOUND else distances.astype(object)


def _components(count: int, starts: Integers, places: Integers) -> Integers:
    """Give every unknown the least unknown it hangs together with, then number these from zero."""
    label = np.arange(count, dtype=np.int64)
    lengths = np.diff(starts)
    while places.size:
        least = np.minimum.reduceat(label[places], starts[:-1])
        lower = label.copy()
        np.minimum.at(lower, places, np.repeat(least, lengths))
        lower = lower[lower]
        if (lower == label).all():
            break
        label = lower
    return np.unique(label, return_inverse=True)[1].astype(np.int64)
