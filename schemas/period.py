"""Reporting periods.

Invariants: a period is a whole year, quarter or month, written as in SDMX (`2016`, `2016-Q3`, `2016-M07`);
its text and its value are one-to-one; order is by first day, then by last day, so a month stands before the
quarter and the quarter before the year that begin with it. Within one frequency, text order is time order.
"""

from __future__ import annotations

import calendar
import datetime as dt
import re
from dataclasses import dataclass
from functools import total_ordering
from typing import Literal, Self

from schemas.errors import InvalidValue

Frequency = Literal["A", "Q", "M"]
PERIOD_PATTERN = r"^(19|20)\d{2}(-Q[1-4]|-M(0[1-9]|1[0-2]))?$"
FIRST_YEAR, LAST_YEAR = 1900, 2099
_PARTS_IN_YEAR: dict[Frequency, int] = {"A": 1, "Q": 4, "M": 12}
_MONTHS_IN_YEAR = 12


@total_ordering
@dataclass(frozen=True, slots=True)
class TimePeriod:
    """A year (`freq` A, `part` 1), a quarter (Q, 1..4) or a month (M, 1..12) of years 1900 to 2099."""

    freq: Frequency
    year: int
    part: int = 1

    def __post_init__(self) -> None:
        if self.freq not in _PARTS_IN_YEAR or not FIRST_YEAR <= self.year <= LAST_YEAR:
            raise _refused(f"{self.freq} {self.year}")
        if not 1 <= self.part <= _PARTS_IN_YEAR[self.freq]:
            raise _refused(f"{self.freq}{self.part} of {self.year}")

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read `2016`, `2016-Q3` or `2016-M07`.

        Raises:
            InvalidValue: any other text, or a year outside 1900..2099.
        """
        if re.fullmatch(PERIOD_PATTERN, text, flags=re.ASCII) is None:
            raise _refused(text)
        year, _, part = text.partition("-")
        if not part:
            return cls("A", int(year))
        return cls("Q" if part[0] == "Q" else "M", int(year), int(part[1:]))

    @property
    def start(self) -> dt.date:
        """The first day."""
        return dt.date(self.year, (self.part - 1) * self._months + 1, 1)

    @property
    def end(self) -> dt.date:
        """The last day."""
        month = self.part * self._months
        return dt.date(self.year, month, calendar.monthrange(self.year, month)[1])

    def previous(self) -> Self:
        """The period of the same frequency just before.

        Raises:
            InvalidValue: it would begin before 1900.
        """
        if self.part > 1:
            return type(self)(self.freq, self.year, self.part - 1)
        return type(self)(self.freq, self.year - 1, _PARTS_IN_YEAR[self.freq])

    def broader(self) -> tuple[Self, ...]:
        """The longer periods that this one lies within, shortest first: a month's quarter and year."""
        quarter = type(self)("Q", self.year, (self.part + 2) // 3) if self.freq == "M" else None
        year = type(self)("A", self.year) if self.freq != "A" else None
        return tuple(period for period in (quarter, year) if period is not None)

    def parts(self) -> tuple[Self, ...]:
        """The next shorter periods that make this one up, in order: a year's quarters; none of a month."""
        if self.freq == "A":
            return tuple(type(self)("Q", self.year, part) for part in range(1, _PARTS_IN_YEAR["Q"] + 1))
        if self.freq == "Q":
            return tuple(type(self)("M", self.year, 3 * self.part - back) for back in (2, 1, 0))
        return ()

    @property
    def _months(self) -> int:
        return _MONTHS_IN_YEAR // _PARTS_IN_YEAR[self.freq]

    def __str__(self) -> str:
        if self.freq == "A":
            return f"{self.year:04d}"
        return f"{self.year:04d}-Q{self.part}" if self.freq == "Q" else f"{self.year:04d}-M{self.part:02d}"

    def __lt__(self, other: object) -> bool:
        if not isinstance(other, TimePeriod):
            return NotImplemented
        return (self.start, self.end) < (other.start, other.end)


def _refused(text: str) -> InvalidValue:
    return InvalidValue(
        "Not a reporting period.",
        detail=f"Read {text[:40]!r}.",
        hint="Write a year (2016), a quarter (2016-Q3) or a month (2016-M07) between 1900 and 2099.",
        context={"value": text[:40]},
    )
