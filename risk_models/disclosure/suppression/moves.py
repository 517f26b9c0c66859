"""Moves: integer tables that fit everything shown, told by how they differ from the true one.

Invariants: a proven move meets every equation exactly; a move is only credited to a demand after its amounts were
compared, as integers, with what the attacker knows.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from risk_models.disclosure.linear.arrays import LARGEST_VALUE, Integers
from risk_models.disclosure.suppression.blocks import Block
from risk_models.disclosure.suppression.solver import Floats

# What a solution's amounts may be off by; amounts of a goal are about a million at most.
_NOISE = 1e-4
# A half or a third that a solution holds becomes whole when the solution is taken so many times.
_MULTIPLES = (1, 2, 3, 4, 6)


@dataclass(frozen=True, slots=True)
class Move:
    """What changes and by how much; `is_proven`: the equations hold exactly."""

    cells: Integers
    amounts: Integers
    is_proven: bool

    def at(self, cell: int) -> int:
        """The change of one cell."""
        place = int(np.searchsorted(self.cells, cell))
        return int(self.amounts[place]) if place < self.cells.size and self.cells[place] == cell else 0

    def reversed(self) -> Move:
        """The same the other way round."""
        return Move(self.cells, -self.amounts, self.is_proven)

    def fits(self, block: Block, attacker: int) -> bool:
        """True if an attacker cannot exclude it by what they know of each cell."""
        down, up = block.room(attacker, self.cells)
        return bool(((-down <= self.amounts) & (self.amounts <= up)).all())


def rounded(
    block: Block, cells: Integers, flows: Floats, quantum: int, room: tuple[Integers, Integers]
) -> Move:
    """Turn a solution in quanta into a move: the smallest multiple that is whole, balanced and has room.

    room: of `cells` down and up, in quanta. An unproven move (the solution itself, rounded outwards) comes back if no
    multiple is whole.
    """
    down, up = room
    for multiple in _MULTIPLES:
        amounts = np.rint(flows * multiple)
        if float(np.abs(amounts).max(initial=0.0)) * quantum > LARGEST_VALUE:
            break
        whole = amounts.astype(np.int64)
        if ((-down <= whole) & (whole <= up)).all() and is_balanced(block, cells, whole):
            return _move(cells, whole * quantum, is_proven=True)
    limit = float(LARGEST_VALUE // quantum)
    amounts = np.sign(flows) * np.ceil(np.abs(np.clip(flows, -limit, limit)) - _NOISE)
    return _move(cells, amounts.astype(np.int64) * quantum, is_proven=False)


def is_balanced(block: Block, cells: Integers, amounts: Integers) -> bool:
    """True if every equation still holds after the change."""
    moved = np.flatnonzero(amounts)
    entries, counts = block.by_cell.entries(cells[moved])
    rows = block.by_cell.columns[entries]
    terms = block.by_cell.signs[entries] * np.repeat(amounts[moved], counts)
    order = np.argsort(rows, kind="stable")
    if not order.size:
        return True
    rows = rows[order]
    first = np.flatnonzero(np.append(True, rows[1:] != rows[:-1]))
    return not np.add.reduceat(terms[order], first).any()


def _move(cells: Integers, amounts: Integers, *, is_proven: bool) -> Move:
    moved = np.flatnonzero(amounts)
    return Move(cells[moved], amounts[moved], is_proven)
