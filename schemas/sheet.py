"""The table under check: its header understood, its texts trimmed, its typed columns filled in one by one.

Invariants: a sheet has one column of cells for every column of its structure, whatever the file held; in a
structure marked `literal` nothing is trimmed, defaulted or converted.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import pyarrow as pa

from schemas.arrow import arrow_type
from schemas.errors import InvalidTable
from schemas.findings import Finding
from schemas.masks import Cells, only_where, pc
from schemas.structure import Column, DataStructure

_FATAL = frozenset({"column.missing", "column.duplicate", "column.type", "table.empty"})


@dataclass(frozen=True, slots=True)
class Sheet:
    """Cells by column id: `text` as written, `typed` as read so far (empty where a cell breaks a rule)."""

    structure: DataStructure
    reporter: str
    first_row: int
    rows: int
    text: dict[str, Cells]
    typed: dict[str, Cells] = field(default_factory=dict)


def header_findings(table: pa.Table, structure: DataStructure) -> list[Finding]:
    """Return what is wrong with the header, the column types, and the number of rows."""
    names = [name.strip() for name in table.column_names]
    findings = []
    for column in structure.columns:
        count = names.count(column.id)
        if count > 1:
            findings.append(Finding("column.duplicate", column.id, None, params={"count": count}))
        elif count == 0 and (column.required or structure.literal):
            findings.append(Finding("column.missing", column.id, None))
        elif count and structure.literal:
            findings += _type_findings(column, table.schema.types[names.index(column.id)])
    findings += [
        Finding("column.unknown", name or f"#{place + 1}", None, params=_suggested(name, structure))
        for place, name in enumerate(names)
        if name not in structure.column_ids
    ]
    if table.num_rows == 0:
        findings.append(Finding("table.empty", None, None))
    return findings


def is_fatal(findings: list[Finding]) -> bool:
    """True if the table cannot be read row by row."""
    return any(finding.rule in _FATAL for finding in findings)


def sheet(table: pa.Table, structure: DataStructure, *, reporter: str, first_row: int) -> Sheet:
    """Return the sheet of a table whose header is sound.

    Raises:
        InvalidTable: a column of an upload is not text (a reader's mistake, not an analyst's).
    """
    names = [name.strip() for name in table.column_names]
    text: dict[str, Cells] = {}
    for column in structure.columns:
        if column.id not in names:
            text[column.id] = pa.chunked_array([pa.nulls(table.num_rows, pa.string())])
        else:
            text[column.id] = table.column(names.index(column.id))
        if not structure.literal:
            text[column.id] = _trimmed(column, text[column.id])
    return Sheet(structure, reporter, first_row, table.num_rows, text)


def _trimmed(column: Column, cells: Cells) -> Cells:
    if pa.types.is_null(cells.type) or pa.types.is_dictionary(cells.type):
        cells = cells.cast(pa.string())
    if not (pa.types.is_string(cells.type) or pa.types.is_large_string(cells.type)):
        raise InvalidTable(
            "A column of an upload is not text.",
            detail=f"{column.id} has the type {cells.type}.",
            hint="Read every cell as text; this check does the conversion.",
            context={"column": column.id, "type": str(cells.type)},
        )
    cells = pc.utf8_trim_whitespace(cells)
    cells = only_where(pc.not_equal(cells, ""), cells)
    return cells if column.default is None else pc.fill_null(cells, column.default)


def _type_findings(column: Column, found: pa.DataType) -> list[Finding]:
    expected = arrow_type(column)
    if found.equals(expected):
        return []
    params = {"found": str(found), "expected": str(expected)}
    return [Finding("column.type", column.id, None, params=params)]


def _suggested(name: str, structure: DataStructure) -> dict[str, str]:
    wanted = name.casefold()
    for column in structure.columns:
        if wanted in {column.id.casefold(), *(label.casefold() for label in column.labels.values())}:
            return {"suggestion": column.id}
    return {}
