"""Excel workbooks: which sheet holds the table, where its header and footnotes stand, and its rows.

Invariants: nothing is read before the archive was found harmless (reading_archive); a cell that shows an
error in Excel, or a formula that was never calculated, refuses the file, because it would come out as nothing;
numbers of the file's own are marked, so that no convention of text is applied to them.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import Any, Self

import pyarrow as pa
from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from node.adapters.durable import named_refusals
from node.adapters.reading_archive import Archive, checked_archive
from node.adapters.reading_header import SEARCHED_ROWS, Header, Merge, find_header, footnotes, no_header
from node.adapters.reading_layout import TYPED, Layout
from node.adapters.reading_limits import ReadingLimits
from node.adapters.reading_names import NameBook
from node.adapters.reading_shape import check_rows, check_width
from node.adapters.reading_text import cell_text
from node.errors import Invalid, TooLarge
from node.ports.reading import Recipe

_CHUNK_ROWS = 50_000
_MOST_MERGES = 100_000
_MOST_SHEETS = 50


@dataclass(frozen=True, slots=True)
class OpenSheet:
    """A sheet in memory. `left`: the sheet's column that is column 0 here."""

    name: str
    sheet: CalamineSheet
    left: int
    merges: tuple[Merge, ...]

    @classmethod
    def of(cls, sheet: CalamineSheet, limits: ReadingLimits) -> Self:
        """Take a sheet as it was opened; raises TooLarge."""
        left = 0 if sheet.start is None else sheet.start[1]
        check_rows(0 if sheet.end is None else sheet.end[0], _of_workbook(limits))
        check_width(sheet.width, limits)
        ranges = islice(sheet.merged_cell_ranges or (), _MOST_MERGES)
        merges = tuple(
            Merge(top, max(0, first - left), bottom, last - left)
            for (top, first), (bottom, last) in ranges
            if last >= left
        )
        return cls(sheet.name, sheet, left, merges)

    def rows(self) -> Iterator[list[Any]]:
        """Give the rows from the sheet's first one on."""
        return iter(()) if self.sheet.end is None else self.sheet.iter_rows()


class WorkbookFile:
    """An .xlsx workbook that was found harmless; raises Invalid or TooLarge."""

    def __init__(self, path: Path, limits: ReadingLimits) -> None:
        if path.stat().st_size > limits.max_workbook_bytes:
            raise TooLarge(
                "The workbook is too large",
                detail=f"A workbook is held whole; at most {limits.max_workbook_bytes} bytes are read.",
                hint="Save the table as CSV, then upload that file.",
            )
        self.archive: Archive = checked_archive(path, limits)
        self._path, self._limits = path, limits
        self._opened: OpenSheet | None = None

    def survey(self, book: NameBook, asked: str | None) -> Layout:
        """Choose the sheet that names most columns of the structure, the first of equals."""
        names = self._visible_sheets()
        if asked is not None and asked not in names:
            raise Invalid(
                "There is no such sheet",
                detail=f"The sheets people can see are: {', '.join(names)[:300]}.",
                hint="Choose one of them.",
            )
        best: tuple[int, str, Header] | None = None
        problem: Invalid = no_header(1)
        for name in [asked] if asked is not None else names:
            try:
                header = self._header(self.open(name), book)
            except Invalid as refusal:
                problem = problem if isinstance(problem, TooLarge) else refusal
                continue
            score = len({concept for parts in header.parts if (concept := book.of_parts(parts))})
            if best is None or score > best[0]:
                best = score, name, header
        if best is None:
            raise problem
        _, chosen, header = best
        self.archive.check_sheet(chosen)
        return self._layout(chosen, header, tuple(name for name in names if name != chosen))

    def open(self, name: str) -> OpenSheet:
        """Open a sheet; the last one stays open."""
        if self._opened is not None and self._opened.name == name:
            return self._opened
        self.archive.check_width(name)
        try:
            with named_refusals(self._path), CalamineWorkbook.from_path(str(self._path)) as workbook:
                self._opened = OpenSheet.of(workbook.get_sheet_by_name(name), self._limits)
        except CalamineError as error:
            raise _damaged(error) from error
        return self._opened

    def chunks(self, layout: Layout, filled: Sequence[int]) -> Iterator[pa.Table]:
        """Give the rows below the header; in the columns `filled`, a cell merged downwards stands in each row."""
        self.archive.check_sheet(layout.sheet)
        opened = self.open(layout.sheet)
        merges = [one for one in opened.merges if one.left == one.right and one.left in filled]
        rows = _spread_down(opened.rows(), merges)
        body = islice(rows, layout.header_last, layout.last_row)
        width = opened.sheet.width
        while block := list(islice(body, _CHUNK_ROWS)):
            columns = [
                pa.array([cell_text(value) or None for value in values], pa.string())
                for values in zip(*block, strict=True)
            ]
            yield pa.table(columns, names=[str(place) for place in range(width)])

    def around(self, recipe: Recipe) -> tuple[str, ...]:
        """Give the names of the sheets, the rows above the header, and those below the table."""
        rows = self.open(recipe.sheet).rows()
        above = list(islice(rows, recipe.header_first - 1))[:SEARCHED_ROWS]
        after = None if recipe.last_row is None else recipe.last_row - recipe.header_first + 1
        below = [] if after is None else islice(rows, after, after + SEARCHED_ROWS)
        beside = (" ".join(_shown(value) for value in row).strip() for row in (*above, *below))
        return (*self._visible_sheets(), *(text for text in beside if text))

    def merged_below(self, name: str, header_last: int) -> int:
        """Count the cells below the header that are merged."""
        return sum(one.top >= header_last for one in self.open(name).merges)

    def _header(self, opened: OpenSheet, book: NameBook) -> Header:
        rows = [[_shown(value) for value in row] for row in islice(opened.rows(), SEARCHED_ROWS)]
        return find_header(rows, book, [one for one in opened.merges if one.top < SEARCHED_ROWS])

    def _layout(self, name: str, header: Header, others: tuple[str, ...]) -> Layout:
        opened = self.open(name)
        below = islice(enumerate(opened.rows(), start=1), header.last + 1, None)
        last = deque(below, maxlen=SEARCHED_ROWS)
        noted = footnotes([[_shown(value) for value in row] for _, row in last], opened.sheet.width)
        return Layout(
            "xlsx",
            sheet=name,
            header_first=header.first + 1,
            header_last=header.last + 1,
            last_row=last[-1][0] - noted if noted else None,
            parts=header.parts,
            alternatives=others,
            has_serial_days=not self.archive.counts_from_1904,
        )

    def _visible_sheets(self) -> list[str]:
        try:
            with named_refusals(self._path), CalamineWorkbook.from_path(str(self._path)) as workbook:
                names = [
                    sheet.name
                    for sheet in workbook.sheets_metadata
                    if sheet.visible == SheetVisibleEnum.Visible and sheet.typ == SheetTypeEnum.WorkSheet
                ]
        except CalamineError as error:
            raise _damaged(error) from error
        if not names:
            raise Invalid(
                "The workbook has no sheet to read",
                detail="Every sheet is hidden, or is a chart.",
                hint="Unhide the sheet with the table and save the workbook.",
            )
        return names[:_MOST_SHEETS]


def _spread_down(rows: Iterator[list[Any]], merges: Sequence[Merge]) -> Iterator[list[Any]]:
    """Write the value of a cell merged downwards into every row that it covers."""
    begin: dict[int, list[Merge]] = {}
    for merge in merges:
        begin.setdefault(merge.top, []).append(merge)
    active: list[tuple[Merge, Any]] = []
    for number, row in enumerate(rows):
        active = [one for one in active if one[0].bottom >= number]
        active += [(merge, row[merge.left]) for merge in begin.get(number, ()) if merge.left < len(row)]
        for merge, value in active:
            row[merge.left] = value
        yield row


def _shown(value: object) -> str:
    return cell_text(value).removeprefix(TYPED)


def _of_workbook(limits: ReadingLimits) -> ReadingLimits:
    return replace(limits, max_rows=min(limits.max_rows, limits.max_workbook_rows))


def _damaged(error: CalamineError) -> Invalid:
    return Invalid(
        "The workbook cannot be read",
        detail=f"It is damaged or not a workbook: {str(error)[:200]}",
        hint="Open it in Excel, save it again as .xlsx, then upload that file.",
    )
