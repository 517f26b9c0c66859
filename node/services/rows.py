"""Rows of a table by what stands in their columns.

Invariants: a row without a value in a column is never kept by it; each question is one pass over one column: for
tables as pages have them that costs less than the plan of a query.
"""

from __future__ import annotations

from collections.abc import Collection

import pyarrow as pa
import pyarrow.compute as pc


def having(table: pa.Table, column: str, value: str) -> pa.Table:
    """Keep the rows with this value in a column."""
    return table.filter(pc.equal(table.column(column), pa.scalar(value)))


def among(table: pa.Table, column: str, values: Collection[str]) -> pa.Table:
    """Keep the rows with one of these values in a column."""
    return table.filter(pc.is_in(table.column(column), value_set=pa.array(list(values), pa.string())))
