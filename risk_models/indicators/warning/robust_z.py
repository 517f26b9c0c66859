"""E1 `robust_z`: how far a period is from the middle of its reference, in spreads that outliers cannot move.

Invariants: medians and deviations are whole numbers (of quarters); bounds from intervals hold every case inside.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import numpy as np

from risk_models.certified import Numbers, certified
from risk_models.numerics.series import Bounds, Counts, Flags, Statistic, checked, with_room


@dataclass(frozen=True, slots=True)
class RobustParameters:
    """Factors and reference.

    mad_factor: makes the median deviation that of a normal deviation (1.4826022185). mean_factor: the same for the
    mean deviation (1.2533). reference: how many periods before the one that is judged; None: all of the series,
    itself included.
    """

    mad_factor: Decimal
    mean_factor: Decimal
    reference: int | None


@dataclass(frozen=True, slots=True)
class _Box:
    """Two ends of a quantity, each (series,)."""

    low: Counts
    high: Counts


def robust_z(lower: Counts, upper: Counts, parameters: RobustParameters) -> Bounds:
    """E1: the distance of a period from the median of its reference values, in robust standard deviations.

    Definition: z = (x - med) / (1.4826022185 * MAD), med and MAD over the reference values; where MAD is 0, over
    1.2533 * the mean absolute deviation from the median; where that is 0 too, not defined. Unit: standard deviations,
    any sign. Direction: higher is more risk. Alarm: |z| of 3.5 or more in the methodology. Minimum: the reference.
    Withheld: bounds of the middle and of the spread apart; not sharp, and equal for exact values. Where the spread
    may be 0 and may not, the smallest spread of whole numbers stands for it. Missing: a series has none. Source:
    Iglewicz and Hoaglin 1993; methodology E1. Example: 12 15 11 14 13 16 12 41, all of them the reference: med 13.5,
    MAD 1.5, z of the last 12.365645.
    """
    lower, upper = checked(lower, upper)
    below, above = (4 * with_room(one, squares=64) for one in (lower, upper))
    is_defined = np.zeros(lower.shape, np.bool_)
    columns: list[tuple[Numbers, ...]] = []
    for period in range(parameters.reference or 0, lower.shape[1]):
        span = slice(None) if parameters.reference is None else slice(period - parameters.reference, period)
        is_spread, scores = _scored(below, above, span, period)
        is_defined[:, period] = is_spread
        columns.append(scores)
    return _bounds(is_defined, columns, parameters)


def _scored(below: Counts, above: Counts, span: slice, period: int) -> tuple[Flags, tuple[Numbers, ...]]:
    """Distances of one period from the median and the spreads, in quarters, for every series."""
    low, high = below[:, span], above[:, span]
    middle = _Box(_median(low), _median(high))
    away = _Box(
        np.maximum(0, np.maximum(low - middle.high[:, None], middle.low[:, None] - high)),
        np.maximum(high - middle.low[:, None], middle.high[:, None] - low),
    )
    median = _Box(_median(away.low), _median(away.high))
    total = _Box(away.low.sum(axis=1), away.high.sum(axis=1))
    count = np.full(len(below), low.shape[1])
    distance = _Box(below[:, period] - middle.high, above[:, period] - middle.low)
    return total.high > 0, (
        *(distance.low, distance.high, median.low, median.high, total.low, total.high),
        count,
    )


def _median(values: Counts) -> Counts:
    """The median along each row of multiples of four (or of two): half of the sum of the two in the middle."""
    ordered = np.sort(values, axis=1)
    count = values.shape[1]
    return np.asarray((ordered[:, (count - 1) // 2] + ordered[:, count // 2]) // 2)


def _bounds(is_defined: Flags, columns: list[tuple[Numbers, ...]], parameters: RobustParameters) -> Bounds:
    judged = is_defined[:, -len(columns) :] if columns else is_defined[:, :0]
    stacked = [np.stack(parts, axis=1)[judged] for parts in zip(*columns, strict=True)]
    low, high, median_low, median_high, total_low, total_high, count = stacked or [np.zeros(0, np.int64)] * 7
    factors = (parameters.mad_factor, parameters.mean_factor)
    may_be_median, may_be_mean = (median_high > 0).astype(np.int64), (median_low == 0).astype(np.int64)
    which = (count, may_be_median, may_be_mean, *factors)
    # one quarter is the least deviation of whole numbers that is not zero
    narrow = (np.maximum(median_low, 1), np.maximum(total_low, 1))
    wide = (median_high, total_high)
    ends = []
    for distance, (near, far) in ((low, (narrow, wide)), (high, (wide, narrow))):
        spreads = [np.where(distance < 0, one, other) for one, other in zip(near, far, strict=True)]
        is_widest = ((distance < 0) == (near is wide)).astype(np.int64)
        values = certified(_ratio, distance, *spreads, is_widest, *which)
        ends.append(Statistic(is_defined, values))
    return Bounds(ends[0], ends[1])


def _ratio(distance: Numbers, *columns: Any) -> Numbers:
    """Divide by the spread that is used for certain, or by the wider or narrower one of those that may be."""
    median, total, is_widest, count, may_be_median, may_be_mean, mad_factor, mean_factor = columns
    by_median, by_mean = mad_factor * median, mean_factor * total / count
    either = np.where(is_widest != 0, np.maximum(by_median, by_mean), np.minimum(by_median, by_mean))
    spread = np.where(may_be_mean == 0, by_median, np.where(may_be_median == 0, by_mean, either))
    return np.asarray(distance / spread)
