"""Exact two-sided binomial p-values, against scipy and the worked examples."""

from __future__ import annotations

import time
from decimal import Decimal

import pytest
from scipy.stats import binomtest

from risk_models.significance import MOST_COUNTED, P_FLOOR, binomial_p, binomial_p_interval
from schemas.interval import Interval


@pytest.mark.parametrize(
    ("successes", "trials", "expected", "tolerance"),
    [
        (120, 220, "0.200092", "5e-7"),
        (60, 150, "0.017597692", "5e-10"),
        (100, 140, "4.1434e-7", "5e-12"),
        # The methodology prints 2.3862e-5; scipy gives 2.3861332e-5.
        (40, 50, "2.3861332e-5", "5e-13"),
        (5, 6, "0.21875", "0"),
        (400, 820, "0.507029", "5e-7"),
    ],
)
def test_the_worked_examples_hold(successes: int, trials: int, expected: str, tolerance: str) -> None:
    """B5 and D1 of the methodology, on the fixture FX4."""
    assert abs(binomial_p(successes, trials) - Decimal(expected)) <= Decimal(tolerance)


@pytest.mark.parametrize("trials", [*range(13), 31, 100, 999, 1000])
def test_scipy_agrees(trials: int) -> None:
    """Twelve digits or more agree with scipy's own summation wherever that one is above the floor."""
    for successes in range(0, trials + 1, max(1, trials // 37)):
        expected = binomtest(successes, trials, 0.5).pvalue if trials else 1.0

        if expected > 1e-49:
            assert float(binomial_p(successes, trials)) == pytest.approx(expected, rel=1e-12)
        else:
            assert binomial_p(successes, trials) == P_FLOOR


@pytest.mark.parametrize("successes", [500_000, 499_500, 498_000, 495_000, 494_000])
def test_a_million_trials_agree_with_scipy_and_stay_fast(successes: int) -> None:
    """Large counts take milliseconds; scipy's float summation is trusted to six digits there."""
    started = time.perf_counter()
    p = binomial_p(successes, 1_000_000)

    assert time.perf_counter() - started < 1
    assert float(p) == pytest.approx(binomtest(successes, 1_000_000, 0.5).pvalue, rel=1e-6)


def test_p_values_below_the_floor_are_the_floor() -> None:
    """1000 against nothing is 2^-999; what is reported is the floor, quickly at any size."""
    assert binomial_p(0, 1000) == P_FLOOR
    assert binomial_p(0, 10**9) == P_FLOOR


def test_impossible_counts_are_an_error() -> None:
    """More successes than trials have no p-value."""
    with pytest.raises(ValueError, match="3 successes in 2 trials"):
        binomial_p(3, 2)


def interval(lower: int, upper: int | None) -> Interval:
    """An interval of counts."""
    return Interval(Decimal(lower), None if upper is None else Decimal(upper))


def test_the_p_interval_is_that_of_all_counts_inside() -> None:
    """Enumeration of every pair of counts gives the same two ends."""
    for one in ((0, 4), (3, 9), (7, 7), (12, 20)):
        for other in ((0, 2), (5, 8), (9, 9), (15, 17)):
            every = [
                binomial_p(a, a + b) for a in range(one[0], one[1] + 1) for b in range(other[0], other[1] + 1)
            ]
            found = binomial_p_interval(interval(*one), interval(*other))

            # Between two intervals that overlap a pair of equal counts exists, so 1 is reached.
            assert found == Interval(min(every), max(every)), (one, other)


def test_an_unbounded_count_may_be_arbitrarily_far() -> None:
    """Without an upper bound the smallest p-value is the floor."""
    assert binomial_p_interval(interval(0, None), interval(50, 50)) == Interval(P_FLOOR, Decimal(1))
    assert binomial_p_interval(interval(80, None), interval(50, 50)).upper == binomial_p(50, 130)


def test_absurd_counts_are_not_tested() -> None:
    """A hostile count cannot keep a node busy: every p-value is possible."""
    huge = interval(MOST_COUNTED + 1, MOST_COUNTED + 1)

    assert binomial_p_interval(huge, interval(5, 5)) == Interval(P_FLOOR, Decimal(1))
