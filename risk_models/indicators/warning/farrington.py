"""E6 `farrington`: is a period above what past years lead one to expect, trend and past outbreaks allowed for?

Invariants: one model serves both versions; the classic and the improved one are two sets of parameters; what is
published has nine digits, and what follows from it (scores, p-values, alarms) is computed from these.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

import numpy as np

from risk_models.certified import Numbers, Quantised, certified, certified_all
from risk_models.errors import InvalidInput
from risk_models.indicators.warning.expected_counts import Expectation, Reweighting, expected, power
from risk_models.indicators.warning.reference_weeks import layout_of, offsets
from risk_models.numerics.loglinear import Layout, has_slope
from risk_models.numerics.series import (
    Counts,
    Flags,
    Signals,
    Statistic,
    checked,
    filled,
    joined,
    scaled_alike,
    signals,
    where,
)
from risk_models.numerics.tails import count_quantile, count_tail

# Rows that are computed together: their reference then stays in the processor's cache.
_ROWS = 2048
_ERROR = 2e-12
_TAIL_ERROR = 1e-11


@dataclass(frozen=True, slots=True)
class FarringtonParameters:
    """The reference, the model and the bound.

    years, half_window, frequency, levels, excluded: the reference, as `reference_weeks.layout_of` takes them.
    reweighting: steps 3 and 4. bound: `power` (step 5, at the normal quantile `z`) or `plug_in` (step 7, at the
    probability `level`). least_sum, least_periods: alarm only if so many last periods sum to so much (5 and 4).
    """

    years: int
    half_window: int
    frequency: int
    levels: int
    excluded: int
    reweighting: Reweighting
    bound: Literal["power", "plug_in"]
    z: Decimal
    level: Decimal
    least_sum: int
    least_periods: int

    @property
    def layout(self) -> Layout:
        """The reference of every period."""
        return layout_of(
            years=self.years,
            half_window=self.half_window,
            frequency=self.frequency,
            levels=self.levels,
            excluded=self.excluded,
        )


@dataclass(frozen=True, slots=True)
class Forecast:
    """expected: the mean of each period. upper: the bound. dispersion: phi, at least 1. trend: 1 where one was kept."""

    expected: Statistic
    upper: Statistic
    dispersion: Statistic
    trend: Statistic


@dataclass(frozen=True, slots=True)
class Farrington:
    """Forecasts and signals.

    forecasts: one where the reference is exact; else those of its least, its most and its middle values.
    signals: of every period.
    """

    forecasts: tuple[Forecast, ...]
    signals: Signals


def farrington(lower: Counts, upper: Counts, parameters: FarringtonParameters, first: int) -> Farrington:
    """E6: a period above the bound that past years, their trend and their spread lead one to expect.

    first: the first period judged. Definition: quasi-Poisson log-linear model of the same periods of past years
    (improved: of all past periods, with a level for each part of the year); past outliers weigh s^-2, s their
    Anscombe residual; the trend is kept if it is significant and does not extrapolate; bound U = (m^(2/3) + z
    sqrt(4/9 m^(1/3) (phi + se^2 / m)))^(3/2), improved: the quantile of the negative binomial of mean m and variance
    phi m. Alarm: x > U and at least 5 reports in the last 4 periods. Unit: counts. Direction: higher is more risk.
    Minimum: the years of the reference (3 or more). Nothing in the reference: expected 0, bound 0. Withheld: a judged
    value by its endpoints; a withheld reference is fitted at its least, at its most, and at its middle with weight
    one half: certain if all three say so, possible if one does. That is an envelope: a case between them may lie
    outside. Missing: a series has none. Source: Farrington et al. 1996; Noufaily et al. 2013; methodology E6; BM-05
    and BM-06 of it. Example: Salmonella Agona, week 284: expected 1.428137, trend kept, bound 4.567223, 5 seen:
    alarm.

    Raises:
        InvalidInput: `first` has not the years of the reference before it.
    """
    lower, upper = checked(lower, upper)
    layout = parameters.layout
    if first + min(offsets(layout)) < 0:
        raise InvalidInput(
            "The series is too short for the Farrington test.",
            detail=f"Period {first} needs {-min(offsets(layout))} periods before it.",
            hint="Judge later periods, or use fewer years.",
        )
    scenarios = _scenarios(lower, upper)
    forecasts = tuple(_forecast(*scenario, parameters, first) for scenario in scenarios)
    at_least = [_alarms(lower, forecast, parameters) for forecast in forecasts]
    at_most = [_alarms(upper, forecast, parameters) for forecast in forecasts]
    return Farrington(forecasts, signals(np.logical_and.reduce(at_least), np.logical_or.reduce(at_most)))


def exceedance(counts: Counts, forecast: Forecast) -> Statistic:
    """Return (x - expected) / (upper - expected), 1 at the bound; not defined where nothing is expected."""
    above, room = _against(counts, forecast)
    is_there = room > 0
    is_defined = forecast.expected.is_defined.copy()
    is_defined[is_defined] = is_there
    return Statistic(is_defined, certified(_quotient, above[is_there], room[is_there]))


def exceedance_p(counts: Counts, forecast: Forecast) -> Statistic:
    """Return P(X >= x) of the negative binomial of the expected mean and dispersion (Poisson at dispersion 1)."""
    is_defined = forecast.expected.is_defined
    judged = counts[is_defined]
    columns = (*_fraction(forecast.expected.values), *_fraction(forecast.dispersion.values))
    return Statistic(is_defined, certified(_tail, judged, *columns, error=_TAIL_ERROR))


def _scenarios(lower: Counts, upper: Counts) -> list[tuple[Counts, Counts | None]]:
    """Reference values and, for the middle ones, prior weights; both doubled there."""
    if lower is upper:
        return [(lower, None)]
    return [(lower, None), (upper, None), (lower + upper, np.where(lower == upper, 2, 1))]


def _forecast(
    reference: Counts, prior: Counts | None, parameters: FarringtonParameters, first: int
) -> Forecast:
    is_defined = np.zeros(reference.shape, np.bool_)
    is_defined[:, first:] = True
    series, periods = np.nonzero(is_defined)
    blocks = [
        _block(reference, prior, parameters, (series[start : start + _ROWS], periods[start : start + _ROWS]))
        for start in range(0, len(series), _ROWS)
    ]
    mean, dispersion, trend, bound = (joined(column) for column in zip(*blocks, strict=True))
    if parameters.bound == "plug_in":
        bound = certified(_plug_in, parameters.level, *_fraction(mean), *_fraction(dispersion))
    return Forecast(*(Statistic(is_defined, column) for column in (mean, bound, dispersion, trend)))


def _block(
    reference: Counts, prior: Counts | None, parameters: FarringtonParameters, rows: tuple[Numbers, Numbers]
) -> tuple[Quantised, ...]:
    """Mean, dispersion, trend and bound of some rows; a level without reports has mean 0 without any fit."""
    layout, (series, periods) = parameters.layout, rows
    places = periods + np.array(offsets(layout))[:, None]
    counts = reference[series, places]
    is_seen = counts[list(layout.groups[layout.level])].sum(axis=0) > 0
    may_have_trend = has_slope(counts, layout) & (parameters.years >= parameters.reweighting.trend_years)
    columns = [counts[:, is_seen]] + ([prior[series, places][:, is_seen]] if prior is not None else [])

    def procedure(may: Numbers, z: Any, *given: Numbers) -> Sequence[Numbers]:
        points = len(layout.times)
        seen = np.stack(given[:points])
        weights = np.stack(given[points:]) if prior is not None else seen * 0 + 1
        if prior is not None:
            seen, weights = seen / 2, weights / 2
        found = expected(seen, weights, may, layout, parameters.reweighting)
        return found.mean, found.dispersion, found.trend, _bound(found, z)

    found = certified_all(
        procedure,
        may_have_trend[is_seen].astype(np.int64),
        parameters.z,
        *(row for column in columns for row in column),
        error=_ERROR,
    )
    one = Quantised(np.full(len(series), 10**8), np.full(len(series), -8), 0)
    mean, dispersion, trend, bound = (filled(is_seen, column) for column in found)
    return mean, where(is_seen, dispersion, one), trend, bound


def _bound(found: Expectation, z: Any) -> Numbers:
    """Step 5: the variance on the scale of m^(2/3) is 4/9 m^(1/3) tau, tau = phi + se^2 / m."""
    spread = found.dispersion * (1 + found.mean * found.variance)
    away = z * 2 * np.sqrt(power(found.mean, 1, 3) * spread) / 3
    return power(power(found.mean, 2, 3) + away, 3, 2)


def _alarms(counts: Counts, forecast: Forecast, parameters: FarringtonParameters) -> Flags:
    above, room = _against(counts, forecast)
    alarms = np.zeros(counts.shape, np.bool_)
    alarms[forecast.expected.is_defined] = above > room
    recent = np.cumsum(counts, axis=1)
    n = parameters.least_periods
    recent[:, n:] = recent[:, n:] - recent[:, :-n].copy()
    return alarms & (recent >= parameters.least_sum)


def _against(counts: Counts, forecast: Forecast) -> tuple[Counts, Counts]:
    """Subtract what is expected from counts and from bounds, as whole numbers of one unit a row."""
    judged = counts[forecast.expected.is_defined]
    unit, mean, bound = scaled_alike(forecast.expected.values, forecast.upper.values)
    return judged * unit - mean, bound - mean


def _fraction(numbers: Quantised) -> tuple[Counts, Counts]:
    unit, scaled, _ = scaled_alike(numbers, numbers)
    return scaled, unit


def _tail(count: Numbers, mean: Numbers, unit: Numbers, phi: Numbers, phi_unit: Numbers) -> Numbers:
    """Start mean / phi, growth 1 - 1 / phi, of fractions."""
    return count_tail(count, mean / unit * phi_unit / phi, (phi - phi_unit) / phi)


def _plug_in(level: Any, mean: Numbers, unit: Numbers, phi: Numbers, phi_unit: Numbers) -> Numbers:
    return count_quantile(1 - level, mean / unit * phi_unit / phi, (phi - phi_unit) / phi)


def _quotient(one: Numbers, other: Numbers) -> Numbers:
    return np.asarray(one / other)
