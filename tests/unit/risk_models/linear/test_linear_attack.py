"""Needs and attackers refuse what protects nothing or contradicts itself."""

from __future__ import annotations

import numpy as np
import pytest

from risk_models.disclosure.linear.attack import Attacker, Need, outsider
from risk_models.disclosure.linear.system import NO_BOUND
from risk_models.errors import InvalidInput


@pytest.mark.parametrize(
    "asked", [{"lower": -1}, {"upper": -1}, {"width": 0}], ids=["lower", "upper", "width"]
)
def test_a_need_that_protects_nothing_is_refused(asked: dict[str, int]) -> None:
    """Distances are zero or more, and a width of zero would let the exact value out."""
    with pytest.raises(InvalidInput, match="protects nothing"):
        Need(0, **asked)


def test_an_outsider_knows_that_values_are_not_below_zero_except_signed_ones() -> None:
    """A signed cell has no bound either way."""
    somebody = outsider(3, np.array([False, True, False]))

    assert somebody.lower.tolist() == [0, -NO_BOUND, 0]
    assert somebody.upper.tolist() == [NO_BOUND] * 3
    assert not somebody.known.any()


def test_who_knows_cells_is_not_judged_by_them_and_leaves_the_first_attacker_as_it_was() -> None:
    """The own cells of a peer are its own affair, and a width of its own replaces the needs' distances."""
    first = outsider(3)

    peer = first.knowing("peer", [1], width=1)

    assert peer.needs([Need(0, 2, 3, 9), Need(1, 2, 3, 9)]) == [Need(0)]
    assert first.needs([Need(1, 2, 3, 9)]) == [Need(1, 2, 3, 9)]
    assert peer.known.tolist() == [False, True, False]
    assert not first.known.any()


def test_bounds_of_different_lengths_or_the_wrong_way_round_are_refused() -> None:
    """Such knowledge is a fault of whoever made it up."""
    nothing = np.zeros(2, np.bool_)

    with pytest.raises(InvalidInput, match="does not fit"):
        Attacker("a", np.zeros(2, np.int64), np.zeros(3, np.int64), nothing)
    with pytest.raises(InvalidInput, match="contradicts itself"):
        Attacker("a", np.array([0, 2]), np.array([0, 1]), nothing)
