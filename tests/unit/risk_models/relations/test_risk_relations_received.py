"""What the relations among received cells show: wholes and parts that disagree, withheld cells that follow."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pyarrow as pa
import pytest

from risk_models.disclosure import Finding, recheck
from schemas.registry import dataflow
from schemas.release import Certificate
from schemas.status import ValueStatus

Cells = Callable[..., pa.Table]
Row = Mapping[str, Any]
FLOW = dataflow("R33_A")
SUM = {
    "dimension": "ENTITY_TYPE",
    "list": "CL_ENTITY_TYPE",
    "kind": "sum",
    "measures": ["N_STR"],
    "equations": 1,
}
REST = {**SUM, "kind": "sum_with_rest"}
OVERLAP = {**SUM, "dimension": "RECIPIENT", "kind": "at_most", "measures": ["N_DISS"]}
# until parts leave beside their whole, the re-check names every such row as well
KNOWN = "row.not_releasable"


def findings(
    table: pa.Table, relations: Sequence[Mapping[str, object]] = (), held: Sequence[pa.Table] = ()
) -> list[Finding]:
    """What is found beside the rows that may not leave yet."""
    pairs = zip(table.column("OBS_STATUS").to_pylist(), table.column("CONF_STATUS").to_pylist(), strict=True)
    counts = Counter(ValueStatus.from_codes(*pair).value for pair in pairs)
    certificate = Certificate([], dict(counts), relations, {})
    return [one for one in recheck(table, certificate, FLOW, held) if one.rule != KNOWN]


def rules(found: Sequence[Finding]) -> list[str]:
    """The ids of the broken rules."""
    return [finding.rule for finding in found]


@pytest.mark.parametrize(
    ("parts", "relations", "expected"),
    [
        ((60, 40), [SUM], []),
        ((60, 41), [SUM], ["relation.parts_exceed_whole"]),
        ((60, 41), [], ["relation.parts_exceed_whole"]),
        ((60, 41), [REST], ["relation.parts_exceed_whole"]),
        ((60, 39), [SUM], ["relation.parts_below_whole"]),
        ((60, 39), [REST], []),
        ((60, 39), [SUM, REST], []),
        ((60, 39), [], []),
    ],
)
def test_shown_parts_and_their_whole_agree(
    cells: Cells, parts: tuple[int, int], relations: list[dict[str, object]], expected: list[str]
) -> None:
    """Parts never exceed a whole of 100; they are less only where the certificate leaves room for a rest."""
    rows = [
        {"VALUE": 100},
        *({"ENTITY_TYPE": name, "VALUE": value} for name, value in zip(("FI", "VASP"), parts, strict=True)),
    ]
    found = findings(cells("R33_A", rows), relations)

    assert rules(found) == expected
    assert all(finding.key[FLOW.cells.dimensions.index("ENTITY_TYPE")] == "_T" for finding in found)


def test_overlapping_parts_may_be_more_than_their_whole_and_no_single_one_may(cells: Cells) -> None:
    """One report goes to two recipients; to one of them cannot go more reports than there are."""
    rows: list[Row] = [{"MEASURE": "N_DISS", "VALUE": 50}]
    rows += [{"MEASURE": "N_DISS", "RECIPIENT": name, "VALUE": 40} for name in ("LEA", "TAX_CUSTOMS")]
    more = {"MEASURE": "N_DISS", "RECIPIENT": "SUPERVISOR", "VALUE": 51}

    assert findings(cells("R33_A", rows), [OVERLAP]) == []
    assert rules(findings(cells("R33_A", [*rows, more]), [OVERLAP])) == ["relation.part_exceeds_whole"]


def test_bounds_of_withheld_cells_fit_the_shown_ones(cells: Cells) -> None:
    """A whole of 100 beside a part of 90 and one withheld from 0 to 9: only a whole below 100 would fit."""
    rows = [{"VALUE": 100}, {"ENTITY_TYPE": "FI", "VALUE": 90}, {"ENTITY_TYPE": "VASP", "UPPER": 9}]
    found = findings(cells("R33_A", rows), [SUM])

    assert "relation.parts_below_whole" in rules(found)


def test_a_withheld_cell_that_the_others_leave_is_found(cells: Cells) -> None:
    """100 less 90 is 10: by the statement of a sum, the withheld part is known."""
    rows = [{"VALUE": 100}, {"ENTITY_TYPE": "FI", "VALUE": 90}, {"ENTITY_TYPE": "VASP", "UPPER": None}]
    (finding,) = findings(cells("R33_A", rows), [SUM])

    assert finding.rule == "withheld.recoverable"
    assert finding.key[FLOW.cells.dimensions.index("ENTITY_TYPE")] == "VASP"


def test_two_withheld_parts_protect_one_another(cells: Cells) -> None:
    """Of two withheld parts only the sum is known."""
    rows: list[Row] = [{"VALUE": 100}, {"ENTITY_TYPE": "FI", "VALUE": 90}]
    rows += [{"ENTITY_TYPE": name, "UPPER": None} for name in ("VASP", "DNFBP")]

    assert findings(cells("R33_A", rows), [SUM]) == []


def test_a_part_that_may_be_missing_protects_as_well(cells: Cells) -> None:
    """Where nothing says that all types of entity are given, the difference may be of another one."""
    rows = [{"VALUE": 100}, {"ENTITY_TYPE": "FI", "VALUE": 90}, {"ENTITY_TYPE": "VASP", "UPPER": None}]

    assert findings(cells("R33_A", rows)) == []
    assert findings(cells("R33_A", rows), [SUM, REST]) == []


def test_a_list_that_is_given_whole_needs_no_statement(cells: Cells) -> None:
    """Laundering, terrorism, proliferation and their total: one withheld among them is known."""
    rows = [
        {"CRIME_TYPE": "_T", "VALUE": 100},
        {"CRIME_TYPE": "ML", "VALUE": 80},
        {"CRIME_TYPE": "PF", "VALUE": 9},
    ]
    rows.append({"CRIME_TYPE": "TF", "UPPER": None})

    assert rules(findings(cells("R33_A", rows))) == ["withheld.recoverable"]


def test_twelve_months_and_their_year_leave_no_month_open(cells: Cells) -> None:
    """One withheld month of a year whose other months are shown is known."""
    rows: list[Row] = [{"TIME_PERIOD": f"2024-M{month:02d}", "VALUE": 10} for month in range(1, 12)]
    rows += [{"TIME_PERIOD": "2024", "VALUE": 115}, {"TIME_PERIOD": "2024-M12", "UPPER": None}]

    assert rules(findings(cells("R33_A", rows))) == ["withheld.recoverable"]
    assert findings(cells("R33_A", rows[1:])) == []


def test_every_line_has_two_withheld_cells_and_one_is_known_still(cells: Cells) -> None:
    """The trap of a published test table (methodology 3.4, BM-24), in small: row sums less column sums leave one cell.

    Withheld: (w, a), (w, b), (w, c), (x, a), (x, c). Rows w and x less columns a and c leave (w, b).
    """
    shown = {
        ("ML", "FI"): None,
        ("ML", "VASP"): None,
        ("ML", "DNFBP"): None,
        ("TF", "FI"): None,
        ("TF", "DNFBP"): None,
    }
    amounts = {
        ("_T", "_T"): 151,
        ("_T", "FI"): 52,
        ("_T", "VASP"): 49,
        ("_T", "DNFBP"): 50,
        ("ML", "_T"): 83,
        ("TF", "_T"): 68,
        ("TF", "VASP"): 22,
    }
    rows = [
        {
            "CRIME_TYPE": crime,
            "ENTITY_TYPE": entity,
            **({"UPPER": None} if value is None else {"VALUE": value}),
        }
        for (crime, entity), value in {**amounts, **shown}.items()
    ]
    crimes = {**SUM, "dimension": "CRIME_TYPE"}
    (finding,) = findings(cells("R33_A", rows), [SUM, crimes])

    assert (finding.rule, finding.key[2], finding.key[4]) == ("withheld.recoverable", "ML", "VASP")


def test_a_table_held_already_gives_a_cell_away(cells: Cells) -> None:
    """The parts came last month, the total comes now: together they leave the withheld part."""
    crimes: list[Row] = [{"CRIME_TYPE": "ML", "VALUE": 80}, {"CRIME_TYPE": "PF", "VALUE": 9}]
    parts = cells("R33_A", [*crimes, {"CRIME_TYPE": "TF", "UPPER": None}])
    total = cells("R33_A", [{"CRIME_TYPE": "_T", "VALUE": 100}])

    assert findings(total) == []
    (finding,) = findings(total, held=[parts])
    assert (finding.rule, finding.key[2]) == ("withheld.recoverable", "TF")
    assert "earlier" in finding.detail
    assert findings(cells("R33_A", [{"CRIME_TYPE": "_T", "UPPER": None}]), held=[parts]) == []


def test_what_was_known_before_is_not_blamed_on_a_new_table(cells: Cells) -> None:
    """A leak of the tables held already is no reason to refuse one that has nothing to do with it."""
    crimes: list[Row] = [{"CRIME_TYPE": "_T", "VALUE": 100}, {"CRIME_TYPE": "ML", "VALUE": 80}]
    leak = cells("R33_A", [*crimes, {"CRIME_TYPE": "PF", "VALUE": 9}, {"CRIME_TYPE": "TF", "UPPER": None}])
    other = cells("R33_A", [{"TIME_PERIOD": "2015", "VALUE": 50}])

    assert findings(other, held=[leak]) == []


def test_a_revised_cell_is_another_unknown(cells: Cells) -> None:
    """What one vintage withholds is not what another one withholds with other bounds."""
    base: list[Row] = [{"CRIME_TYPE": "_T", "VALUE": 100}, {"CRIME_TYPE": "ML", "VALUE": 80}]
    before = cells("R33_A", [*base, {"CRIME_TYPE": "PF", "UPPER": 20}, {"CRIME_TYPE": "TF", "UPPER": 20}])
    after = cells("R33_A", [{"CRIME_TYPE": "PF", "VALUE": 9}])
    revised: list[Row] = [{"CRIME_TYPE": "_T", "VALUE": 104}, {"CRIME_TYPE": "ML", "VALUE": 84}]

    found = findings(after, held=[before])
    assert {(finding.rule, finding.key[2]) for finding in found} == {
        ("withheld.recoverable", "PF"),
        ("withheld.recoverable", "TF"),
    }
    same = cells("R33_A", [*revised, {"CRIME_TYPE": "PF", "UPPER": 20}, {"CRIME_TYPE": "TF", "UPPER": 20}])
    assert findings(same, held=[before]) == []


def test_what_a_revision_moves_is_not_mixed_with_what_stood_before(cells: Cells) -> None:
    """A whole and its parts of two vintages that do not fit together are no relation."""
    before = cells("R33_A", [{"CRIME_TYPE": "ML", "VALUE": 80}, {"CRIME_TYPE": "PF", "VALUE": 9}])
    rows = [{"CRIME_TYPE": "_T", "VALUE": 50}, {"CRIME_TYPE": "TF", "VALUE": 9}]

    assert findings(cells("R33_A", rows), held=[before]) == []


def test_bounds_that_leave_one_value_are_no_interval(cells: Cells) -> None:
    """A withheld cell from 0 to 0 is a shown zero."""
    assert rules(findings(cells("R33_A", [{"UPPER": 0}]))) == ["withheld.has_one_value"]


def test_two_rows_of_one_cell_are_named(cells: Cells) -> None:
    """Whatever a peer sends, the answer is a finding."""
    assert rules(findings(cells("R33_A", [{"VALUE": 9}, {"VALUE": 9}]))) == ["key.twice"]


def test_rows_without_a_whole_key_do_not_stop_the_check(cells: Cells) -> None:
    """The structure refuses such rows; here they are no cells, and the others are still compared."""
    rows: list[Row] = [{"VALUE": 100}, {"ENTITY_TYPE": "FI", "VALUE": 101}, {"ENTITY_TYPE": None, "VALUE": 9}]
    rows.append({"TIME_PERIOD": "2024-H1", "VALUE": 9})

    assert rules(findings(cells("R33_A", rows))) == ["relation.parts_exceed_whole"]


def test_statements_that_are_none_are_not_read(cells: Cells) -> None:
    """A certificate of another version states relations in its own words."""
    rows = [{"VALUE": 100}, {"ENTITY_TYPE": "FI", "VALUE": 90}]
    odd = [
        {"measure": "V_TXN", "kind": "sum"},
        {"dimension": 7, "kind": "sum", "measures": "N_STR"},
        {**SUM, "kind": 1},
    ]

    assert findings(cells("R33_A", rows), odd) == []


def test_a_table_with_the_whole_of_all_counterparts_has_no_remainder(cells: Cells) -> None:
    """Where the world is shown, a withheld counterpart is protected by relations and not by a remainder."""
    flow = dataflow("SUSPICIOUS_FLOW")
    rows = [{"COUNTERPART_AREA": "DE", "UPPER": 9}, {"COUNTERPART_AREA": "W1", "VALUE": 90}]
    table = cells("SUSPICIOUS_FLOW", rows)

    assert recheck(table, Certificate([], {"prim_small": 1, "exact": 1}, [], {}), flow) == ()
