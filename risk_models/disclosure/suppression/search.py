"""The search for a pattern: every block by itself, the exact way where it is small enough, and the audit at the end.

Invariants: what is returned has passed the audit as a whole; cover that is added where the audit finds a breach is
never taken back, so that the search ends. Limits are counts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from risk_models.disclosure.linear.arrays import Integers, Mask
from risk_models.disclosure.linear.audit import breaches
from risk_models.disclosure.suppression import exact, fast
from risk_models.disclosure.suppression.blocks import Block, blocks
from risk_models.disclosure.suppression.cover import Cover
from risk_models.disclosure.suppression.problem import Pattern, Problem, Unprotectable, whole_units

# Units that may be hidden in a block, and demands, up to which the optimum is looked for; see docs/benchmarks.md.
EXACT_UP_TO = 300
_DEMANDS = 300
_EFFORT = exact.Effort(relaxed=40, rounds=60, nodes=400, refusals=8)


@dataclass(slots=True)
class _Part:
    """The cover of one block; `is_exact`: proven to be a cheapest one."""

    cover: Cover
    is_exact: bool

    def shown(self) -> Integers:
        """The hidden cells by their numbers in the system."""
        return self.cover.block.places[self.cover.hidden]


def suppress(problem: Problem, *, exact_up_to: int = EXACT_UP_TO) -> Pattern:
    """Return a pattern that protects every need against every attacker, as cheap as the method allows.

    exact_up_to: the number of units that may be hidden in a block up to which the optimum is proven; a block in which
    the limits come first gets the fast method.

    Raises:
        Unprotectable: needs that no cover meets.
        InvalidInput: an attacker knows what is not true.
    """
    covers = [Cover(block) for block in blocks(problem)]
    lost = [_lost(cover) for cover in covers]
    if any(lost):
        raise Unprotectable([place for places in lost for place in places])
    parts = [_part(problem, cover, exact_up_to) for cover in covers]
    hidden = _audited(problem, parts)
    cost = sum(part.cover.cost for part in parts)
    if not cost:
        return Pattern(hidden, "none", 0, 0)
    is_exact = all(part.is_exact for part in parts)
    return Pattern(hidden, "exact" if is_exact else "fast", cost, cost if is_exact else None)


def _lost(cover: Cover) -> list[int]:
    """Meet every demand; return the places of those that nothing meets."""
    failed = fast.build(cover)
    return [int(cover.block.places[cover.block.demands[number].cell]) for number in failed]


def _part(problem: Problem, cover: Cover, exact_up_to: int) -> _Part:
    block = cover.block
    cover.give_back()
    if cover.cost and len(block.costs) <= exact_up_to and len(block.demands) <= _DEMANDS:
        found = exact.cheapest(block, cover.cost, lambda units: _passes(problem, block, units), _EFFORT)
        if found is not None:
            return _Part(cover if found.units is None else Cover(block, found.units), is_exact=True)
    fast.polish(cover)
    return _Part(cover, is_exact=not cover.cost)


def _passes(problem: Problem, block: Block, units: Mask) -> bool:
    """The verdict of the audit on the demands of one block, others being other blocks' affair."""
    hidden = np.zeros(problem.system.cells, np.bool_)
    hidden[block.places[block.shown(units)]] = True
    asked = {demand.cell for demand in block.demands}
    places = set(block.places[sorted(asked)].tolist())
    needs = [need for need in problem.needs if need.cell in places]
    return not breaches(problem.system, hidden, needs, problem.attackers)


def _audited(problem: Problem, parts: Sequence[_Part]) -> Mask:
    """Add cover until the audit passes every need against every attacker; return the hidden cells."""
    where = {
        (problem.attackers[demand.attacker].name, int(part.cover.block.places[demand.cell])): (part, number)
        for part in parts
        for number, demand in enumerate(part.cover.block.demands)
    }
    needs = sorted(problem.needs, key=lambda need: (need.cell, need.lower, need.upper, need.width))
    times = 1
    while broken := breaches(problem.system, _hidden(problem, parts), needs, problem.attackers):
        times += 1
        lost = []
        for breach in broken:
            part, number = where[breach.attacker, breach.need.cell]
            part.is_exact = False
            if not part.cover.reinforce(number, times):
                lost.append(breach.need.cell)
        if lost:
            raise Unprotectable(lost)
    return _hidden(problem, parts)


def _hidden(problem: Problem, parts: Sequence[_Part]) -> Mask:
    """What is hidden in all blocks, whole units: also their cells that no equation ties to anything."""
    start, free = whole_units(problem)
    hidden = start.copy()
    for part in parts:
        hidden[part.shown()] = True
    return hidden | (free & np.isin(problem.units, problem.units[hidden & free]))
