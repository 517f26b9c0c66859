"""Properties of the small values: canonical JSON, periods, numbers, dates, intervals."""

from __future__ import annotations

import datetime as dt
import json
from decimal import Decimal
from fractions import Fraction

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from schemas.canonical import MAX_SAFE_INTEGER, canonical_json
from schemas.dates import dates, periods
from schemas.errors import InvalidValue
from schemas.interval import Interval, grade
from schemas.numbers import MAX_COUNT, MAX_MINOR_UNITS, Numbers, counts, money
from schemas.period import TimePeriod

TEXTS = st.text(st.characters(exclude_categories=["Cs"]))
DOCUMENTS = st.recursive(
    st.none() | st.booleans() | st.integers(-MAX_SAFE_INTEGER, MAX_SAFE_INTEGER) | TEXTS,
    lambda inner: st.lists(inner) | st.dictionaries(TEXTS, inner),
    max_leaves=20,
)
PERIODS = st.one_of(
    st.builds(TimePeriod, st.just("A"), st.integers(1901, 2099)),
    st.builds(TimePeriod, st.just("Q"), st.integers(1901, 2099), st.integers(1, 4)),
    st.builds(TimePeriod, st.just("M"), st.integers(1901, 2099), st.integers(1, 12)),
)
NUMERALS = st.from_regex(r"[+-]?[0-9]{0,20}(\.[0-9]{0,20})?([eE][+-]?[0-9]{1,3})?", fullmatch=True)
BOUNDS = st.decimals(-(10**6), 10**6, places=3)


def cell(text: str) -> pa.ChunkedArray:
    """A column of one text."""
    return pa.chunked_array([pa.array([text], pa.string())])


def outcome(numbers: Numbers) -> tuple[int | None, list[str]]:
    """The value of the one cell, and the rules it breaks."""
    broken = [rule.partition(".")[2] for rule, mask in numbers.problems.items() if mask[0].as_py()]
    return numbers.values[0].as_py(), broken


@given(DOCUMENTS)
def test_canonical_json_is_a_fixed_point(document: object) -> None:
    """Reading the bytes and writing them again gives the same bytes, and the same value."""
    written = canonical_json(document)

    assert json.loads(written) == document
    assert canonical_json(json.loads(written)) == written


@given(st.dictionaries(TEXTS, st.integers(0, 9)))
def test_canonical_json_ignores_the_order_of_keys(document: dict[str, int]) -> None:
    """Two nodes that build one object in different orders write the same bytes."""
    assert canonical_json(dict(reversed(document.items()))) == canonical_json(document)


@given(PERIODS)
def test_a_period_is_its_text_and_touches_its_neighbour(period: TimePeriod) -> None:
    """Writing and reading is lossless; the period before ends on the day before."""
    assert TimePeriod.parse(str(period)) == period
    assert period.previous().end + dt.timedelta(days=1) == period.start
    assert period.previous() < period


@given(PERIODS, PERIODS)
def test_periods_are_totally_ordered_and_text_order_is_time_order(one: TimePeriod, two: TimePeriod) -> None:
    """Exactly one of before, equal and after holds; within a frequency the texts sort alike."""
    assert (one < two) + (one == two) + (one > two) == 1
    if one.freq == two.freq:
        assert (str(one) < str(two)) == (one < two)


@given(st.text(alphabet="0123456789-QM.", max_size=9) | PERIODS.map(str))
def test_a_column_of_periods_accepts_what_a_period_accepts(text: str) -> None:
    """The vectorised pattern and the value agree on every text that is not a spreadsheet's number."""
    try:
        expected = [str(TimePeriod.parse(text))]
    except InvalidValue:
        expected = [text.removesuffix(".0")] if text.endswith(".0") else [None]
        expected = expected if _is_year(expected[0]) else [None]

    assert periods(cell(text), ())[0].to_pylist() == expected


def _is_year(text: str | None) -> bool:
    return text is not None and text.isdecimal() and len(text) == 4 and 1900 <= int(text) <= 2099


@given(NUMERALS)
def test_money_agrees_with_exact_decimals(text: str) -> None:
    """Python's own exact numbers give the same cents, or the same reason against."""
    reasons = ("not_number", "negative", "too_large", "too_precise")
    _agrees(text, outcome(money(cell(text))), scale=100, largest=MAX_MINOR_UNITS, reasons=reasons)


@given(NUMERALS)
def test_counts_agree_with_exact_decimals(text: str) -> None:
    """Python's own exact numbers give the same number, or the same reason against."""
    reasons = ("not_integer", "negative", "too_large", "not_integer")
    _agrees(text, outcome(counts(cell(text))), scale=1, largest=MAX_COUNT, reasons=reasons)


def _agrees(
    text: str, read: tuple[int | None, list[str]], *, scale: int, largest: int, reasons: tuple[str, ...]
) -> None:
    value, broken = read
    assert len(broken) == (value is None)
    try:
        exact = Fraction(Decimal(text)) * scale
    except ArithmeticError:
        assert broken == [reasons[0]]
        return
    if value is not None:
        assert exact == value
    elif _is_short(text):
        # Longer numerals than anyone writes may be refused for another reason, but are never misread.
        first = (exact < 0, exact > largest, exact.denominator != 1).index(True)
        assert broken == [reasons[1 + first]]


def _is_short(text: str) -> bool:
    mantissa, _, exponent = text.lower().partition("e")
    whole, _, fraction = mantissa.partition(".")
    return len(whole.lstrip("+-")) <= 19 and len(fraction) <= 19 and abs(int(exponent or 0)) <= 18


@given(st.integers(1, 2200), st.integers(0, 13), st.integers(0, 32))
def test_a_day_is_read_if_and_only_if_the_calendar_has_it(year: int, month: int, day: int) -> None:
    """Both written forms agree with the calendar of the standard library, from 1900 to 2099."""
    try:
        exists: dt.date | None = dt.date(year, month, day)
    except ValueError:
        exists = None
    expected = exists if exists is not None and 1900 <= year <= 2099 else None

    for text in (f"{year:04d}-{month:02d}-{day:02d}", f"{day:02d}.{month:02d}.{year:04d}"):
        assert dates(cell(text))[0].to_pylist() == [expected]


@given(BOUNDS, BOUNDS, st.decimals(0, 1000, places=3))
def test_widening_an_interval_around_its_midpoint_never_improves_its_grade(
    one: Decimal, two: Decimal, more: Decimal
) -> None:
    """Knowing less is never graded better."""
    lower, upper = sorted((one, two))

    assert grade(Interval(lower - more, upper + more)) >= grade(Interval(lower, upper))
