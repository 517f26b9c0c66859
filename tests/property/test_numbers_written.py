"""Numbers are written by hand because pages have hundreds of them: the same as the library of locales writes them."""

from __future__ import annotations

from decimal import Decimal

import pytest
from babel import Locale
from babel.numbers import format_decimal
from hypothesis import given
from hypothesis import strategies as st

from node.web.formats import MINUS, NO_BREAK, Formats

LANGUAGES = ("ru", "kk", "en")


@pytest.mark.parametrize("language", LANGUAGES)
@given(value=st.integers(-(10**15), 10**15))
def test_whole_numbers_are_written_as_babel_writes_them(language: str, value: int) -> None:
    """Groups of three and the sign of the house."""
    locale = Locale(language)

    assert Formats(locale).number(value) == format_decimal(value, locale=locale).replace("-", MINUS)


@pytest.mark.parametrize("language", LANGUAGES)
@given(cents=st.integers(-(10**15), 10**15))
def test_money_is_written_as_babel_writes_it(language: str, cents: int) -> None:
    """Cents with two digits, or not at all when there are none."""
    locale = Locale(language)
    pattern = "#,##0.00" if cents % 100 else "#,##0"
    written = format_decimal(Decimal(cents) / 100, format=pattern, locale=locale).replace("-", MINUS)

    assert Formats(locale).amount(cents, "V_DECL") == f"{written}{NO_BREAK}USD"
