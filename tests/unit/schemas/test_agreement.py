"""schemas.agreement: Cohen's kappa."""

from __future__ import annotations

from fractions import Fraction

import pytest

from schemas.agreement import AGREEMENT_NEEDED, coders_agreement, kappa
from schemas.errors import InvalidValue
from tests.support.builders_maps import a_map


@pytest.mark.parametrize(
    ("counts", "expected"),
    [
        ([[40, 5], [10, 45]], Fraction(7, 10)),  # the methodology's example, 4.4
        ([[20, 5], [10, 15]], Fraction(2, 5)),  # the example of 50 grant proposals in the encyclopaedias: 0.4
        ([[3, 0], [0, 4]], Fraction(1)),
        ([[25, 25], [25, 25]], Fraction(0)),
        ([[0, 5], [5, 0]], Fraction(-1)),
        ([[7]], None),
    ],
)
def test_kappa_is_exact(counts: list[list[int]], expected: Fraction | None) -> None:
    """Published and hand-computed values, as rationals; none where chance alone agrees always."""
    assert kappa(counts) == expected


def test_the_example_of_the_methodology_is_not_enough() -> None:
    """0.70 is below 0.8."""
    assert Fraction(7, 10) < AGREEMENT_NEEDED


@pytest.mark.parametrize("counts", [[], [[1, 2]], [[1, 2], [3]], [[0, 0], [0, 0]], [[1, -1], [0, 5]]])
def test_what_is_no_table_of_counts_is_refused(counts: list[list[int]]) -> None:
    """Not square, negative or empty."""
    with pytest.raises(InvalidValue):
        kappa(counts)


def test_two_coders_are_compared_code_by_code() -> None:
    """Three of four alike: observed 3/4, expected 1/4, so 2/3; a related line is no part of the judgement."""
    first = a_map("1 exact B", "2 broad A1", "3 narrow A1", "3 narrow A2", "4 none")
    second = a_map("1 exact B", "1 related C", "2 broad A1", "3 narrow A2", "3 narrow A1", "4 broad A1")

    # classes of the first coder: B, A1, A1+A2, none, once each; of the second: B, A1 twice, A1+A2
    assert coders_agreement(first, second) == (Fraction(3, 4) - Fraction(4, 16)) / (1 - Fraction(4, 16))


def test_coders_of_different_codes_are_not_compared() -> None:
    """A code that one of them left out would flatter both."""
    with pytest.raises(InvalidValue, match="2"):
        coders_agreement(a_map("1 exact B", "2 none"), a_map("1 exact B"))
