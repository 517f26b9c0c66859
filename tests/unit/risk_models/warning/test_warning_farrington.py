"""Farrington's test where published series do not reach: empty references, trends, withheld values, short series."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import numpy as np
import pytest

from risk_models.errors import InvalidInput, InvalidSpecification
from risk_models.indicators.warning.expected_counts import Reweighting
from risk_models.indicators.warning.farrington import exceedance, exceedance_p, farrington
from risk_models.indicators.warning.reference_weeks import layout_of, offsets
from risk_models.numerics.loglinear import fitted, has_slope
from risk_models.numerics.series import CERTAIN, NO, POSSIBLE
from tests.support.irls import regression
from tests.support.published_series import AGONA
from tests.support.warning_parameters import classic, improved

MONTHLY = classic(half_window=1, frequency=12)
LAST = 59


def monthly(counts: list[int]) -> np.ndarray:
    """Five years of one series, the last month judged."""
    return np.array([counts], np.int64)


def test_nothing_expected_and_something_seen_is_an_alarm() -> None:
    """A reference of zeros: expected 0, bound 0, no score; five reports alarm, four are too few."""
    five, four = monthly([0] * 59 + [5]), monthly([0] * 59 + [4])

    found = farrington(five, five, MONTHLY, LAST)

    forecast = found.forecasts[0]
    assert (forecast.expected.at(0, LAST), forecast.upper.at(0, LAST)) == (0, 0)
    assert forecast.dispersion.at(0, LAST) == 1
    assert not exceedance(five, forecast).is_defined.any()
    assert found.signals[0, LAST] == CERTAIN
    assert farrington(four, four, MONTHLY, LAST).signals[0, LAST] == NO


def test_a_constant_series_has_no_trend_and_expects_itself() -> None:
    """Nothing varies, so there is nothing to test: mean 3 without a trend; bound by hand.

    tau = 1 + 1 / (3 * 12 * ...): variance of the level is 1 / (12 points * 3).
    """
    counts = monthly([3] * 60)

    forecast = farrington(counts, counts, MONTHLY, LAST).forecasts[0]

    tau = 1 + 3 / 36
    bound = (3 ** (2 / 3) + 1.9599639845400545 * (4 / 9 * 3 ** (1 / 3) * tau) ** 0.5) ** 1.5
    assert (forecast.expected.at(0, LAST), forecast.trend.at(0, LAST)) == (3, 0)
    assert forecast.upper.floats()[0, LAST] == pytest.approx(bound, rel=1e-8)


def test_a_trend_that_would_extrapolate_is_dropped() -> None:
    """A steady doubling is significant and predicts more than was ever seen in the reference."""
    counts = monthly([int(2 ** (month / 12) * 10) for month in range(60)])

    assert farrington(counts, counts, MONTHLY, LAST).forecasts[0].trend.at(0, LAST) == 0


def test_a_falling_trend_is_kept() -> None:
    """A steady halving is significant and extrapolates to less."""
    counts = monthly([int(2 ** (-month / 12) * 400) for month in range(60)])

    forecast = farrington(counts, counts, MONTHLY, LAST).forecasts[0]

    assert forecast.trend.at(0, LAST) == 1
    assert forecast.expected.floats()[0, LAST] == pytest.approx(400 * 2 ** (-59 / 12), abs=1)


def test_a_trend_needs_three_years() -> None:
    """With two, the level alone is fitted."""
    counts = monthly([int(2 ** (-month / 12) * 400) for month in range(60)])

    short = farrington(counts, counts, replace(MONTHLY, years=2), LAST).forecasts[0]

    assert short.trend.at(0, LAST) == 0


def test_the_slope_and_its_levels_are_those_of_a_full_regression() -> None:
    """One slope and four levels fitted by profile equal an ordinary regression with five columns."""
    layout = improved(years=4, half_window=1, frequency=12, levels=4, excluded=3).layout
    rng = np.random.default_rng(2)
    counts = rng.poisson(8, (len(layout.times), 3)).astype(np.float64)
    weights = rng.uniform(0.2, 1.5, counts.shape)

    found = fitted(counts, weights, layout, start=np.zeros(3))

    design = np.zeros((len(layout.times), 5))
    design[:, 4] = layout.times
    for level, group in enumerate(layout.groups):
        design[list(group), level] = 1
    for series in range(3):
        full = regression(design, counts[:, series], weights[:, series], epsilon=0)
        assert found.slope[series] == pytest.approx(full.coefficients[4], rel=1e-9)
        assert found.means[:, series] == pytest.approx(full.means, rel=1e-10)
        assert found.leverages[:, series] == pytest.approx(full.leverages, rel=1e-9)
        assert found.dispersion[series] == pytest.approx(full.dispersion, rel=1e-10)
        at = np.array([1, 0, 0, 0, layout.predicted], np.float64)
        assert found.variance[series] == pytest.approx(at @ full.covariance @ at, rel=1e-9)


def test_a_slope_exists_unless_all_counts_are_at_an_end() -> None:
    """Reports in the last month of the reference only, or in the first only, have a steepest slope without end."""
    layout = MONTHLY.layout
    ends = np.zeros((len(layout.times), 4), np.int64)
    ends[-1, 0] = ends[0, 1] = ends[5, 2] = 7
    ends[[0, -1], 3] = 1

    assert has_slope(ends, layout).tolist() == [False, False, True, True]


def test_a_reference_without_a_slope_is_fitted_by_its_level() -> None:
    """All reports in the last month of the reference: their mean."""
    counts = [0] * 60
    counts[LAST - 11] = 12

    found = farrington(monthly(counts), monthly(counts), MONTHLY, LAST).forecasts[0]

    assert found.trend.at(0, LAST) == 0
    assert Decimal(0) < (found.expected.at(0, LAST) or Decimal(0)) <= 1


@pytest.mark.parametrize("place", [1, 60, 110, 158, 160])
def test_a_single_report_has_the_slope_of_the_full_equations(place: int) -> None:
    """One report anywhere inside four years of weeks: the mean time under the fitted slope is its own time."""
    layout = classic().layout
    counts = np.zeros((len(layout.times), 1))
    point = min(range(1, len(layout.times) - 1), key=lambda one: abs(layout.times[one] + 80 - place))
    counts[point] = 2

    slope = fitted(counts, counts * 0 + 1, layout, start=np.zeros(1)).slope[0]

    growth = np.exp(slope * (np.array(layout.times) - layout.times[point]))
    assert (growth * layout.times).sum() / growth.sum() == pytest.approx(layout.times[point], abs=1e-6)


def test_a_withheld_month_is_judged_by_its_ends() -> None:
    """An exact reference and a judged month of 3 to 40: possible; of 30 to 40: certain; of 3 to 6: no."""
    reference = [4, 6, 5] * 20
    signals = []
    for low, high in ((3, 40), (30, 40), (3, 6)):
        lower, upper = monthly([*reference[:-1], low]), monthly([*reference[:-1], high])
        signals.append(int(farrington(lower, upper, MONTHLY, LAST).signals[0, LAST]))

    assert signals == [POSSIBLE, CERTAIN, NO]


def test_a_withheld_reference_is_fitted_three_times() -> None:
    """At its least, at its most, and at its middle with weight one half: a month that only the least makes an alarm."""
    lower = monthly([5] * 24 + [0] * 12 + [5] * 23 + [13])
    upper = monthly([5] * 24 + [30] * 12 + [5] * 23 + [13])

    found = farrington(lower, upper, MONTHLY, LAST)

    least, most, middle = (forecast.upper.at(0, LAST) for forecast in found.forecasts)
    assert least is not None
    assert most is not None
    assert middle is not None
    assert least < 13 < most
    assert least < middle < most
    assert found.signals[0, LAST] == POSSIBLE


def test_the_score_is_one_at_the_bound() -> None:
    """(x - expected) / (upper - expected) from the published digits: week 284 of Salmonella Agona, by hand."""
    forecast = farrington(AGONA, AGONA, classic(), 283).forecasts[0]
    mean, upper = forecast.expected.at(0, 283), forecast.upper.at(0, 283)
    assert mean is not None
    assert upper is not None

    score = exceedance(AGONA, forecast).floats()[0, 283]

    assert score == pytest.approx(float((int(AGONA[0, 283]) - mean) / (upper - mean)), rel=1e-8)
    assert exceedance_p(AGONA, forecast).reaches(Decimal(0))[0, 283]


def test_a_series_without_the_years_is_refused() -> None:
    """The error says how many periods are needed."""
    counts = monthly([3] * 60)

    with pytest.raises(InvalidInput) as refused:
        farrington(counts, counts, MONTHLY, 48)

    assert "49 periods" in refused.value.detail


@pytest.mark.parametrize(("levels", "excluded", "years"), [(12, 0, 4), (1, 40, 1), (1, 0, 0)])
def test_a_reference_that_cannot_be_laid_out_is_refused(levels: int, excluded: int, years: int) -> None:
    """More levels than periods, a level of no points, no year."""
    with pytest.raises(InvalidSpecification):
        layout_of(years=years, half_window=1, frequency=12, levels=levels, excluded=excluded)


def test_the_reference_is_the_windows_of_past_years() -> None:
    """By hand: three years, one month on either side."""
    layout = layout_of(years=3, half_window=1, frequency=12, levels=1, excluded=0)

    assert offsets(layout) == (-37, -36, -35, -25, -24, -23, -13, -12, -11)


def test_the_levels_fill_the_year_between_windows() -> None:
    """By hand: two years, four levels: nine months between windows in parts of three; the last five months left out."""
    layout = layout_of(years=2, half_window=1, frequency=12, levels=4, excluded=5)

    months = offsets(layout)
    assert months == tuple(range(-25, -5))
    assert [tuple(months[point] for point in group) for group in layout.groups] == [
        (-25, -24, -23, -13, -12, -11),
        (-22, -21, -20, -10, -9, -8),
        (-19, -18, -17, -7, -6),
        (-16, -15, -14),
    ]


def test_an_outlier_of_the_past_weighs_less() -> None:
    """One past outbreak of 60 in a level of 5: far less than in the plain mean of 140 / 12."""
    counts = [5] * 60
    counts[LAST - 24] = 85

    found = farrington(monthly(counts), monthly(counts), MONTHLY, LAST).forecasts[0]

    assert (found.expected.at(0, LAST) or Decimal(0)) < 7
    rules = Reweighting(outlier=Decimal(100), trend_level=Decimal("0.05"), trend_years=3)
    plain = farrington(monthly(counts), monthly(counts), replace(MONTHLY, reweighting=rules), LAST).forecasts[
        0
    ]
    assert plain.expected.floats()[0, LAST] == pytest.approx((11 * 5 + 85) / 12, rel=1e-8)
