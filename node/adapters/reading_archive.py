"""An .xlsx file is an archive: what is in it, and how much, before a spreadsheet reader opens it.

Invariants: every entry is inflated once and counted, because the sizes an archive states are only claims;
macros, links to other files and passwords are refused by what is in the archive, not by the file's name.
"""

from __future__ import annotations

import copy
import re
import xml.etree.ElementTree as ET  # expat 2.4.1 and later bounds entity expansion
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path

from node.adapters.durable import named_refusals
from node.adapters.reading_limits import ReadingLimits
from node.errors import Invalid, TooLarge

_CHUNK_BYTES = 1 << 20
# longer than any cell's opening tag: one that two chunks share is seen whole in the second
_OVERLAP_BYTES = 1024
_ENDLESS = 1 << 62
_SHEETS = "xl/worksheets/"
_CELL = rb"<(?:\w+:)?c\s(?:[^>]*?\s)?"
_ERROR = rb"t\s*=\s*[\"']e[\"']"
_ERROR_CELL = re.compile(_CELL + _ERROR + rb"[^>]*>")
# a value in column CA or beyond: readers make room for every cell up to the last one
_FAR = rb"r\s*=\s*[\"'](?:[A-Z]{3}|[C-Z][A-Z])[0-9]+[\"']"
_FAR_CELL = re.compile(_CELL + _FAR + rb"[^>]*(?<!/)>")
# most sheets have neither, which the attribute alone tells ten times sooner than the whole tag
_EITHER = re.compile(_ERROR + rb"|" + _FAR)
_PLACE = re.compile(rb"\br\s*=\s*[\"']([A-Z]+[0-9]+)")
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"


@dataclass(frozen=True, slots=True)
class Archive:
    """What was seen in a workbook's archive: by entry name, the first cell of each troublesome kind."""

    sheets: dict[str, str]
    error_cells: dict[str, str]
    far_cells: dict[str, str]

    def check_sheet(self, name: str) -> None:
        """Raise Invalid when the sheet of this name has a cell that cannot be read as it is shown."""
        entry = self.sheets.get(name, "")
        if entry in self.far_cells:
            raise TooLarge(
                "The sheet is too wide",
                detail=f"Sheet {name}: a value stands in cell {self.far_cells[entry]}.",
                hint="Delete everything to the right of the table and save the workbook.",
            )
        if entry in self.error_cells:
            raise Invalid(
                "A cell shows an error",
                detail=f"Sheet {name}, cell {self.error_cells[entry]}: a formula has no result there.",
                hint="Correct the formula, or replace it with its value.",
            )


def checked_archive(path: Path, limits: ReadingLimits) -> Archive:
    """Look through a workbook's archive; raises Invalid for what must not be in it, TooLarge for a bomb."""
    with named_refusals(path):
        try:
            with zipfile.ZipFile(path) as archive:
                _refuse_contents([entry.filename for entry in archive.infolist()])
                return _inflated(archive, path.stat().st_size, limits)
        except (
            zipfile.BadZipFile,
            zlib.error,
            EOFError,
            NotImplementedError,
            ET.ParseError,
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
    most = min(limits.max_uncompressed_bytes, file_bytes * limits.max_compression_ratio)
    seen = Archive(sheets={}, error_cells={}, far_cells={})
    total = 0
    for entry in archive.infolist():
        total += _walk(archive, entry, most - total, seen)
    seen.sheets.update(_sheet_entries(archive))
    return seen


def _walk(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, most: int, seen: Archive) -> int:
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
                _note(before + chunk, entry.filename, seen)
                before = chunk[-_OVERLAP_BYTES:]
    if size != entry.file_size:
        raise _damaged(f"{entry.filename} is longer or shorter than it says")
    return size


def _note(text: bytes, sheet: str, seen: Archive) -> None:
    if not _EITHER.search(text):
        return
    for pattern, cells in ((_ERROR_CELL, seen.error_cells), (_FAR_CELL, seen.far_cells)):
        found = None if sheet in cells else pattern.search(text)
        if found:
            place = _PLACE.search(found.group())
            cells[sheet] = place.group(1).decode("ascii") if place else "of unknown place"


def _sheet_entries(archive: zipfile.ZipFile) -> dict[str, str]:
    """Give the archive's entry of each sheet by the sheet's name."""
    relations = ET.fromstring(archive.read("xl/_rels/workbook.xml.rels"))  # noqa: S314 - see import
    targets = {relation.get("Id"): relation.get("Target", "") for relation in relations}
    workbook = ET.fromstring(archive.read("xl/workbook.xml"))  # noqa: S314 - see import
    entries = {}
    for sheet in workbook.iter():
        target = targets.get(sheet.get(_RELATION), "")
        if target:
            entries[sheet.get("name", "")] = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
    return entries


def _damaged(problem: str) -> Invalid:
    return Invalid(
        "The workbook cannot be read",
        detail=f"It is damaged or not a workbook: {problem[:200]}",
        hint="Open it in Excel, save it again as .xlsx, then upload that file.",
    )
