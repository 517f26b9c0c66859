"""Growth over a year: its scale, what corridors have in common, and what is expected of a period."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from math import exp, log, sqrt
from typing import Any

import pytest

from risk_models.early_warning.growing import common_figures, growth_readings
from risk_models.early_warning.growth import common_growths, expected_of, growth_of, scaled
from risk_models.early_warning.parameters import Lengths, WarningParameters, Watched
from risk_models.early_warning.readings import change_upwards, either_tail
from risk_models.early_warning.series import Series
from risk_models.indicators.warning.changepoint import pettitt
from risk_models.model import load_spec
from risk_models.observations import Corridor
from schemas.interval import Interval

PARAMETERS: WarningParameters = load_spec("early_warning_1").parameters
YEARS: Lengths = PARAMETERS.lengths["A"]
MONEY: Watched = next(one for one in PARAMETERS.watched if one.kind == "amounts")
REPORTS: Watched = next(one for one in PARAMETERS.watched if one.kind == "counts")
MILLION = 100_000_000  # cents


def series(
    values: Sequence[int], *, counterpart: str = "RU", watched: Watched = MONEY, upper: Any = None
) -> Series:
    """A yearly series that ends in 2020."""
    periods = tuple(str(2021 - len(values) + place) for place in range(len(values)))
    key = Corridor("", "KG", counterpart, "OUT", "TRADE/HS27", watched.measure)
    return Series(watched, key, periods, tuple(values), tuple(upper or values), frozenset({counterpart}))


def test_the_scale_is_that_of_anscombe_for_counts_and_the_logarithm_for_money() -> None:
    """Thousandths, rounded; an amount below the floor of ten thousand dollars is the floor."""
    assert scaled(REPORTS, 22) == int(2000 * sqrt(22.375))
    assert scaled(REPORTS, 0) == int(2000 * sqrt(0.375))
    assert scaled(MONEY, 5 * MILLION) == round(1000 * log(5 * MILLION))
    assert scaled(MONEY, 0) == scaled(MONEY, 1_000_000) == round(1000 * log(1_000_000))


def test_what_all_corridors_share_is_taken_off_each_of_them() -> None:
    """Eight corridors double in 2020, one grows eightfold: it alone grew beyond the others, by the factor four."""
    quiet = [series([MILLION] * 8 + [2 * MILLION], counterpart=f"P{place}") for place in range(8)]
    loud = series([MILLION] * 8 + [8 * MILLION], counterpart="LOUD")

    common = common_growths([*quiet, loud], YEARS, MONEY, 8)

    assert common[("KG", "TRADE/HS27", "OUT"), "2020"].least == round(1000 * log(2))
    assert abs(growth_of(quiet[0], YEARS, common).own[0][-1]) <= 1
    assert growth_of(loud, YEARS, common).own[0][-1] == pytest.approx(1000 * log(4), abs=2)
    # the total is what they share, and keeps it
    total = series([MILLION] * 8 + [2 * MILLION], counterpart="W1")
    assert growth_of(total, YEARS, common).own[0][-1] == pytest.approx(1000 * log(2), abs=2)


def test_few_corridors_have_nothing_in_common() -> None:
    """Seven are too few for a median that no single one can move; counts have none at all."""
    seven = [series([MILLION] * 9, counterpart=f"P{place}") for place in range(7)]
    counts = [series([20] * 9, counterpart=f"P{place}", watched=REPORTS) for place in range(9)]

    assert common_growths(seven, YEARS, MONEY, 8) == {}
    assert common_growths(counts, YEARS, REPORTS, 8) == {}


def test_expected_is_last_year_grown_as_usual() -> None:
    """A tenth more every year: 161 million after 146; a trend is no alarm, and its end is one third above it."""
    values = [round(MILLION * 1.1**place) for place in range(8)]
    growth = growth_of(series([*values, round(values[-1] * 1.1 * 1.34)]), YEARS, {})

    expected = expected_of(MONEY, growth, slice(0, 7))
    (reading,) = growth_readings([growth], MONEY, YEARS)
    assert float(expected.lower) == pytest.approx(MILLION * 1.1**8, rel=0.002)
    # the least spread is a tenth: ln 1.34 is 2.93 of these
    assert float(reading["E16"].value.lower) == pytest.approx(log(1.34) / 0.1, abs=0.03)
    assert reading["E16"].expected == expected


def test_money_may_fall_and_reports_may_not() -> None:
    """To a tenth: an alarm for money, with z below zero; nothing for counts of reports."""
    down = growth_of(series([*([MILLION] * 8), MILLION // 10]), YEARS, {})
    fewer = growth_of(series([*([100] * 8), 10], watched=REPORTS), YEARS, {})

    (money,), (reports,) = growth_readings([down], MONEY, YEARS), growth_readings([fewer], REPORTS, YEARS)
    assert money["E16"].value.lower < -20
    assert money["E16"].p is not None
    assert money["E16"].p.lower < Decimal("0.0001")
    assert reports["E16"].p is not None
    assert reports["E16"].p.lower > Decimal("0.99")


def test_withheld_values_give_growth_that_holds_every_case() -> None:
    """Any value inside the bounds grows within the interval, whatever the corridors share."""
    bounds = [MILLION] * 8 + [3 * MILLION]
    wide = series([*([MILLION] * 8), MILLION // 2], upper=bounds)
    others = [series([MILLION] * 9, counterpart=f"P{place}") for place in range(8)]
    wide_growth = growth_of(wide, YEARS, common_growths([wide, *others], YEARS, MONEY, 8))

    for value in (MILLION // 2, MILLION, 3 * MILLION):
        one = series([*([MILLION] * 8), value])
        exact = growth_of(one, YEARS, common_growths([one, *others], YEARS, MONEY, 8)).own[0][-1]
        assert wide_growth.own[0][-1] <= exact <= wide_growth.own[1][-1]


def test_a_year_that_moved_for_all_is_one_figure() -> None:
    """Nine corridors fall by a third in 2020 after quiet years: E17 of 2020 says so, once, by the sign test."""
    group = [
        series(
            [MILLION + (year * place) % 7 * 500_000 for year in range(9)] + [MILLION * 2 // 3],
            counterpart=f"P{place}",
        )
        for place in range(1, 10)
    ]
    common = common_growths(group, YEARS, MONEY, 8)

    found = {one.period: one for one in common_figures(common, YEARS, PARAMETERS.thresholds)}

    assert set(found) == {"2018", "2019", "2020"}
    assert exp(float(found["2020"].value.lower)) == pytest.approx(2 / 3, abs=0.03)
    assert found["2020"].p == Interval.exact(Decimal(2) / 2**9)
    assert found["2019"].p == Interval.exact(1)
    assert found["2020"].inputs == {f"P{place}" for place in range(1, 10)}


def test_too_short_a_history_is_not_judged() -> None:
    """Five earlier growths are needed: seven years, not six."""
    six, seven = (growth_of(series([MILLION] * count), YEARS, {}) for count in (6, 7))

    assert growth_readings([six, seven], MONEY, YEARS)[0] == {}
    assert set(growth_readings([six, seven], MONEY, YEARS)[1]) == {"E16"}


def test_either_tail_is_twice_the_smaller_one() -> None:
    """Student's distribution by scipy; an interval around zero may be anything up to one."""
    stats = pytest.importorskip("scipy.stats")
    p = either_tail(Interval.exact(Decimal("-3.25")), 7)

    assert float(p.lower) == pytest.approx(2 * stats.t.sf(3.25 / (1 + 1 / 7) ** 0.5, 6), rel=1e-12)
    assert p.lower == p.upper
    assert either_tail(Interval(Decimal(-1), Decimal(2)), 7).upper == 1


def test_a_level_that_wanders_is_less_of_a_change() -> None:
    """Independent noise keeps Pettitt's own p-value; neighbours that are alike make it larger."""
    jumps = (5, 6, 4, 5, 7, 5, 6, 12, 13, 11, 14, 12)
    wanders = (1, 2, 3, 4, 5, 4, 5, 9, 10, 11, 12, 13)

    assert float(change_upwards(jumps, jumps).p.lower) == pytest.approx(0.039434, abs=5e-7)
    assert change_upwards(wanders, wanders).p.lower > 2 * pettitt(wanders).p
    assert change_upwards(jumps[::-1], jumps[::-1]).p == Interval.exact(1)


def test_months_stand_beside_the_month_of_last_year() -> None:
    """A season of any size cancels, so a series that repeats it has no growth."""
    months = PARAMETERS.lengths["M"]
    season = [MILLION * (1 + month) for month in range(12)]
    one = replace(
        series(season * 3), periods=tuple(f"{2018 + place // 12}-M{place % 12 + 1:02}" for place in range(36))
    )

    assert set(growth_of(one, months, {}).own[0]) == {0}


def test_a_level_that_rose_for_good_is_told_from_one_that_fell_a_year_ago() -> None:
    """Both have growth that rose in the last year; the level rose in the first one only, and a trend has neither."""
    months = PARAMETERS.lengths["M"]

    def p_of_change(levels: Sequence[float]) -> Decimal:
        noise = (1.0, 1.02, 0.98, 1.01, 0.99)
        values = [round(MILLION * level * noise[place % 5]) for place, level in enumerate(levels)]
        periods = tuple(f"{2018 + place // 12}-M{place % 12 + 1:02}" for place in range(48))
        one = replace(series(values), periods=periods)
        (found,) = growth_readings([growth_of(one, months, {})], MONEY, months)
        assert found["E9"].p is not None
        return found["E9"].p.lower

    assert p_of_change([1.0] * 38 + [2.0] * 10) < Decimal("0.01")
    assert p_of_change([2.0] * 26 + [1.0] * 22) > Decimal("0.5")
    assert p_of_change([1.01**place for place in range(48)]) > Decimal("0.1")
