"""Dates and periods written as text.

Invariants: a date is a day of the calendar (30 February is not), of years 1900 to 2099; day and month are
never guessed: only `2016-12-31` and `31.12.2016` are read, with or without a time of midnight.
"""

from __future__ import annotations

from functools import cache

import pyarrow as pa

from schemas.masks import Cells, Mask, both, but_not, matches, only_where, pc, sure
from schemas.period import FIRST_YEAR, LAST_YEAR, PERIOD_PATTERN, Frequency, TimePeriod

_ISO = r"^(19|20)[0-9]{2}-[0-9]{2}-[0-9]{2}([T ]00:00(:00(\.0+)?)?Z?)?$"
_DOTTED = r"^([0-9]{2})\.([0-9]{2})\.((19|20)[0-9]{2})( 00?:00(:00)?)?$"
_ISO_LENGTH = len("2016-12-31")
# A spreadsheet keeps a year as a number, and some readers write that number with a fraction.
_YEAR_AS_NUMBER = r"^((19|20)[0-9]{2})\.0$"
_FREQUENCIES: tuple[tuple[Frequency, int], ...] = (("A", 1), ("Q", 4), ("M", 12))
_PATTERNS = {"A": r"^[0-9]{4}$", "Q": r"^[0-9]{4}-Q", "M": r"^[0-9]{4}-M"}


def dates(text: Cells) -> tuple[Cells, Mask]:
    """Return days as date32 (empty where unreadable) and the cells that are no date."""
    iso = pc.replace_substring_regex(text, _DOTTED, r"\3-\2-\1")
    iso = pc.utf8_slice_codeunits(only_where(matches(iso, _ISO), iso), 0, _ISO_LENGTH)
    # strptime carries 30 February over into March; only a day that prints as it was read exists.
    days = pc.strptime(iso, format="%Y-%m-%d", unit="s", error_is_null=True).cast(pa.date32())
    exists = sure(pc.equal(days.cast(pa.string()), iso))
    return only_where(exists, days), but_not(pc.is_valid(text), exists)


def periods(text: Cells, frequencies: tuple[str, ...]) -> tuple[Cells, Mask, Mask]:
    """Return periods as text, the cells that are no period, and those of a frequency not in `frequencies`.

    No frequencies named means that all are accepted.
    """
    text = pc.replace_substring_regex(text, _YEAR_AS_NUMBER, r"\1")
    written = matches(text, PERIOD_PATTERN)
    accepted = both(written, matches(text, "|".join(_PATTERNS[freq] for freq in frequencies or _PATTERNS)))
    return only_where(accepted, text), but_not(pc.is_valid(text), written), but_not(written, accepted)


@cache
def every_period() -> tuple[TimePeriod, ...]:
    """Return every period there is, frequency by frequency in the order of time."""
    return tuple(
        TimePeriod(freq, year, part)
        for freq, parts in _FREQUENCIES
        for year in range(FIRST_YEAR, LAST_YEAR + 1)
        for part in range(1, parts + 1)
    )


@cache
def known_periods() -> Cells:
    """Return the texts of every period; a typed column of periods holds their places in it."""
    return pa.array([str(period) for period in every_period()], pa.string())


@cache
def period_days() -> tuple[Cells, Cells]:
    """Return the first and the last day of every known period."""
    return (
        pa.array([period.start for period in every_period()], pa.date32()),
        pa.array([period.end for period in every_period()], pa.date32()),
    )


@cache
def periods_before() -> Cells:
    """Return for every known period the place of the one just before it; empty for the first of a frequency."""
    starts, place = period_days()[0], pa.array(range(len(every_period())), pa.int32())
    begins = pc.equal(starts, pc.min(starts))
    return pc.if_else(begins, pa.scalar(None, pa.int32()), pc.subtract(place, 1))
