"""Columns that would hold identifiers, by their structure, their header or what is in them.

Invariants: a structure whose cells may leave has no column for a person, an account or a transaction; a
column of an uploaded file that no structure knows is not read, and is told nevertheless, because the file
should not have had it; what a column is called is read in every language of the region.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache

import pyarrow as pa

from risk_models.disclosure.content.kinds import Hit, Kind
from risk_models.disclosure.content.plain import plain
from risk_models.disclosure.content.text import scan_text
from risk_models.disclosure.content.words import alternatives, word_lists
from schemas.digest import sha256_hex
from schemas.masks import Cells
from schemas.structure import Column, DataStructure

SAMPLED_CELLS = 200
LEAST_CELLS = 3
# Made-up identifiers that no pattern of a released column may accept.
PROBES = (
    "123456789012", "12345678901234", "1234567890", "4111111111111111", "KZ86125KZT5004100100",
    "+77012345678", "N12345678", "1NEDqZPvTWRaoho48qXuLLsrYomMXPABfD", "name@example.org", "Ivanov Ivan",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class ColumnFault:
    """Why a structure may not describe cells that leave the node."""

    column: str
    reason: str


def structure_faults(structure: DataStructure) -> tuple[ColumnFault, ...]:
    """Return every column of a cells structure that is for identifiers, by kind, by name or by pattern."""
    faults = ((column, _reason(column)) for column in structure.columns)
    return tuple(ColumnFault(column.id, reason) for column, reason in faults if reason)


def header_hits(headers: Sequence[str], structure: DataStructure) -> tuple[Hit, ...]:
    """Return the columns of a file that the structure does not know and whose name is an identifier's."""
    known = set(structure.column_ids)
    return tuple(
        _column_hit(header, "header")
        for header in headers
        if header not in known and _names_identifier(header)
    )


def uploaded_column_hits(table: pa.Table, structure: DataStructure) -> tuple[Hit, ...]:
    """Return the columns that are an identifier's by their header, or that mostly hold identifiers.

    Looked into are the columns of free text and those the structure does not know: at most 200 cells of each,
    evenly spaced. A column is told if at least three cells, and half of those with anything in them, are
    nothing but an identifier.
    """
    known = {column.id: column.kind for column in structure.columns}
    by_header = header_hits(table.column_names, structure)
    named = {hit.column for hit in by_header}
    sampled = [name for name in table.column_names if known.get(name, "text") == "text" and name not in named]
    return by_header + tuple(
        _column_hit(name, "cells") for name in sampled if _holds_identifiers(_sample(table.column(name)))
    )


def _reason(column: Column) -> str | None:
    if column.kind == "identifier":
        return "kind"
    if column.codelist is None and _names_identifier(column.id.replace("_", " ")):
        return "name"
    if column.pattern and any(re.fullmatch(column.pattern, probe) for probe in PROBES):
        return "pattern"
    return None


def _names_identifier(header: str) -> bool:
    words = plain(header[:200]).text.replace("_", " ").strip().casefold()
    return any(pattern.search(words) for pattern in _header_patterns())


@cache
def _header_patterns() -> tuple[re.Pattern[str], re.Pattern[str]]:
    lists = word_lists("headers")
    return (
        re.compile(rf"(?<!\w)(?:{alternatives(lists['within'])})(?!\w)"),
        re.compile(rf"\A(?:{alternatives(lists['whole'])})\Z"),
    )


def _sample(cells: Cells) -> list[str]:
    step = max(1, len(cells) // SAMPLED_CELLS)
    places = pa.array(range(0, len(cells), step)[:SAMPLED_CELLS], pa.int64())
    values: Iterable[object] = cells.take(places).to_pylist()
    return [str(value) for value in values if value is not None and str(value).strip()]


def _holds_identifiers(cells: list[str]) -> bool:
    count = sum(map(_is_identifier, cells))
    return count >= LEAST_CELLS and 2 * count >= len(cells)


def _is_identifier(cell: str) -> bool:
    """True if one finding, that is not a marking, covers the cell but for what surrounds it."""
    written = cell.strip()
    return any(
        found.kind.clearable and 2 * (found.end - found.start) > len(written) for found in scan_text(written)
    )


def _column_hit(column: str, scheme: str) -> Hit:
    digest = sha256_hex(column.encode("utf-8", "surrogatepass"))
    return Hit(Kind.IDENTIFIER_COLUMN, scheme, None, column, 0, 0, "", digest)
