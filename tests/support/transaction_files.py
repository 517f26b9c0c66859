"""Typed transactions as a file an analyst could have made."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow as pa
from pyarrow import csv

_MONEY = ("AMOUNT", "UNIT_PRICE", "REFERENCE_PRICE")


def written(table: pa.Table, path: Path) -> Path:
    """Write rows of TRANSACTION_RECORD, amounts in dollars."""
    for name in _MONEY:
        cents: list[Any] = table.column(name).to_pylist()
        dollars = [None if one is None else f"{one // 100}.{one % 100:02}" for one in cents]
        table = table.set_column(table.schema.get_field_index(name), name, pa.array(dollars, pa.string()))
    csv.write_csv(table, path)
    return path
