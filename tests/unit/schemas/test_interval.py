"""schemas.interval."""

from __future__ import annotations

from decimal import Decimal

import pytest

from schemas.errors import InvalidValue
from schemas.interval import Interval, exact, grade


def test_an_exact_value_has_no_width() -> None:
    """Exact means that both bounds are the value."""
    value = exact(47)

    assert (value.lower, value.upper, value.width, value.midpoint) == (47, 47, 0, 47)
    assert value.is_exact


def test_an_unbounded_value_has_neither_width_nor_midpoint() -> None:
    """Without an upper bound nothing is invented."""
    value = Interval(Decimal(0), None)

    assert value.width is None
    assert value.midpoint is None
    assert not value.is_exact


@pytest.mark.parametrize(
    ("lower", "upper", "expected"),
    [
        ("47", "47", "A"),
        ("0", "0", "A"),
        ("95", "105", "B"),
        ("95", "105.01", "C"),
        ("75", "125", "C"),
        ("75", "125.01", "D"),
        ("-105", "-95", "B"),
        ("-1", "1", "D"),
        ("0", "2", "D"),
        ("0", None, "D"),
    ],
)
def test_the_grade_follows_width_against_midpoint(lower: str, upper: str | None, expected: str) -> None:
    """Methodology 0.3.3: A width 0, B up to 10 % of the midpoint, C up to 50 %, D beyond or unbounded."""
    assert grade(Interval(Decimal(lower), None if upper is None else Decimal(upper))) == expected


@pytest.mark.parametrize(
    ("lower", "upper"), [("2", "1"), ("NaN", "1"), ("0", "Infinity"), ("-Infinity", None)]
)
def test_no_impossible_interval_can_be_constructed(lower: str, upper: str | None) -> None:
    """Crossed or infinite bounds are refused."""
    with pytest.raises(InvalidValue):
        Interval(Decimal(lower), None if upper is None else Decimal(upper))


def test_fifty_digits_are_not_rounded() -> None:
    """Midpoint and width of values with fifty digits are exact."""
    lower, upper = Decimal("1." + "0" * 48 + "1"), Decimal("1." + "0" * 48 + "3")

    assert Interval(lower, upper).midpoint == Decimal("1." + "0" * 48 + "2")
    assert Interval(lower, upper).width == Decimal("0." + "0" * 48 + "2")
