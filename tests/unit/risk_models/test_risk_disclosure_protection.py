"""What is withheld of statistics so that a small cell stays small: cover, intervals, orders, what was released before.

Expected patterns are worked out by hand; intervals are those that the independent attacker finds, or published ones.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from itertools import product
from typing import Any

import pyarrow as pa
import pytest

from risk_models.disclosure import Memory, Orders, Past, Protected, Unprotectable, candidates_of, release
from schemas.registry import dataflow
from schemas.status import ValueStatus
from tests.support.attacker import Reader

Cells = Callable[..., pa.Table]
Row = Mapping[str, Any]
FLOW = dataflow("R33_A")
TYPES = ("STR", "THRESHOLD", "CASH", "WIRE")
ENTITIES = ("FI", "DNFBP", "VASP", "OTHER")
PARENTS = {
    "REPORT_TYPE": dict.fromkeys(TYPES, "_T"),
    "ENTITY_TYPE": dict.fromkeys(ENTITIES, "_T"),
    "CRIME_TYPE": dict.fromkeys(("ML", "TF", "PF"), "_T"),
}
# methodology 0.5, FX4: countries A to D by typologies K1 to K4; here types of report by type of entity
FX4 = ((400, 100, 50, 10), (150, 200, 30, 40), (60, 40, 100, 5), (20, 5, 10, 2))


def grid(rows: Sequence[Sequence[int]], **more: str) -> list[Row]:
    """Threshold reports by type and entity, with both margins and the whole."""
    types, entities = TYPES[: len(rows)], ENTITIES[: len(rows[0])]
    inner = {
        (one, other): rows[place][beside]
        for (place, one), (beside, other) in product(enumerate(types), enumerate(entities))
    }
    inner |= {(one, "_T"): sum(line) for one, line in zip(types, rows, strict=True)}
    inner |= {("_T", one): sum(line) for one, line in zip(entities, zip(*rows, strict=True), strict=True)}
    inner["_T", "_T"] = sum(map(sum, rows))
    return [
        {"MEASURE": "N_THR", "REPORT_TYPE": one, "ENTITY_TYPE": other, "VALUE": value, **more}
        for (one, other), value in inner.items()
    ]


def line(*values: int, **more: Any) -> list[Row]:
    """Reports by type of entity and of all of them."""
    rows = [
        {"ENTITY_TYPE": name, "VALUE": value, **more} for name, value in zip(ENTITIES, values, strict=False)
    ]
    return [*rows, {"VALUE": sum(values), **more}]


def withheld(protected: Protected, *dimensions: str) -> dict[Any, tuple[int, int | None]]:
    """The interval of every withheld cell, by some of its dimensions."""
    places = [FLOW.cells.dimensions.index(name) for name in dimensions]
    found = {}
    for cell in protected.report.withheld:
        key = tuple(cell.key[place] for place in places)
        found[key if len(key) > 1 else key[0]] = (cell.lower, cell.upper)
    return found


def key(**codes: str) -> tuple[str, ...]:
    """The key of a cell of R33_A."""
    named = {"TIME_PERIOD": "2016", "REF_AREA": "KG", "CRIME_TYPE": "ML", "MEASURE": "N_STR", **codes}
    return tuple(named.get(name, "_T") for name in FLOW.cells.dimensions)


def past(table: pa.Table, *hidden: tuple[str, ...]) -> Past:
    """An earlier release of cells, of which some were withheld."""
    candidates = candidates_of(table, FLOW)
    return Past(
        "sha256:1", candidates, frozenset({one.key for one in candidates} - set(hidden)), is_live=True
    )


@pytest.fixture(scope="module")
def worked_example(cells: Cells) -> Protected:
    """FX4 with all its margins."""
    return release(cells("R33_A", grid(FX4)), FLOW)


def test_the_cheapest_rectangle_is_found_and_proven(worked_example: Protected) -> None:
    """Methodology 3.4: around the 2 it is 5, 5 and 40, of cost 50, and one more for each cell; nothing is cheaper."""
    found = withheld(worked_example, "REPORT_TYPE", "ENTITY_TYPE")

    assert set(found) == {("WIRE", "OTHER"), ("CASH", "OTHER"), ("WIRE", "DNFBP"), ("CASH", "DNFBP")}
    report = worked_example.report
    assert (report.method, report.cost, report.bound) == ("exact", 50 + 3, 53)


def test_the_intervals_that_ship_are_those_of_the_worked_example(worked_example: Protected) -> None:
    """Methodology 3.4: 0 to 7 for both fives, 38 to 45 for the 40; the 2 ships as what its status says."""
    assert withheld(worked_example, "REPORT_TYPE", "ENTITY_TYPE") == {
        ("WIRE", "OTHER"): (0, 2), ("CASH", "OTHER"): (0, 7), ("WIRE", "DNFBP"): (0, 7), ("CASH", "DNFBP"): (38, 45),
    }  # fmt: skip


def test_what_is_shown_is_true_and_every_margin_stays(worked_example: Protected) -> None:
    """21 of 25 cells are shown as they are; no total was touched."""
    truth = {candidate.key: candidate.value for candidate in worked_example.candidates}
    dimensions = FLOW.cells.dimensions
    shown = {
        tuple(row[name] for name in dimensions): row["OBS_VALUE"]
        for row in worked_example.released.table.to_pylist()
        if row["OBS_VALUE"] is not None
    }

    assert len(shown) == 21
    assert shown == {place: truth[place] for place in shown}
    assert {place for place in truth if "_T" in place[3:5]} <= set(shown)


@pytest.mark.parametrize(
    "rows",
    [[(9, 1, 8), (7, 12, 6)], [(30, 2, 9), (8, 40, 0), (5, 1, 60)], [(1, 9), (20, 30)]],
    ids=["one", "two", "beside"],
)
def test_a_small_cell_in_a_two_way_table_keeps_all_that_its_status_leaves_open(
    cells: Cells, rows: list[tuple[int, ...]]
) -> None:
    """By everything that is shown, an attacker with another solver can exclude neither 0 nor n - 1."""
    protected = release(cells("R33_A", grid(rows)), FLOW)
    attacker = Reader()
    attacker.reads(protected.released.table, FLOW.cells.dimensions, PARENTS)

    small = [cell.key for cell in protected.report.withheld if cell.rules == ("minimum_count",)]

    assert len(small) == sum(0 < value < 3 for values in rows for value in values)
    for place in small:
        lower, upper = attacker.interval(place)
        assert lower <= 0
        assert upper >= 2


def test_a_zero_of_terrorist_financing_is_hidden_and_the_whole_gives_way(cells: Cells) -> None:
    """Shown ML and a shown whole would tell that there is none; ML is what everybody reads first."""
    rows = [{"CRIME_TYPE": crime, "VALUE": value} for crime, value in (("ML", 60), ("TF", 0), ("_T", 60))]

    assert set(withheld(release(cells("R33_A", rows), FLOW), "CRIME_TYPE")) == {"TF", "_T"}


def test_a_value_is_hidden_with_its_count_also_where_both_are_cover(cells: Cells) -> None:
    """One domestic confiscation is small; the foreign ones cover it, and their value covers its value."""
    rows = [
        {"MEASURE": measure, "REQUEST_ORIGIN": origin, "VALUE": value}
        for measure, values in (("N_CONF", (1, 20, 21)), ("V_CONF", (7_000, 90_000, 97_000)))
        for origin, value in zip(("DOMESTIC", "FOREIGN_REQUEST", "_T"), values, strict=True)
    ]
    flow = dataflow("R33_C")

    protected = release(cells("R33_C", rows), flow)

    places = [flow.cells.dimensions.index(name) for name in ("REQUEST_ORIGIN", "MEASURE")]
    found = {tuple(cell.key[place] for place in places): cell.rules for cell in protected.report.withheld}
    assert found == {
        ("DOMESTIC", "N_CONF"): ("minimum_count",),
        ("DOMESTIC", "V_CONF"): ("follows_its_count",),
        ("FOREIGN_REQUEST", "N_CONF"): ("cover",),
        ("FOREIGN_REQUEST", "V_CONF"): ("cover",),
    }


def test_cover_is_the_cheapest_cell_and_never_an_empty_one(cells: Cells) -> None:
    """Beside one report: a zero hides nothing, ten cost less than twenty, the total is dear."""
    assert set(withheld(release(cells("R33_A", line(1, 20, 0, 10)), FLOW), "ENTITY_TYPE")) == {"FI", "OTHER"}


def test_what_was_withheld_before_stays_the_cover(cells: Cells) -> None:
    """The twenty of today were a 2 in the last vintage: a reader finds the same cells withheld as before."""
    before = past(cells("R33_A", line(1, 10, 2)), key(ENTITY_TYPE="FI"), key(ENTITY_TYPE="VASP"))
    now = cells("R33_A", line(1, 15, 22))

    alone, revised = release(now, FLOW), release(now, FLOW, memory=Memory([before]))

    assert set(withheld(alone, "ENTITY_TYPE")) == {"FI", "DNFBP"}
    assert set(withheld(revised, "ENTITY_TYPE")) == {"FI", "VASP"}
    assert revised.held == ()


def test_a_cell_that_two_officers_let_be_shown_stays_shown(cells: Cells) -> None:
    """Ten would be the cover; shown by order, twenty is."""
    orders = Orders(shown=frozenset({key(ENTITY_TYPE="DNFBP")}))

    assert set(withheld(release(cells("R33_A", line(1, 10, 20)), FLOW, orders=orders), "ENTITY_TYPE")) == {
        "FI",
        "VASP",
    }


def test_what_must_all_be_shown_cannot_be_protected(cells: Cells) -> None:
    """With every other cell shown by order, the first is what the total leaves."""
    orders = Orders(shown=frozenset(key(ENTITY_TYPE=name) for name in ("DNFBP", "VASP", "_T")))

    with pytest.raises(Unprotectable, match="cannot be protected"):
        release(cells("R33_A", line(1, 10, 20)), FLOW, orders=orders)


def test_a_cell_that_an_officer_withholds_is_protected_from_being_worked_out(cells: Cells) -> None:
    """Forty, fifty and sixty are no small counts; with fifty withheld the cheapest of the others goes too."""
    orders = Orders(withheld=frozenset({key(ENTITY_TYPE="DNFBP")}))

    protected = release(cells("R33_A", line(40, 50, 60)), FLOW, orders=orders)

    rules = {cell.key[4]: cell.rules for cell in protected.report.withheld}
    assert rules == {"DNFBP": ("withheld_by_officer",), "FI": ("cover",)}
    lower, upper = withheld(protected, "ENTITY_TYPE")["DNFBP"]
    assert lower == 0
    assert upper == 90


def test_a_quarter_withheld_earlier_is_not_given_away_by_its_year(cells: Cells) -> None:
    """The year less three quarters that were shown is the fourth: the year must be withheld, and only then."""
    quarters = cells(
        "R33_A",
        [{"TIME_PERIOD": f"2016-Q{n}", "VALUE": value} for n, value in ((1, 2), (2, 9), (3, 9), (4, 9))],
    )
    year = cells("R33_A", [{"VALUE": 29}])
    told = past(quarters, key(TIME_PERIOD="2016-Q1"))

    later = release(year, FLOW, memory=Memory([told]))

    assert release(year, FLOW).report.withheld == ()
    assert set(withheld(later, "TIME_PERIOD")) == {"2016"}
    assert {attack.id: attack.outcome for attack in later.report.attacks}["AT4"] == "passed"


def test_months_and_their_year_in_one_release_are_protected_together(cells: Cells) -> None:
    """Of four quarters with a small one the cheapest other goes, and the year stays."""
    rows = [
        {"TIME_PERIOD": period, "VALUE": value}
        for period, value in (("2016-Q1", 2), ("2016-Q2", 9), ("2016-Q3", 8), ("2016-Q4", 30), ("2016", 49))
    ]

    assert set(withheld(release(cells("R33_A", rows), FLOW), "TIME_PERIOD")) == {"2016-Q1", "2016-Q3"}


@pytest.mark.parametrize("seed", [1, 2])
def test_rows_in_another_order_give_the_same_release(
    cells: Cells, worked_example: Protected, seed: int
) -> None:
    """The order of the upload reaches neither the table nor the certificate nor the report."""
    rows = random.Random(seed).sample(grid(FX4), 25)

    again = release(cells("R33_A", rows), FLOW)

    assert again.released.table.equals(worked_example.released.table)
    assert again.released.certificate == worked_example.released.certificate
    assert again.report == worked_example.report


def test_statuses_that_would_give_a_small_whole_away_are_not_told(cells: Cells) -> None:
    """Parts of 1 and 1 under a whole of 2, n = 3: three small statuses would say it all; cover says nothing."""
    protected = release(cells("R33_A", grid([(1, 1), (20, 30)])), FLOW)

    small = {cell.key[3:5]: cell for cell in protected.report.withheld if cell.value in {1, 2}}
    assert set(small) == {("STR", "FI"), ("STR", "DNFBP"), ("STR", "_T")}
    assert any(cell.status is ValueStatus.SECONDARY for cell in small.values())
    assert all(cell.rules == ("minimum_count",) for cell in small.values())
    assert {attack.id: attack.outcome for attack in protected.report.attacks}["AT9"] == "passed"
