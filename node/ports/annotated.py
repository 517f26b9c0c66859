"""A person's own file with what is wrong in it written at its cells, as a workbook to correct.

Invariants: a cell stands where it stood in the file, unless the file is cut, and then the workbook says so; no text of
the file is ever run as a formula.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from node.ports.reading import FileRow


@dataclass(frozen=True, slots=True)
class Remark:
    """One finding in words. `row` is None for the whole file; `place` is the column's position, None for a row.

    `column` is the column as the file names it; `severity` is error, warning or note.
    """

    row: int | None
    place: int | None
    column: str
    value: str
    severity: str
    rule: str
    text: str


@dataclass(frozen=True, slots=True)
class AnnotatedFile:
    """What the workbook says, in one language.

    header: the columns as the file names them, in its rows `header_first` to `header_last`. rows: those of the file, or
    some of them when it `is_cut`. cut: sentences on what is left out. words: those of the sheets, by name.
    """

    title: str
    header: tuple[str, ...]
    header_first: int
    header_last: int
    rows: tuple[FileRow, ...]
    remarks: tuple[Remark, ...]
    is_cut: bool
    cut: tuple[str, ...]
    words: Mapping[str, str]
    made_at: datetime


class AnnotationWriter(Protocol):
    """Writes annotated files."""

    def workbook(self, annotated: AnnotatedFile) -> bytes:
        """Write an XLSX workbook: the table with its remarks, and a sheet that lists them."""
