"""Excel workbooks: the first sheet people can see, its first row the header.

Invariants: nothing is read before the archive was found harmless (reading_archive); a cell that shows an
error in Excel refuses the file, because it would otherwise come out empty.
"""

from __future__ import annotations

from itertools import islice
from pathlib import Path

import pyarrow as pa
from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from node.adapters.durable import named_refusals
from node.adapters.reading_archive import checked_archive
from node.adapters.reading_limits import ReadingLimits
from node.adapters.reading_shape import Cells, check_rows, check_width, shaped
from node.adapters.reading_text import cell_text
from node.errors import Invalid
from node.ports.outside import ReadTable

_CHUNK_ROWS = 50_000


def read_xlsx(path: Path, limits: ReadingLimits) -> ReadTable:
    """Read an .xlsx workbook; raises Invalid or TooLarge."""
    archive = checked_archive(path, limits)
    try:
        with named_refusals(path), CalamineWorkbook.from_path(str(path)) as workbook:
            name = _first_visible_sheet(workbook)
            archive.check_sheet(name)
            header, columns = _rows(workbook.get_sheet_by_name(name), limits)
    except CalamineError as error:
        raise Invalid(
            "The workbook cannot be read",
            detail=f"It is damaged or not a workbook: {str(error)[:200]}",
            hint="Open it in Excel, save it again as .xlsx, then upload that file.",
        ) from error
    recipe = {"format": "xlsx", "encoding": "", "separator": "", "sheet": name}
    return shaped(header, columns, recipe, limits)


def _first_visible_sheet(workbook: CalamineWorkbook) -> str:
    for sheet in workbook.sheets_metadata:
        if sheet.visible == SheetVisibleEnum.Visible and sheet.typ == SheetTypeEnum.WorkSheet:
            return sheet.name
    raise Invalid(
        "The workbook has no sheet to read",
        detail="Every sheet is hidden, or is a chart.",
        hint="Unhide the sheet with the table and save the workbook.",
    )


def _rows(sheet: CalamineSheet, limits: ReadingLimits) -> tuple[list[str], list[Cells]]:
    """Give the header and the columns below it, all of one length; rows above the table are rows, too."""
    if sheet.end is None:
        return [], []
    check_rows(sheet.end[0], limits)
    check_width(sheet.width, limits)
    rows = sheet.iter_rows()
    header = [cell_text(value) for value in next(rows)]
    chunks: list[list[Cells]] = [[] for _ in header]
    while block := list(islice(rows, _CHUNK_ROWS)):
        for column, values in zip(chunks, zip(*block, strict=True), strict=True):
            column.append(pa.array([cell_text(value) for value in values], pa.string()))
    return header, [pa.chunked_array(column, pa.string()) for column in chunks]
