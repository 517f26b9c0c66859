"""How the cells of a template look: few formats, each with one meaning.

Invariants: nothing is said by colour alone; every cell that takes codes, periods or identifiers is text, so
that a spreadsheet neither drops a leading zero nor makes a day of them.
"""

from __future__ import annotations

from typing import Any

_DOUBLE_LINE, _THIN_LINE = 6, 1
_NUMBER_FORMATS = {"count": "0", "money": "0.00", "amount": "General", "date": "yyyy-mm-dd"}
_TEXT = "@"


class Looks:
    """The formats of one workbook."""

    def __init__(self, workbook: Any) -> None:
        self._workbook = workbook
        head = {"locked": True, "valign": "vcenter", "bg_color": "#DCE6F1"}
        self.required = workbook.add_format(head | {"bold": True, "bottom": _DOUBLE_LINE})
        self.optional = workbook.add_format(head | {"italic": True, "bottom": _THIN_LINE})
        self.locked = workbook.add_format({"locked": True})
        self.open = workbook.add_format({"locked": False})
        self.title = workbook.add_format({"bold": True, "font_size": 14})
        self.head = workbook.add_format({"bold": True, "bottom": _THIN_LINE, "text_wrap": True})
        self.wrapped = workbook.add_format({"text_wrap": True, "valign": "top"})
        self.example = workbook.add_format({"italic": True, "valign": "top", "num_format": _TEXT})
        self.text = workbook.add_format({"num_format": _TEXT})
        self._bodies: dict[str, Any] = {}

    def body(self, kind: str) -> Any:
        """Give the format of cells to fill in, by the kind of their column."""
        number_format = _NUMBER_FORMATS.get(kind, _TEXT)
        if number_format not in self._bodies:
            self._bodies[number_format] = self._workbook.add_format(
                {"locked": False, "num_format": number_format}
            )
        return self._bodies[number_format]
