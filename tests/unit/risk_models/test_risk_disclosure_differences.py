"""Two vintages side by side: what a reader subtracts must be a group that may be shown itself."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pyarrow as pa
import pytest

from risk_models.disclosure import Memory, Past, Protected, candidates_of, policy_for, release
from risk_models.disclosure.differences import of_few_records, with_small_counts
from risk_models.typologies.compilation import comparing, compiling
from risk_models.typologies.embedded import Embedded
from schemas.registry import dataflow
from schemas.structure import MEASURE

Records = Callable[..., pa.Table]
Cells = Callable[..., pa.Table]
Protect = Callable[..., Protected]
Row = dict[str, Any]
FLOW = dataflow("SUSPICIOUS_FLOW")
STATISTICS = dataflow("R33_A")
AREA, MEASURED = (FLOW.cells.dimensions.index(name) for name in ("COUNTERPART_AREA", MEASURE))
FIRST = "sha256:first"


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


BEFORE = [*of_area("DE", 100, 100, 100, 100), *of_area("FR", 70, 70, 70, 70)]


@pytest.fixture(scope="module")
def changed(records: Records) -> Callable[[list[Row]], set[tuple[str, str]]]:
    """Give counterpart and measure of each cell of which too few records changed since `BEFORE`."""

    def compare(after: list[Row]) -> set[tuple[str, str]]:
        with comparing(records(BEFORE), records(after), Embedded()) as compilation:
            found = of_few_records(compilation.cells().table, 0, FLOW, policy_for(FLOW))
        return {(key[AREA], key[MEASURED]) for _, key in found}

    return compare


Changed = Callable[[list[Row]], set[tuple[str, str]]]


def all_measures(*areas: str) -> set[tuple[str, str]]:
    """Every measure of some counterparts."""
    return {(area, measure) for area in areas for measure in ("N_STR", "N_SUBJ", "N_TXN", "V_TXN")}


def test_the_same_records_in_another_order_are_no_revision(changed: Changed) -> None:
    """Nothing can be subtracted."""
    assert changed(BEFORE[::-1]) == set()


def test_one_more_report_changes_its_cell_and_every_whole_by_too_few(changed: Changed) -> None:
    """Subtracting the vintages gives that report's amount."""
    assert changed([*BEFORE, *of_area("DE", 55, start=9)]) == all_measures("DE", "W1")


def test_one_corrected_amount_changes_a_cell_by_too_few(changed: Changed) -> None:
    """Subtracting the vintages gives the correction of one report."""
    assert changed([*BEFORE[:-1], {**BEFORE[-1], "AMOUNT": 71}]) == all_measures("FR", "W1")


def test_three_more_reports_of_three_entities_are_enough(changed: Changed) -> None:
    """Three reports of three entities on three subjects may be shown, also as a difference."""
    assert changed([*BEFORE, *of_area("DE", 50, 50, 50, start=9)]) == set()


def test_a_report_that_moves_to_another_counterpart_changes_both(changed: Changed) -> None:
    """The whole has that report in both vintages, in two ways: one report, one subject."""
    moved = {**BEFORE[0], "COUNTERPART_AREA": "FR"}

    assert changed([moved, *BEFORE[1:]]) >= all_measures("DE", "FR")


def test_what_must_stay_open_of_an_amount_is_the_level_of_what_changed(records: Records) -> None:
    """One report of 55 cents: ten per cent of it, rounded up, on either side; counts by the least number."""
    after = [*BEFORE, *of_area("DE", 55, start=9)]
    with comparing(records(BEFORE), records(after), Embedded()) as compilation:
        found = of_few_records(compilation.cells().table, 4, FLOW, policy_for(FLOW))

    told = {(place, key[MEASURED]): value for (place, key), value in found.items() if key[AREA] == "DE"}
    assert told == {(4, "V_TXN"): (6, 6, 1)} | {(4, name): (0, 0, 3) for name in ("N_STR", "N_SUBJ", "N_TXN")}


@pytest.fixture(scope="module")
def earlier(records: Records) -> Memory:
    """The first release, in which everything was shown."""
    with compiling(records(BEFORE), Embedded()) as compilation:
        candidates = candidates_of(compilation.cells().table, FLOW)
    assert not any(one.unsafe for one in candidates)
    return Memory([Past(FIRST, candidates, frozenset(one.key for one in candidates), is_live=True)])


@pytest.mark.parametrize(
    ("more", "holds"), [(of_area("DE", 55, start=9), True), (of_area("DE", 50, 50, 50, start=9), False)],
    ids=["one", "three"],
)  # fmt: skip
def test_a_revision_by_one_report_is_held_and_one_by_enough_is_not(
    protect_records: Protect, records: Records, earlier: Memory, more: list[Row], *, holds: bool
) -> None:
    """Everything was shown already, so nothing can cover the difference; the officers learn against what it is."""
    after = [*BEFORE, *more]
    with comparing(records(BEFORE), records(after), Embedded()) as compilation:
        changes = of_few_records(compilation.cells().table, 0, FLOW, policy_for(FLOW))

    protected = protect_records(after, memory=replace(earlier, changes=changes))

    assert bool(protected.held) is holds
    assert {(one.against, one.reason) for one in protected.held} <= {(FIRST, "difference_tells_of_few")}
    assert {one.key[AREA] for one in protected.held} == ({"DE", "W1"} if holds else set())
    if not holds:
        assert {one.id: one.outcome for one in protected.report.attacks}["AT4"] == "passed"


@pytest.mark.parametrize(
    ("after", "holds"), [(10, False), (11, True), (12, True), (13, False), (8, True), (7, False)]
)
def test_counts_of_statistics_change_by_enough_or_not_at_all(
    cells: Cells, after: int, *, holds: bool
) -> None:
    """A count of ten that becomes eleven tells of one case."""
    before, now = (cells("R33_A", [{"VALUE": value}]) for value in (10, after))
    candidates = candidates_of(before, STATISTICS)
    past = Past(FIRST, candidates, frozenset(one.key for one in candidates), is_live=True)

    protected = release(now, STATISTICS, memory=Memory([past]))

    assert [one.against for one in protected.held] == ([FIRST] if holds else [])


@pytest.mark.parametrize(("crime", "least"), [("ML", 3), ("TF", 5)])
def test_a_small_difference_is_one_below_the_least_count(cells: Cells, crime: str, least: int) -> None:
    """What must stay open is as wide as for a cell of that crime; medians have no differences."""
    rows = [{"CRIME_TYPE": crime, "VALUE": 20}, {"CRIME_TYPE": crime, "MEASURE": "D_DISS_MED", "VALUE": 20}]
    before = candidates_of(cells("R33_A", rows), STATISTICS)
    past = Past(FIRST, before, frozenset(one.key for one in before), is_live=True)
    after = candidates_of(cells("R33_A", [{**row, "VALUE": 22} for row in rows]), STATISTICS)

    memory = with_small_counts(Memory([past]), after, STATISTICS, policy_for(STATISTICS))

    assert [(key[-1], span) for (_, key), span in memory.changes.items()] == [("N_STR", (0, 0, least))]


def test_a_small_change_of_a_cell_that_was_withheld_is_not_held(cells: Cells) -> None:
    """2 became 4 of a whole of 50: the 2 was withheld, so nothing can be subtracted from the 4."""
    rows = [{"ENTITY_TYPE": "FI", "VALUE": 2}, {"ENTITY_TYPE": "DNFBP", "VALUE": 48}, {"VALUE": 50}]
    later = [{"ENTITY_TYPE": "FI", "VALUE": 4}, {"ENTITY_TYPE": "DNFBP", "VALUE": 46}, {"VALUE": 50}]
    before = candidates_of(cells("R33_A", rows), STATISTICS)
    past = Past(FIRST, before, frozenset({before[-1].key}), is_live=True)

    protected = release(cells("R33_A", later), STATISTICS, memory=Memory([past]))

    assert protected.held == ()
    assert protected.report.withheld == ()


def test_open_figures_may_change_by_anything(cells: Cells) -> None:
    """Published trade figures are revised as their publisher revises them."""
    flow = dataflow("DECLARED_FLOW")
    before = candidates_of(cells("DECLARED_FLOW", [{"VALUE": 10}]), flow)
    past = Past(FIRST, before, frozenset(one.key for one in before), is_live=True)

    assert release(cells("DECLARED_FLOW", [{"VALUE": 11}]), flow, memory=Memory([past])).held == ()
