"""The rows of a CSV: in blocks by pyarrow where lines are rows, else record by record.

Invariants: both ways give the same cells and the same row numbers; what the fast way is lenient about is seen
by its watch before it is parsed, and the rest of the file is then read the strict way; a record of another
width or a quotation mark out of place is named by its row.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.csv

from node.adapters.durable import named_refusals
from node.adapters.reading_csv import text_of, unreadable
from node.adapters.reading_layout import Layout
from node.adapters.reading_limits import ReadingLimits
from node.adapters.reading_shape import check_rows, check_width, repeated_texts
from node.adapters.reading_source import Utf8Stream, WatchedStream
from node.adapters.reading_watch import LinesAreNoRows, Watch
from node.errors import Invalid

_BLOCK_BYTES = 1 << 22
_WALK_ROWS = 50_000
_csv: Any = pyarrow.csv


def csv_chunks(
    path: Path, layout: Layout, limits: ReadingLimits, repeated: Sequence[int]
) -> Iterator[pa.Table]:
    """Give the rows below the header as text columns "0", "1", ...; those of `repeated` as dictionaries."""
    with named_refusals(path):
        skipped, width = _header_end(path, layout)
        check_width(width, limits)
        rows = 0
        # only the strict way stops before footnotes, and tells a blank line from a row of one empty cell
        ways = [False, True, None] if layout.last_row is None and width > 1 else [None]
        while ways:
            way = ways.pop(0)
            chunks = (
                _walked(path, layout, width)
                if way is None
                else _parsed(path, layout, skipped, width, repeated, is_quoted=way)
            )
            try:
                for chunk in _after(chunks, rows):
                    rows += chunk.num_rows
                    check_rows(rows, limits)
                    yield chunk
                ways = []
            except LinesAreNoRows as stop:
                ways = ways if stop.is_quoted else [None]
            except pa.ArrowInvalid:
                # a row of another width, or blanks in a line of their own: the strict way tells which
                ways = [None]


def _header_end(path: Path, layout: Layout) -> tuple[int, int]:
    """Give how many bytes of UTF-8 stand before the first data row, and how many cells the header has."""
    passed = 0

    def lines(text: Any) -> Iterator[str]:
        nonlocal passed
        for line in text:
            passed += len(line.encode())
            yield line

    with text_of(path, layout.encoding) as text:
        records = csv.reader(lines(text), delimiter=layout.separator)
        try:
            header = list(islice(records, layout.header_last))
        except csv.Error as error:
            raise unreadable(str(error), layout.header_last) from error
    if len(header) < layout.header_last:
        raise unreadable("the file ends before its header", layout.header_last)
    return passed, len(header[-1])


def _parsed(
    path: Path, layout: Layout, skipped: int, width: int, repeated: Sequence[int], *, is_quoted: bool
) -> Iterator[pa.Table]:
    watch = Watch(layout.separator, allows_quoted_lines=is_quoted)
    stream = WatchedStream(Utf8Stream(path, layout.encoding, skipped=skipped), watch)
    names = [str(place) for place in range(width)]
    # StopIteration of an empty stream is an error to pyarrow: a header alone has no block
    with stream:
        try:
            blocks = _csv.open_csv(
                stream,
                _csv.ReadOptions(block_size=_BLOCK_BYTES, column_names=names),
                _csv.ParseOptions(
                    delimiter=layout.separator, newlines_in_values=is_quoted, ignore_empty_lines=False
                ),
                _csv.ConvertOptions(
                    column_types={name: _kind(int(name), repeated) for name in names},
                    null_values=[""],
                    strings_can_be_null=True,
                ),
            )
        except pa.ArrowInvalid as error:
            if "Empty CSV" in str(error):
                return
            raise
        with blocks:
            for block in blocks:
                yield pa.Table.from_batches([block])


def _kind(place: int, repeated: Sequence[int]) -> pa.DataType:
    return repeated_texts() if place in repeated else pa.string()


def _after(chunks: Iterator[pa.Table], rows: int) -> Iterator[pa.Table]:
    """Leave out the first rows, which another way of reading has given already."""
    for chunk in chunks:
        left = chunk.slice(min(rows, chunk.num_rows))
        rows -= chunk.num_rows - left.num_rows
        if left.num_rows:
            yield left


def _walked(path: Path, layout: Layout, width: int) -> Iterator[pa.Table]:
    """Read record by record, strictly."""
    with text_of(path, layout.encoding) as text:
        numbered = _numbered(csv.reader(text, delimiter=layout.separator, strict=True))
        for _ in islice(numbered, layout.header_last):
            pass
        if layout.last_row is not None:
            numbered = islice(numbered, layout.last_row - layout.header_last)
        blank = [""] * width
        while block := list(islice(numbered, _WALK_ROWS)):
            records = [
                record if len(record) == width else _blank(row, record, blank) for row, record in block
            ]
            columns = [
                pa.array([cell or None for cell in cells], pa.string())
                for cells in zip(*records, strict=True)
            ]
            yield pa.table(columns, names=[str(place) for place in range(width)])


def _numbered(records: Iterator[list[str]]) -> Iterator[tuple[int, list[str]]]:
    row = 0
    while True:
        row += 1
        try:
            record = next(records)
        except StopIteration:
            return
        except csv.Error as error:
            raise unreadable(str(error), row) from error
        yield row, record


def _blank(row: int, record: Sequence[str], blank: list[str]) -> list[str]:
    if any(cell.strip() for cell in record):
        raise Invalid(
            "A row has another number of cells than the header",
            detail=f"Row {row} has {len(record)} cells, the header has {len(blank)}.",
            hint="Look for a missing or extra separator there, or put the text with the separator into quotes.",
            row=row,
        )
    return blank
