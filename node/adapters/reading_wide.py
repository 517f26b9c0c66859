"""Wide tables: columns whose header is a code (a measure, a period) become rows of the long form.

Invariants: a column carries codes only if every part of its header exactly names one of one dimension that no
other column fills; every value comes out in one row with the codes of its column; an empty cell is no
observation and makes no row; where each row came from is kept.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pyarrow as pa

from node.adapters.reading_names import NUMERIC_KINDS, NameBook
from node.adapters.reading_shape import Cells, pc
from node.ports.reading import ColumnReading


def carried(
    columns: Sequence[ColumnReading], parts: Sequence[Sequence[str]], book: NameBook
) -> tuple[ColumnReading, ...]:
    """Give the columns with the codes that their headers carry; as they were when the table is not wide."""
    values = [
        column.id
        for column in book.structure.columns
        if column.role == "measure" and column.kind in NUMERIC_KINDS
    ]
    named = {column.concept for column in columns if book.column(column.concept)}
    if len(values) != 1 or values[0] in named:
        return tuple(columns)
    unnamed = [column for column in columns if book.column(column.concept) is None]
    titles = _titles([parts[column.position] for column in unnamed], book)
    found = {
        column.position: codes
        for column in unnamed
        if (codes := _codes([part for part in parts[column.position] if part not in titles], book, named))
    }
    # a table is wide in one way: all its columns carry the same dimensions, and no two the same codes
    ways = {tuple(sorted(codes)) for codes in found.values()}
    different = {tuple(sorted(codes.items())) for codes in found.values()}
    if len(found) == 0 or len(ways) != 1 or len(different) != len(found):
        return tuple(columns)
    return tuple(
        replace(column, concept=values[0], carries=found[column.position])
        if column.position in found
        else column
        for column in columns
    )


def _titles(parts: Sequence[Sequence[str]], book: NameBook) -> set[str]:
    """Give what stands over all columns alike and is no code: the name of the whole group."""
    common = set.intersection(*map(set, parts)) if len(parts) > 1 else set()
    return {part for part in common if not book.coded_by(part)}


def _codes(parts: Sequence[str], book: NameBook, named: set[str]) -> dict[str, str]:
    codes: dict[str, str] = {}
    for part in parts:
        fitting = {name: code for name, code in book.coded_by(part).items() if name not in named | set(codes)}
        if len(fitting) != 1:
            return {}
        codes |= fitting
    return codes


def lengthened(table: pa.Table, columns: Sequence[ColumnReading]) -> tuple[pa.Table, Cells, Cells]:
    """Give the long form of a chunk of a wide table, and of each of its rows the row and column it came from."""
    wide = [column for column in columns if column.carries]
    concept, dimensions = wide[0].concept, sorted(wide[0].carries)
    values = [table.column(wide_name(column)) for column in wide]
    rows = np.repeat(np.arange(table.num_rows), len(wide))
    sources = np.tile(np.arange(len(wide)), table.num_rows)
    # column by column as they lie, then taken row by row as people read
    order: Cells = pa.array(sources * table.num_rows + rows)
    cells: Cells = pa.chunked_array(
        [chunk for column in values for chunk in column.cast(pa.string()).chunks], pa.string()
    )
    cells = cells.take(order)
    has_value = pc.fill_null(pc.not_equal(pc.utf8_trim_whitespace(cells), ""), fill_value=False)
    places: Cells = pa.array(rows).filter(has_value.combine_chunks())
    origins: Cells = pa.array(sources).filter(has_value.combine_chunks())
    carrying = {wide_name(column) for column in wide}
    out: list[tuple[str, Cells]] = [
        (name, column.take(places))
        for name, column in zip(table.column_names, table.columns, strict=True)
        if name not in carrying
    ]
    for dimension in dimensions:
        codes = pa.array([column.carries[dimension] for column in wide], pa.string()).take(origins)
        out.append((dimension, codes))
    out.append((concept, cells.filter(has_value)))
    positions = pa.array([column.position for column in wide]).take(origins)
    long = pa.Table.from_arrays([cells for _, cells in out], names=[name for name, _ in out])
    return long, places, positions


def wide_name(column: ColumnReading) -> str:
    """Give the name of a wide column while it is still one of several of one concept."""
    return f"{column.position} {column.concept}"
