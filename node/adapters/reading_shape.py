"""What every format ends in: one table of text columns with the names of its header row.

Invariants: rows keep their place, blank ones between others included, so that `first_row + i` is the row in
the file; only blank rows and nameless blank columns at the end are left out.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeAlias

import pyarrow as pa
import pyarrow.compute

from node.adapters.reading_limits import ReadingLimits
from node.errors import Invalid, TooLarge
from node.ports.outside import ReadTable

# The type stubs of pyarrow are several versions behind it: these names tell people what a value is.
Cells: TypeAlias = Any  # a pa.ChunkedArray
pc: Any = pyarrow.compute

HEADER_ROW = 1
FIRST_ROW = 2


def shaped(
    header: Sequence[str], columns: Sequence[Cells], recipe: dict[str, Any], limits: ReadingLimits
) -> ReadTable:
    """Give the table of text columns under their names, empty text and mere spaces turned into null.

    Raises Invalid for a header without names or a column with values but no name, TooLarge over a limit.
    """
    names = [name.strip() for name in header]
    filled = [_empty_to_null(column) for column in columns]
    while names and not names[-1] and filled[-1].null_count == len(filled[-1]):
        names, filled = names[:-1], filled[:-1]
    _check_names(names)
    check_width(len(names), limits)
    table = _without_last_blank_rows(pa.Table.from_arrays(filled, names=names))
    check_rows(table.num_rows, limits)
    _check_cells(table, limits)
    return ReadTable(table, FIRST_ROW, {**recipe, "header_row": HEADER_ROW, "columns": names})


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


def _empty_to_null(column: Cells) -> Cells:
    is_empty = pc.equal(pc.utf8_trim_whitespace(column), "")
    return pc.if_else(is_empty, pa.scalar(None, pa.string()), column)


def _check_names(names: Sequence[str]) -> None:
    if not any(names):
        raise Invalid(
            "The file has no header",
            detail=f"Row {HEADER_ROW} holds no column name.",
            hint="Put the column names of the template into the first row.",
            row=HEADER_ROW,
        )
    for position, name in enumerate(names, start=1):
        if not name:
            raise Invalid(
                "A column has no name",
                detail=f"Row {HEADER_ROW} is empty in column {position}.",
                hint="Name the column as in the template, or remove it.",
                row=HEADER_ROW,
            )


def _without_last_blank_rows(table: pa.Table) -> pa.Table:
    """Drop the rows after the last one with a value; spreadsheets leave many behind."""
    is_filled = pc.is_valid(table.column(0))
    for column in table.columns[1:]:
        is_filled = pc.or_(is_filled, pc.is_valid(column))
    filled_rows = pc.indices_nonzero(is_filled)
    return table.slice(0, filled_rows[-1].as_py() + 1 if len(filled_rows) else 0)


def _check_cells(table: pa.Table, limits: ReadingLimits) -> None:
    for name, column in zip(table.column_names, table.columns, strict=True):
        is_long = pc.greater(pc.utf8_length(column), limits.max_cell_characters)
        position = pc.index(is_long, value=True).as_py()
        if position >= 0:
            row = FIRST_ROW + position
            raise TooLarge(
                "A cell is too long",
                detail=f"Row {row}, column {name[:80]}: more than {limits.max_cell_characters} characters.",
                hint="Look for a quotation mark that is opened and not closed, or shorten the text.",
                row=row,
            )
