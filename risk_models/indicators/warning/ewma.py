"""E3 `ewma`: is the level drifting, though no single period stands out?

Invariants: the smoothed value rises with every value that enters, so bounds from intervals are sharp.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

import numpy as np

from risk_models.certified import Magnitude, Numbers, Procedure, Quantised, certified_all
from risk_models.exact import working
from risk_models.numerics.series import Bounds, Counts, Statistic, checked, defined_from

# A dozen operations, each of half a unit in the 16th digit, whose errors fade with the weights.
_ERROR = 5e-15


@dataclass(frozen=True, slots=True)
class Centre:
    """The level expected of every series: the sum of a reference over its number of periods."""

    total: Counts
    periods: int


def ewma(lower: Counts, upper: Counts, centre: Centre, weight: Decimal) -> Bounds:
    """E3: the exponentially weighted moving average, in the unit of the values.

    Definition: Z_t = w x_t + (1 - w) Z_(t-1), Z before the first period = centre. Compare with `ewma_limits`. Unit:
    that of the values. Direction: higher is more risk. Minimum: one period and a centre. Withheld: endpoints
    (sharp). Missing: a series has none. Source: Roberts 1959; NIST/SEMATECH e-Handbook 6.3.2.4; methodology E3.
    Example: 20 23 20 27 25 24 19 17 20 22 25 44, centre 22, w 0.3: the last three 20.9518, 22.1662, 28.7164.
    """

    def smoothed(total: Numbers, *columns: Numbers) -> Sequence[Numbers]:
        return _averages(columns, total / centre.periods, weight)

    return _both(smoothed, *checked(lower, upper), centre)


def ewma_counts(lower: Counts, upper: Counts, centre: Centre, weight: Decimal) -> Bounds:
    """E3 for counts: the moving average of stabilised counts, in its own standard deviations.

    Definition: y_t = 2 (sqrt(x_t) - sqrt(centre)), which for a Poisson count of that mean has a standard deviation
    near 1; Z_t = w y_t + (1 - w) Z_(t-1), Z before the first period 0; divided by sqrt(w / (2 - w) [1 - (1 -
    w)^(2t)]). Unit: standard deviations. Direction: higher is more risk. Alarm: above L, 3 in the methodology.
    Minimum: one period and a centre. Withheld: endpoints (sharp). Source: as `ewma`. Example: 20 with a centre of 22:
    -0.436560 in the first period.
    """
    deviations = [_deviation(weight, period) for period in range(1, lower.shape[1] + 1)]

    def standardised(total: Numbers, *columns: Numbers) -> Sequence[Numbers]:
        middle = np.sqrt(total / centre.periods)
        steps = [2 * (np.sqrt(column) - middle) for column in columns]
        averages = _averages(steps, total * 0, weight)
        return [
            average / _kind(average, deviation)
            for average, deviation in zip(averages, deviations, strict=True)
        ]

    lower, upper = checked(lower, upper)
    # an average of numbers of at most this size is divided by no less than the deviation of the long run
    largest = np.maximum(upper.max(axis=1, initial=1), centre.total / centre.periods)
    magnitude = 2 * np.sqrt(largest.astype(np.float64)) / float(_deviation(weight, None))
    return _both(standardised, lower, upper, centre, magnitude)


def ewma_limits(
    centre: Decimal, sigma: Decimal, weight: Decimal, width: Decimal, period: int | None
) -> tuple[Decimal, Decimal]:
    """Return the control limits of `ewma` in a period counted from 1; None: those of the long run.

    Definition: centre -+ L sigma sqrt(w / (2 - w) [1 - (1 - w)^(2t)]). Example (NIST/SEMATECH 6.3.2.4): centre 50,
    sigma 2.0539, w 0.3, L 3, long run: 47.4115 and 52.5885.
    """
    with working():
        away = width * sigma * _deviation(weight, period)
        return centre - away, centre + away


def _deviation(weight: Decimal, period: int | None) -> Decimal:
    with working():
        settled = 1 if period is None else 1 - (1 - weight) ** (2 * period)
        return (weight / (2 - weight) * settled).sqrt()


def _averages(columns: Sequence[Numbers], before: Numbers, weight: Decimal) -> list[Numbers]:
    averages = []
    for column in columns:
        before = _kind(column, weight) * column + _kind(column, 1 - weight) * before
        averages.append(before)
    return averages


def _kind(numbers: Numbers, value: Decimal) -> float | Decimal:
    return value if numbers.dtype == object else float(value)


def _both(
    procedure: Procedure, lower: Counts, upper: Counts, centre: Centre, magnitude: Magnitude = 0.0
) -> Bounds:
    low = _statistic(procedure, lower, centre, magnitude)
    return Bounds(low, low if lower is upper else _statistic(procedure, upper, centre, magnitude))


def _statistic(procedure: Procedure, counts: Counts, centre: Centre, magnitude: Magnitude) -> Statistic:
    columns = [counts[:, period] for period in range(counts.shape[1])]
    averages = certified_all(procedure, centre.total, *columns, error=_ERROR, magnitude=magnitude)
    return Statistic(defined_from(counts.shape, 0), by_period(averages))


def by_period(columns: Sequence[Quantised]) -> Quantised:
    """Return one vector, series after series, of vectors that are one a period."""
    mantissa = np.stack([column.mantissa for column in columns], axis=1).ravel()
    exponent = np.stack([column.exponent for column in columns], axis=1).ravel()
    return Quantised(mantissa, exponent, columns[0].repeated)
