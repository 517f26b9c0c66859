"""Numbers, money and moments in the reader's language.

Invariants: a withheld figure is never shown as a number; money is divided from minor units only here, at the
edge, in decimals; every moment is UTC and says so.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import ROUND_HALF_EVEN, Context, Decimal
from fractions import Fraction
from functools import cache

from babel import Locale
from babel.dates import format_date, format_datetime, format_timedelta
from babel.numbers import (
    format_compact_decimal,
    format_decimal,
    format_percent,
    get_decimal_symbol,
    get_group_symbol,
)

from schemas import registry

MINOR_UNITS = Decimal(100)
COMPACT_FROM = 100_000
SIGNIFICANT_DIGITS = 3
SMALLEST_P = Decimal("0.001")
NO_BREAK = "\u00a0"
EN_DASH = "\u2013"
TIMES = "\u00d7"
MINUS = "\u2212"
WHOLE_PERCENT_FROM = 100
RATIO_FROM = Decimal(10)


@dataclass(frozen=True, slots=True)
class Formats:
    """How one locale writes values. `None` for an upper bound means unbounded."""

    locale: Locale

    def number(self, value: int | Decimal, digits: int | None = None) -> str:
        """Write a number; `digits` are significant digits."""
        if isinstance(value, int) and not digits:
            return self._whole(value)
        written = format_decimal(rounded(value, digits) if digits else value, locale=self.locale)
        return written.replace("-", MINUS)

    def share(self, value: Decimal) -> str:
        """Write a share (0 to 1) as per cent with one decimal."""
        pattern = f"#,##0.0{NO_BREAK}%" if self.locale.language != "en" else "#,##0.0%"
        return str(format_percent(value, format=pattern, locale=self.locale))

    def change(self, percent: Fraction) -> str:
        """Write a relative change in per cent with its sign: one decimal below a hundred, none above."""
        places = Decimal("0.1") if abs(percent) < WHOLE_PERCENT_FROM else Decimal(1)
        value = (Decimal(percent.numerator) / Decimal(percent.denominator)).quantize(places)
        sign = "+" if value > 0 else ""
        return sign + self.number(value)

    def amount(self, value: int, measure: str, *, is_short: bool = False) -> str:
        """Write a figure of a measure: money from minor units with its currency, anything else as it is."""
        unit = unit_of(measure)
        if not is_currency(unit):
            return self._short(value) if is_short else self.number(value)
        major = Decimal(value) / MINOR_UNITS
        return self._short(major) if is_short else f"{self._money(major)}{NO_BREAK}{unit}"

    def bounds(self, lower: int, upper: int | None, measure: str, *, is_short: bool = False) -> str:
        """Write an interval; one without an upper bound as "at least"."""
        low = self.amount(lower, measure, is_short=is_short)
        if upper is None:
            return f"≥{NO_BREAK}{low}"
        return f"{low}{EN_DASH}{self.amount(upper, measure, is_short=is_short)}"

    def interval(self, lower: Decimal, upper: Decimal | None, unit: str) -> str:
        """Write an interval of an indicator: unit "share", "money", "ratio", "probability" or "number"."""
        if upper is None:
            return f"≥{NO_BREAK}{self._in_unit(lower, unit)}"
        first, last = self._in_unit(lower, unit), self._in_unit(upper, unit)
        return first if first == last else f"{first}{EN_DASH}{last}" if lower >= 0 else f"{first} … {last}"

    def p_value(self, lower: Decimal, upper: Decimal | None) -> str:
        """Write the p-value, or both ends of it; below 0.001 only that it is below."""
        ends = [self._p(end) for end in (lower, upper) if end is not None]
        return ends[0] if len(set(ends)) == 1 else EN_DASH.join(ends)

    def is_money(self, measure: str) -> bool:
        """Say whether a measure is an amount of a currency."""
        return is_currency(unit_of(measure))

    def currency(self, measure: str) -> str:
        """Give the currency of a measure of money, "" for any other."""
        return unit_of(measure) if self.is_money(measure) else ""

    def moment(self, at: datetime) -> str:
        """Write a moment to the minute, in UTC."""
        return f"{format_datetime(at, 'd MMM y, HH:mm', locale=self.locale)}{NO_BREAK}UTC"

    def day(self, at: datetime) -> str:
        """Write the day of a moment."""
        return str(format_datetime(at, "d MMM y", locale=self.locale))

    def date(self, day: date) -> str:
        """Write a day."""
        return str(format_date(day, "d MMM y", locale=self.locale))

    def age(self, at: datetime, now: datetime) -> str:
        """Write how long ago a moment was."""
        return str(format_timedelta(at - now, add_direction=True, locale=self.locale, threshold=1.2))

    def size(self, octets: int) -> str:
        """Write a number of bytes in the largest fitting unit."""
        value, unit = Decimal(octets), "B"
        for unit in ("B", "KiB", "MiB", "GiB"):
            if value < 1024 or unit == "GiB":  # noqa: PLR2004 - 1024 bytes in a KiB
                break
            value /= 1024
        return f"{self.number(value, SIGNIFICANT_DIGITS)}{NO_BREAK}{unit}"

    def _money(self, major: Decimal) -> str:
        """Write cents with two digits, or not at all when there are none."""
        if major == major.to_integral_value():
            return self._whole(int(major))
        return f"{major:,.2f}".translate(_marks(self.locale))

    def _whole(self, value: int) -> str:
        """Write a whole number; pages have hundreds, and babel reads its pattern anew for each."""
        return f"{value:,}".translate(_marks(self.locale))

    def _short(self, value: int | Decimal) -> str:
        if -COMPACT_FROM < value < COMPACT_FROM:
            return self.number(Decimal(value).quantize(Decimal(1), ROUND_HALF_EVEN))
        short = format_compact_decimal(
            rounded(value, SIGNIFICANT_DIGITS), fraction_digits=1, locale=self.locale
        )
        return short.replace("-", MINUS)

    def _in_unit(self, value: Decimal, unit: str) -> str:
        if unit == "share":
            return self.share(value)
        if unit == "money":
            return (
                self.amount(int(value.to_integral_value(ROUND_HALF_EVEN)), "V_DECL", is_short=True)
                + f"{NO_BREAK}USD"
            )
        if unit == "probability":
            return self._p(value)
        return (TIMES if unit == "ratio" else "") + self.number(value, SIGNIFICANT_DIGITS)

    def _p(self, value: Decimal) -> str:
        if value < SMALLEST_P:
            return f"<{NO_BREAK}{self.number(SMALLEST_P)}"
        return self.number(value.quantize(SMALLEST_P, ROUND_HALF_EVEN))


@cache
def _marks(locale: Locale) -> dict[int, str]:
    """Give what the locale writes in place of the marks of a number in Python."""
    marks = {",": get_group_symbol(locale), ".": get_decimal_symbol(locale), "-": MINUS}
    return {ord(mark): written for mark, written in marks.items()}


def rounded(value: int | Decimal, digits: int) -> Decimal:
    """Round to significant digits, for display only."""
    if isinstance(value, int) and abs(value) < 10**digits:
        return Decimal(value)
    short = Context(prec=digits, rounding=ROUND_HALF_EVEN).create_decimal(value)
    return short.quantize(Decimal(1)) if abs(short) >= 10**digits else short.normalize()


def unit_of(measure: str) -> str:
    """Give the unit of a measure, from its code list; "" for a code the list does not have."""
    measures = registry.codelist("CL_MEASURE")
    return measures.code(measure).attributes.get("unit", "") if measure in measures else ""


def is_currency(unit: str) -> bool:
    """Say whether a unit is a currency."""
    return unit in registry.codelist("CL_CURRENCY")
