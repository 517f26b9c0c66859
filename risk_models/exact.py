"""Exact arithmetic for figures that every node must reproduce to the last digit.

Invariants: no float; every operation runs in one 50-digit decimal context, rounding half to even, whatever
the caller's own context is; a figure has exactly one text, and that text is what goes into a digest.
"""

from __future__ import annotations

import decimal
from contextlib import AbstractContextManager
from decimal import ROUND_HALF_EVEN, Context, Decimal
from fractions import Fraction

DIGITS = 50
SIGNIFICANT_DIGITS = 9
# Plain notation inside these powers of ten, scientific outside: readable, and one text per value.
_PLAIN_FROM, _PLAIN_TO = -7, 24


def working() -> AbstractContextManager[Context]:
    """Return the context in which all indicators compute: 50 digits, half to even, errors raised."""
    return decimal.localcontext(_context(DIGITS))


def divided(numerator: Decimal | Fraction | int, denominator: Decimal | Fraction | int = 1) -> Decimal:
    """Return the quotient at 50 digits (unit: numerator's per denominator's).

    Raises:
        ZeroDivisionError: the denominator is zero.
    """
    if isinstance(numerator, Decimal) and isinstance(denominator, Decimal):
        return _context(DIGITS).divide(numerator, denominator)
    quotient = Fraction(numerator) / Fraction(denominator)
    return _context(DIGITS).divide(Decimal(quotient.numerator), Decimal(quotient.denominator))


def quantise(value: Decimal) -> str:
    """Return the one text of `value` at 9 significant digits, half to even.

    Trailing zeros are dropped, zero has no sign, and notation is plain for sizes from 1e-7 up to 1e24.
    Source: numeric policy 0.4, rules 3 and 4. Example: 0.2758620689655 gives "0.275862069".
    """
    rounded = _context(SIGNIFICANT_DIGITS).plus(value).normalize()
    if not rounded:
        return "0"
    if _PLAIN_FROM <= rounded.adjusted() <= _PLAIN_TO:
        return f"{rounded:f}"
    return f"{rounded:E}"


def _context(digits: int) -> Context:
    errors = [decimal.DivisionByZero, decimal.InvalidOperation, decimal.Overflow]
    return Context(prec=digits, rounding=ROUND_HALF_EVEN, traps=errors)
