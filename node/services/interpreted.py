"""What a check found, told about the file as the person has it: its own cells, and how it was read.

Invariants: a violation of a wide table points at the cell of the file, not at a row that only we made; how a
file was read stands among the violations; while it is unsure, nothing of the file is accepted.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from functools import partial
from typing import Any

import pyarrow as pa

from node.ports.reading import ReadFile, ReadTable
from schemas.arrow import empty_table
from schemas.check import CheckResult, Violation
from schemas.structure import DataStructure

_REPORTER = "area.not_reporter"


def reported_by(member: str, file: ReadFile, structure: DataStructure) -> ReadTable:
    """Read a file whole; counts of reports do not say whose they are, so they are this member's."""
    read = file.whole()
    if file.recipe.format != "goaml":
        return read
    table = read.table
    for rule in structure.rules:
        if rule.id == _REPORTER:
            (column,) = rule.columns
            place = table.column_names.index(column)
            own = pa.array([member] * table.num_rows, pa.string())
            table = table.set_column(place, column, own)
    return replace(read, table=table)


def told(result: CheckResult, file: ReadFile, structure: DataStructure) -> CheckResult:
    """Give the result with its places in the file and with what is to be said about the reading."""
    if file.recipe.is_wide:
        violations = tuple(_in_file(one, file) for one in result.violations)
        refused = frozenset(_row(row, file) or row for row in result.refused_rows)
        result = replace(result, violations=violations, refused_rows=refused)
    if not file.notices:
        return result
    totals = Counter(result.totals) + Counter(notice.rule for notice in file.notices)
    whole = replace(
        result, violations=(*file.notices, *result.violations), totals=dict(sorted(totals.items()))
    )
    if any(notice.severity == "error" for notice in file.notices):
        return replace(whole, take=partial(empty_table, structure), rows_refused=result.rows, is_fatal=True)
    return whole


def _in_file(violation: Violation, file: ReadFile) -> Violation:
    if violation.row is None:
        return violation
    cell = file.places(violation.row, violation.column or "")
    params: dict[str, Any] = {**violation.params, "header": cell.header}
    if "rows" in params:
        params["rows"] = sorted({_row(row, file) or row for row in params["rows"]})
    return replace(violation, row=cell.row, params=params)


def _row(row: int, file: ReadFile) -> int | None:
    return file.places(row, "").row
