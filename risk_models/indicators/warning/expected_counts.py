"""The expectation behind E6 `farrington`: levels and trend of past years, in which past outbreaks count less.

Invariants: what is decided on the way (which past periods are outliers, whether there is a trend) is decided by
decimals wherever floats are close; equalities of exact numbers are equalities here.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import numpy as np

from risk_models.certified import Numbers
from risk_models.numerics.loglinear import Fit, Layout, added, fitted
from risk_models.numerics.series import Flags
from risk_models.numerics.tails import student_critical

# Where floats err by less than this, a comparison whose sides are further apart is theirs to make.
_DOUBT = 1e-9
# The sides of an equality that holds in exact numbers are this close in 50 digits: it is then taken for one.
_SAME = Decimal("1E-30")
# A point that nearly fixes its own level leaves no residual that floats could judge.
_LEAST_FREE = 1e-4


@dataclass(frozen=True, slots=True)
class Reweighting:
    """When a past period counts less, and when a trend is kept.

    outlier: the residual from which a past period counts less (1 classic, 2.58 improved). trend_level: a trend is
    kept if its p-value is below it (0.05 classic); 1: always. trend_years: and if there are so many years (3).
    """

    outlier: Decimal
    trend_level: Decimal
    trend_years: int


@dataclass(frozen=True, slots=True)
class Expectation:
    """What is expected of each of R series.

    What is expected of each of R series: mean, dispersion (at least 1), variance of the mean's logarithm at
    dispersion 1, and 1 where a trend was kept. NaN where floats cannot decide.
    """

    mean: Numbers
    dispersion: Numbers
    variance: Numbers
    trend: Numbers


def expected(
    counts: Numbers, prior: Numbers, may_have_trend: Numbers, layout: Layout, rules: Reweighting
) -> Expectation:
    """Steps 2 to 5 of the methodology: fit, weigh outliers down, refit; drop a trend that is none, and do it again.

    counts, prior weights: (n, R). may_have_trend: (R,), not zero where the slope exists.
    """
    parts = [np.where(may_have_trend != 0, np.nan, 0.0).astype(counts.dtype) for _ in range(4)]
    tried = np.flatnonzero(may_have_trend != 0)
    level = np.flatnonzero(may_have_trend == 0)
    if tried.size:
        fit, doubt = _reweighted(counts[:, tried], prior[:, tried], layout, rules, with_trend=True)
        is_kept, is_open = _is_trend(fit, counts[:, tried], layout, rules)
        doubt |= is_open
        _place(parts, tried, fit, doubt, trend=1)
        level = np.concatenate([level, tried[~is_kept & ~doubt]])
    if level.size:
        fit, doubt = _reweighted(counts[:, level], prior[:, level], layout, rules, with_trend=False)
        _place(parts, level, fit, doubt, trend=0)
    return Expectation(parts[0], parts[1], parts[2], parts[3])


def _reweighted(
    counts: Numbers, prior: Numbers, layout: Layout, rules: Reweighting, *, with_trend: bool
) -> tuple[Fit, Flags]:
    """Fit, turn large Anscombe residuals s into weights s^-2, and fit again; also where floats cannot tell which."""
    zero = counts[0] * 0
    first = fitted(counts, prior, layout, start=zero if with_trend else None)
    free = 1 - first.leverages
    residuals = _anscombe(counts, first.means, np.maximum(first.dispersion, 1) * free)
    outlier: Any = rules.outlier if counts.dtype == object else float(rules.outlier)
    is_out = residuals > outlier
    weights = prior / np.where(is_out, residuals * residuals, zero + 1)
    weights = weights * (added(prior) / added(weights))
    again = fitted(counts, weights, layout, start=first.slope if with_trend else None)
    if counts.dtype == object:
        return again, np.zeros(len(zero), np.bool_)
    doubt = (abs(residuals - outlier) < _DOUBT) | (free < _LEAST_FREE)
    return again, doubt.any(axis=0)


def _anscombe(counts: Numbers, means: Numbers, variance: Numbers) -> Numbers:
    """3/2 (y^(2/3) mu^(-1/6) - mu^(1/2)) / sqrt(variance); 0 where nothing is expected and nothing was seen."""
    seen = np.where(means == 0, means * 0 + 1, means)
    root = np.sqrt(seen)
    difference = power(counts, 2, 3) / power(seen, 1, 6) - root
    return np.asarray(np.where(means == 0, means * 0, 3 * difference / (2 * np.sqrt(variance))))


def _is_trend(fit: Fit, counts: Numbers, layout: Layout, rules: Reweighting) -> tuple[Flags, Flags]:
    """Step 4: significant (Student's t with the dispersion as it is), and no extrapolation beyond what was seen."""
    is_decimal = counts.dtype == object
    freedom = len(layout.times) - len(layout.groups) - 1
    critical: Any = student_critical(rules.trend_level, freedom) if rules.trend_level < 1 else Decimal(0)
    same: Any = _SAME
    if not is_decimal:
        critical, same = float(critical), 0.0
    largest = counts.max(axis=0)
    evidence, needed = fit.slope * fit.slope * fit.information, critical * critical * fit.dispersion
    is_kept = fit.expected <= largest + same
    is_open = (
        np.zeros(len(largest), np.bool_) if is_decimal else abs(fit.expected - largest) < _DOUBT * largest
    )
    if rules.trend_level < 1:
        is_kept &= evidence > needed + same
        if not is_decimal:
            is_open |= abs(evidence - needed) < _DOUBT * (1 + evidence + needed)
    return is_kept.astype(np.bool_), is_open


def _place(parts: list[Numbers], rows: Numbers, fit: Fit, doubt: Flags, *, trend: int) -> None:
    columns = (fit.expected, np.maximum(fit.dispersion, 1), fit.variance, fit.expected * 0 + trend)
    for part, column in zip(parts, columns, strict=True):
        part[rows] = np.where(doubt, np.nan, column) if part.dtype != object else column


def power(numbers: Numbers, top: int, bottom: int) -> Numbers:
    """Return positive numbers, or zero, to the power top / bottom (above zero)."""
    if numbers.dtype != object:
        return np.asarray(np.power(numbers, top / bottom))
    known = {number: (number.ln() * top / bottom).exp() for number in set(numbers.ravel()) if number}
    return np.array([known.get(number, number) for number in numbers.ravel()], object).reshape(numbers.shape)
