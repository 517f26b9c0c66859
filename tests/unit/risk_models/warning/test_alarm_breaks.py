"""Real breaks in official statistics: the top warning of their year, among hundreds of series of which few alarm."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cache

import pytest

from risk_models.early_warning.alarms import graded, read, shown_level
from risk_models.early_warning.parameters import WarningParameters
from risk_models.early_warning.series import Series
from risk_models.model import load_spec
from risk_models.observations import Corridor
from tests.support.trade_series import COMTRADE, Row, bundles, judged, of_comtrade, of_the_demo
from tests.support.transfers import FIRST_YEAR, INFLOW

# Of all series that are judged: a level is for what is out of line, and most of the world is not.
MOST_OUT_OF_LINE = 0.01


def _named(row: Row) -> tuple[str, str, str]:
    return row["REF_AREA"], row["COUNTERPART_AREA"], "/".join(row["FACET"].split("/")[1:3])


def _few(alarms: Sequence[Row], levels: Sequence[Row]) -> bool:
    return len(alarms) <= MOST_OUT_OF_LINE * len(levels)


def test_a_break_that_lasted_is_the_top_warning_of_its_year() -> None:
    """In 2009, with nothing known of later years, Azerbaijan's exports of fuels to Russia stand first of 747 series.

    Millions of dollars as UN Comtrade has them: 14 in 2008, then 167, 217, 505 and 515.
    """
    levels, alarms, _ = judged(bundles(of_the_demo(), 2009), 2009)

    assert _named(alarms[0]) == ("AZ", "RU", "HS27/OUT")
    assert alarms[0]["SIGNAL"] == "certain"
    assert 100 * 150_000_000 < alarms[0]["EXCESS"] < 100 * 166_700_000
    assert len(levels) == 747
    assert _few(alarms, levels)


def test_a_crisis_is_told_once_for_a_reporter_and_not_for_each_corridor() -> None:
    """2009: Russia's exports of fuels fell to three fifths in the middle, and so did most others; few series alarm."""
    _, alarms, moved = judged(bundles(of_the_demo(), 2009), 2009)

    fell = {(row["REF_AREA"], row["FACET"].split("/")[1], row["FACET"].split("/")[2]) for row in moved}
    assert {("RU", "HS27", "OUT"), ("RU", "HS44", "OUT"), ("RU", "HS27", "IN"), ("KZ", "HS27", "OUT")} <= fell
    assert all(float(row["UPPER"]) < 0.05 for row in moved)
    assert all(row["COUNTERPART_AREA"] == "W1" for row in moved)
    assert len(alarms) < len(moved)


@pytest.mark.skipif(not COMTRADE.is_dir(), reason="UN Comtrade is not beside the repository")
def test_a_duty_on_roundwood_is_the_top_warning_among_all_reporters() -> None:
    """Finland's imports of wood from Russia, 1,085 million dollars in 2008, then 401, stand first of 1,300 series.

    Russia raised its export duty on roundwood to a quarter of the value in April 2008 and had announced 80 % for 2009.
    """
    levels, alarms, _ = judged(bundles(of_comtrade(), 2009), 2009)

    assert _named(alarms[0]) == ("FIN", "RUS", "HS44/IN")
    assert alarms[0]["EXCESS"] < -50_000_000_000
    assert _named(alarms[1]) == ("AZE", "RUS", "HS27/OUT")
    assert len(levels) > 1300
    assert _few(alarms, levels)


@cache
def _transfers() -> dict[str, int]:
    """The level of each month of transfers to Armenia that can be judged, with what was known in that month."""
    given: WarningParameters = load_spec("early_warning_1").parameters
    months = replace(given.lengths["M"], judged=12 * len(INFLOW))
    parameters = replace(given, lengths={**given.lengths, "M": months})
    watched = next(one for one in given.watched if one.measure == "V_DECL")
    periods = [f"{FIRST_YEAR + year}-M{month:02}" for year in range(len(INFLOW)) for month in range(1, 13)]
    cents = tuple(100_000 * thousands for year in INFLOW for thousands in year)
    key = Corridor("", "AM", "W1", "IN", "REMITTANCE/_Z", "V_DECL")
    rows, _ = read(
        [Series(watched, key, tuple(periods), cents, cents, frozenset())], watched, "M", parameters
    )
    levels = ((row.series.periods[-1], graded([row], parameters.thresholds)[0]) for row in rows)
    return {period: shown_level(one.level) for period, one in levels if one.p is not None}


def test_transfers_alarm_when_they_broke() -> None:
    """The rouble of winter 2014, the closed borders of April 2020, the money that came from Russia from May 2022."""
    levels = _transfers()

    assert levels["2014-M11"] == 1
    assert levels["2015-M01"] == 2
    assert [levels[f"2020-M{month:02}"] for month in range(1, 7)] == [0, 0, 0, 2, 2, 0]
    assert [levels[f"2022-M{month:02}"] for month in range(1, 8)] == [0, 0, 0, 0, 2, 3, 3]


def test_the_break_of_2022_is_the_top_warning_of_its_year() -> None:
    """The highest level, and no month of the two years before reaches it."""
    levels = _transfers()
    highest = {
        year: max(levels[f"{year}-M{month:02}"] for month in range(1, 13)) for year in range(2018, 2023)
    }

    assert highest == {2018: 0, 2019: 0, 2020: 2, 2021: 1, 2022: 3}


def test_the_transfers_are_those_that_were_published() -> None:
    """Sums of the months beside the bank's yearly figures in the press, to four thousand dollars of rounding."""
    published = (2_302_336, 2_123_615, 1_631_659, 1_532_882)

    assert [sum(year) for year in INFLOW[:4]] == pytest.approx(published, abs=4)
