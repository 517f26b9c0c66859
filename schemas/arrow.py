"""Structures as Arrow schemas.

Invariants: the Arrow type of a column follows from its kind alone; columns keep the structure's order; text
is `string`, days are `date32`, and every number is `int64` (counts in units, money in minor units).
"""

from __future__ import annotations

import pyarrow as pa

from schemas.errors import InvalidTable
from schemas.structure import Column, DataStructure

_CODED = pa.dictionary(pa.int32(), pa.string())
INTEGER_KINDS = frozenset({"count", "money", "amount", "coded"})


def arrow_type(column: Column) -> pa.DataType:
    """Return the Arrow type of a checked column."""
    if column.kind in INTEGER_KINDS:
        return pa.int64()
    return pa.date32() if column.kind == "date" else pa.string()


def arrow_schema(structure: DataStructure) -> pa.Schema:
    """Return the Arrow schema of a structure's typed table (checked upload, or cells)."""
    return pa.schema([pa.field(column.id, arrow_type(column)) for column in structure.columns])


def empty_table(structure: DataStructure) -> pa.Table:
    """Return a typed table of this structure without rows."""
    return arrow_schema(structure).empty_table()


def conform(table: pa.Table, structure: DataStructure, *, is_coded: bool = False) -> pa.Table:
    """Return `table` with exactly the structure's columns, in its order and types; `is_coded`: texts as dictionaries.

    Raises:
        InvalidTable: a column is absent, or a value does not fit its type without loss.
    """
    absent = [name for name in structure.column_ids if name not in table.column_names]
    if absent:
        raise InvalidTable(
            "The table lacks columns of its structure.",
            detail=f"{structure.id}: {', '.join(absent)}.",
            context={"structure": structure.id, "absent": absent},
        )
    try:
        schema = arrow_schema(structure)
        if is_coded:
            texts = (field.with_type(_CODED) if field.type == pa.string() else field for field in schema)
            schema = pa.schema(list(texts))
        return table.select(list(structure.column_ids)).cast(schema)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as reason:
        raise InvalidTable(
            "A value does not fit its column.",
            detail=f"{structure.id}: {reason}",
            context={"structure": structure.id},
        ) from reason
