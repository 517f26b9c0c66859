"""Awkward files, made on the spot."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import xlsxwriter


def a_workbook(path: Path, rows: Sequence[Sequence[Any]], *, sheet: str = "Таблица") -> Path:
    """Write a workbook of one sheet, each value as the type it has."""
    formats = {"default_date_format": "yyyy-mm-dd", "remove_timezone": True}
    with xlsxwriter.Workbook(path, formats) as workbook:
        target = workbook.add_worksheet(sheet)
        for number, row in enumerate(rows):
            target.write_row(number, 0, row)
    return path


def with_entries(path: Path, entries: dict[str, bytes]) -> Path:
    """Add entries to an archive, or replace those it has."""
    with zipfile.ZipFile(path) as archive:
        kept = {name: archive.read(name) for name in archive.namelist()}
    changed = io.BytesIO()
    with zipfile.ZipFile(changed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in {**kept, **entries}.items():
            archive.writestr(name, content)
    path.write_bytes(changed.getvalue())
    return path


def entry_of(path: Path, name: str) -> bytes:
    """Give an entry of an archive."""
    with zipfile.ZipFile(path) as archive:
        return archive.read(name)
