"""The annotated file as a workbook: the person's cells with remarks at the faulty ones, and a sheet of findings.

Invariants: every text is written as a text, so that one that begins with = + - or @ is shown and never run, and nothing
becomes a link; a fault is said by a colour, by a mark in front of the comment and in words; rows keep their numbers
unless the file is cut, and then a first column and a first line say so.
"""

from __future__ import annotations

import io
from decimal import Decimal
from typing import Any

import xlsxwriter

from node.adapters.reading_names import PART
from node.ports.annotated import AnnotatedFile, Remark

_MARKS = {"error": "✕", "warning": "△", "note": "•"}
_GROUNDS = {"error": "#F8D7D3", "warning": "#FBE8C8", "note": "#E6EDF5"}
_EDGES = {"error": 5, "warning": 8, "note": 4}
_WIDTH = 18
_MOST_COMMENT = 2000
_FINDING_WIDTHS = (8, 26, 26, 12, 70, 24)
_LONGEST_TEXT = 32_767


class AnnotatedWorkbook:
    """The AnnotationWriter port."""

    def workbook(self, annotated: AnnotatedFile) -> bytes:
        """Write the workbook."""
        target = io.BytesIO()
        options = {
            "in_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
            "nan_inf_to_errors": True,
        }
        with xlsxwriter.Workbook(target, options) as workbook:
            moment = annotated.made_at.replace(tzinfo=None)
            workbook.set_properties({"title": annotated.title[:200], "created": moment})
            table = workbook.add_worksheet(annotated.words["data"])
            findings = workbook.add_worksheet(annotated.words["findings"])
            _Table(workbook, table, annotated).write()
            _write_findings(workbook, findings, annotated)
        return target.getvalue()


class _Table:
    """The sheet with the file's own cells."""

    def __init__(self, workbook: Any, sheet: Any, annotated: AnnotatedFile) -> None:
        self._sheet, self._annotated = sheet, annotated
        self._head = workbook.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
        self._looks = {
            kind: workbook.add_format({"bg_color": ground, "border": 1, "left": _EDGES[kind]})
            for kind, ground in _GROUNDS.items()
        }
        # a cut file has a line that says so, and the row's number in front of its cells
        self._left = 1 if annotated.is_cut else 0
        self._top = 2 if annotated.is_cut else annotated.header_first - 1

    def write(self) -> None:
        annotated, sheet = self._annotated, self._sheet
        sheet.set_column(0, len(annotated.header) + self._left, _WIDTH)
        if annotated.is_cut:
            sheet.write_string(0, 0, " ".join(annotated.cut), self._head)
        below = self._write_header()
        remarks: dict[tuple[int, int], list[Remark]] = {}
        for remark in annotated.remarks:
            if remark.row is not None:
                remarks.setdefault((remark.row, remark.place or 0), []).append(remark)
        for line, row in enumerate(annotated.rows):
            place = below + line if annotated.is_cut else row.number - 1
            if annotated.is_cut:
                sheet.write_number(place, 0, row.number)
            # a remark may stand at a cell that the row does not reach
            for column in range(max(len(row.cells), len(annotated.header))):
                cell = row.cells[column] if column < len(row.cells) else None
                self._write_cell(place, column + self._left, cell, remarks.get((row.number, column), []))
        sheet.freeze_panes(below, self._left)

    def _write_header(self) -> int:
        """Write the header in the rows it has in the file; gives the row below it."""
        depth = self._annotated.header_last - self._annotated.header_first + 1
        if self._annotated.is_cut:
            self._sheet.write_string(self._top, 0, self._annotated.words["row"], self._head)
        for column, name in enumerate(self._annotated.header):
            parts = name.split(PART, depth - 1) if depth > 1 else [name]
            for line, part in enumerate(parts):
                self._sheet.write_string(self._top + line, column + self._left, part, self._head)
        return self._top + depth

    def _write_cell(self, row: int, column: int, cell: str | Decimal | None, remarks: list[Remark]) -> None:
        look = self._looks[_worst(remarks)] if remarks else None
        if isinstance(cell, Decimal):
            self._sheet.write_number(row, column, float(cell), look)
        elif cell:
            self._sheet.write_string(row, column, cell[:_LONGEST_TEXT], look)
        elif look is not None:
            self._sheet.write_blank(row, column, None, look)
        if remarks:
            said = "\n".join(f"{_MARKS[one.severity]} {one.text}" for one in remarks)
            self._sheet.write_comment(row, column, said[:_MOST_COMMENT], {"x_scale": 2, "y_scale": 1.4})


def _worst(remarks: list[Remark]) -> str:
    found = {remark.severity for remark in remarks}
    return next(kind for kind in _MARKS if kind in found)


def _write_findings(workbook: Any, sheet: Any, annotated: AnnotatedFile) -> None:
    """List every remark with its place, so that none is found by leafing alone."""
    head = workbook.add_format({"bold": True, "bottom": 1, "text_wrap": True})
    wrapped = workbook.add_format({"text_wrap": True, "valign": "top"})
    words = annotated.words
    for place, width in enumerate(_FINDING_WIDTHS):
        sheet.set_column(place, place, width)
    sheet.write_string(0, 0, annotated.title, head)
    for line, sentence in enumerate(annotated.cut, start=1):
        sheet.write_string(line, 0, sentence)
    top = len(annotated.cut) + 2
    heads = ("row", "column", "value", "kind", "what_is_wrong", "rule")
    for place, name in enumerate(heads):
        sheet.write_string(top, place, words[name], head)
    for line, remark in enumerate(annotated.remarks, start=top + 1):
        if remark.row is None:
            sheet.write_string(line, 0, words["whole_file"], wrapped)
        else:
            sheet.write_number(line, 0, remark.row, wrapped)
        kind = f"{_MARKS[remark.severity]} {words[remark.severity]}"
        texts = (remark.column, remark.value, kind, remark.text, remark.rule)
        for place, text in enumerate(texts, start=1):
            sheet.write_string(line, place, text[:_LONGEST_TEXT], wrapped)
    sheet.autofilter(top, 0, top + max(1, len(annotated.remarks)), len(heads) - 1)
    sheet.freeze_panes(top + 1, 0)
