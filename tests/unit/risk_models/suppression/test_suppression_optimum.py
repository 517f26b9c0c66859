"""The exact method against every pattern there is."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest

from risk_models.disclosure.linear.attack import Need
from risk_models.disclosure.suppression import Pattern, Problem, Unprotectable, suppress
from tests.support.covers import Table, unmet


@pytest.mark.parametrize("seed", range(6))
def test_the_cost_is_that_of_the_cheapest_pattern_of_all(seed: int) -> None:
    """Every set of units is tried in the order of its cost until one protects, judged by integer programming."""
    problem = some_problem(seed)
    expected = cheapest_of_all(problem)

    if expected is None:
        with pytest.raises(Unprotectable):
            suppress(problem)
    else:
        pattern = suppress(problem)
        assert pattern.cost == expected
        assert pattern.method in {"exact", "none"}
        assert pattern.bound == expected
        assert not unmet(problem, pattern)


def some_problem(seed: int) -> Problem:
    """Two rows of three cells, one or two of which need width or distance; margins may be hidden for their value."""
    rng = random.Random(seed)
    table = Table(("a", "b"), ("p", "q", "r"), [[rng.randint(1, 9) for _ in range(3)] for _ in range(2)])
    asked = rng.sample([(row, column) for row in "ab" for column in "pqr"], 1 + seed % 2)
    needs = [
        Need(table.place(*name), width=rng.randint(1, 4), lower=seed % 3 // 2, upper=seed % 3)
        for name in asked
    ]
    problem = table.problem(needs)
    cells = problem.system.cells
    units = np.array([min(place, cells - 2) for place in range(cells)]) if seed % 2 else np.arange(cells)
    return replace(problem, fixed=np.zeros(cells, np.bool_), units=units)


def cheapest_of_all(problem: Problem) -> int | None:
    """The cost of the first pattern that protects, in the order of costs; None if none does."""
    return next(
        (cost for cost, hidden in patterns(problem) if not unmet(problem, Pattern(hidden, "", cost, None))),
        None,
    )


def patterns(problem: Problem) -> list[tuple[int, np.ndarray]]:
    """Every pattern with its cost, the cheapest first."""

    def all_of_them() -> Iterator[tuple[int, np.ndarray]]:
        start = np.isin(problem.units, problem.units[problem.hidden])
        free = sorted(set(problem.units[~start].tolist()))
        for size in range(len(free) + 1):
            for units in combinations(free, size):
                added = np.isin(problem.units, units)
                yield int(problem.costs[added].sum()), start | added

    return sorted(all_of_them(), key=lambda pair: (pair[0], pair[1].tolist()))
