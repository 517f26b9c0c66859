"""The cheapest moves that carry a cell so far, found by linear programming over a region.

Invariants: amounts are counted in quanta of which a goal has about a million, so that money is no harder than counts;
goals are rounded up to quanta and room is rounded down, so that what is found also holds in units.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from risk_models.disclosure.linear.arrays import Integers, Mask
from risk_models.disclosure.suppression.blocks import Block
from risk_models.disclosure.suppression.moves import Move, rounded
from risk_models.disclosure.suppression.solver import INFINITY, Floats, Program, columns, load, solved, solver

_QUANTA = 2**20
# Room beyond so many goals is as good as endless.
_ENDLESS = 2**10
# A cell that hardly moves costs as much to hide as one that moves far: the second look weighs by the inverse.
_LEAST = 0.05
# What is hidden already costs so little of the dearest, so that moves stay short and few demands hang on one unit.
_DETOUR = 1e-4


@dataclass(frozen=True, slots=True)
class Goal:
    """Carry a cell over a distance, by moves in the given directions together, none of which an attacker excludes."""

    attacker: int
    cell: int
    distance: int
    signs: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class _Copy:
    """The columns of a region once: the goal's cell, signed; the others upwards; the others downwards."""

    region: Integers
    own: Integers
    priced: Integers

    @property
    def width(self) -> int:
        return int(self.own.size + 2 * self.priced.size)

    def flows(self, values: Floats) -> Floats:
        flows = np.empty(self.region.size)
        middle = self.own.size + self.priced.size
        flows[self.own] = values[: self.own.size]
        flows[self.priced] = values[self.own.size : middle] - values[middle:]
        return flows


class Flows:
    """Finds moves in one block; keeps a solver."""

    def __init__(self, block: Block) -> None:
        """Prepare a solver without presolve: regions are small."""
        self._block = block
        self._highs = solver()
        self._costs = np.append(np.array(block.costs, np.float64), 0.0)[block.unit]
        if block.costs:
            self._costs /= max(block.costs)

    def cheapest(
        self, goal: Goal, region: Integers, hidden: Mask, *, looks: int = 3, to_the_unit: bool = False
    ) -> list[Move] | None:
        """Return a move per direction over the cells of `region` (ascending, with the goal's cell), or None.

        Costs are of cells that are not `hidden`; `looks`: how often the costs are adapted to what was found.
        to_the_unit: do not round goal and room to quanta; what is found may then fail for want of a unit.
        """
        quantum = -(-goal.distance // _QUANTA)
        down, up = self._block.room(goal.attacker, region)
        copy = _Copy(region, np.flatnonzero(region == goal.cell), np.flatnonzero(region != goal.cell))
        costs = np.maximum(np.where(hidden[region], 0.0, self._costs[region]), _DETOUR)[copy.priced]
        if to_the_unit:
            part = goal.distance / _QUANTA
            program = self._program(copy, costs, (down / part, up / part), goal, _QUANTA)
            flows = self._solve(copy, program, len(goal.signs), looks)
            return [rounded(self._block, region, flow * part, 1, (down, up)) for flow in flows] or None
        room, distance = (down // quantum, up // quantum), -(-goal.distance // quantum)
        program = self._program(copy, costs, room, goal, distance)
        flows = self._solve(copy, program, len(goal.signs), looks)
        return [rounded(self._block, region, flow, quantum, room) for flow in flows] or None

    def _solve(self, copy: _Copy, program: Program, copies: int, looks: int) -> list[Floats]:
        """The flow of every cell of the region in quanta, a list for every direction; empty if there is none."""
        load(self._highs, program)
        costs = program.costs[1 : 1 + copy.priced.size]
        distance = float(program.row_lower[-1])
        flows = self._run(copy, copies)
        for _ in range(looks - 1 if flows else 0):
            moved = sum(np.abs(flow[copy.priced]) for flow in flows)
            self._weigh(copy, costs / (moved / distance + _LEAST), copies)
            flows = self._run(copy, copies) or flows
        return flows

    def _weigh(self, copy: _Copy, weights: Floats, copies: int) -> None:
        costs = np.tile(np.concatenate([np.zeros(copy.own.size), weights, weights]), copies)
        self._highs.changeColsCost(costs.size, np.arange(costs.size, dtype=np.int32), costs)

    def _run(self, copy: _Copy, copies: int) -> list[Floats]:
        if not solved(self._highs):
            return []
        values = columns(self._highs)
        return [copy.flows(values[n * copy.width : (n + 1) * copy.width]) for n in range(copies)]

    def _program(
        self,
        copy: _Copy,
        costs: Floats,
        room: tuple[Integers, Integers] | tuple[Floats, Floats],
        goal: Goal,
        distance: int,
    ) -> Program:
        """One copy of the region per direction, and a last row in which their distances add up."""
        own, priced = copy.own, copy.priced
        endless = distance * _ENDLESS
        down, up = (np.where(side > endless, INFINITY, side.astype(np.float64)) for side in room)
        order = np.concatenate([own, priced, priced])
        entries, counts = self._block.by_cell.entries(copy.region[order])
        signs = self._block.by_cell.signs[entries].astype(np.float64)
        signs[int(counts[: own.size + priced.size].sum()) :] *= -1
        names, rows = np.unique(self._block.by_cell.columns[entries], return_inverse=True)
        copies = len(goal.signs)
        # the goal's column gets one more entry, in the last row
        end = int(counts[0])
        last = names.size * copies
        counts[0] += 1
        starts = np.zeros(order.size * copies + 1, np.int32)
        np.cumsum(np.tile(counts, copies), out=starts[1:])
        still = np.zeros(priced.size)
        return Program(
            costs=np.tile(np.concatenate([np.zeros(1), costs, costs]), copies),
            lower=np.tile(np.concatenate([-down[own], still, still]), copies),
            upper=np.tile(np.concatenate([up[own], up[priced], down[priced]]), copies),
            row_lower=np.append(np.zeros(last), distance),
            row_upper=np.append(np.zeros(last), INFINITY),
            starts=starts,
            rows=np.concatenate([np.insert(rows + n * names.size, end, last) for n in range(copies)]).astype(
                np.int32
            ),
            values=np.concatenate([np.insert(signs, end, float(sign)) for sign in goal.signs]),
        )
