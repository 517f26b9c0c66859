"""Exported tables as a workbook: a sheet of rows and a sheet of notes.

Invariants: no formula, link or macro is written; a text that begins as a formula does is marked as text for the
spreadsheet (its quote prefix) and stays what it is; a number of more digits than a spreadsheet keeps is a text.
"""

from __future__ import annotations

import io
import re
from typing import Any

import xlsxwriter

from node.adapters.exports_csv import FORMULA
from node.ports.exports import Export, ExportColumn

MOST_CHARACTERS = 32_767
CUT = "…"
_KEPT_DIGITS = 15
_MIN_WIDTH, _MAX_WIDTH, _LABEL_WIDTH, _TEXT_WIDTH = 8, 40, 34, 110
_FORMULA = re.compile(FORMULA)
_DECIMAL = re.compile(r"-?[0-9]+(\.[0-9]+)?")


def write_workbook(export: Export) -> bytes:
    """Give the workbook; the sheet of notes is the second, so that readers of tables find the rows first."""
    target = io.BytesIO()
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(target, options) as workbook:
        workbook.set_properties({"title": export.title, "comments": _completeness(export)})
        head = workbook.add_format({"bold": True, "bottom": 1})
        literal = workbook.add_format({"quote_prefix": True})
        rows = workbook.add_worksheet(export.words["rows"])
        _write_rows(rows, export, head, literal)
        _write_notes(workbook.add_worksheet(export.words["notes"]), export, head, literal)
    return target.getvalue()


def _write_rows(sheet: Any, export: Export, head: Any, literal: Any) -> None:
    sheet.freeze_panes(1, 0)
    for place, column in enumerate(export.columns):
        sheet.set_column(place, place, min(max(len(column.id) + 2, _MIN_WIDTH), _MAX_WIDTH))
        sheet.write_string(0, place, column.id, head)
    if export.columns and export.table.num_rows:
        sheet.autofilter(0, 0, export.table.num_rows, len(export.columns) - 1)
    values = [export.table[column.id].to_pylist() for column in export.columns]
    for line, row in enumerate(zip(*values, strict=True), start=1):
        for place, (column, value) in enumerate(zip(export.columns, row, strict=True)):
            if value is not None:
                _write_value(sheet, (line, place), column, value, literal)


def _write_value(sheet: Any, place: tuple[int, int], column: ExportColumn, value: Any, literal: Any) -> None:
    if column.kind == "integer" and abs(value) < 10**_KEPT_DIGITS:
        sheet.write_number(*place, value)
        return
    text = str(value)
    if column.kind == "decimal" and _DECIMAL.fullmatch(text) and len(text.strip("-0.")) <= _KEPT_DIGITS:
        sheet.write_number(*place, float(text))
        return
    _write_text(sheet, place, text, literal)


def _write_text(sheet: Any, place: tuple[int, int], text: str, literal: Any) -> None:
    kept = text if len(text) <= MOST_CHARACTERS else text[: MOST_CHARACTERS - len(CUT)] + CUT
    sheet.write_string(*place, kept, literal if _FORMULA.match(kept) else None)


def _write_notes(sheet: Any, export: Export, head: Any, literal: Any) -> None:
    sheet.set_column(0, 0, _LABEL_WIDTH)
    sheet.set_column(1, 1, _TEXT_WIDTH)
    sheet.write_string(0, 0, _completeness(export), head)
    for line, note in enumerate(export.lines, start=1):
        _write_text(sheet, (line, 0), note.label, literal)
        _write_text(sheet, (line, 1), note.text, literal)


def _completeness(export: Export) -> str:
    return export.words["complete"] if export.is_complete else export.words["incomplete"]
