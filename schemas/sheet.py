"""A chunk of a table under check: its header understood, its texts trimmed, its typed columns filled in.

Invariants: a sheet has one column of cells for every column of its structure, whatever the file held; in a
structure marked `literal` nothing is trimmed, defaulted or converted.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa

from schemas.arrow import arrow_type
from schemas.errors import InvalidTable
from schemas.findings import Detail, Finding, numbered
from schemas.masks import Mask, Places, places_of
from schemas.structure import Column, DataStructure
from schemas.vectors import Vector, empty_vector, is_text, trimmed, vector

_CODED_KINDS = frozenset({"code", "coded", "period"})
_PLAIN_KINDS = frozenset({"text", "identifier", "count", "money", "amount"})
_FATAL = frozenset({"column.missing", "column.duplicate", "column.type", "table.empty"})


@dataclass(frozen=True, slots=True)
class Sheet:
    """Cells by column id: `text` as written, `typed` as read so far (empty where a cell breaks a rule)."""

    structure: DataStructure
    reporter: str
    first_row: int
    rows: int
    text: dict[str, Vector]
    as_of: dt.date | None = None
    typed: dict[str, Vector] = field(default_factory=dict)

    def found(
        self,
        rule: str,
        column: str,
        places: Places,
        *,
        params: Mapping[str, Any] | None = None,
        detail: Detail | None = None,
        shown: Vector | None = None,
    ) -> list[Finding]:
        """Return one finding for the rows at `places`, or none; `shown` stands for the cells as written."""
        if len(places) == 0:
            return []
        cells = shown or self.text[column]
        rows = numbered(places, self.first_row)
        return [Finding(rule, column, rows, places, cells, params or {}, detail)]

    def found_where(
        self,
        rule: str,
        column: str,
        mask: Mask,
        *,
        params: Mapping[str, Any] | None = None,
        detail: Detail | None = None,
    ) -> list[Finding]:
        """Return one finding for the rows where `mask` is true (null counts as false), or none."""
        return self.found(rule, column, places_of(mask), params=params, detail=detail)


def header_findings(table: pa.Table, structure: DataStructure) -> list[Finding]:
    """Return what is wrong with the header and the column types."""
    names = [name.strip() for name in table.column_names]
    findings = []
    for column in structure.columns:
        count = names.count(column.id)
        if count > 1:
            findings.append(Finding("column.duplicate", column.id, None, params={"count": count}))
        elif count == 0 and (column.id in structure.needed or structure.literal):
            findings.append(Finding("column.missing", column.id, None))
        elif count and structure.literal:
            findings += _type_findings(column, table.schema.types[names.index(column.id)])
    findings += [
        Finding("column.unknown", name or f"#{place + 1}", None, params=_suggested(name, structure))
        for place, name in enumerate(names)
        if name not in structure.column_ids
    ]
    return findings


def is_fatal(findings: list[Finding]) -> bool:
    """True if the table cannot be read row by row."""
    return any(finding.rule in _FATAL for finding in findings)


def sheet(
    chunk: pa.Table,
    structure: DataStructure,
    *,
    reporter: str,
    first_row: int,
    as_of: dt.date | None = None,
) -> Sheet:
    """Return the sheet of a chunk whose header is sound.

    Raises:
        InvalidTable: a column of an upload is not text (a reader's mistake, not an analyst's).
    """
    names = [name.strip() for name in chunk.column_names]
    text: dict[str, Vector] = {}
    for column in structure.columns:
        if column.id in names:
            cells = chunk.column(names.index(column.id))
            text[column.id] = vector(cells, encodes=_encodes(column))
        else:
            text[column.id] = empty_vector(chunk.num_rows)
        if not structure.literal:
            text[column.id] = _trimmed(column, text[column.id])
    return Sheet(structure, reporter, first_row, chunk.num_rows, text, as_of)


def _encodes(column: Column) -> bool | None:
    """Codes are read word by word; numbers, and texts without a form, are read as quickly as words are found."""
    if column.kind in _PLAIN_KINDS and column.pattern is None:
        return False
    return True if column.kind in _CODED_KINDS else None


def _trimmed(column: Column, cells: Vector) -> Vector:
    kind = cells.distinct.type
    if not is_text(kind):
        raise InvalidTable(
            "A column of an upload is not text.",
            detail=f"{column.id} has the type {kind}.",
            hint="Read every cell as text; this check does the conversion.",
            context={"column": column.id, "type": str(kind)},
        )
    return trimmed(cells, column.default)


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
