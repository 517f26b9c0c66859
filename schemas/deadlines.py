"""When a dataflow is due, and which of its periods are missing.

Invariants: a period is late from the day after its due date, in the calendar of whoever says what day it is; a period
counts as reported if it stands in the release itself, or if all its parts do.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass

from schemas.period import Frequency, TimePeriod

_PART_OF_MONTH = {"A": 12, "Q": 3, "M": 1}


@dataclass(frozen=True, slots=True)
class Deadline:
    """A dataflow is released for every period of this frequency, within `days` days after the period's end."""

    frequency: Frequency
    days: int

    def due(self, period: TimePeriod) -> dt.date:
        """Give the last day on which a period is in time."""
        return period.end + dt.timedelta(days=self.days)

    def upcoming(self, today: dt.date) -> TimePeriod:
        """Give the first period that is not yet late."""
        part = (today.month - 1) // _PART_OF_MONTH[self.frequency] + 1
        period = TimePeriod(self.frequency, today.year, part)
        while self.due(period.previous()) >= today:
            period = period.previous()
        return period

    def missing(self, released: Collection[str], today: dt.date) -> tuple[TimePeriod, ...]:
        """Give the late periods that were not reported, the newest first.

        They are counted from the first period that was ever reported; of what never was, the newest alone is missing.
        """
        period = self.upcoming(today).previous()
        first = min((TimePeriod.parse(one).start for one in released), default=period.start)
        found: list[TimePeriod] = []
        while period.start >= first:
            if not is_reported(period, released):
                found.append(period)
            period = period.previous()
        return tuple(found)


def is_reported(period: TimePeriod, released: Collection[str]) -> bool:
    """Say whether a period, or each of its parts, is among the released ones."""
    if str(period) in released:
        return True
    parts = period.parts()
    return bool(parts) and all(is_reported(part, released) for part in parts)
