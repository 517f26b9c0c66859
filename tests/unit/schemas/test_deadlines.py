"""schemas.deadlines: due days and missing periods, by hand."""

from __future__ import annotations

from datetime import date

import pytest

from schemas import registry
from schemas.deadlines import Deadline
from schemas.period import TimePeriod

YEARLY = Deadline("A", 90)
QUARTERLY = Deadline("Q", 45)


@pytest.mark.parametrize(
    ("rule", "today", "period", "due"),
    [
        (YEARLY, date(2026, 3, 2), "2025", date(2026, 3, 31)),
        (YEARLY, date(2026, 3, 31), "2025", date(2026, 3, 31)),
        (YEARLY, date(2026, 4, 1), "2026", date(2027, 3, 31)),
        (QUARTERLY, date(2026, 2, 14), "2025-Q4", date(2026, 2, 14)),
        (QUARTERLY, date(2026, 2, 15), "2026-Q1", date(2026, 5, 15)),
        (Deadline("M", 20), date(2026, 1, 20), "2025-M12", date(2026, 1, 20)),
    ],
)
def test_the_next_period_is_in_time_on_its_last_day_and_late_on_the_next(
    rule: Deadline, today: date, period: str, due: date
) -> None:
    """90 days after 31 December is 31 March; 45 days after it is 14 February."""
    upcoming = rule.upcoming(today)

    assert (str(upcoming), rule.due(upcoming)) == (period, due)


def test_gaps_since_the_first_period_are_missing_the_newest_first() -> None:
    """What was never begun is not asked for; 2025 is not yet late on 2 March 2026."""
    assert [str(one) for one in YEARLY.missing({"2020", "2022"}, date(2026, 3, 2))] == [
        "2024",
        "2023",
        "2021",
    ]


def test_of_what_was_never_released_the_newest_alone_is_missing() -> None:
    """Nobody is told of a hundred years."""
    assert [str(one) for one in YEARLY.missing((), date(2026, 3, 2))] == ["2024"]


def test_a_year_is_reported_by_all_its_quarters_and_not_by_three() -> None:
    """Months make a quarter, quarters a year."""
    quarters = {f"2024-Q{part}" for part in (1, 2, 3)}

    assert YEARLY.missing({*quarters, "2024-Q4"}, date(2026, 3, 2)) == ()
    assert YEARLY.missing({*quarters, *(f"2024-M{part}" for part in (10, 11, 12))}, date(2026, 3, 2)) == ()
    assert YEARLY.missing(quarters, date(2026, 3, 2)) == (TimePeriod("A", 2024),)


def test_the_calendar_names_dataflows_that_exist_and_are_uploaded() -> None:
    """Nothing is asked for that nobody can send."""
    named = {flow.id for flow in registry.dataflows() if registry.deadline(flow.id) is not None}

    assert named == set(registry._toml("deadlines.toml"))
    assert all(registry.dataflow(name).is_uploaded for name in named)
    assert registry.deadline("TYPOLOGY") is None
