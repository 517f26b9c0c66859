"""schemas.dates: texts to days and periods."""

from __future__ import annotations

import datetime as dt

import pyarrow as pa
import pytest

from schemas.dates import dates, periods


def cell(text: str | None) -> pa.ChunkedArray:
    """A column of one text."""
    return pa.chunked_array([pa.array([text], pa.string())])


@pytest.mark.parametrize(
    "text",
    ["2016-02-29", "29.02.2016", "2016-02-29 00:00:00", "2016-02-29T00:00:00Z", "29.02.2016 0:00:00"],
)
def test_a_day_is_read_in_the_two_unambiguous_forms(text: str) -> None:
    """ISO and dotted dates are read, also with the midnight that spreadsheets add."""
    values, bad = dates(cell(text))

    assert values.to_pylist() == [dt.date(2016, 2, 29)]
    assert bad.to_pylist() == [False]


@pytest.mark.parametrize(
    "text",
    [
        "2015-02-29",
        "2016-02-30",
        "2016-04-31",
        "31.04.2016",
        "2016-13-01",
        "2016-00-10",
        "2016-01-00",
        "01/02/2016",
        "1.2.2016",
        "2016-2-1",
        "42400",
        "2016",
        "Mar 25, 2015",
        "0216-01-01",
        "2116-01-01",
        "2016-01-01 12:30:00",
    ],
)
def test_what_is_no_day_is_refused_and_never_guessed(text: str) -> None:
    """Days outside the calendar, ambiguous orders, serial numbers and times of day are refused."""
    values, bad = dates(cell(text))

    assert values.to_pylist() == [None]
    assert bad.to_pylist() == [True]


def test_an_empty_cell_is_no_bad_date() -> None:
    """Emptiness is judged elsewhere."""
    assert [column.to_pylist() for column in dates(cell(None))] == [[None], [False]]
    assert [column.to_pylist() for column in periods(cell(None), ())] == [[None], [False], [False]]


@pytest.mark.parametrize(
    ("text", "value"),
    [("2016", "2016"), ("2016.0", "2016"), ("2016-Q4", "2016-Q4"), ("2016-M12", "2016-M12")],
)
def test_a_period_is_read(text: str, value: str) -> None:
    """Years, quarters and months are read, also a year that a spreadsheet kept as a number."""
    values, misshapen, unaccepted = periods(cell(text), ())

    assert values.to_pylist() == [value]
    assert misshapen.to_pylist() == unaccepted.to_pylist() == [False]


@pytest.mark.parametrize("text", ["2016-Q5", "2016-M13", "2016-12", "16", "2016.5", "1899", "2016-q1"])
def test_what_is_no_period_is_refused(text: str) -> None:
    """The forms that TimePeriod refuses are refused here too."""
    values, misshapen, unaccepted = periods(cell(text), ())

    assert values.to_pylist() == [None]
    assert (misshapen.to_pylist(), unaccepted.to_pylist()) == ([True], [False])


def test_a_period_of_another_frequency_is_told_apart_from_a_bad_one() -> None:
    """A quarter is a good period in the wrong place where only years are taken."""
    values, misshapen, unaccepted = periods(cell("2016-Q1"), ("A",))

    assert values.to_pylist() == [None]
    assert (misshapen.to_pylist(), unaccepted.to_pylist()) == ([False], [True])
