"""Poisson models with a level for each season and one common trend, fitted to many series at once.

Invariants: reference points are the short axis, which is summed in order; series are the long axis and never meet.
The levels are known once the slope is, so what is iterated is one number a series; its likelihood is concave, a step
is never longer than where a quadratic describes it, and so every start converges (generalised self-concordance, Bach
2010). The same code runs on floats and on decimals.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from risk_models.certified import Numbers

_CAP = 100
# No trend of counts multiplies them by more than e^100 from one period to the next.
_STEEPEST = 100
# After a step of this size the next one is its square: beyond what floats, and beyond what 50 digits show.
_SETTLED_FLOAT, _SETTLED_DECIMAL = 1e-7, 1e-26


@dataclass(frozen=True, slots=True)
class Layout:
    """The reference of every series: when its points are and which level each has.

    times: whole numbers, one a point. groups: the points of each level. predicted: the time that is judged. level:
    its level.
    """

    times: tuple[int, ...]
    groups: tuple[tuple[int, ...], ...]
    predicted: int
    level: int


@dataclass(frozen=True, slots=True)
class Fit:
    """A fitted model of R series at n points.

    slope, information: of the trend, zero information without one. means, leverages: (n, R). dispersion: Pearson's,
    over n - p. expected: at the time judged. variance: of its logarithm, at dispersion 1.
    """

    slope: Numbers
    information: Numbers
    means: Numbers
    leverages: Numbers
    dispersion: Numbers
    expected: Numbers
    variance: Numbers


@dataclass(frozen=True, slots=True)
class _Moments:
    """Of every level, (levels, R): the sum of the weights, the mean time and the squared distance from it."""

    growth: Numbers
    weights: Numbers
    mean_times: Numbers
    spreads: Numbers


def fitted(counts: Numbers, weights: Numbers, layout: Layout, *, start: Numbers | None) -> Fit:
    """Fit levels, and a common slope if a start is given for it, to counts (n, R) with weights (n, R).

    The count of the judged level is above zero in every series; with a slope, it exists (`has_slope`). Newton's steps
    on the profile likelihood of the slope; without one the levels are weighted means.
    """
    times = _column(layout.times, counts)
    of_level = _level_of(layout)
    sums = _by_level(weights * counts, layout)
    slope = sums[0] * 0 if start is None else start
    if start is not None:
        slope = _ascended(counts, weights, layout, slope)
    at = _moments(slope, weights, layout)
    levels = sums / at.weights
    means = levels[of_level] * at.growth
    information = added(sums * at.spreads) if start is not None else slope * 0
    shares = weights * at.growth / at.weights[of_level]
    distance = times - at.mean_times[of_level]
    leverages, moved = shares, layout.predicted - at.mean_times[layout.level]
    variance = 1 / sums[layout.level]
    if start is not None:
        leverages = shares + weights * means * distance * distance / information
        variance = variance + moved * moved / information
    freedom = len(layout.times) - len(layout.groups) - (start is not None)
    expected = levels[layout.level] * np.exp(slope * layout.predicted)
    return Fit(
        slope, information, means, leverages, _pearson(counts, means, weights) / freedom, expected, variance
    )


def has_slope(counts: Numbers, layout: Layout) -> Numbers:
    """Where the slope has a finite estimate: counts (n, R) that are not all at the ends of their levels.

    If all of every level's counts are at its last point, a steeper rise is always better; at its first, a steeper
    fall.
    """
    inner = [np.ones(len(layout.times), np.bool_) for _ in range(2)]
    for group in layout.groups:
        inner[0][max(group, key=lambda point: layout.times[point])] = False
        inner[1][min(group, key=lambda point: layout.times[point])] = False
    return np.asarray(added(counts[inner[0]]) > 0) & np.asarray(added(counts[inner[1]]) > 0)


def added(rows: Numbers) -> Numbers:
    """Add the rows of a matrix in their order."""
    total = rows[0]
    for row in rows[1:]:
        total = total + row
    return np.asarray(total)


def _ascended(counts: Numbers, weights: Numbers, layout: Layout, slope: Numbers) -> Numbers:
    """Take Newton's steps, kept within a radius that grows while they ask for more, and between known signs.

    Floats that do not settle are NaN; decimals always do, since halving alone would.
    """
    is_decimal = counts.dtype == object
    settled = _SETTLED_DECIMAL if is_decimal else _SETTLED_FLOAT
    reach = max(layout.times) - min(layout.times)
    times, of_level = _column(layout.times, counts), _level_of(layout)
    weighted = weights * counts
    sums = _by_level(weighted, layout)
    zero = slope * 0
    radius = (zero + 1) / reach
    below, above = zero - _STEEPEST, zero + _STEEPEST
    is_moving = np.ones(len(slope), np.bool_)
    for _ in range(_CAP):
        at = _moments(slope, weights, layout)
        score = added(weighted * (times - at.mean_times[of_level]))
        below, above = np.where(score > 0, slope, below), np.where(score < 0, slope, above)
        wanted = score / added(sums * at.spreads)
        step = np.maximum(np.minimum(wanted, radius), -radius)
        radius = np.where(abs(wanted) > radius, 2 * radius, radius)
        is_outside = (slope + step > above) | (slope + step < below)
        step = np.where(is_outside, (below + above) / 2 - slope, step)
        slope = slope + step
        is_moving = np.asarray(abs(step) * reach >= settled, np.bool_)
        if not is_moving.any():
            return np.asarray(slope)
    return np.asarray(slope if is_decimal else np.where(is_moving, np.nan, slope))


def _moments(slope: Numbers, weights: Numbers, layout: Layout) -> _Moments:
    times = _column(layout.times, weights)
    growth = np.exp(slope * times)
    grown = weights * growth
    total = _by_level(grown, layout)
    mean_times = _by_level(grown * times, layout) / total
    distance = times - mean_times[_level_of(layout)]
    return _Moments(growth, total, mean_times, _by_level(grown * distance * distance, layout) / total)


def _pearson(counts: Numbers, means: Numbers, weights: Numbers) -> Numbers:
    """Sum of squared residuals over means; a level without counts fits perfectly."""
    residuals = counts - means
    return added(weights * residuals * residuals / np.where(means == 0, means * 0 + 1, means))


def _by_level(rows: Numbers, layout: Layout) -> Numbers:
    return np.stack([added(rows[list(group)]) for group in layout.groups])


def _level_of(layout: Layout) -> list[int]:
    of_level = [0] * len(layout.times)
    for level, group in enumerate(layout.groups):
        for point in group:
            of_level[point] = level
    return of_level


def _column(times: Sequence[int], like: Numbers) -> Numbers:
    return np.array(times, object if like.dtype == object else np.float64)[:, None]
