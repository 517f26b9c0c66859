"""Tables on their way to people's own tools: rows, what each column is, and the notes that travel with them.

Invariants: a file says of itself whether it is whole; a value that may not be shown is in no form of it; every form
holds the same rows and the same notes, each where tools of that form look for them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Literal, Protocol

import pyarrow as pa

ColumnKind = Literal["text", "integer", "decimal"]


class ExportFormat(StrEnum):
    """The forms of a table. CSV is the rows alone, CSVW what describes them, ZIP the two together.

    NOTES has no rows: it is what a picture that is drawn from the table carries.
    """

    JSON = "json"
    CSV = "csv"
    CSVW = "csv-metadata"
    ZIP = "zip"
    XLSX = "xlsx"
    PARQUET = "parquet"
    ARROW = "arrow"
    NOTES = "notes"


MEDIA_TYPES = {
    ExportFormat.JSON: "application/json",
    ExportFormat.CSV: "text/csv; charset=utf-8; header=present",
    ExportFormat.CSVW: "application/csvm+json",
    ExportFormat.ZIP: "application/zip",
    ExportFormat.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ExportFormat.PARQUET: "application/vnd.apache.parquet",
    ExportFormat.ARROW: "application/vnd.apache.arrow.stream",
    ExportFormat.NOTES: "application/vnd.irac.notes+json",
}
SUFFIXES = {
    ExportFormat.JSON: ".json",
    ExportFormat.CSV: ".csv",
    ExportFormat.CSVW: ".csv-metadata.json",
    ExportFormat.ZIP: ".csv.zip",
    ExportFormat.XLSX: ".xlsx",
    ExportFormat.PARQUET: ".parquet",
    ExportFormat.ARROW: ".arrows",
    ExportFormat.NOTES: ".notes.json",
}


@dataclass(frozen=True, slots=True)
class ExportColumn:
    """One column. decimal: a number kept as text, so that none of its digits depends on a float."""

    id: str
    kind: ColumnKind
    label: str


@dataclass(frozen=True, slots=True)
class NoteLine:
    """One line of the notes for people: what it is about, by a name and in words, and what is said."""

    about: str
    label: str
    text: str


@dataclass(frozen=True, slots=True)
class Export:
    """A table with its notes, in one language.

    name: of the file, without an ending. total: rows there are, of which `table` holds the first. notes: the document
    for programs (names in English). lines: the same for people. words: the few words of the file itself, by name.
    """

    name: str
    title: str
    language: str
    columns: tuple[ExportColumn, ...]
    table: pa.Table
    total: int
    notes: Mapping[str, Any]
    lines: tuple[NoteLine, ...]
    words: Mapping[str, str]

    @property
    def is_complete(self) -> bool:
        """True if every row is there."""
        return bool(self.table.num_rows == self.total)

    def file_name(self, written_as: ExportFormat) -> str:
        """Give the name of the file, which says when it was cut: the name remains when the file is passed on."""
        return f"{self.name}{'' if self.is_complete else '-incomplete'}{SUFFIXES[written_as]}"


class ExportWriter(Protocol):
    """Writes tables as files."""

    def write(self, export: Export, written_as: ExportFormat) -> bytes:
        """Give the bytes of the file."""
