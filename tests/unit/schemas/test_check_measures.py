"""schemas.check: measures against one another, and figures against the live ones."""

from __future__ import annotations

import datetime as dt

import pytest

from tests.support.figures import checked, live


def test_a_smaller_measure_that_exceeds_the_larger_one_is_a_warning() -> None:
    """Seven cases ended in convictions and five persons were convicted."""
    result = checked(("P_CONV", "5"), ("N_CONV", "7"))

    (violation,) = result.violations
    assert (violation.rule, violation.severity, violation.row) == ("measures.order", "warning", 3)
    assert violation.params == {
        "measure": "N_CONV", "other": "P_CONV", "expected": "5", "rows": [2, 3], "count": 2,
    }  # fmt: skip
    assert result.accepted.num_rows == 2


def test_measures_in_order_and_of_other_years_are_not_reported() -> None:
    """Equal is in order; another year is another group; alone is nothing to compare."""
    assert checked(("P_CONV", "7"), ("N_CONV", "7"), ("N_CONV", "9", "2021")).is_clean


def test_a_stock_that_the_flows_do_not_explain_is_a_warning() -> None:
    """100 before, 30 in, 20 out: 110, not 150."""
    (violation,) = checked(
        ("S_FROZ", "100", "2019"), ("S_FROZ", "150"), ("V_FROZ", "30"), ("V_CONF", "20")
    ).violations

    assert (violation.rule, violation.severity, violation.row) == ("stock.flow", "warning", 3)
    assert violation.value == "150.00"
    assert violation.params == {"measure": "S_FROZ", "expected": "110.00", "rows": [2, 3, 4, 5], "count": 4}


@pytest.mark.parametrize(
    "rows",
    [
        (("S_FROZ", "100", "2019"), ("S_FROZ", "110"), ("V_FROZ", "30"), ("V_CONF", "20")),
        (("S_FROZ", "100", "2019"), ("S_FROZ", "150"), ("V_FROZ", "30")),
        (("S_FROZ", "100", "2018"), ("S_FROZ", "150"), ("V_FROZ", "30"), ("V_CONF", "20")),
        (("S_FROZ", "100", "2019-Q4"), ("S_FROZ", "150"), ("V_FROZ", "30"), ("V_CONF", "20")),
        (("S_FROZ", "1", "2099"), *((name, "9", "1900-Q1") for name in ("S_FROZ", "V_FROZ", "V_CONF"))),
    ],
    ids=["explained", "no outflow given", "a year between", "another frequency", "the first period there is"],
)  # fmt: skip
def test_a_stock_that_is_explained_or_cannot_be_is_not_reported(rows: tuple[tuple[str, ...], ...]) -> None:
    """All four figures must be there, of one frequency and of following periods."""
    assert checked(*rows).is_clean


def test_quarters_follow_one_another_across_years() -> None:
    """The quarter before the first is the last of the year before."""
    (violation,) = checked(
        ("S_FROZ", "100", "2019-Q4"),
        ("S_FROZ", "150", "2020-Q1"),
        ("V_FROZ", "30", "2020-Q1"),
        ("V_CONF", "20", "2020-Q1"),
    ).violations

    assert (violation.row, violation.params["expected"]) == (3, "110.00")


@pytest.mark.parametrize(
    ("measure", "value", "before"),
    [("N_STR", "1000", 100), ("N_STR", "100", 1000), ("N_STR", "0", 100), ("V_FROZ", "1000", 10_000)],
    ids=["ten times", "a tenth", "nothing", "money in dollars, not cents"],
)
def test_a_jump_against_the_live_figure_is_a_warning(measure: str, value: str, before: int) -> None:
    """Ten times or a tenth, and a hundred apart."""
    result = checked((measure, value), previous=live((measure, before)))

    (violation,) = result.violations
    assert (violation.rule, violation.severity, violation.row) == ("jump.previous", "warning", 2)
    assert violation.params == {"previous": "100.00" if measure == "V_FROZ" else str(before)}


@pytest.mark.parametrize(
    ("measure", "value", "before"),
    [("N_STR", "999", 100), ("N_STR", "99", 1), ("N_STR", "101", 1000), ("V_FROZ", "99", 100), ("N_STR", "5000", None)],
    ids=["less than ten times", "small", "more than a tenth", "small money", "withheld"],
)  # fmt: skip
def test_a_change_that_is_no_jump_is_not_reported(measure: str, value: str, before: int | None) -> None:
    """Small figures may jump, large ones may grow, and a withheld one says nothing."""
    assert checked((measure, value), previous=live((measure, before))).is_clean


def test_a_part_is_not_compared_with_a_live_whole() -> None:
    """Where the live cells have no such cut, only the total has something beside it."""
    previous = live(("N_STR", 1000)).drop_columns(["CHANNEL"])

    assert checked(("N_STR", "1", "2020", "CASH"), previous=previous).is_clean
    assert checked(("N_STR", "1"), previous=previous).totals == {"jump.previous": 1}


def test_a_live_cell_of_another_key_or_an_unknown_code_is_not_compared() -> None:
    """Neither another measure nor a code that no list has any more."""
    assert checked(("N_STR", "1000"), previous=live(("N_DISS", 1), ("N_OLD", 1))).is_clean


@pytest.mark.parametrize(("period", "is_reported"), [("2026", True), ("2026-Q3", False), ("2026-M11", True)])
def test_a_period_that_is_not_over_is_a_warning(period: str, is_reported: bool) -> None:  # noqa: FBT001
    """On 23 November the third quarter is over, the month and the year are not."""
    result = checked(("N_STR", "1", period), as_of=dt.date(2026, 11, 23))

    assert result.totals == ({"period.future": 1} if is_reported else {})
    assert [one.params for one in result.violations] == [{"day": "2026-11-23"}] * is_reported
    assert checked(("N_STR", "1", period)).is_clean
