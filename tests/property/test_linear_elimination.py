"""Exact elimination and propagation against independent ways to the same answer."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from scipy.linalg import null_space

from risk_models.disclosure.linear.elimination import determined
from risk_models.disclosure.linear.intervals import intervals, propagated
from tests.support.small_systems import Situation, situations

LARGEST = 4


@settings(max_examples=150)
@given(situations())
def test_a_cell_is_determined_exactly_where_no_solution_of_the_equations_moves_it(
    situation: Situation,
) -> None:
    """The null space over the unknown cells, from scipy, has a zero row there and nowhere else."""
    unknown = situation.unknown

    found = determined(situation.system, situation.hidden, situation.attacker.known)

    matrix = situation.matrix[:, unknown].astype(float)
    if matrix.size:
        moving = np.abs(null_space(matrix)).max(axis=1, initial=0.0)
        assert found[unknown].tolist() == (moving < 1e-9).tolist()
    assert matrix.size or not found.any()
    assert not found[~unknown].any()


@settings(max_examples=100)
@given(situations())
def test_every_possible_table_lies_inside_both_kinds_of_bounds(situation: Situation) -> None:
    """All tables of small values are tried; and programs never give wider bounds than propagation."""
    if int(situation.unknown.sum()) > 5 or (situation.system.values < 0).any():
        return  # too many tables to try, or values below zero

    lower, upper = intervals(situation.system, situation.hidden, situation.attacker)
    outer_lower, outer_upper = propagated(situation.system, situation.hidden, situation.attacker)

    assert (outer_lower <= lower).all()
    assert (upper <= outer_upper).all()
    for table in situation.tables(LARGEST):
        assert (lower <= table).all()
        assert (upper >= table).all()
