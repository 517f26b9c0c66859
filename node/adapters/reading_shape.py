"""What every format ends in: chunks of text columns within the limits, without the blank rows at the end.

Invariants: rows keep their place, blank ones between others included, so that `first_row + i` is the row in
the file; only blank rows after the last one with a value are left out.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, TypeAlias

import pyarrow as pa
import pyarrow.compute

from node.adapters.reading_limits import ReadingLimits
from node.errors import TooLarge

# The type stubs of pyarrow are several versions behind it: these names tell people what a value is.
Cells: TypeAlias = Any  # a pa.ChunkedArray
pc: Any = pyarrow.compute


def check_rows(rows: int, limits: ReadingLimits) -> None:
    """Raise TooLarge when a file has more rows than are read."""
    if rows > limits.max_rows:
        raise TooLarge(
            "The file has too many rows",
            detail=f"It has more than {limits.max_rows} rows below the header.",
            hint="Split it by period.",
        )


def check_width(columns: int, limits: ReadingLimits) -> None:
    """Raise TooLarge when a file has more columns than are read."""
    if columns > limits.max_columns:
        raise TooLarge(
            "The file has too many columns",
            detail=f"It has {columns} columns, at most {limits.max_columns} are read.",
            hint="Keep only the columns of the template.",
        )


def check_cells(table: pa.Table, first_row: int, headers: Sequence[str], limits: ReadingLimits) -> None:
    """Raise TooLarge naming the first cell that is longer than a cell may be."""
    for header, column in zip(headers, table.columns, strict=True):
        if not _has_long(column, limits.max_cell_characters):
            continue
        is_long = pc.greater(pc.utf8_length(column.cast(pa.string())), limits.max_cell_characters)
        position = pc.index(is_long, value=True).as_py()
        if position >= 0:
            row = first_row + position
            raise TooLarge(
                "A cell is too long",
                detail=f"Row {row}, column {header[:80]}: more than {limits.max_cell_characters} characters.",
                hint="Look for a quotation mark that is opened and not closed, or shorten the text.",
                row=row,
            )


def without_last_blank_rows(chunks: Iterator[pa.Table]) -> Iterator[pa.Table]:
    """Hold blank rows back until a row with a value comes; spreadsheets leave many behind."""
    held: list[pa.Table] = []
    for chunk in chunks:
        filled = _filled_rows(chunk)
        if filled:
            yield from held
            yield chunk.slice(0, filled)
            held = []
        if filled < chunk.num_rows:
            held.append(chunk.slice(filled))


def repeated_texts() -> pa.DataType:
    """Give the type of columns whose texts repeat: the distinct texts, and which stands where."""
    return pa.dictionary(pa.int32(), pa.string())


def is_repeated(column: Cells) -> bool:
    """True if a column keeps its distinct texts apart from their places."""
    return pa.types.is_dictionary(column.type)


def distinct(column: Cells) -> Cells:
    """Give the different texts of a column, without null."""
    texts = pc.unique(column)
    texts = texts.dictionary_decode() if is_repeated(texts) else texts
    return texts.drop_null()


def _has_long(column: Cells, limit: int) -> bool:
    # bytes are never fewer than characters, and are counted without reading them
    texts = [chunk.dictionary if is_repeated(column) else chunk for chunk in column.chunks]
    return any((pc.max(pc.binary_length(text)).as_py() or 0) > limit for text in texts)


def _filled_rows(table: pa.Table) -> int:
    """Give the number of rows up to the last one with a value."""
    if table.num_rows == 0 or _is_filled(table.slice(table.num_rows - 1)):
        return table.num_rows
    filled = None
    for column in table.columns:
        texts = column.cast(pa.string())
        has_value = pc.fill_null(pc.not_equal(pc.utf8_trim_whitespace(texts), ""), fill_value=False)
        filled = has_value if filled is None else pc.or_(filled, has_value)
    places = pc.indices_nonzero(filled)
    return int(places[-1].as_py()) + 1 if len(places) else 0


def _is_filled(row: pa.Table) -> bool:
    return any((column[0].as_py() or "").strip() for column in row.columns)
