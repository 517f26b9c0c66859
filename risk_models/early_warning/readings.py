"""What a detector says of the last period of a series, and the small steps that all detectors share.

Invariants: numbers are decimals at nine digits as the detectors publish them; a p-value is of a rise, and over
withheld values it is an interval.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

import numpy as np

from risk_models.exact import divided, working
from risk_models.indicators.multiplicity import Signal
from risk_models.numerics.series import Bounds, Counts, Signals, Statistic
from risk_models.numerics.tails import normal_p, student_p
from risk_models.significance import P_FLOOR
from schemas.interval import Interval

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


def means(lower: Counts, upper: Counts) -> list[Interval]:
    """The mean of every row."""
    ends = ([divided(total, one.shape[1]) for total in one.sum(axis=1).tolist()] for one in (lower, upper))
    return [Interval(*pair) for pair in zip(*ends, strict=True)]


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


def _falling(z: Interval, two_sided: Callable[[Decimal], Decimal]) -> Interval:
    with working():
        high = _upper_tail(z.lower, two_sided)
        low = high if z.is_exact or z.upper is None else _upper_tail(z.upper, two_sided)
    return Interval(low, high)


def _upper_tail(z: Decimal, two_sided: Callable[[Decimal], Decimal]) -> Decimal:
    half = two_sided(z) / 2
    return max(P_FLOOR, half if z > 0 else 1 - half)
