"""Values as people write them; expected forms are those of the Unicode CLDR for each language."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from babel import Locale

from node.web.formats import Formats

NB = "\u00a0"
NARROW = "\u202f"


def plain(text: str) -> str:
    """Give a text with ordinary spaces, whatever kind of space a locale groups digits with."""
    return text.replace(NB, " ").replace(NARROW, " ")


@pytest.fixture
def ru() -> Formats:
    """Russian."""
    return Formats(Locale.parse("ru"))


@pytest.fixture
def en() -> Formats:
    """English."""
    return Formats(Locale.parse("en"))


def test_money_is_divided_from_minor_units_without_a_float(ru: Formats) -> None:
    """1 234 567 890 123 456 789 cents keep every digit; a float would not."""
    assert plain(ru.amount(1234567890123456789, "V_TXN")) == "12 345 678 901 234 567,89 USD"


def test_whole_dollars_are_written_without_cents(en: Formats) -> None:
    """Cents are shown when there are any."""
    assert plain(en.amount(150000, "V_DECL")) == "1,500 USD"
    assert plain(en.amount(150005, "V_DECL")) == "1,500.05 USD"
    assert plain(en.amount(150050, "V_DECL")) == "1,500.50 USD"


def test_a_count_has_no_currency(en: Formats) -> None:
    """Reports are counted, not paid."""
    assert en.amount(1500, "N_STR") == "1,500"


def test_a_short_amount_says_its_magnitude(ru: Formats) -> None:
    """A cell of the matrix has room for three digits."""
    assert plain(ru.amount(123_456_789_000, "V_TXN", is_short=True)) == "1,2 млрд"
    assert plain(ru.amount(99_999_00, "V_TXN", is_short=True)) == "99 999"


def test_an_interval_shows_both_ends(en: Formats) -> None:
    """The reader sees the range, never a middle."""
    assert en.bounds(0, 14, "N_STR") == "0\u201314"


def test_an_interval_without_upper_bound_says_at_least(en: Formats) -> None:
    """Unbounded is not large: it is unknown."""
    assert plain(en.bounds(0, None, "N_STR")) == "\u2265 0"


def test_an_exact_result_is_one_number(ru: Formats) -> None:
    """Both ends the same: no range is pretended."""
    assert plain(ru.interval(Decimal("0.25"), Decimal("0.25"), "share")) == "25,0 %"


def test_an_interval_around_zero_is_not_written_with_a_dash(en: Formats) -> None:
    """A minus and a dash beside one another cannot be told apart."""
    assert en.interval(Decimal(-2), Decimal(2), "number") == "\u22122 … 2"


def test_a_small_p_value_is_only_said_to_be_small(ru: Formats) -> None:
    """Nobody needs its tenth digit."""
    assert plain(ru.p_value(Decimal("4.1E-7"), Decimal("4.1E-7"))) == "< 0,001"
    assert plain(ru.p_value(Decimal("0.0000001"), Decimal(1))) == "< 0,001\u20131"


def test_every_moment_says_utc(ru: Formats) -> None:
    """Readers sit in eleven time zones."""
    assert plain(ru.moment(datetime(2026, 11, 23, 8, 5, tzinfo=UTC))) == "23 нояб. 2026, 08:05 UTC"


@pytest.mark.parametrize(
    ("language", "expected"), [("ru", "3 дня назад"), ("kk", "3 күн бұрын"), ("en", "3 days ago")]
)
def test_age_is_told_in_the_plural_of_the_language(language: str, expected: str) -> None:
    """Three days have a form of their own in Russian."""
    now = datetime(2026, 11, 23, tzinfo=UTC)

    assert Formats(Locale.parse(language)).age(now - timedelta(days=3), now) == expected


@pytest.mark.parametrize(
    ("octets", "expected"), [(0, "0 B"), (1023, "1,020 B"), (1536, "1.5 KiB"), (268435456, "256 MiB")]
)
def test_a_size_is_in_the_largest_unit_that_fits(en: Formats, octets: int, expected: str) -> None:
    """256 MiB, not 268435456 bytes; three digits are enough."""
    assert plain(en.size(octets)) == expected
