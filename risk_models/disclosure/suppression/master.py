"""The program over units: which of them are hidden, so that every cut holds, at least cost.

Invariants: it only ever holds cuts that every sensible cover meets, so that its optimum is a bound at every moment;
equal costs are decided by a small term that depends on a unit's number alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import pairwise
from math import gcd

import highspy
import numpy as np

from risk_models.disclosure.linear.arrays import Integers, Mask
from risk_models.disclosure.suppression.blocks import Block
from risk_models.disclosure.suppression.cuts import Cut
from risk_models.disclosure.suppression.solver import INFINITY, Floats, Program, columns, load, solver

# Costs are brought below this for the solver, whose tolerances are absolute.
_LARGEST_COST = 1e6
_TIES = 1021
# A share so near to 0 or 1 is it.
_WHOLE = 1e-6
# The bound is tight at the root: what looks for good covers by itself costs more than it saves.
_OPTIONS: dict[str, bool | float] = {
    "mip_rel_gap": 0.0,
    "mip_abs_gap": 1e-6,
    "mip_heuristic_effort": 0.0,
    "mip_heuristic_run_rens": False,
    "mip_heuristic_run_rins": False,
    "mip_heuristic_run_root_reduced_cost": False,
    "mip_allow_restart": False,
}


class Master:
    """Starts with what the equations alone say of a cover; grows by cuts."""

    def __init__(self, block: Block, nodes: int = 1) -> None:
        """Take the units and equations of a block; `nodes`: the limit of all whole answers together."""
        costs = np.array(block.costs, np.float64) / (gcd(*block.costs) if block.costs else 1)
        costs *= min(1.0, _LARGEST_COST / costs.max(initial=1.0))
        size = len(block.costs)
        ties = np.array([(number * 389 + 7) % _TIES for number in range(size)]) / (_TIES * 2.0 * max(size, 1))
        self._size, self._nodes = size, nodes
        self._highs = solver(presolve="choose")
        for name, value in _OPTIONS.items():
            self._highs.setOptionValue(name, value)
        nothing = np.zeros(0)
        load(
            self._highs,
            Program(
                costs + ties,
                np.zeros(size),
                np.ones(size),
                nothing,
                nothing,
                np.zeros(size + 1, np.int32),
                np.zeros(0, np.int32),
                nothing,
            ),
        )
        self.add(_neighbours(block))
        self.add(_companions(block))

    def add(self, cuts: Iterable[Cut]) -> None:
        """Demand more of a cover."""
        for cut in cuts:
            self._highs.addRow(cut.least, INFINITY, cut.units.size, cut.units.astype(np.int32), cut.weights)

    def take(self, units: Integers) -> None:
        """Hide units for good."""
        ones = np.ones(units.size)
        self._highs.changeColsBounds(units.size, units.astype(np.int32), ones, ones)

    def relaxed(self) -> Floats | None:
        """Return the cheapest shares of units, or None if no cover meets the cuts."""
        self._integrality(highspy.HighsVarType.kContinuous)
        if not self._run():
            return None
        shares = np.clip(columns(self._highs), 0.0, 1.0)
        return np.where(np.abs(shares - np.rint(shares)) < _WHOLE, np.rint(shares), shares)

    def solved(self) -> Mask | None:
        """Return the cheapest units, or None if there are none or the limit came first."""
        self._integrality(highspy.HighsVarType.kInteger)
        self._highs.setOptionValue("mip_max_nodes", self._nodes)
        is_solved = self._run()
        self._nodes = max(self._nodes - int(self._highs.getInfo().mip_node_count), 1)
        return columns(self._highs) > 0.5 if is_solved else None  # noqa: PLR2004 - nearer to 1 than to 0

    def _run(self) -> bool:
        self._highs.run()
        return bool(self._highs.getModelStatus() == highspy.HighsModelStatus.kOptimal)

    def _integrality(self, kind: highspy.HighsVarType) -> None:
        every = np.arange(self._size, dtype=np.int32)
        kinds = np.full(self._size, int(kind), np.uint8)
        self._highs.changeColsIntegrality(self._size, every, kinds)


def _neighbours(block: Block) -> list[Cut]:
    """In every equation of a demanded cell that has no other hidden cell, another one must be hidden."""
    found: dict[int, Cut] = {}
    for demand in block.demands:
        entries, _ = block.by_cell.entries(np.array([demand.cell]))
        for row in block.by_cell.columns[entries].tolist():
            start, end = block.equations.starts[row : row + 2]
            others = block.equations.columns[start:end]
            units = block.unit[others[others != demand.cell]]
            if row not in found and (units >= 0).all():
                names = np.unique(units)
                found[row] = Cut(names, np.ones(names.size), 1.0)
    return list(found.values())


def _companions(block: Block) -> Iterator[Cut]:
    """A unit is only worth hiding with another one in an equation of its own, for which all its cells must agree."""
    closed = _closed(block)
    for unit, members in enumerate(block.members):
        for others in _companies(block, closed, members, unit):
            yield Cut(np.append(unit, others), np.append(-1.0, np.ones(others.size)), 0.0)


def _closed(block: Block) -> list[Integers | None]:
    """The units of each equation; None where a cell is hidden from the start or a unit stands twice."""
    units = block.unit[block.equations.columns]
    rows = [np.sort(units[start:end]) for start, end in pairwise(block.equations.starts.tolist())]
    return [row if row.size and row[0] >= 0 and (np.diff(row) > 0).all() else None for row in rows]


def _companies(
    block: Block, closed: list[Integers | None], members: Integers, unit: int
) -> Iterator[Integers]:
    """The other units of equations, one of every cell of the unit with the same others."""
    found: list[dict[tuple[int, ...], Integers]] = []
    for cell in members.tolist():
        start, end = block.by_cell.starts[cell : cell + 2]
        rows = (closed[row] for row in block.by_cell.columns[start:end].tolist())
        others = [row[row != unit] for row in rows if row is not None]
        found.append({tuple(row.tolist()): row for row in others})
    yield from (row for name, row in found[0].items() if all(name in other for other in found[1:]))
