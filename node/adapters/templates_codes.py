"""The sheet of codes in a workbook: for each list three columns, code, label and note, under a defined name.

Invariants: columns that take the same codes share a list; a drop-down refers to a name, never to cells or to
a list written into it, which Excel cuts at 255 characters.
"""

from __future__ import annotations

from typing import Any

from node.adapters.templates_looks import Looks
from node.ports.templates import OfferedCode, Template, TemplateColumn

_FIRST_CODE_ROW = 2
_WIDTHS = (16, 44, 26)
_BLOCK = len(_WIDTHS)


class CodeSheet:
    """Collects the lists of a workbook; the sheet follows the others, so it is written last."""

    def __init__(self, workbook: Any, template: Template, looks: Looks) -> None:
        self._looks = looks
        self._template = template
        self._lists: dict[tuple[OfferedCode, ...], list[TemplateColumn]] = {}
        for column in template.columns:
            if column.codes:
                self._lists.setdefault(column.codes, []).append(column)
        self._sheet = workbook.add_worksheet(template.words["codes"]) if self._lists else None
        for place, (codes, columns) in enumerate(self._lists.items()):
            letter = _letters(place * _BLOCK)
            first, last = _FIRST_CODE_ROW + 1, _FIRST_CODE_ROW + len(codes)
            area = f"='{template.words['codes']}'!${letter}${first}:${letter}${last}"
            workbook.define_name(self.name_of(columns[0]), area)

    def name_of(self, column: TemplateColumn) -> str:
        """Give the defined name of the codes that a column takes."""
        return f"CODES_{self._lists[column.codes][0].column.id}"

    def write(self) -> None:
        """Write every list."""
        if self._sheet is None:
            return
        words = self._template.words
        for place, (codes, columns) in enumerate(self._lists.items()):
            left = place * _BLOCK
            for offset, width in enumerate(_WIDTHS):
                self._sheet.set_column(left + offset, left + offset, width)
            ids = ", ".join(column.column.id for column in columns)
            self._sheet.write_string(0, left, f"{ids}: {columns[0].list_label}", self._looks.title)
            for offset, name in enumerate(("code", "meaning", "note")):
                self._sheet.write_string(1, left + offset, words[name], self._looks.head)
            for row, code in enumerate(codes, start=_FIRST_CODE_ROW):
                self._sheet.write_string(row, left, code.id, self._looks.text)
                self._sheet.write_string(row, left + 1, code.label)
                if code.note:
                    self._sheet.write_string(row, left + 2, code.note)
        self._sheet.freeze_panes(_FIRST_CODE_ROW, 0)
        self._sheet.protect("", {"format_columns": True, "autofilter": True})


def _letters(place: int) -> str:
    """Give a column's letters as a spreadsheet names it."""
    letters = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters
