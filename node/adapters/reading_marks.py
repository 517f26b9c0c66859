"""What a sheet of a workbook holds besides values: errors, formulas, hidden rows and columns.

Invariants: found in the bytes of the sheet before a spreadsheet reader opens it, piece by piece, in memory
that does not grow with the sheet; pieces overlap, so everything is noted by its place and counted once.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

_CELL = rb"<(?:\w+:)?c\s(?:[^>]*?\s)?"
_ERROR = rb"t\s*=\s*[\"']e[\"']"
_ERROR_CELL = re.compile(_CELL + _ERROR + rb"[^>]*>")
# a value in column CA or beyond: readers make room for every cell up to the last one
_FAR = rb"r\s*=\s*[\"'](?:[A-Z]{3}|[C-Z][A-Z])[0-9]+[\"']"
_FAR_CELL = re.compile(_CELL + _FAR + rb"[^>]*(?<!/)>")
# most sheets have neither, which the attribute alone tells ten times sooner than the whole tag
_EITHER = re.compile(_ERROR + rb"|" + _FAR)
_PLACE = re.compile(rb"\br\s*=\s*[\"']([A-Z]+[0-9]+)")
_FORMULA = rb"<(?:\w+:)?f(?:\s[^>]*)?(?:/>|>[^<]*</(?:\w+:)?f>)"
_FORMULA_CELL = re.compile(rb"(<(?:\w+:)?c\s[^>]*>)\s*" + _FORMULA + rb"\s*(<[^>]*>[^<]{0,1})")
_HIDDEN_ROW = re.compile(rb"<(?:\w+:)?row\s[^>]*?\bhidden\s*=\s*[\"'](?:1|true)[\"'][^>]*>")
_HIDDEN_COLUMN = re.compile(rb"<(?:\w+:)?col\s[^>]*?\bhidden\s*=\s*[\"'](?:1|true)[\"'][^>]*>")
_ROW_NUMBER = re.compile(rb"\br\s*=\s*[\"']([0-9]+)")
_COLUMN_RANGE = re.compile(rb"\b(min|max)\s*=\s*[\"']([0-9]+)")
# a message names the first ones; beyond this number their count is said to be "at least"
_MOST_NOTED = 100_000


@dataclass(slots=True)
class SheetMarks:
    """What was noted of one sheet; cells by their names in Excel, rows and columns from 1."""

    error_cell: str = ""
    far_cell: str = ""
    uncomputed_cell: str = ""
    formula_cells: set[str] = field(default_factory=set)
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[tuple[int, int]] = field(default_factory=set)

    def note(self, text: bytes) -> None:
        """Look through one piece of the sheet."""
        if _EITHER.search(text):
            self.error_cell = self.error_cell or _first_place(_ERROR_CELL, text)
            self.far_cell = self.far_cell or _first_place(_FAR_CELL, text)
        if b"hidden" in text:
            self._note_hidden(text)
        if b"f>" in text or b"<f " in text or b"<f/" in text:
            self._note_formulas(text)

    def _note_hidden(self, text: bytes) -> None:
        for found in _HIDDEN_ROW.finditer(text):
            row = _ROW_NUMBER.search(found.group())
            if row and len(self.hidden_rows) < _MOST_NOTED:
                self.hidden_rows.add(int(row.group(1)))
        for found in _HIDDEN_COLUMN.finditer(text):
            ends = {name: int(number) for name, number in _COLUMN_RANGE.findall(found.group())}
            if len(ends) == 2 and len(self.hidden_columns) < _MOST_NOTED:  # noqa: PLR2004 - from and to
                self.hidden_columns.add((ends[b"min"], ends[b"max"]))

    def _note_formulas(self, text: bytes) -> None:
        for found in _FORMULA_CELL.finditer(text):
            tag, following = found.groups()
            place = _PLACE.search(tag)
            name = place.group(1).decode("ascii") if place else "of unknown place"
            if len(self.formula_cells) < _MOST_NOTED:
                self.formula_cells.add(name)
            # a formula may well give an empty text, and says so; any other result is written out
            if not self.uncomputed_cell and not _has_result(following) and b'"str"' not in tag:
                self.uncomputed_cell = name


def _has_result(following: bytes) -> bool:
    """Say whether what stands behind a formula begins a value with something in it."""
    return following[-1:] not in b"><" and not following.startswith(b"</")


def _first_place(pattern: re.Pattern[bytes], text: bytes) -> str:
    found = pattern.search(text)
    if found is None:
        return ""
    place = _PLACE.search(found.group())
    return place.group(1).decode("ascii") if place else "of unknown place"
