"""What a detector says of the last period of a series, and the small steps that all detectors share.

Invariants: numbers are decimals at nine digits as the detectors publish them; a p-value is of a rise, and over
withheld values it is an interval.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

import numpy as np

from risk_models.exact import divided, working
from risk_models.indicators.multiplicity import Signal
from risk_models.indicators.warning.changepoint import pettitt
from risk_models.numerics.series import Bounds, Signals, Statistic
from risk_models.numerics.tails import normal_p, student_p
from risk_models.significance import P_FLOOR
from schemas.interval import Interval

_MOST_ALIKE = Fraction(19, 20)
_SIGNALS: tuple[Signal, Signal, Signal] = ("no", "possible", "certain")


@dataclass(frozen=True, slots=True)
class Reading:
    """One detector's figure.

    p: of a rise, where it is a test. signal: where the detector has its own threshold; empty where the false discovery
    rate decides. expected: what it expected of the period, in the unit of the series.
    """

    value: Interval
    p: Interval | None = None
    signal: Signal | None = None
    expected: Interval | None = None


def last_of(statistic: Statistic) -> list[Decimal | None]:
    """The number of the last period of every series, None where it is not defined."""
    places = np.cumsum(statistic.is_defined.ravel()).reshape(statistic.is_defined.shape)[:, -1] - 1
    numbers = statistic.values
    return [
        Decimal(int(numbers.mantissa[place])).scaleb(int(numbers.exponent[place])) if is_defined else None
        for place, is_defined in zip(places.tolist(), statistic.is_defined[:, -1].tolist(), strict=True)
    ]


def intervals(bounds: Bounds) -> list[Interval | None]:
    """The least and the greatest number of the last period of every series."""
    pairs = zip(last_of(bounds.low), last_of(bounds.high), strict=True)
    return [None if low is None or high is None else Interval(low, high) for low, high in pairs]


def words(signals: Signals) -> list[Signal]:
    """The signals of the last period of every series, in words."""
    return [_SIGNALS[one] for one in signals[:, -1].tolist()]


def normal_tail(z: Interval) -> Interval:
    """P(Z >= z) of the standard normal distribution: the lower end is that of the greatest z."""
    return _falling(z, normal_p)


def predictive_tail(z: Interval, baseline: int) -> Interval:
    """P of so large a deviation of one more value from `baseline` values of one normal distribution.

    z: the value's distance from their mean in their sample deviations. Definition: P(T >= z / sqrt(1 + 1 / n)), T of
    Student with n - 1 degrees of freedom. Source: the prediction interval of a normal sample.
    """

    def two_sided(end: Decimal) -> Decimal:
        return student_p(end / (1 + Decimal(1) / baseline).sqrt(), baseline - 1)

    return _falling(z, two_sided)


def either_tail(z: Interval, baseline: int) -> Interval:
    """Twice the smaller of the tails above and below (`predictive_tail`): of a deviation either way."""
    above = predictive_tail(z, baseline)
    if z.upper is None:
        return Interval(P_FLOOR, Decimal(1))
    below = predictive_tail(Interval(-z.upper, -z.lower), baseline)
    straddles = z.lower <= 0 <= z.upper
    one = Decimal(1)
    most = one if straddles else 2 * min(above.upper or one, below.upper or one)
    return Interval(min(Decimal(1), 2 * min(above.lower, below.lower)), min(Decimal(1), most))


def change_upwards(lower: Sequence[int], upper: Sequence[int], *, is_independent: bool = False) -> Reading:
    """E9 by the test of Pettitt on the least and on the greatest series; a change downwards is none.

    p = min(1, 2 exp(-6 K^2 / (f (n^3 + n^2)))); f = 1 for independent periods, else (1 + r) / (1 - r), r from 0 to 0.95
    the autocorrelation at lag 1 of what is left around the means before and after: a level that wanders looks like one
    that changed, and neighbours that are alike tell less than as many strangers. Source: Pettitt 1979; f is the
    variance of a sum of an autoregressive series of order 1 over that of independent values (Bayley and Hammersley
    1946).
    """
    most = Fraction(0) if is_independent else _MOST_ALIKE
    found = [_upwards(one, most) for one in (lower, upper)]
    sizes, p = sorted(size for size, _ in found), sorted(p for _, p in found)
    return Reading(Interval(Decimal(sizes[0]), Decimal(sizes[1])), Interval(p[0], p[1]))


def _upwards(values: Sequence[int], most_alike: Fraction) -> tuple[int, Decimal]:
    found, count = pettitt(values), len(values)
    before, after = values[: found.change], values[found.change :]
    if sum(after) * len(before) <= sum(before) * len(after):
        return 0, Decimal(1)
    left = [one - Fraction(sum(part), len(part)) for part in (before, after) for one in part]
    squares = sum(one * one for one in left)
    alike = sum(one * other for one, other in pairwise(left)) / squares if squares else Fraction(0)
    r = min(max(alike, Fraction(0)), most_alike)
    exponent = Fraction(-6 * found.statistic**2, count**3 + count**2) * (1 - r) / (1 + r)
    with working():
        p = 2 * divided(exponent.numerator, exponent.denominator).exp()
    return found.statistic, max(P_FLOOR, min(Decimal(1), p))


def _falling(z: Interval, two_sided: Callable[[Decimal], Decimal]) -> Interval:
    with working():
        high = _upper_tail(z.lower, two_sided)
        low = high if z.is_exact or z.upper is None else _upper_tail(z.upper, two_sided)
    return Interval(low, high)


def _upper_tail(z: Decimal, two_sided: Callable[[Decimal], Decimal]) -> Decimal:
    half = two_sided(z) / 2
    return max(P_FLOOR, half if z > 0 else 1 - half)
