"""E7 `ears_c1c2c3`: is this period above the few before it?

Invariants: the sums behind every number are whole; bounds from intervals hold the number of every series inside them.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

import numpy as np

from risk_models.certified import Numbers, certified
from risk_models.exact import working
from risk_models.numerics.series import (
    Bounds,
    Counts,
    Flags,
    Statistic,
    checked,
    defined_from,
    filled,
    with_room,
)

_SUMMED = 3


@dataclass(frozen=True, slots=True)
class EarsParameters:
    """What a period is compared with.

    baseline: periods that are compared with, at least 2. gap: periods left out before the one that is judged, in C2
    and C3. min_sigma: the least standard deviation that is believed, above zero: a baseline of equal numbers has
    none.
    """

    baseline: int
    gap: int
    min_sigma: Decimal


@dataclass(frozen=True, slots=True)
class Ears:
    """The three statistics, in standard deviations."""

    c1: Bounds
    c2: Bounds
    c3: Bounds


@dataclass(frozen=True, slots=True)
class _Scores:
    """z as two whole numbers: numerator / sqrt(variance), up to one constant."""

    numerator: Counts
    variance: Counts
    is_defined: Flags


def ears(lower: Counts, upper: Counts, parameters: EarsParameters) -> Ears:
    """E7: how far a period is above the mean of the few before it, without any model of season or trend.

    Definition: C1 = (x_t - mean) / sd over the n periods before t; C2 the same with a gap of g periods before t; C3 =
    sum over i = 0..2 of max(0, C2_(t-i) - 1). sd is that of a sample (n - 1), at least `min_sigma`. Unit: standard
    deviations; C3 from 0. Direction: higher is more risk. Minimum: n periods, n + g for C2, n + g + 2 for C3; fewer:
    not defined. Use where history is short (under two years). Alarm: C1 and C2 at the normal quantile of 0.999
    (3.0902), C3 at that of 0.975 (1.96). Withheld: bounds of the numerator and of the variance apart, so they hold
    every case and are not always sharp; exact values give equal bounds. Missing: a series has none. Source: Hutwagner
    et al. 2003 (EARS); methodology E7. C3 is that of its definition: R `surveillance` 1.20.3 builds its bound for C3
    on the observed value, which forgets the current observation. Example: 20 23 20 27 25 24 19 17 20 22 25 | 44: C1
    7.081162, C2 6.125109, C3 5.125109.
    """
    lower, upper = checked(lower, upper)
    return Ears(
        _bounds(lower, upper, parameters, gap=0),
        _bounds(lower, upper, parameters, gap=parameters.gap),
        _c3(lower, upper, parameters),
    )


def _bounds(lower: Counts, upper: Counts, parameters: EarsParameters, gap: int) -> Bounds:
    scaled = _scale(parameters)
    low, high = (
        Statistic(one.is_defined, certified(_ratio, *_flat(one), scaled))
        for one in _score_bounds(lower, upper, parameters, gap)
    )
    return Bounds(low, high)


def _c3(lower: Counts, upper: Counts, parameters: EarsParameters) -> Bounds:
    low, high = (_summed(one, parameters) for one in _score_bounds(lower, upper, parameters, parameters.gap))
    return Bounds(low, high)


def _score_bounds(
    lower: Counts, upper: Counts, parameters: EarsParameters, gap: int
) -> tuple[_Scores, _Scores]:
    """Smallest numerator over its largest possible deviation, and the other way round."""
    n = parameters.baseline
    floor = _floor(parameters)
    below, above = (with_room(one, squares=2 * n**3 * floor[1]) for one in (lower, upper))
    first = n + gap
    is_defined = defined_from(lower.shape, first)
    sums_low, sums_high = _windowed(below, n, first), _windowed(above, n, first)
    least, most = _variances(below, above, n, first)
    least, most = (np.maximum(variance * floor[1], floor[0]) for variance in (least, most))
    small, large = n * below[:, first:] - sums_high, n * above[:, first:] - sums_low
    return (
        _Scores(small, np.where(small >= 0, most, least), is_defined),
        _Scores(large, np.where(large >= 0, least, most), is_defined),
    )


def _windowed(counts: Counts, n: int, first: int) -> Counts:
    """Sums of the n numbers that end `first - n` places before each place from `first` on."""
    width = max(0, counts.shape[1] - first)
    total = np.zeros((counts.shape[0], width), counts.dtype)
    for offset in range(n):
        total = total + counts[:, offset : offset + width]
    return total


def _variances(below: Counts, above: Counts, n: int, first: int) -> tuple[Counts, Counts]:
    """N (n - 1) times the least and the largest variance: the sum of all squared differences of two numbers."""
    width = max(0, below.shape[1] - first)
    least = most = np.zeros((below.shape[0], width), below.dtype)
    for i in range(n):
        for j in range(i):
            one, other = slice(i, i + width), slice(j, j + width)
            up, down = above[:, one] - below[:, other], above[:, other] - below[:, one]
            wide, near = np.maximum(up, down), np.maximum(0, np.maximum(-up, -down))
            least, most = least + near * near, most + wide * wide
    return least, most


def _floor(parameters: EarsParameters) -> tuple[int, int]:
    """The least variance in the unit of `_variances`, as a fraction."""
    top, bottom = (parameters.min_sigma * parameters.min_sigma).as_integer_ratio()
    return parameters.baseline * (parameters.baseline - 1) * top, bottom


def _squared_scale(parameters: EarsParameters) -> tuple[int, int]:
    """The square of z / (numerator / sqrt(variance)) as a fraction: (n - 1) q / n, q the denominator of the floor."""
    return (parameters.baseline - 1) * _floor(parameters)[1], parameters.baseline


def _scale(parameters: EarsParameters) -> Decimal:
    top, bottom = _squared_scale(parameters)
    with working():
        return (Decimal(top) / bottom).sqrt()


def _flat(scores: _Scores) -> tuple[Counts, Counts]:
    return scores.numerator.ravel(), scores.variance.ravel()


def _ratio(numerator: Numbers, variance: Numbers, scale: Decimal) -> Numbers:
    return np.asarray(numerator * scale / np.sqrt(variance))


def _summed(scores: _Scores, parameters: EarsParameters) -> Statistic:
    """Add what three scores in a row have above one; whole numbers decide which have: their square tells."""
    top, bottom = _squared_scale(parameters)
    squares = scores.numerator * scores.numerator
    is_above = (scores.numerator > 0) & (squares * top > scores.variance * bottom)
    width = max(0, is_above.shape[1] - _SUMMED + 1)
    terms = [
        (is_above[:, i : i + width], scores.numerator[:, i : i + width], scores.variance[:, i : i + width])
        for i in reversed(range(_SUMMED))
    ]
    is_any = np.logical_or.reduce([is_one for is_one, _, _ in terms]).ravel()
    columns = [column.ravel()[is_any] for term in terms for column in term]
    columns[::_SUMMED] = [column.astype(np.int64) for column in columns[::_SUMMED]]
    values = certified(_excess, _scale(parameters), *columns, magnitude=1.0)
    is_defined = scores.is_defined.copy()
    is_defined[:, : is_defined.shape[1] - width] = False
    return Statistic(is_defined, filled(is_any, values))


def _excess(scale: Decimal, *columns: Numbers) -> Numbers:
    total = columns[0] * 0
    for i in range(0, len(columns), _SUMMED):
        counted, numerator, variance = columns[i : i + _SUMMED]
        total = total + counted * (_ratio(numerator, variance, scale) - 1)
    return np.asarray(total)
