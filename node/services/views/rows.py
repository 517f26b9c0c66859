"""Rows of a table by what stands in their columns."""

from __future__ import annotations

from collections.abc import Sequence

import pyarrow as pa
import pyarrow.compute as pc


def having(table: pa.Table, column: str, value: str) -> pa.Table:
    """Keep the rows with this value in a column."""
    return table.filter(pc.field(column) == value)


def among(table: pa.Table, column: str, values: Sequence[str]) -> pa.Table:
    """Keep the rows with one of these values in a column."""
    return table.filter(pc.field(column).isin(list(values)))
