"""The suppression and the audit of releases from a thousand to a hundred thousand cells.

Invariants: tables are drawn from a fixed seed, in three hierarchical dimensions with 15 % primary cells; a time
counts only if the audit, which is part of it, finds no breach; promises are seconds, so that a time is told beside
the time that was promised.
"""

from __future__ import annotations

import random
import time
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from risk_models.disclosure.linear.attack import Need, outsider
from risk_models.disclosure.linear.audit import breaches
from risk_models.disclosure.suppression import Problem, suppress
from tests.bench.measuring import Ratio
from tests.support.tables import hierarchical

SEED = 4
PRIMARIES = 0.15
MINIMUM = 3


@dataclass(frozen=True)
class Size:
    """Branchings of the dimensions, level by level, the seconds promised, and how often it is measured."""

    branchings: Sequence[Sequence[int]]
    promised_s: float
    rounds: int = 1


SIZES = (
    Size([(3, 3), (3, 4), (4,)], 2, rounds=3),
    Size([(3, 4), (3, 4), (4, 4)], 15),
    Size([(3, 8), (3, 8), (5, 4)], 60),
)
LARGE = Size([(3, 16), (5, 8), (6, 6)], 600)


def ratios(*, large: bool) -> list[Ratio]:
    """Measure every size, the largest only if asked; the best of its rounds over what was promised."""
    return [_measured(size) for size in (*SIZES, *([LARGE] if large else []))]


def _measured(size: Size) -> Ratio:
    problem = release(size.branchings)
    times = []
    for _ in range(size.rounds):
        started = time.perf_counter()
        pattern = suppress(problem)
        broken = breaches(problem.system, pattern.hidden, problem.needs, problem.attackers)
        times.append(time.perf_counter() - started)
        if broken:
            raise AssertionError(f"{len(broken)} needs are open after suppression.")
    name = f"{problem.system.cells:,} cells, {len(problem.needs):,} primary, {int(pattern.hidden.sum()):,} hidden"
    return Ratio(name, min(times), size.promised_s, 1.0)


def release(branchings: Sequence[Sequence[int]]) -> Problem:
    """A table of counts whose smallest cells are protected by the minimum; empty cells are shown."""
    table = hierarchical(random.Random(SEED), branchings, PRIMARIES)
    values = np.array(table.values, np.int64)
    hidden = np.zeros(values.size, np.bool_)
    hidden[table.primaries] = True
    return Problem(
        system=table.system,
        needs=tuple(Need(cell, width=MINIMUM) for cell in table.primaries),
        hidden=hidden,
        fixed=(values == 0) & ~hidden,
        costs=1 + np.floor(np.log2(values + 1)).astype(np.int64),
        units=np.arange(values.size),
        attackers=(outsider(values.size),),
    )
