"""One kind of file, opened: how it lies, its chunks, and what it has to tell; chosen by its first bytes.

Invariants: nothing of a file is parsed before its size and its kind are known to be allowed; what a file is
called decides nothing but what it must not be.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import pyarrow as pa

from node.adapters.durable import named_refusals
from node.adapters.reading_csv import around_csv, survey_csv
from node.adapters.reading_csv_rows import csv_chunks
from node.adapters.reading_goaml import goaml_chunks, is_xml, survey_goaml
from node.adapters.reading_layout import Layout
from node.adapters.reading_limits import ReadingLimits
from node.adapters.reading_names import NameBook
from node.adapters.reading_notices import notices_of_marks
from node.adapters.reading_parquet import parquet_chunks, survey_parquet
from node.adapters.reading_xlsx import WorkbookFile
from node.errors import Invalid, TooLarge
from node.ports.reading import Recipe
from schemas.check import Violation

_OLE_WORKBOOK = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_START_BYTES = 4096
_PROPER_FORMAT = "Save it as .xlsx (Excel workbook) or as CSV, then upload that file."
_REFUSED_SUFFIXES = {
    ".xls": "an old Excel workbook (.xls)",
    ".xlsm": "an Excel workbook with macros (.xlsm)",
    ".xlsb": "a binary Excel workbook (.xlsb)",
    ".ods": "an OpenDocument workbook (.ods)",
}
_BINARY_SUFFIXES = {".xlsx": b"PK", ".parquet": b"PAR1"}


@dataclass(frozen=True, slots=True)
class Wanted:
    """What reading a file needs besides its layout: columns whose texts repeat, columns to fill downwards."""

    repeated: Sequence[int] = ()
    filled: Sequence[int] = ()


class FileFormat(Protocol):
    """A file of one kind."""

    def survey(self, book: NameBook, *, sheet: str | None, encoding: str | None) -> Layout:
        """Find out how the file lies."""

    def chunks(self, layout: Layout, wanted: Wanted) -> Iterator[pa.Table]:
        """Give the rows below the header as text columns named by their place."""

    def notices(self, recipe: Recipe) -> tuple[Violation, ...]:
        """Give what the file has to tell besides its cells."""

    def around(self, recipe: Recipe) -> tuple[str, ...]:
        """Give the texts that stand around the table: titles, footnotes, names of sheets."""


@dataclass(frozen=True, slots=True)
class _TableAlone:
    """A file with nothing to tell but its table."""

    path: Path
    limits: ReadingLimits

    def notices(self, recipe: Recipe) -> tuple[Violation, ...]:
        del recipe
        return ()

    def around(self, recipe: Recipe) -> tuple[str, ...]:
        del recipe
        return ()


@dataclass(frozen=True, slots=True)
class _Text(_TableAlone):
    def survey(self, book: NameBook, *, sheet: str | None, encoding: str | None) -> Layout:
        del sheet
        return survey_csv(self.path, book, self.limits, encoding)

    def chunks(self, layout: Layout, wanted: Wanted) -> Iterator[pa.Table]:
        return csv_chunks(self.path, layout, self.limits, wanted.repeated)

    def around(self, recipe: Recipe) -> tuple[str, ...]:
        return around_csv(self.path, recipe)


@dataclass(frozen=True, slots=True)
class _Parquet(_TableAlone):
    def survey(self, book: NameBook, *, sheet: str | None, encoding: str | None) -> Layout:
        del book, sheet, encoding
        return survey_parquet(self.path, self.limits)

    def chunks(self, layout: Layout, wanted: Wanted) -> Iterator[pa.Table]:
        del layout
        return parquet_chunks(self.path, self.limits, wanted.repeated)


@dataclass(frozen=True, slots=True)
class _Goaml(_TableAlone):
    def survey(self, book: NameBook, *, sheet: str | None, encoding: str | None) -> Layout:
        del sheet, encoding
        return survey_goaml(self.path, book)

    def chunks(self, layout: Layout, wanted: Wanted) -> Iterator[pa.Table]:
        del layout, wanted
        return goaml_chunks(self.path, self.limits)


@dataclass(frozen=True, slots=True)
class _Workbook:
    file: WorkbookFile

    def survey(self, book: NameBook, *, sheet: str | None, encoding: str | None) -> Layout:
        del encoding
        return self.file.survey(book, sheet)

    def chunks(self, layout: Layout, wanted: Wanted) -> Iterator[pa.Table]:
        return self.file.chunks(layout, wanted.filled)

    def notices(self, recipe: Recipe) -> tuple[Violation, ...]:
        marks = self.file.archive.of_sheet(recipe.sheet)
        return notices_of_marks(
            marks, recipe, merged=self.file.merged_below(recipe.sheet, recipe.header_last)
        )

    def around(self, recipe: Recipe) -> tuple[str, ...]:
        return self.file.around(recipe)


def opened(path: Path, file_name: str, limits: ReadingLimits) -> FileFormat:
    """Open a file as what it is; raises Invalid, TooLarge, or Unavailable when the disk does not give it."""
    suffix = Path(file_name).suffix.lower()
    if suffix in _REFUSED_SUFFIXES:
        raise Invalid(
            "This kind of file is not read",
            detail=f"{file_name} is {_REFUSED_SUFFIXES[suffix]}.",
            hint=_PROPER_FORMAT,
        )
    with named_refusals(path):
        size = path.stat().st_size
        with path.open("rb") as handle:
            start = handle.read(_START_BYTES)
    _check_size(size, file_name, limits)
    _check_suffix(suffix, start, file_name)
    return _of_kind(start, path, file_name, limits)


def _check_size(size: int, file_name: str, limits: ReadingLimits) -> None:
    if size == 0:
        raise Invalid(
            "The file is empty",
            detail=f"{file_name} has no bytes.",
            hint="Save it again in the program it came from, then upload it.",
        )
    if size > limits.max_file_bytes:
        raise TooLarge(
            "The file is too large",
            detail=f"{file_name} has {size} bytes, at most {limits.max_file_bytes} are read.",
            hint="Split it by period, or save it as Parquet.",
        )


def _check_suffix(suffix: str, start: bytes, file_name: str) -> None:
    magic = _BINARY_SUFFIXES.get(suffix)
    if magic is not None and not start.startswith((magic, _OLE_WORKBOOK)):
        raise Invalid(
            "The file is not what its name says",
            detail=f"{file_name} does not begin as a {suffix} file does.",
            hint="It may be damaged or renamed: save it again in the program it came from.",
        )


def _of_kind(start: bytes, path: Path, file_name: str, limits: ReadingLimits) -> FileFormat:
    if start.startswith(_OLE_WORKBOOK):
        # the same container holds old workbooks and new ones with a password
        raise Invalid(
            "The workbook has a password, or is an old one",
            detail=f"{file_name} is an .xls workbook or is encrypted.",
            hint="Remove the password in Excel and save the file as .xlsx.",
        )
    if start.startswith(b"PARE"):
        raise Invalid(
            "The file is encrypted",
            detail=f"{file_name} is an encrypted Parquet file.",
            hint="Write it without encryption.",
        )
    if start.startswith(b"PAR1"):
        return _Parquet(path, limits)
    if start.startswith(b"PK"):
        return _Workbook(WorkbookFile(path, limits))
    return _Goaml(path, limits) if is_xml(start) else _Text(path, limits)
