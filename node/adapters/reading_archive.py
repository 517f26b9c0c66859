"""An .xlsx file is an archive: what is in it, and how much, before a spreadsheet reader opens it.

Invariants: every entry is inflated once and counted, because the sizes an archive states are only claims;
macros, links to other files and passwords are refused by what is in the archive, not by the file's name.
What a sheet holds besides its cells (hidden rows, formulas) is noted on the same walk (reading_marks).
"""

from __future__ import annotations

import copy
import errno
import zipfile
import zlib
from dataclasses import dataclass, field
from pathlib import Path
from xml.etree.ElementTree import Element, ParseError  # types only; nothing is parsed by it

from defusedxml import DefusedXmlException
from defusedxml import ElementTree as ET  # noqa: N817 - as the standard library's own is called

from node.adapters.durable import named_refusals
from node.adapters.reading_limits import ReadingLimits
from node.adapters.reading_marks import SheetMarks
from node.errors import Invalid, TooLarge

_CHUNK_BYTES = 1 << 20
# longer than any formula: a cell that two chunks share is seen whole in the second
_OVERLAP_BYTES = 1 << 15
_ENDLESS = 1 << 62
_SHEETS = "xl/worksheets/"
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"


@dataclass(frozen=True, slots=True)
class Archive:
    """What was seen in a workbook's archive. `sheets`: the entry of each sheet by its name."""

    sheets: dict[str, str] = field(default_factory=dict)
    marks: dict[str, SheetMarks] = field(default_factory=dict)
    counts_from_1904: bool = False

    def of_sheet(self, name: str) -> SheetMarks:
        """Give what was noted of the sheet of this name."""
        return self.marks.get(self.sheets.get(name, ""), SheetMarks())

    def check_width(self, name: str) -> None:
        """Raise TooLarge when a reader would have to make room for a very wide sheet."""
        cell = self.of_sheet(name).far_cell
        if cell:
            raise TooLarge(
                "The sheet is too wide",
                detail=f"Sheet {name}: a value stands in cell {cell}.",
                hint="Delete everything to the right of the table and save the workbook.",
            )

    def check_sheet(self, name: str) -> None:
        """Raise Invalid when the sheet of this name has a cell that cannot be read as it is shown."""
        marks = self.of_sheet(name)
        if marks.error_cell:
            raise Invalid(
                "A cell shows an error",
                detail=f"Sheet {name}, cell {marks.error_cell}: a formula has no result there.",
                hint="Correct the formula, or replace it with its value.",
            )
        if marks.uncomputed_cell:
            raise Invalid(
                "A formula was never calculated",
                detail=f"Sheet {name}, cell {marks.uncomputed_cell}: the file holds the formula but no value.",
                hint="Open the workbook in Excel and save it, or replace the formulas with their values.",
            )


def checked_archive(path: Path, limits: ReadingLimits) -> Archive:
    """Look through a workbook's archive; raises Invalid for what must not be in it, TooLarge for a bomb."""
    with named_refusals(path):
        try:
            with zipfile.ZipFile(path) as archive:
                _refuse_contents([entry.filename for entry in archive.infolist()])
                return _inflated(archive, path.stat().st_size, limits)
        except OSError as error:
            # a place before the beginning of the file: the archive's directory is wrong, not the disk
            if error.errno != errno.EINVAL:
                raise
            raise _damaged("its directory points outside it") from error
        except (
            zipfile.BadZipFile,
            zlib.error,
            EOFError,
            NotImplementedError,
            ParseError,
            DefusedXmlException,
            LookupError,
            ValueError,
        ) as error:
            raise _damaged(str(error)) from error
        except RuntimeError as error:  # what zipfile raises for an entry with a password
            raise Invalid(
                "The workbook has a password",
                detail=str(error)[:200],
                hint="Remove the password and save the workbook.",
            ) from error


def _refuse_contents(names: list[str]) -> None:
    if any(name.lower().endswith("vbaproject.bin") for name in names):
        raise Invalid(
            "The workbook holds macros",
            detail="Files with macros are not opened.",
            hint="Save it as .xlsx (without macros), then upload that file.",
        )
    if any(name.startswith("xl/externalLinks/") for name in names):
        raise Invalid(
            "The workbook takes values from other files",
            detail="It links to other workbooks, which are not here.",
            hint="Copy the table and paste it as values into a new workbook.",
        )
    if not {"xl/workbook.xml", "xl/_rels/workbook.xml.rels"} <= set(names):
        raise _damaged("it holds no workbook")


def _inflated(archive: zipfile.ZipFile, file_bytes: int, limits: ReadingLimits) -> Archive:
    most = min(
        limits.max_uncompressed_bytes,
        limits.max_workbook_uncompressed_bytes,
        file_bytes * limits.max_compression_ratio,
    )
    marks: dict[str, SheetMarks] = {}
    total = 0
    for entry in archive.infolist():
        total += _walk(archive, entry, most - total, marks)
    workbook = ET.fromstring(archive.read("xl/workbook.xml"))
    return Archive(_sheet_entries(archive, workbook), marks, _counts_from_1904(workbook))


def _walk(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, most: int, marks: dict[str, SheetMarks]) -> int:
    """Inflate one entry to its real end; gives its size. Notes troublesome cells of sheets on the way."""
    # zipfile stops at the size the entry states; with a larger one it reads on to the real end
    unbounded = copy.copy(entry)
    unbounded.file_size = _ENDLESS
    size = 0
    before = b""
    with archive.open(unbounded) as content:
        while chunk := content.read(_CHUNK_BYTES):
            size += len(chunk)
            if size > most:
                raise TooLarge(
                    "The workbook is too large once unpacked",
                    detail=f"It unpacks to more than {most} bytes.",
                    hint="Split the table by period, or save it as CSV.",
                )
            if entry.filename.startswith(_SHEETS):
                marks.setdefault(entry.filename, SheetMarks()).note(before + chunk)
                before = chunk[-_OVERLAP_BYTES:]
    if size != entry.file_size:
        raise _damaged(f"{entry.filename} is longer or shorter than it says")
    return size


def _sheet_entries(archive: zipfile.ZipFile, workbook: Element) -> dict[str, str]:
    """Give the archive's entry of each sheet by the sheet's name."""
    relations = ET.fromstring(archive.read("xl/_rels/workbook.xml.rels"))
    targets = {relation.get("Id"): relation.get("Target", "") for relation in relations}
    entries = {}
    for sheet in workbook.iter():
        target = targets.get(sheet.get(_RELATION), "")
        if target:
            entries[sheet.get("name", "")] = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
    return entries


def _counts_from_1904(workbook: Element) -> bool:
    return any(element.get("date1904") in {"1", "true"} for element in workbook.iter())


def _damaged(problem: str) -> Invalid:
    return Invalid(
        "The workbook cannot be read",
        detail=f"It is damaged or not a workbook: {problem[:200]}",
        hint="Open it in Excel, save it again as .xlsx, then upload that file.",
    )
