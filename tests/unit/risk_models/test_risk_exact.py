"""Exact arithmetic: one context, one text per value."""

from __future__ import annotations

from decimal import Decimal, getcontext

import pytest

from risk_models.exact import divided, quantise, working


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("0.27586206896551724", "0.275862069"),
        ("0.1234567885", "0.123456788"),
        ("0.1234567895", "0.12345679"),
        ("-0.4", "-0.4"),
        ("100", "100"),
        ("1E+2", "100"),
        ("0.000", "0"),
        ("-0", "0"),
        ("123456789012345", "123456789000000"),
        ("0.0000001", "0.0000001"),
        ("0.00000012345678949", "0.000000123456789"),
        ("4.1434E-8", "4.1434E-8"),
        ("1E+25", "1E+25"),
    ],
)
def test_a_value_has_one_text_at_nine_significant_digits(value: str, text: str) -> None:
    """Rounding is half to even, zeros at the end are dropped, notation depends on size alone."""
    assert quantise(Decimal(value)) == text


def test_quotients_have_fifty_digits_whatever_the_callers_context() -> None:
    """A caller's precision does not reach the figures."""
    with working():
        pass
    getcontext().prec = 5
    try:
        third = divided(1, 3)
        with working():
            seventh = Decimal(1) / 7
    finally:
        getcontext().prec = 28

    assert third == Decimal("0." + "3" * 50)
    assert seventh == Decimal("0.14285714285714285714285714285714285714285714285714")


def test_division_by_zero_is_an_error() -> None:
    """No infinity and no NaN can enter a figure."""
    with pytest.raises(ZeroDivisionError):
        divided(1, 0)
    with pytest.raises(ZeroDivisionError):
        divided(Decimal(1), Decimal(0))
