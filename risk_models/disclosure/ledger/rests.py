"""Cells that stand in nobody's table, recognised from one release to the next by what determines them.

Invariants: a cell without a key is named by the other cells of an equation in which it alone had no name yet, so
two cells of one name are equal in truth; what no equation names is a new unknown in every release.

Without this, three years of unchanged vintages would be as many systems side by side, and not one.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Hashable, Sequence

Equations = Sequence[Sequence[tuple[int, int]]]


def numbered(
    names: Sequence[Hashable | None],
    values: Sequence[int],
    equations: Equations,
    number: Callable[[Hashable, int], int],
    fallback: Hashable,
) -> list[int]:
    """Return the number of every cell.

    names: of cells that have one. number: gives a name and a value their number. fallback: makes the names of this
    release's otherwise unnamed cells its own.
    """
    found = [-1 if name is None else number(name, value) for name, value in zip(names, values, strict=True)]
    touching: dict[int, list[int]] = {}
    unnamed = [0] * len(equations)
    for line, equation in enumerate(equations):
        for cell, _ in equation:
            if found[cell] < 0:
                touching.setdefault(cell, []).append(line)
                unnamed[line] += 1
    ready = deque(line for line, count in enumerate(unnamed) if count == 1)
    while ready:
        equation = equations[ready.popleft()]
        open_cells = [cell for cell, _ in equation if found[cell] < 0]
        if not open_cells:
            continue
        cell = open_cells[0]
        found[cell] = number(_name(cell, equation, found), values[cell])
        for line in touching[cell]:
            unnamed[line] -= 1
            if unnamed[line] == 1:
                ready.append(line)
    return [
        place if place >= 0 else number(("unseen", fallback, cell), values[cell])
        for cell, place in enumerate(found)
    ]


def _name(cell: int, equation: Sequence[tuple[int, int]], found: Sequence[int]) -> Hashable:
    """Say what the cell equals: the signed sum of the others."""
    turn = -next(sign for other, sign in equation if other == cell)
    return ("sum", tuple(sorted((found[other], sign * turn) for other, sign in equation if other != cell)))
