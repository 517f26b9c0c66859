"""Two vintages side by side: what a reader subtracts must be a group that may be shown itself."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pyarrow as pa
import pytest

from risk_models import typologies
from risk_models.disclosure import Vintage, release, unsafe_differences
from schemas.registry import dataflow

Records = Callable[..., pa.Table]
Cells = Callable[..., pa.Table]
Row = dict[str, Any]
FLOW = dataflow("SUSPICIOUS_FLOW")


def of_area(area: str, *amounts: int, start: int = 0, **more: Any) -> list[Row]:
    """Records of one counterpart: a report, a subject and an amount each, three entities taken in turn."""
    return [
        {
            "COUNTERPART_AREA": area,
            "REPORT_ID": f"{area}-{number}",
            "SUBJECT_ID": f"{area}-s{number}",
            "REPORTING_ENTITY": f"e{number % 3}",
            "AMOUNT": amount,
            **more,
        }
        for number, amount in enumerate(amounts, start=start)
    ]


SAFE = of_area("DE", 100, 100, 100, 100)
POOLED = ("FR", "IT", "ES", "PT", "GB", "NL")
SMALL = [row for place, area in enumerate(POOLED) for row in of_area(area, 90, 90, start=2 * place)]


@pytest.fixture
def unsafe(records: Records) -> Callable[[list[Row], list[Row]], list[str]]:
    """Give the counterparts whose difference between two files of records would be unsafe."""

    def vintage(rows: list[Row]) -> Vintage:
        compiled = typologies.compile(records(rows))
        return Vintage(compiled, release(compiled, FLOW).table)

    def compare(before: list[Row], after: list[Row]) -> list[str]:
        return [key[-1] for key in unsafe_differences(vintage(before), vintage(after), FLOW)]

    return compare


Unsafe = Callable[[list[Row], list[Row]], list[str]]


def test_the_remainder_of_the_small_block_is_shown(records: Records) -> None:
    """The cases below rest on it: six withheld counterparts are shown together."""
    rows = release(typologies.compile(records(SMALL)), FLOW).table.to_pylist()

    assert [row["OBS_VALUE"] for row in rows if row["COUNTERPART_AREA"] == "_O"][-1] == 1080


def test_nothing_changed_is_safe(unsafe: Unsafe) -> None:
    """The same records in another order tell nothing."""
    assert unsafe([*SAFE, *SMALL], [*reversed(SMALL), *SAFE]) == []


def test_one_more_report_in_a_shown_cell_is_unsafe(unsafe: Unsafe) -> None:
    """Subtracting the vintages gives that report's amount."""
    assert unsafe(SAFE, [*SAFE, *of_area("DE", 55, start=9)]) == ["DE"]


def test_one_corrected_amount_is_unsafe(unsafe: Unsafe) -> None:
    """Subtracting the vintages gives the correction of one report."""
    assert unsafe(SAFE, [*SAFE[:-1], {**SAFE[-1], "AMOUNT": 101}]) == ["DE"]


def test_many_more_reports_are_safe(unsafe: Unsafe) -> None:
    """Three reports of three entities on three subjects may be shown, also as a difference."""
    assert unsafe(SAFE, [*SAFE, *of_area("DE", 50, 50, 50, start=9)]) == []


def test_one_more_report_in_the_remainder_is_unsafe(unsafe: Unsafe) -> None:
    """A withheld counterpart grows by one report, and the remainder shows by how much."""
    assert unsafe(SMALL, [*SMALL, *of_area("FR", 10, start=19)]) == ["_O"]


def test_a_counterpart_that_vanishes_from_the_remainder_is_unsafe(unsafe: Unsafe) -> None:
    """What is no longer there is what the remainder lost."""
    assert unsafe(SMALL, SMALL[:-2]) == ["_O"]


def test_a_report_that_moves_within_the_remainder_cancels_out(unsafe: Unsafe) -> None:
    """The pooled sum is the same, so nothing can be subtracted."""
    moved = {**SMALL[0], "COUNTERPART_AREA": "IT"}

    assert unsafe(SMALL, [moved, *SMALL[1:]]) == []


def test_a_new_period_is_no_difference(unsafe: Unsafe) -> None:
    """Cells that were never shown have nothing to be subtracted from."""
    later = of_area("DE", 10, END_DATE=dt.date(2017, 5, 2))

    assert unsafe(SAFE, [*SAFE, *later]) == []


@pytest.mark.parametrize(("after", "expected"), [(10, 0), (11, 1), (12, 1), (13, 0), (8, 1), (7, 0)])
def test_counts_of_statistics_change_by_enough_or_not_at_all(cells: Cells, after: int, expected: int) -> None:
    """A count of ten that becomes eleven tells of one case."""

    def vintage(value: int) -> Vintage:
        table = cells("R33_A", [{"VALUE": value}])
        return Vintage(table, table)

    assert len(unsafe_differences(vintage(10), vintage(after), dataflow("R33_A"))) == expected


def test_open_figures_may_change_by_anything(cells: Cells) -> None:
    """Published trade figures are revised as their publisher revises them."""
    before, after = (cells("DECLARED_FLOW", [{"VALUE": value}]) for value in (10, 11))

    assert unsafe_differences(Vintage(before, before), Vintage(after, after), dataflow("DECLARED_FLOW")) == ()
