"""The neighbourhood of a cell in which its cover is looked for.

Invariants: a region depends on the block, the hidden cells and the width alone; its cells come in ascending order;
the widest region is the whole block, so that what is not found there does not exist.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from risk_models.disclosure.linear.arrays import Integers, Mask
from risk_models.disclosure.suppression.blocks import Block
from risk_models.disclosure.suppression.sparse import Incidence


@dataclass(frozen=True, slots=True)
class Width:
    """How far a region goes: equations from the cell, the cheapest cells that each equation offers, cells in all."""

    depth: int
    offers: int
    cells: int


WIDTHS = (Width(2, 3, 300), Width(3, 6, 1500))


class Regions:
    """Finds regions of one block."""

    def __init__(self, block: Block) -> None:
        """Rank the cells of every equation by cost once."""
        self._block = block
        self._rank = _ranks(block)
        self._is_seen = np.zeros(block.size, np.bool_)
        self._is_open = np.zeros(block.equations.size, np.bool_)

    def around(self, cell: int, hidden: Mask, width: Width | None, *, only: Mask | None = None) -> Integers:
        """Return the cells around one; `only` narrows to cells that may move at all, None as width is everything."""
        if width is None:
            return np.arange(self._block.size) if only is None else np.flatnonzero(only)
        equations, by_cell = self._block.equations, self._block.by_cell
        seen, opened = self._is_seen, self._is_open
        frontier, found = np.array([cell]), 1
        seen[cell] = True
        reached: list[Integers] = [frontier]
        rows: list[Integers] = []
        for _ in range(width.depth):
            entries, _ = by_cell.entries(frontier)
            new = by_cell.columns[entries]
            new = np.unique(new[~opened[new]])
            opened[new] = True
            rows.append(new)
            frontier = self._offered(equations, new, hidden, width.offers, only)
            seen[frontier] = True
            reached.append(frontier)
            found += frontier.size
            if found > width.cells or not frontier.size:
                break
        region = np.concatenate(reached)
        everything = np.concatenate(rows)
        closed = self._closing(equations, everything, only)
        seen[region] = False
        opened[everything] = False
        return np.union1d(region, closed)

    def _offered(
        self, equations: Incidence, rows: Integers, hidden: Mask, offers: int, only: Mask | None
    ) -> Integers:
        entries, _ = equations.entries(rows)
        cells = equations.columns[entries]
        wanted = ~self._is_seen[cells]
        wanted &= (hidden[cells] | (self._rank[entries] < offers)) if only is None else only[cells]
        return np.unique(cells[wanted])

    def _closing(self, equations: Incidence, rows: Integers, only: Mask | None) -> Integers:
        """Cells that close a circle: they stand in two of the equations."""
        entries, _ = equations.entries(rows)
        cells = equations.columns[entries]
        if only is not None:
            cells = cells[only[cells]]
        names, counts = np.unique(cells, return_counts=True)
        return names[counts > 1]


def _ranks(block: Block) -> Integers:
    """The rank of every entry among the costs of its equation, the cheapest first."""
    costs = np.append(np.array(block.costs, np.float64), np.inf)[block.unit]
    columns, rows = block.equations.columns, block.equations.rows()
    order = np.lexsort((columns, costs[columns], rows))
    rank = np.empty(order.size, np.int64)
    rank[order] = np.arange(order.size) - block.equations.starts[rows[order]]
    return rank
