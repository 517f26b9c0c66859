"""Exact elimination where whole numbers, floats or luck would go wrong."""

from __future__ import annotations

import random

import numpy as np

from risk_models.disclosure.linear.elimination import determined
from risk_models.disclosure.linear.system import System
from tests.support.tables import hierarchical


def everything(system: System) -> np.ndarray:
    """All cells hidden."""
    return np.ones(system.cells, np.bool_)


def test_a_cell_is_found_through_halves() -> None:
    """Of a, b and c, a + b, b + c and a + c are shown: each of the three is half of a sum of sums."""
    system = System.of([1, 2, 3, 3, 5, 4], [{0: 1, 1: 1, 3: -1}, {1: 1, 2: 1, 4: -1}, {0: 1, 2: 1, 5: -1}])
    hidden = np.array([True, True, True, False, False, False])

    assert determined(system, hidden).tolist() == [True, True, True, False, False, False]


def test_nothing_is_found_in_a_square_whose_lines_all_hide_two() -> None:
    """The smallest safe pattern: one unit can go round."""
    system = System.of([1, 2, 3, 4], [])

    assert not determined(system, everything(system)).any()

    square = System.of(
        [1, 2, 3, 4, 3, 7, 4, 6],
        [{0: 1, 1: 1, 4: -1}, {2: 1, 3: 1, 5: -1}, {0: 1, 2: 1, 6: -1}, {1: 1, 3: 1, 7: -1}],
    )
    assert not determined(square, np.arange(8) < 4).any()


def test_an_equation_said_twice_changes_nothing() -> None:
    """A repeated sum has no further knowledge in it, however its signs are written."""
    one, other = {0: 1, 1: 1, 2: -1}, {0: -1, 1: -1, 2: 1}
    system = System.of([1, 2, 3], [one, other, one])

    assert not determined(system, np.array([True, True, False])).any()
    assert determined(system, np.array([True, False, False])).tolist() == [True, False, False]


def test_what_an_attacker_knows_is_a_constant_and_not_marked() -> None:
    """Whoever knows one of two hidden parts knows the other."""
    system = System.of([1, 2, 3], [{0: 1, 1: 1, 2: -1}])

    found = determined(system, np.array([True, True, False]), np.array([True, False, False]))

    assert found.tolist() == [False, True, False]


def test_factors_that_grow_along_a_chain_stay_exact() -> None:
    """Each step y = x + x' with x' = x doubles at each of 80 steps: the last is 2**80 times the first, and not zero.

    In floats the last equation, which asks that last and first are equal, would be met by rounding.
    """
    rows, last = list[dict[int, int]](), 0
    for step in range(80):
        twin, double = 2 * step + 1, 2 * step + 2
        rows += [{last: 1, twin: -1}, {last: 1, twin: 1, double: -1}]
        last = double
    chain = System.of([0] * (last + 1), rows)
    closed = System.of([0] * (last + 1), [*rows, {0: 1, last: -1}])

    assert not determined(chain, everything(chain)).any()
    assert determined(closed, everything(closed)).all()


def test_a_corner_of_a_box_that_can_shift_is_never_fixed() -> None:
    """Covers of this table are boxes around primaries, so what is fixed can only be a primary without a box."""
    rng = random.Random(7)
    table = hierarchical(rng, ((3, 2), (3, 2), (3, 2)), 0.15)

    found = np.flatnonzero(determined(table.system, table.covered(rng)))

    assert set(found.tolist()) <= set(table.primaries)
