"""E2 `stl_resid`: what is left of a period when its season and its trend are taken out.

Invariants: series are decomposed on the scale of logarithms; weights of outliers are decided by decimals wherever
floats are close; only the scores of the judged periods are published.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import numpy as np

from risk_models.certified import Numbers, certified_all, ln
from risk_models.errors import InvalidInput
from risk_models.indicators.warning.ewma import by_period
from risk_models.indicators.warning.loess import Smoother, averaged, extended, smoothed
from risk_models.numerics.series import Bounds, Counts, Statistic, checked, defined_from, extreme

_LEAST_YEARS = 3
_TENTHS = 10
# Residuals within this share of six median residuals have full weight, outside its complement none.
_NEAR = Decimal("0.001")
_DOUBT = 1e-10
# Over thirty passes floats have erred by 1.3e-14 of the magnitude at most, on series from ones to thousands.
_ERROR = 1e-13


@dataclass(frozen=True, slots=True)
class StlParameters:
    """Season, passes and spread.

    period: of the season, 12 for months. season_window: odd; 13, or 7 with fewer than 5 years. inner, outer: how
    often is smoothed and how often outliers are weighed down (2 and 15; 0: not at all). least_spread: the least
    robust deviation of residuals that is believed, in logarithms (0.05: five per cent). mad_factor: 1.4826022185.
    """

    period: int
    season_window: int
    inner: int
    outer: int
    least_spread: Decimal
    mad_factor: Decimal


@dataclass(frozen=True, slots=True)
class Components:
    """season, trend, remainder: (n, R); their sum is the series."""

    season: Numbers
    trend: Numbers
    remainder: Numbers


def stl_residuals(lower: Counts, upper: Counts, parameters: StlParameters, judged: int) -> Bounds:
    """E2: the residual of the last periods after season and trend, in robust standard deviations.

    judged: how many last periods are scored. Definition: STL on ln(x + 1/2); z = (r - med) / max(1.4826022185 MAD,
    least spread) over all residuals r of the series. Unit: standard deviations, any sign. Direction: higher is more
    risk. Minimum: three full years. Withheld: the envelope of four cases, the judged periods and the rest each at
    their least and at their most; a case between them may lie outside. Missing: a series has none. Source: Cleveland
    et al. 1990; methodology E2; BM-10 for the decomposition. Example: Nottingham temperatures, first month of 1920:
    season -8.944842287, trend 49.27304336, remainder 0.271798922 (`decomposed`, season window 21).

    Raises:
        InvalidInput: fewer than three years of the period.
    """
    lower, upper = checked(lower, upper)
    if lower.shape[1] < _LEAST_YEARS * parameters.period:
        raise InvalidInput(
            "The series is too short for a season.",
            detail=f"{lower.shape[1]} periods; at least {_LEAST_YEARS * parameters.period}.",
            hint="Use the detectors of short memory (E7) until three years are there.",
        )
    if lower is upper:
        scores = _scores(lower, parameters, judged)
        return Bounds(scores, scores)
    cases = [
        _scores(np.concatenate([rest[:, :-judged], ends[:, -judged:]], axis=1), parameters, judged)
        for rest in (lower, upper)
        for ends in (lower, upper)
    ]
    return Bounds(extreme(cases, np.minimum), extreme(cases, np.maximum))


def decomposed(values: Numbers, parameters: StlParameters) -> tuple[Components, Numbers]:
    """Decompose values (n, R), floats or decimals; also say, per series, where floats cannot decide a weight.

    Windows and jumps are those that R `stl` takes by default: trend window the next odd number from 1.5 p / (1 - 1.5
    / season window), low-pass window the next odd number from p, jumps a tenth of the window, rounded up.
    """
    zero = values * 0
    season, trend, robust = zero, zero, None
    doubt = np.zeros(values.shape[1], np.bool_)
    for _ in range(parameters.outer + 1):
        for _ in range(parameters.inner):
            season, trend = _inner(values, trend, robust, parameters)
        if parameters.outer:
            robust, is_open = _outlier_weights(abs(values - season - trend))
            doubt |= is_open
    return Components(season, trend, values - season - trend), doubt


def _inner(
    values: Numbers, trend: Numbers, robust: Numbers | None, parameters: StlParameters
) -> tuple[Numbers, Numbers]:
    """One pass: smooth every month's own series, take its level out, and smooth what is left as the trend."""
    period = parameters.period
    season, low, level = _smoothers(parameters)
    detrended = values - trend
    cycle = [values[0]] * (len(values) + 2 * period)
    for month in range(period):
        own = None if robust is None else robust[month::period]
        cycle[month::period] = list(extended(detrended[month::period], own, season))
    cycles = np.stack(cycle)
    passed = averaged(averaged(averaged(cycles, period), period), 3)
    seasonal = cycles[period:-period] - smoothed(passed, None, low)
    return seasonal, smoothed(values - seasonal, robust, level)


def _smoothers(parameters: StlParameters) -> tuple[Smoother, Smoother, Smoother]:
    """Of the season, of its level, and of the trend."""
    period, window = parameters.period, parameters.season_window
    trend = _odd_from(-(-3 * period * window // (2 * window - 3)))
    return _smoother(window, 0), _smoother(_odd_from(period), 1), _smoother(trend, 1)


def _smoother(window: int, degree: int) -> Smoother:
    return Smoother(window, degree, -(-window // _TENTHS))


def _odd_from(number: int) -> int:
    return number + (number % 2 == 0)


def _outlier_weights(sizes: Numbers) -> tuple[Numbers, Numbers]:
    """Bisquare weights of residuals against six times their median; where floats cannot tell full, some and none."""
    n = len(sizes)
    ordered = np.sort(sizes, axis=0)
    scale = 3 * (ordered[n // 2] + ordered[n - 1 - n // 2])
    near, far = (scale * _like(sizes, share) for share in (_NEAR, 1 - _NEAR))
    ratio = sizes / np.where(scale == 0, scale + 1, scale)
    some = (1 - ratio * ratio) * (1 - ratio * ratio)
    weights = np.where(sizes <= near, sizes * 0 + 1, np.where(sizes <= far, some, sizes * 0))
    if sizes.dtype == object:
        return weights, np.zeros(sizes.shape[1], np.bool_)
    doubtful = (abs(sizes - near) <= _DOUBT * scale) | (abs(sizes - far) <= _DOUBT * scale)
    return weights, doubtful.any(axis=0)


def _scores(counts: Counts, parameters: StlParameters, judged: int) -> Statistic:
    def procedure(factor: Any, least: Any, *columns: Numbers) -> Sequence[Numbers]:
        values = ln(np.stack(columns).ravel() + _like(columns[0], Decimal("0.5"))).reshape(len(columns), -1)
        parts, doubt = decomposed(values, parameters)
        middle = _median(parts.remainder)
        spread = np.maximum(factor * _median(abs(parts.remainder - middle)), least)
        scores = (parts.remainder[-judged:] - middle) / spread
        return list(np.where(doubt, np.nan, scores) if scores.dtype != object else scores)

    columns = [counts[:, period] for period in range(counts.shape[1])]
    # a residual is a difference of logarithms, the largest of which is the series' own
    largest = np.log(counts.max(axis=1, initial=1).astype(np.float64) + 1) + 1
    magnitude = largest / float(parameters.least_spread)
    scores = certified_all(
        procedure, parameters.mad_factor, parameters.least_spread, *columns, error=_ERROR, magnitude=magnitude
    )
    return Statistic(defined_from(counts.shape, counts.shape[1] - judged), by_period(scores))


def _median(values: Numbers) -> Numbers:
    ordered = np.sort(values, axis=0)
    return np.asarray((ordered[(len(values) - 1) // 2] + ordered[len(values) // 2]) / 2)


def _like(numbers: Numbers, value: Decimal) -> Any:
    return value if numbers.dtype == object else float(value)
