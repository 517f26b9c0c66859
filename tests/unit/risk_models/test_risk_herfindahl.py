"""Bounds of the Herfindahl index, against published values and enumeration."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from itertools import product

import pytest

from risk_models.herfindahl import herfindahl_bounds
from schemas.interval import Interval

Box = tuple[tuple[int, int], ...]


def index(values: tuple[int, ...]) -> Fraction:
    """The definition."""
    return Fraction(sum(value * value for value in values), sum(values) ** 2)


def intervals(box: Box) -> list[Interval]:
    """A box as intervals."""
    return [Interval(Decimal(lower), Decimal(upper)) for lower, upper in box]


def decimals(*values: int) -> list[Decimal]:
    """Known values."""
    return [Decimal(value) for value in values]


def test_known_values_give_a_point() -> None:
    """US DOJ guidelines: firms of 30, 30, 20 and 20 per cent have an index of 2600 on the scale of 10 000."""
    assert herfindahl_bounds(decimals(30, 30, 20, 20), []) == (Fraction(26, 100), Fraction(26, 100))


@pytest.mark.parametrize(
    ("known", "box"),
    [
        ((), ((0, 4), (0, 4))),
        ((7,), ((0, 3), (0, 5))),
        ((7, 2), ((0, 9),)),
        ((1, 1, 1), ((0, 6), (0, 6), (0, 6))),
        ((10, 3), ((0, 2), (0, 4), (0, 8))),
        ((5,), ((2, 6), (2, 3))),
        ((), ((3, 3), (1, 5))),
    ],
)
def test_no_point_of_the_box_is_outside_the_bounds(known: tuple[int, ...], box: Box) -> None:
    """Enumeration over the integers of the box stays inside, and reaches the maximum where it is sharp."""
    found = herfindahl_bounds(decimals(*known), intervals(box))
    assert found is not None
    points = [
        (*known, *point)
        for point in product(*(range(lower, upper + 1) for lower, upper in box))
        if sum(known) + sum(point)
    ]
    reached = [index(point) for point in points]

    assert found[0] <= min(reached)
    assert found[1] >= max(reached)
    if len({lower for lower, _ in box}) == 1:
        assert found[1] == max(reached)


@pytest.mark.parametrize(
    ("known", "box", "least"),
    [
        # One free cell beside 7 and 2: best at 53/9 (sum of squares over sum of the others).
        ((7, 2), ((0, 9),), Fraction(53, 134)),
        # Free cells level with a single known one: three equal values.
        ((4,), ((0, 9), (0, 9)), Fraction(1, 3)),
        # The caps bind: 10 with 2 and 2.
        ((10,), ((0, 2), (0, 2)), Fraction(108, 196)),
    ],
)
def test_the_minimum_is_sharp(known: tuple[int, ...], box: Box, least: Fraction) -> None:
    """Hand computation of the levelled point."""
    found = herfindahl_bounds(decimals(*known), intervals(box))

    assert found is not None
    assert found[0] == least


def test_a_known_total_narrows_both_ends() -> None:
    """Known 10; two withheld cells sum to 6: least 10, 3, 3 and greatest 10, 6, 0."""
    box = intervals(((0, 6), (0, 6)))

    assert herfindahl_bounds(decimals(10), box, Fraction(6)) == (
        Fraction(118, 256),
        Fraction(136, 256),
    )


def test_a_known_total_respects_the_caps() -> None:
    """Caps 1, 4 and 9 with a sum of 8: levelled 1, 3.5, 3.5; piled 8, 0, 0."""
    box = intervals(((0, 1), (0, 4), (0, 9)))

    assert herfindahl_bounds([], box, Fraction(8)) == (Fraction(102, 4 * 64), Fraction(1))


def test_an_unbounded_cell_may_hold_everything() -> None:
    """Without an upper bound the greatest index is 1; the least is levelled with the known cells."""
    unbounded = [Interval(Decimal(0), None)]

    assert herfindahl_bounds(decimals(4, 4), unbounded) == (Fraction(1, 3), Fraction(1))
    assert herfindahl_bounds([], unbounded) == (Fraction(1), Fraction(1))


def test_no_flow_has_no_concentration() -> None:
    """All zero is undefined."""
    assert herfindahl_bounds(decimals(0, 0), []) is None
    assert herfindahl_bounds(decimals(0), intervals(((0, 0),)), Fraction(0)) is None


@pytest.mark.parametrize(("box", "whole"), [(((0, 2), (0, 2)), 5), ((), 5), (((3, 4),), 1)])
def test_a_total_outside_the_box_is_an_error(box: Box, whole: int) -> None:
    """Contradictory margins are refused rather than answered."""
    with pytest.raises(ValueError, match="cannot sum to"):
        herfindahl_bounds(decimals(1), intervals(box), Fraction(whole))


def test_fractions_of_a_unit_are_exact() -> None:
    """Decimals with different exponents are brought to one denominator."""
    assert herfindahl_bounds([Decimal("0.5"), Decimal("0.25"), Decimal("0.25")], []) == (
        Fraction(3, 8),
        Fraction(3, 8),
    )
