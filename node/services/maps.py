"""National maps for people: what is there, what is wrong with one, and how much of a table it carries over."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import pyarrow as pa

from node.errors import Invalid
from risk_models import crosswalk
from risk_models.errors import RiskModelError
from schemas import maps
from schemas.agreement import AGREEMENT_NEEDED, coders_agreement
from schemas.codelist import Code, Codelist
from schemas.errors import UnknownDefinition
from schemas.findings import Violation
from schemas.mapping import CodeMap
from schemas.mapping_check import check_map, check_versions
from schemas.masks import Cells, places_of
from schemas.numbers import counts
from schemas.registry import codelist


@dataclass(frozen=True, slots=True)
class MapReport:
    """What a check of a map found. agreement: of the two coders, None if not asked for or without a value."""

    code_map: CodeMap
    faults: tuple[Violation, ...]
    agreement: Fraction | None
    was_compared: bool

    @property
    def is_sound(self) -> bool:
        """True if nothing refuses the map."""
        agreed = not self.was_compared or (self.agreement is not None and self.agreement >= AGREEMENT_NEEDED)
        return agreed and all(fault.severity != "error" for fault in self.faults)


def listing() -> tuple[CodeMap, ...]:
    """Return the newest version of every packaged map."""
    return maps.maps_of()


def packaged(map_id: str, version: str | None = None) -> CodeMap:
    """Return a packaged map.

    Raises:
        UnknownDefinition: there is none of this id and version.
    """
    return maps.code_map(map_id, version)


def carried_whole(map_id: str) -> dict[str, str]:
    """Give the shared code of each national one that a packaged map carries over whole, for reading a file by.

    A national code that is split, only related, or has no shared one is left out: no single code says the same.

    Raises:
        Invalid: there is no such map.
    """
    try:
        code_map = packaged(map_id)
    except UnknownDefinition as reason:
        raise Invalid(
            "There is no such map", detail=map_id[:80], hint="Choose one that is offered."
        ) from reason
    return {
        national: entries[0].shared
        for national, entries in code_map.by_national.items()
        if len(entries) == 1 and entries[0].relation.transfers_all and entries[0].shared
    }


def read(header: bytes, entries: bytes) -> CodeMap:
    """Read a member's own map from its two files.

    Raises:
        Invalid: the files are not UTF-8.
        InvalidDefinition: the files are not a map.
    """
    return maps.read_map(_text(header), _text(entries))


def check(code_map: CodeMap, *, national: bytes | None = None, second: CodeMap | None = None) -> MapReport:
    """Check a map, against its national list (one code a line) and a second coder's map where given."""
    national_codes = None if national is None else _national(code_map, _text(national))
    faults = check_map(code_map, codelist(code_map.shared_list), national_codes)
    if code_map in (versions := maps.versions_of(code_map.id)):
        faults += check_versions(versions)
    agreement = None if second is None else coders_agreement(code_map, second)
    return MapReport(code_map, faults, agreement, was_compared=second is not None)


def applied(code_map: CodeMap, statistics: bytes, column: str) -> crosswalk.Mapped:
    """Apply a map to a CSV of statistics: the national codes in `column`, whole numbers in OBS_VALUE.

    Raises:
        Invalid: the file is not UTF-8, lacks a column, holds something else than whole numbers, or cannot
            be added up.
        InvalidDefinition: the map has a fault.
    """
    table = _statistics(_text(statistics), column)
    try:
        return crosswalk.apply(table, column, code_map, codelist(code_map.shared_list))
    except RiskModelError as reason:
        raise Invalid(reason.title, detail=reason.detail, hint=reason.hint) from None


def as_csv(table: pa.Table) -> str:
    """Return a table as CSV text, an empty cell where there is no value."""
    out = io.StringIO()
    rows = csv.writer(out, lineterminator="\n")
    rows.writerow(table.column_names)
    rows.writerows(zip(*(cells.to_pylist() for cells in table.columns), strict=True))
    return out.getvalue()


def _statistics(text: str, column: str) -> pa.Table:
    header, *rows = list(csv.reader(io.StringIO(text))) or [[]]
    absent = [name for name in (column, crosswalk.VALUE) if name not in header]
    if absent or len(set(header)) != len(header):
        raise Invalid(
            "The table lacks a column, or has one twice",
            detail=f"Found: {', '.join(header)}.",
            hint="Give the column of the national codes and OBS_VALUE, each once.",
        )
    uneven = next((place for place, row in enumerate(rows, 2) if len(row) not in {0, len(header)}), None)
    if uneven is not None:
        raise Invalid("A row has more or fewer cells than the header", detail=f"Row {uneven}.")
    cells = [[cell.strip() or None for cell in values] for values in zip(*filter(None, rows), strict=True)]
    columns: dict[str, Any] = {}
    for name, values in zip(header, cells or [[] for _ in header], strict=True):
        texts = pa.chunked_array([pa.array(values, pa.string())])
        columns[name] = _whole(name, texts) if name in crosswalk.NUMBERS else texts
    return pa.table(columns)


def _whole(name: str, cells: Cells) -> Cells:
    numbers = counts(cells)
    for mask in numbers.problems.values():
        if len(bad := places_of(mask)):
            raise Invalid(
                "A value is not a whole number from zero up",
                detail=f"Row {bad[0].as_py() + 2}, {name}: {cells[bad[0].as_py()].as_py()}.",
                hint="Write counts as whole numbers and money in cents.",
            )
    return numbers.values


def _national(code_map: CodeMap, text: str) -> Codelist:
    """Return the national list: the first cell of each line, a line `code` or an empty one apart."""
    first: Sequence[str] = [row[0].strip() for row in csv.reader(io.StringIO(text)) if row]
    ids = dict.fromkeys(cell for cell in first if cell and cell != "code")
    return Codelist(
        code_map.area, code_map.national_list, code_map.version, tuple(Code(code, {}) for code in ids)
    )


def _text(content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as reason:
        raise Invalid(
            "The file is not UTF-8 text",
            detail=f"Byte {reason.start}.",
            hint="Save it as CSV UTF-8.",
        ) from None
