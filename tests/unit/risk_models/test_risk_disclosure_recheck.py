"""What a receiver refuses: every planted fault is found, and nothing else."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pyarrow as pa
import pytest

from risk_models.disclosure import recheck
from schemas.arrow import arrow_schema
from schemas.registry import dataflow
from schemas.release import Certificate

Cells = Callable[..., pa.Table]
Row = dict[str, Any]
FLOW = dataflow("SUSPICIOUS_FLOW")
# Three withheld counterparts, a shown one, and all of them together: 12 is what the withheld ones share.
BLOCK: list[Row] = [
    {"COUNTERPART_AREA": "DE", "UPPER": 12},
    {"COUNTERPART_AREA": "FR", "UPPER": 12},
    {"COUNTERPART_AREA": "PL", "UPPER": 12},
    {"COUNTERPART_AREA": "RU", "VALUE": 30},
    {"COUNTERPART_AREA": "W1", "VALUE": 42},
]
SUM = {
    "dimension": "COUNTERPART_AREA", "list": "CL_AREA", "kind": "sum", "measures": ["N_STR"], "equations": 1,
}  # fmt: skip


def certificate(**counts: int) -> Certificate:
    """A certificate with these counts, which says that counterparts add up."""
    return Certificate([], counts, [SUM], {})


def rules(table: pa.Table, counts: Certificate) -> set[str]:
    """The ids of the rules that are broken."""
    return {finding.rule for finding in recheck(table, counts, FLOW)}


def changed(table: pa.Table, position: int, **values: object) -> pa.Table:
    """The table with some values of one row replaced."""
    rows = table.to_pylist()
    rows[position] |= values
    return pa.Table.from_pylist(rows, schema=arrow_schema(FLOW.cells))


@pytest.fixture
def block(cells: Cells) -> pa.Table:
    """A sound block."""
    return cells("SUSPICIOUS_FLOW", BLOCK)


SOUND = certificate(prim_small=3, exact=2)


def test_a_sound_block_has_no_findings(block: pa.Table) -> None:
    """The re-check accepts what the release makes."""
    assert recheck(block, SOUND, FLOW) == ()


@pytest.mark.parametrize(
    ("position", "values", "rule"),
    [
        (3, {"OBS_VALUE": 2, "OBS_LOWER": 2, "OBS_UPPER": 2}, "count.small"),
        (3, {"OBS_LOWER": 29}, "value.not_its_bounds"),
        (3, {"OBS_VALUE": None}, "value.not_its_bounds"),
        (0, {"OBS_VALUE": 4}, "withheld.has_value"),
        (0, {"OBS_LOWER": 13}, "bounds.reversed"),
        (0, {"OBS_LOWER": 12}, "withheld.has_one_value"),
        (0, {"OBS_STATUS": "Q", "CONF_STATUS": "F"}, "status.unknown"),
        (4, {"OBS_VALUE": 29, "OBS_LOWER": 29, "OBS_UPPER": 29}, "relation.parts_exceed_whole"),
        (4, {"OBS_VALUE": 67, "OBS_LOWER": 67, "OBS_UPPER": 67}, "relation.parts_below_whole"),
        (4, {"COUNTERPART_AREA": "RU"}, "key.twice"),
    ],
)
def test_a_planted_fault_is_found(
    block: pa.Table, position: int, values: dict[str, object], rule: str
) -> None:
    """One changed row breaks the rule that is named for it."""
    assert rule in rules(changed(block, position, **values), SOUND)


def test_one_withheld_counterpart_beside_the_whole_is_given_away(cells: Cells) -> None:
    """42 less 30: whoever has both knows the third."""
    table = cells("SUSPICIOUS_FLOW", [BLOCK[0], *BLOCK[3:]])

    assert rules(table, certificate(prim_small=1, exact=2)) == {"withheld.recoverable"}


def test_withheld_cells_need_no_upper_bounds(cells: Cells) -> None:
    """Without a shown whole nothing bounds them."""
    rows = [{"COUNTERPART_AREA": area, "UPPER": None} for area in ("DE", "W1")]

    assert rules(cells("SUSPICIOUS_FLOW", rows), certificate(prim_small=2)) == set()


def test_a_certificate_that_counts_wrong_is_refused(block: pa.Table) -> None:
    """The certificate's counts are those of the table, by status."""
    assert rules(block, certificate(prim_small=2, exact=3)) == {"certificate.counts"}


def test_strict_rows_need_five(cells: Cells) -> None:
    """Four reports on terrorist financing are refused where four on money laundering are not."""
    table = cells("R33_A", [{"CRIME_TYPE": "TF", "VALUE": 4}, {"CRIME_TYPE": "ML", "VALUE": 4}])

    (finding,) = recheck(table, certificate(exact=2), dataflow("R33_A"))

    assert finding.rule == "count.small"
    assert finding.key == ("2016", "KG", "TF", "_T", "_T", "_T", "_T", "N_STR")


def test_open_cells_may_be_small(cells: Cells) -> None:
    """A declared flow of one cent is public."""
    table = cells("DECLARED_FLOW", [{"VALUE": 1}])

    assert recheck(table, certificate(exact=1), dataflow("DECLARED_FLOW")) == ()


@pytest.mark.parametrize(
    ("count", "rules"), [(None, ["value.without_count"]), (3, []), (2, ["count.small"])], ids=str
)
def test_a_value_stands_beside_its_shown_count(cells: Cells, count: int | None, rules: list[str]) -> None:
    """An amount seized is refused when the number of seizures is not shown with it."""
    rows = [{"MEASURE": "V_SEIZ", "VALUE": 1_000_000}]
    if count is not None:
        rows.append({"MEASURE": "N_SEIZ", "VALUE": count})
    table = cells("R33_C", rows)
    certificate = Certificate((), {"exact": len(rows)}, [], {})

    found = recheck(table, certificate, dataflow("R33_C"))

    assert [finding.rule for finding in found] == rules


def test_held_tables_are_read_only_where_something_may_be_withheld(block: pa.Table, cells: Cells) -> None:
    """An open dataflow withholds nothing, whatever its years of cells would cost to read."""
    read: list[str] = []

    def held(name: str, table: pa.Table) -> Iterator[pa.Table]:
        read.append(name)
        yield table

    declared = cells("DECLARED_FLOW", [{"VALUE": 30}])
    recheck(
        declared, Certificate([], {"exact": 1}, [], {}), dataflow("DECLARED_FLOW"), held("open", declared)
    )
    recheck(block, SOUND, FLOW, held("ordinary", block))

    assert read == ["ordinary"]
