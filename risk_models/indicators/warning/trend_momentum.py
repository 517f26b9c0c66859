"""E15 `trend_momentum`: is a series rising steadily?

Invariants: slopes and signs are whole numbers; the rank test knows ties; bounds from intervals hold every case
inside.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from itertools import combinations
from math import lcm

import numpy as np

from risk_models.certified import Numbers, certified
from risk_models.exact import working
from risk_models.numerics.series import (
    Bounds,
    Counts,
    Flags,
    Statistic,
    as_quantised,
    checked,
    defined_from,
    with_room,
)
from risk_models.numerics.tails import normal_p
from risk_models.significance import P_FLOOR


@dataclass(frozen=True, slots=True)
class Trend:
    """Slope, score and p-value of every period.

    slope: the Theil-Sen slope, in the unit of the values a period. score: Mann and Kendall's S. p: two-sided p-value
    of no trend, 1 at its upper end where the score may be zero.
    """

    slope: Bounds
    score: Bounds
    p: Bounds


def trend_momentum(lower: Counts, upper: Counts, periods: int) -> Trend:
    """E15: the median slope of the last periods, and whether it could be chance.

    Definition: slope = median over i < j of (x_j - x_i) / (j - i); S = sum over i < j of sign(x_j - x_i); variance
    of S = [n (n - 1)(2 n + 5) - sum over ties of t (t - 1)(2 t + 5)] / 18; z = (S - sign S) / sqrt(variance); p =
    P(|Z| >= |z|). All over the `periods` that end in the period judged. Unit: values a period; p a probability.
    Direction: higher is more risk. Minimum: n periods (8 in the methodology). Withheld: slopes and signs pair by
    pair (outer bounds); ties that withheld values may have widen the p-value. Equal values throughout: slope 0, S 0,
    p 1. Missing: a series has none. Source: Sen 1968; Mann 1945; Kendall 1975; methodology E15. Example: 18 19 21 20
    23 25 24 28: slope 1.366667, S 24, p 0.004434.
    """
    lower, upper = checked(lower, upper)
    is_defined = defined_from(lower.shape, periods - 1)
    low, high = _windows(lower, periods), _windows(upper, periods)
    pairs = list(combinations(range(periods), 2))
    least = [(low[:, j] - high[:, i], j - i) for i, j in pairs]
    most = least if lower is upper else [(high[:, j] - low[:, i], j - i) for i, j in pairs]
    scores = _score(least), _score(most)
    is_exact = (low == high).all(axis=1)
    ties = _ties(low, periods)
    fewest, most_ties = (np.where(is_exact, ties, other) for other in (0, _possible_ties(low, high, periods)))
    p_low, p_high = _p_bounds(scores, (fewest, most_ties), periods)
    return Trend(
        Bounds(_slope(least, is_defined), _slope(most, is_defined)),
        Bounds(*(Statistic(is_defined, certified(_over, one, one * 0 + 1)) for one in scores)),
        Bounds(Statistic(is_defined, as_quantised(p_low)), Statistic(is_defined, as_quantised(p_high))),
    )


def _score(rises: list[tuple[Counts, int]]) -> Counts:
    total = np.zeros(len(rises[0][0]), np.int64)
    for rise, _ in rises:
        total += np.sign(rise).astype(np.int64)
    return total


def _windows(counts: Counts, periods: int) -> Counts:
    """Every run of so many periods as a row of its own, series after series."""
    roomy = with_room(counts, squares=1)
    return np.lib.stride_tricks.sliding_window_view(roomy, periods, axis=1).reshape(-1, periods)


def _slope(rises: list[tuple[Counts, int]], is_defined: Flags) -> Statistic:
    common = lcm(*(apart for _, apart in rises))
    stacked = np.stack([rise * (common // apart) for rise, apart in rises], axis=1)
    ordered = np.sort(stacked, axis=1)
    doubled = ordered[:, (len(rises) - 1) // 2] + ordered[:, len(rises) // 2]
    return Statistic(is_defined, certified(_over, doubled, np.full(len(doubled), 2 * common)))


def _ties(windows: Counts, periods: int) -> Counts:
    """Sum of t (t - 1)(2 t + 5) over groups of t equal values: each value adds (t - 1)(2 t + 5) of its own group."""
    total = np.zeros(len(windows), np.int64)
    for i in range(periods):
        equal = (windows == windows[:, [i]]).sum(axis=1)
        total += (equal - 1) * (2 * equal + 5)
    return total


def _possible_ties(low: Counts, high: Counts, periods: int) -> Counts:
    """No fewer are ever needed: so many pairs that may be equal, each in a group of all values."""
    pairs = np.zeros(len(low), np.int64)
    for i, j in combinations(range(periods), 2):
        pairs += (low[:, i] <= high[:, j]) & (low[:, j] <= high[:, i])
    return 2 * pairs * (2 * periods + 5)


def _p_bounds(
    scores: tuple[Counts, Counts], ties: tuple[Counts, Counts], periods: int
) -> list[list[Decimal]]:
    """P falls as S grows away from zero and as its variance falls."""
    low, high = scores
    nearest = np.where((low <= 0) & (high >= 0), 0, np.minimum(abs(low), abs(high)))
    furthest = np.maximum(abs(low), abs(high))
    pairs = (
        zip(furthest.tolist(), ties[1].tolist(), strict=True),
        zip(nearest.tolist(), ties[0].tolist(), strict=True),
    )
    return [[_p(score, tied, periods) for score, tied in end] for end in pairs]


@cache
def _p(score: int, ties: int, periods: int) -> Decimal:
    if score == 0:
        return Decimal(1)
    variance = periods * (periods - 1) * (2 * periods + 5) - ties
    if variance <= 0:
        return P_FLOOR
    with working():
        return normal_p((score - 1) / (Decimal(variance) / 18).sqrt())


def _over(number: Numbers, common: Numbers) -> Numbers:
    return np.asarray(number / common)
