"""Cells and the equations that hold among them.

Invariants: cells are numbered in canonical order from 0; every equation is homogeneous (the signed values of its
cells add up to zero) and holds for the true values; values are 64-bit integers whose sums cannot overflow.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from risk_models.disclosure.linear.arrays import LARGEST_VALUE, NO_BOUND, Integers, Mask, Signs
from risk_models.disclosure.linear.remainder import Remainder
from risk_models.errors import InvalidInput

__all__ = ["LARGEST_VALUE", "NO_BOUND", "Integers", "Mask", "System"]


@dataclass(frozen=True, slots=True)
class System:
    """n cells with their true values, and equations as rows of a sparse matrix of +1 and -1.

    values: n integers, slack unknowns included. Equation e has the terms `starts[e]` to `starts[e + 1]` of `places`
    (cell numbers) and `signs`.
    """

    values: Integers
    starts: Integers
    places: Integers
    signs: Signs

    def __post_init__(self) -> None:
        if self.values.size:
            _refuse_large(int(self.values.max()), int(self.values.min()))
        if self._misshapen():
            raise InvalidInput(
                "The equations are no sums of these cells.",
                detail=f"{self.places.size} terms over {self.cells} cells.",
                hint="This is a fault of the relations, not of the file.",
            )
        for number, terms in enumerate(self.equations()):
            if sum(sign * int(self.values[place]) for place, sign in terms):
                raise InvalidInput(
                    "An equation does not hold for the true values.",
                    detail=f"Equation {number} over {len(terms)} cells.",
                    hint="This is a fault of the relations, not of the file.",
                )

    def _misshapen(self) -> bool:
        inside = self.starts.size > 0 and self.starts[0] == 0 and self.starts[-1] == self.places.size
        if not inside or self.places.shape != self.signs.shape or (np.diff(self.starts) < 0).any():
            return True
        if not self.places.size:
            return False
        named = self.places.min() >= 0 and self.places.max() < self.cells
        return not (named and (np.abs(self.signs) == 1).all())

    @classmethod
    def of(cls, values: Sequence[int], equations: Iterable[Mapping[int, int]]) -> System:
        """Build a system; each equation maps a cell's number to its sign, +1 or -1.

        Raises:
            InvalidInput: an equation does not hold or is no sum of the cells, or a value is too large.
        """
        _refuse_large(max(values, default=0), min(values, default=0))
        starts: list[int] = [0]
        places: list[int] = []
        signs: list[int] = []
        for equation in equations:
            terms = sorted(equation.items())
            places.extend(place for place, _ in terms)
            signs.extend(sign for _, sign in terms)
            starts.append(len(places))
        return cls(
            np.array(values, np.int64),
            np.array(starts, np.int64),
            np.array(places, np.int64),
            np.array(signs, np.int8),
        )

    @property
    def cells(self) -> int:
        """The number of cells."""
        return int(self.values.size)

    def equations(self) -> list[list[tuple[int, int]]]:
        """Every equation as (cell, sign) pairs."""
        places, signs, starts = self.places.tolist(), self.signs.tolist(), self.starts.tolist()
        terms = list(zip(places, signs, strict=True))
        return [terms[start:end] for start, end in pairwise(starts)]

    def restricted(self, hidden: Mask, known: Mask | None = None) -> Remainder:
        """Return what is left to somebody who sees every cell that is not hidden, and knows some that are.

        Raises:
            InvalidInput: there is not one mark for every cell.
        """
        if hidden.shape != self.values.shape:
            raise InvalidInput(
                "What is hidden does not fit the cells.",
                detail=f"{hidden.size} marks for {self.cells} cells.",
                hint="This is a fault of the protection, not of the file.",
            )
        unknown = hidden if known is None else hidden & ~known
        return Remainder.of(
            np.arange(self.cells, dtype=np.int64), self.starts, self.places, self.signs, unknown
        )


def _refuse_large(greatest: int, least: int) -> None:
    if max(greatest, -least) > LARGEST_VALUE:
        raise InvalidInput(
            "A cell is too large to be protected.",
            detail=f"The largest value is above {LARGEST_VALUE}.",
            hint="Check the amounts of the file: they are in minor units.",
        )
