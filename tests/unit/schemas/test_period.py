"""schemas.period."""

from __future__ import annotations

import datetime as dt

import pytest

from schemas.errors import InvalidValue
from schemas.period import TimePeriod


@pytest.mark.parametrize(
    ("text", "start", "end", "previous"),
    [
        ("2016", dt.date(2016, 1, 1), dt.date(2016, 12, 31), "2015"),
        ("2016-Q3", dt.date(2016, 7, 1), dt.date(2016, 9, 30), "2016-Q2"),
        ("2016-Q1", dt.date(2016, 1, 1), dt.date(2016, 3, 31), "2015-Q4"),
        ("2016-M02", dt.date(2016, 2, 1), dt.date(2016, 2, 29), "2016-M01"),
        ("2017-M01", dt.date(2017, 1, 1), dt.date(2017, 1, 31), "2016-M12"),
    ],
)
def test_a_period_knows_its_days_and_the_one_before(
    text: str, start: dt.date, end: dt.date, previous: str
) -> None:
    """First day, last day and predecessor agree with the calendar, leap years included."""
    period = TimePeriod.parse(text)

    assert (period.start, period.end) == (start, end)
    assert str(period) == text
    assert str(period.previous()) == previous


@pytest.mark.parametrize(
    "text",
    [
        "",
        "16",
        "2016-Q5",
        "2016-Q0",
        "2016-M13",
        "2016-M7",
        "2016-7",
        "1899",
        "2100",
        "2016-q1",
        " 2016",
        "2016\n",
        "٢٠١٦",
    ],
)
def test_other_texts_are_no_periods(text: str) -> None:
    """Shortened, foreign, padded and implausible periods are refused with a hint."""
    with pytest.raises(InvalidValue) as refusal:
        TimePeriod.parse(text)

    assert "2016-Q3" in refusal.value.hint


@pytest.mark.parametrize(
    ("freq", "year", "part"), [("A", 2016, 2), ("Q", 2016, 5), ("M", 2016, 0), ("A", 1800, 1), ("W", 2016, 1)]
)
def test_no_impossible_period_can_be_constructed(freq: str, year: int, part: int) -> None:
    """The constructor refuses what the parser would refuse."""
    with pytest.raises(InvalidValue):
        TimePeriod(freq, year, part)  # type: ignore[arg-type]


def test_there_is_no_period_before_the_first() -> None:
    """Stepping back from 1900 is refused, not wrapped."""
    with pytest.raises(InvalidValue):
        TimePeriod.parse("1900").previous()


def test_periods_of_all_frequencies_have_one_order() -> None:
    """By first day, then by last day: month, quarter and year that begin together follow in this order."""
    ordered = ["2015", "2016-M01", "2016-Q1", "2016", "2016-M02", "2016-Q2", "2017"]

    assert [str(period) for period in sorted(map(TimePeriod.parse, reversed(ordered)))] == ordered


def test_a_period_is_not_ordered_against_a_text() -> None:
    """Comparing with another type is a programming mistake."""
    with pytest.raises(TypeError):
        assert TimePeriod.parse("2016") < "2017"


@pytest.mark.parametrize(
    ("text", "broader", "parts"),
    [
        ("2024", (), ("2024-Q1", "2024-Q2", "2024-Q3", "2024-Q4")),
        ("2024-Q3", ("2024",), ("2024-M07", "2024-M08", "2024-M09")),
        ("2024-M01", ("2024-Q1", "2024"), ()),
        ("2024-M12", ("2024-Q4", "2024"), ()),
    ],
)
def test_a_period_lies_within_longer_ones(
    text: str, broader: tuple[str, ...], parts: tuple[str, ...]
) -> None:
    """A month within its quarter and year; a year is four quarters and a quarter three months."""
    period = TimePeriod.parse(text)

    assert tuple(str(longer) for longer in period.broader()) == broader
    assert tuple(str(shorter) for shorter in period.parts()) == parts
