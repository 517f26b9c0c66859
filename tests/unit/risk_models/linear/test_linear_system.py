"""A system refuses equations that do not hold, and leaves an attacker what is unknown."""

from __future__ import annotations

import numpy as np
import pytest

from risk_models.disclosure.linear.moves import Moves
from risk_models.disclosure.linear.rooms import Room
from risk_models.disclosure.linear.system import LARGEST_VALUE, System
from risk_models.errors import InvalidInput

# 0 = 1 + 2, 3 = 4 + 5: two sums that share nothing
TWO_SUMS = System.of([5, 2, 3, 9, 4, 5], [{0: -1, 1: 1, 2: 1}, {3: -1, 4: 1, 5: 1}])


@pytest.mark.parametrize(
    ("values", "equation", "title"),
    [
        ([3, 1, 1], {0: -1, 1: 1, 2: 1}, "does not hold"),
        ([1, 1], {0: 1, 2: -1}, "no sums of these cells"),
        ([1, 1], {0: 1, -1: -1}, "no sums of these cells"),
        ([2, 1], {0: 1, 1: -2}, "no sums of these cells"),
        ([LARGEST_VALUE + 1], {}, "too large"),
        ([-(2**63)], {}, "too large"),
        ([2**64], {}, "too large"),
    ],
    ids=["unequal", "beyond", "negative", "twice", "large", "least", "beyond 64 bits"],
)
def test_what_is_no_system_of_sums_is_refused(
    values: list[int], equation: dict[int, int], title: str
) -> None:
    """Every refusal says what is wrong; nothing is protected on a false basis."""
    with pytest.raises(InvalidInput, match=title):
        System.of(values, [equation])


def test_a_system_without_cells_or_equations_leaves_nothing() -> None:
    """Empty is allowed: a release may have no cell."""
    left = System.of([], []).restricted(np.zeros(0, np.bool_))

    assert (left.unknowns, left.components, left.equations()) == (0, 0, [])


def test_what_is_left_are_the_unknown_cells_in_components_by_their_first_cell() -> None:
    """Shown and known cells leave their equations, empty equations go, a cell without any stands alone."""
    hidden = np.array([False, True, True, True, True, True])
    known = np.array([False, False, False, False, True, False])

    left = TWO_SUMS.restricted(hidden, known)

    assert left.cells.tolist() == [1, 2, 3, 5]
    assert left.component.tolist() == [0, 0, 1, 1]
    assert left.equations() == [{0: 1, 1: 1}, {2: -1, 3: 1}]


def test_only_parts_of_a_proposal_that_meet_their_equations_become_moves() -> None:
    """The first sum is met by the proposal, the second is not; the first serves both ways and many times."""
    moves = Moves(TWO_SUMS.restricted(np.ones(6, np.bool_)))

    moves.add(np.array([0, 2, -2, 0, 1, 1]))

    assert moves.count == 1
    low, high = moves.reach(Room(-TWO_SUMS.values, np.full(6, 100)))
    assert low.tolist() == [0, -2, -3, 0, 0, 0]
    assert high.tolist() == [0, 3, 2, 0, 0, 0]


def test_a_room_without_space_for_one_cell_stops_a_move() -> None:
    """A cell that an attacker knows cannot move, and so neither can the move that needs it."""
    moves = Moves(TWO_SUMS.restricted(np.ones(6, np.bool_)))
    moves.add(np.array([1, 1, 0, 0, 0, 0]))

    low, high = moves.reach(Room(np.array([0, -2, -3, -9, -4, -5]), np.array([0, 9, 9, 9, 9, 9])))

    assert not low.any()
    assert not high.any()


def test_sums_of_the_largest_amounts_are_exact() -> None:
    """Nine amounts of 2**60 do not fit into 64 bits; their sum is right all the same."""
    system = System.of([0] * 9, [dict.fromkeys(range(9), 1)])

    total = system.restricted(np.ones(9, np.bool_)).sums(np.full(9, LARGEST_VALUE, np.int64))

    assert total.tolist() == [9 * 2**60]
