"""What is asked wrongly is refused before anything is solved."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from risk_models.disclosure.linear.attack import Need, outsider
from risk_models.disclosure.linear.system import System
from risk_models.disclosure.suppression import Problem
from risk_models.errors import InvalidInput


@pytest.fixture
def problem() -> Problem:
    """Two cells and their total."""
    return Problem(
        System.of([1, 5, 6], [{0: 1, 1: 1, 2: -1}]),
        (Need(0),),
        np.array([True, False, False]),
        np.array([False, False, True]),
        np.array([1, 5, 6]),
        np.arange(3),
        (outsider(3),),
    )


def test_a_protected_cell_that_is_shown_is_refused(problem: Problem) -> None:
    """A primary cell is hidden from the start."""
    with pytest.raises(InvalidInput, match="asked wrongly"):
        replace(problem, needs=(Need(1),))


def test_arrays_of_another_length_are_refused(problem: Problem) -> None:
    """Every array has one entry for every cell."""
    with pytest.raises(InvalidInput, match="asked wrongly"):
        replace(problem, fixed=np.zeros(2, np.bool_))


def test_a_cell_that_costs_nothing_is_refused(problem: Problem) -> None:
    """A cell without a cost would be hidden without a reason."""
    with pytest.raises(InvalidInput, match="asked wrongly"):
        replace(problem, costs=np.array([1, 0, 6]))


def test_needs_against_nobody_are_refused(problem: Problem) -> None:
    """Needs that hold against nobody would protect nothing."""
    with pytest.raises(InvalidInput, match="asked wrongly"):
        replace(problem, attackers=())
