"""Incidence of rows and columns, both ways.

Invariants: the entries of a row come in the order of its columns' numbers; integers of 64 bits throughout.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from risk_models.disclosure.linear.arrays import Integers


@dataclass(frozen=True, slots=True)
class Incidence:
    """A sparse matrix of +1 and -1 by rows: row r has the entries `starts[r]` to `starts[r + 1]`."""

    starts: Integers
    columns: Integers
    signs: Integers

    @classmethod
    def of(cls, rows: Integers, columns: Integers, signs: Integers, size: int) -> Incidence:
        """Build from triples; `size`: the number of rows."""
        order = np.lexsort((columns, rows))
        starts = np.zeros(size + 1, np.int64)
        np.cumsum(np.bincount(rows, minlength=size), out=starts[1:])
        return cls(starts, columns[order], signs[order])

    @property
    def size(self) -> int:
        """The number of rows."""
        return int(self.starts.size) - 1

    def rows(self) -> Integers:
        """The row of every entry."""
        return np.repeat(np.arange(self.size), np.diff(self.starts))

    def transposed(self, size: int) -> Incidence:
        """The same by columns; `size`: the number of columns."""
        return Incidence.of(self.columns, self.rows(), self.signs, size)

    def entries(self, rows: Integers) -> tuple[Integers, Integers]:
        """Return the places of all entries of some rows, one row after another, and how many each row has."""
        counts = self.starts[rows + 1] - self.starts[rows]
        ends = np.cumsum(counts)
        offsets = np.repeat(self.starts[rows] - (ends - counts), counts)
        return offsets + np.arange(int(ends[-1]) if rows.size else 0), counts
