"""One spelling per value: how numbers, dates and truth values of typed files become text."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from node.adapters.reading_layout import TYPED

_MIDNIGHT = dt.time()


def number_text(value: float, digits: int = 15) -> str:
    """Give a number as Excel shows it in full: 15 significant digits, no exponent, no ".0".

    Fifteen, because the sixteenth is what adding tenths in binary leaves behind, not what a person typed.
    """
    text = format(Decimal(format(value, f".{digits}g")), "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def cell_text(value: object) -> str:
    """Give a spreadsheet's cell as text; a moment at midnight is a date, a number is marked as one."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, int | float):
        return TYPED + number_text(value)
    if isinstance(value, dt.datetime):
        at_midnight = value.time() == _MIDNIGHT
        return value.date().isoformat() if at_midnight else value.isoformat(timespec="seconds")
    if isinstance(value, dt.date | dt.time):
        return value.isoformat()
    return str(value)
