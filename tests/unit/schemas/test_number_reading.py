"""schemas.numbers: texts to exact integers."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from schemas.numbers import Numbers, amounts, counts, integers, money


def cells(*texts: str | None) -> pa.ChunkedArray:
    """A column of texts in two chunks, as a reader may give it."""
    return pa.chunked_array([pa.array(texts[:1], pa.string()), pa.array(texts[1:], pa.string())])


def outcome(numbers: Numbers) -> object:
    """The value of the one cell, or the one rule it breaks."""
    broken = [rule for rule, mask in numbers.problems.items() if mask.to_pylist() == [True]]
    value = numbers.values.to_pylist()[0]
    assert len(broken) <= 1
    assert not (broken and value is not None)
    return broken[0] if broken else value


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("0", 0),
        ("-0", 0),
        ("12", 12),
        ("+12", 12),
        ("12.", 12),
        ("12.0", 12),
        ("1e3", 1000),
        ("1e0003", 1000),
        ("1.5E1", 15),
        ("120e-1", 12),
        ("1000000000000", 10**12),
        ("00000000000000000000000000000012", 12),
        ("12.0000000000000000000000000000", 12),
        (None, None),
        ("12.5", "count.not_integer"),
        ("1e-3", "count.not_integer"),
        ("1e-40", "count.not_integer"),
        ("0.00000000000000000000000000001", "count.not_integer"),
        ("twelve", "count.not_integer"),
        ("1 000", "count.not_integer"),
        ("1,000", "count.not_integer"),
        ("0x10", "count.not_integer"),
        ("NaN", "count.not_integer"),
        ("inf", "count.not_integer"),
        ("١٢", "count.not_integer"),
        ("-1", "count.negative"),
        ("-1.5", "count.negative"),
        ("-1e99", "count.negative"),
        ("1000000000001", "count.too_large"),
        ("1e19", "count.too_large"),
        ("1e999999999", "count.too_large"),
        ("99999999999999999999999", "count.too_large"),
    ],
)
def test_a_count_is_read_exactly_or_refused_by_one_rule(text: str | None, expected: object) -> None:
    """Whole numbers in any notation are read; everything else breaks exactly one rule."""
    assert outcome(counts(pa.chunked_array([pa.array([text], pa.string())]))) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("0", 0),
        ("0.01", 1),
        (".5", 50),
        ("1234.56", 123456),
        ("1234.560", 123456),
        # Amounts as the FinCEN Files publish them.
        ("5.689852347E7", 5689852347),
        ("1.1623836125E8", 11623836125),
        # Not a number of binary floating point: 0.1 + 0.2 style errors would show here.
        ("1.1", 110),
        ("90071992547409.93", 9007199254740993),
        ("100000000000000.00", 10**16),
        (None, None),
        ("1234,56", "money.not_number"),
        ("1 234.56", "money.not_number"),
        ("$5", "money.not_number"),
        ("1e", "money.not_number"),
        (".", "money.not_number"),
        ("-0.01", "money.negative"),
        ("0.001", "money.too_precise"),
        ("1e-3", "money.too_precise"),
        ("100000000000000.01", "money.too_large"),
        ("1e30", "money.too_large"),
    ],
)
def test_an_amount_becomes_minor_units_exactly_or_is_refused_by_one_rule(
    text: str | None, expected: object
) -> None:
    """At most two decimals after exact conversion; no binary float in between."""
    assert outcome(money(pa.chunked_array([pa.array([text], pa.string())]))) == expected


def test_an_amount_is_read_in_the_unit_of_its_row() -> None:
    """The same text is cents in a row of money and units in a row of counts."""
    is_money = pa.chunked_array([pa.array([True, False, False])])
    is_count = pa.chunked_array([pa.array([False, True, False])])

    read = amounts(cells("12", "12", "12"), is_money, is_count)

    assert read.values.to_pylist() == [1200, 12, None]


def test_integers_of_a_release_are_judged_by_sign_and_size() -> None:
    """Money may be larger than a count; nothing may be negative."""
    values = pa.chunked_array([pa.array([10**13, 10**13, 10**16 + 1, -1, -1, None])])
    is_money = pa.chunked_array([pa.array([True, False, True, True, False, True])])

    read = integers(values, is_money, pc.invert(is_money))

    assert read.values.to_pylist() == [10**13, None, None, None, None, None]
    assert {rule: mask.to_pylist().index(True) for rule, mask in read.problems.items()} == {
        "count.too_large": 1,
        "money.too_large": 2,
        "money.negative": 3,
        "count.negative": 4,
    }


def test_chunks_of_a_column_are_read_alike() -> None:
    """A reader may give a column in pieces."""
    assert counts(cells("1", "2", None)).values.to_pylist() == [1, 2, None]
