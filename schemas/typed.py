"""What a chunk becomes once its cells are read: a typed table, codes and periods by their places.

Invariants: the schema follows from the structure alone, so all chunks of all files agree; a code and a period
are stored as a place in a list that is the same in every chunk; decoded, the table has the structure's schema.
"""

from __future__ import annotations

import pyarrow as pa

from schemas.arrow import arrow_schema, arrow_type
from schemas.columns import code_ids
from schemas.dates import known_periods
from schemas.masks import Cells, pc
from schemas.sheet import Sheet
from schemas.structure import Column, DataStructure
from schemas.vectors import vector

PLACE = pa.dictionary(pa.int32(), pa.string())


def typed_schema(structure: DataStructure) -> pa.Schema:
    """Return the schema of a typed table."""
    return pa.schema([pa.field(column.id, _kind(column)) for column in structure.columns])


def typed_table(sheet: Sheet) -> pa.Table:
    """Return the typed cells of a sheet whose columns were all checked; refused rows are still there."""
    return pa.table(
        [_typed(column, sheet) for column in sheet.structure.columns], schema=typed_schema(sheet.structure)
    )


def decoded(table: pa.Table, structure: DataStructure) -> pa.Table:
    """Return a typed table with the structure's own schema."""
    return table.cast(arrow_schema(structure))


def recoded(table: pa.Table, structure: DataStructure) -> pa.Table:
    """Return a table that was written out and read back as a typed table in one chunk."""
    columns = []
    for column in structure.columns:
        cells = vector(table.column(column.id))
        words = _words(column)
        if words is None:
            columns.append(cells.plain.cast(_kind(column)))
        else:
            place = cells.spread(pc.index_in(cells.distinct, value_set=words))
            columns.append(pa.DictionaryArray.from_arrays(place, words))
    return pa.table(columns, schema=typed_schema(structure))


def _typed(column: Column, sheet: Sheet) -> Cells:
    cells = sheet.typed[column.id]
    if cells.words is not None:
        return pa.DictionaryArray.from_arrays(cells.cells, cells.words, safe=False)
    return cells.cells.cast(_kind(column))


def _kind(column: Column) -> pa.DataType:
    return PLACE if column.kind in {"code", "period"} else arrow_type(column)


def _words(column: Column) -> Cells | None:
    if column.kind == "period":
        return known_periods()
    return code_ids(column.codelist or "") if column.kind == "code" else None
