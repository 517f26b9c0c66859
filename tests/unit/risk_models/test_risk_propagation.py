"""Interval rules 0.3.2 at their corners."""

from __future__ import annotations

from decimal import Decimal

import pytest

from risk_models.propagation import quotient, share, summed
from schemas.interval import Interval

Bounds = tuple[str, str | None]


def interval(bounds: Bounds) -> Interval:
    """An interval from texts."""
    return Interval(Decimal(bounds[0]), None if bounds[1] is None else Decimal(bounds[1]))


@pytest.mark.parametrize(
    ("part", "rest", "expected"),
    [
        (("120", "120"), ("40", "40"), ("0.75", "0.75")),
        (("0", "10"), ("30", "30"), ("0", "0.25")),
        (("10", "10"), ("0", "30"), ("0.25", "1")),
        (("1", "3"), ("1", "3"), ("0.25", "0.75")),
        (("5", "5"), ("0", None), ("0", "1")),
        (("0", None), ("5", "5"), ("0", "1")),
        (("0", "9"), ("0", "0"), ("1", "1")),
        (("0", "0"), ("0", "9"), ("0", "0")),
    ],
)
def test_shares_keep_the_part_and_the_rest_apart(part: Bounds, rest: Bounds, expected: Bounds) -> None:
    """[l_x / (l_x + u_z), u_x / (u_x + l_z)], with the limits where a bound is absent."""
    assert share(interval(part), interval(rest)) == interval(expected)


def test_nothing_has_no_share() -> None:
    """0 of 0 is undefined, not zero."""
    assert share(Interval.exact(0), Interval.exact(0)) is None


@pytest.mark.parametrize(
    ("numerator", "denominator", "expected"),
    [
        (("100", "100"), ("40", "40"), ("2.5", "2.5")),
        (("1", "4"), ("2", "5"), ("0.2", "2")),
        (("6", "6"), ("0", "3"), ("2", None)),
        (("0", None), ("2", "4"), ("0", None)),
        (("6", "6"), ("3", None), ("0", "2")),
        (("0", "0"), ("0", "3"), ("0", "0")),
    ],
)
def test_quotients_are_evaluated_at_their_ends(
    numerator: Bounds, denominator: Bounds, expected: Bounds
) -> None:
    """A denominator that may be zero leaves no upper bound: "at least"."""
    assert quotient(interval(numerator), interval(denominator)) == interval(expected)


def test_a_quotient_by_zero_is_undefined() -> None:
    """A certain zero below the line has no quotient."""
    assert quotient(Interval.exact(3), Interval.exact(0)) is None


def test_a_sum_has_no_upper_bound_if_a_part_has_none() -> None:
    """Ends are added; of nothing at all the sum is zero."""
    one, other = Interval(Decimal(1), Decimal(2)), Interval(Decimal(3), Decimal(5))

    assert summed([one, other]) == Interval(Decimal(4), Decimal(7))
    assert summed([one, Interval(Decimal(3), None)]) == Interval(Decimal(4), None)
    assert summed([]) == Interval(Decimal(0), Decimal(0))
