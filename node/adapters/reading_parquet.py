"""Parquet: the footer is checked against the limits before a page is read.

Invariants: what is decoded is counted and stopped at the limit, because a dictionary page can make few bytes
into many; every column becomes text in one form per type.
"""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from node.adapters.durable import named_refusals
from node.adapters.reading_limits import ReadingLimits
from node.adapters.reading_shape import Cells, check_rows, check_width, pc, shaped
from node.adapters.reading_text import number_text
from node.errors import Invalid, TooLarge
from node.ports.outside import ReadTable

_BATCH_ROWS = 4096


def read_parquet(path: Path, limits: ReadingLimits) -> ReadTable:
    """Read a Parquet file; raises Invalid when it is damaged or nested, TooLarge over a limit."""
    with named_refusals(path), path.open("rb") as handle:
        try:
            with pq.ParquetFile(handle) as file:
                _check_footer(file.metadata, path.stat().st_size, limits)
                table = _bounded(file, limits)
        except (pa.ArrowException, OSError) as error:
            raise Invalid(
                "The Parquet file cannot be read",
                detail=f"It is damaged or cut short: {str(error)[:200]}",
                hint="Write the file again, or upload it as CSV.",
            ) from error
    columns = [_text(column, name) for name, column in zip(table.column_names, table.columns, strict=True)]
    recipe = {"format": "parquet", "encoding": "", "separator": "", "sheet": ""}
    return shaped(table.column_names, columns, recipe, limits)


def _check_footer(footer: pq.FileMetaData, file_bytes: int, limits: ReadingLimits) -> None:
    check_rows(footer.num_rows, limits)
    check_width(footer.num_columns, limits)
    unpacked = sum(footer.row_group(group).total_byte_size for group in range(footer.num_row_groups))
    if unpacked > min(limits.max_uncompressed_bytes, file_bytes * limits.max_compression_ratio):
        raise _too_large(unpacked)


def _bounded(file: pq.ParquetFile, limits: ReadingLimits) -> pa.Table:
    batches = []
    decoded = 0
    for batch in file.iter_batches(batch_size=_BATCH_ROWS):
        decoded += batch.nbytes
        if decoded > limits.max_uncompressed_bytes:
            raise _too_large(decoded)
        batches.append(batch)
    return pa.Table.from_batches(batches, schema=file.schema_arrow)


def _too_large(size: int) -> TooLarge:
    return TooLarge(
        "The file is too large once unpacked",
        detail=f"It unpacks to {size} bytes or more.",
        hint="Split it by period.",
    )


def _text(column: Cells, name: str) -> Cells:
    """Give a column as text: whole numbers without a fraction, dates and moments in ISO 8601."""
    kind = column.type
    if pa.types.is_dictionary(kind):
        return _text(column.cast(kind.value_type), name)
    if pa.types.is_floating(kind):
        texts = [None if value is None else number_text(value) for value in column.to_pylist()]
        return pa.chunked_array([pa.array(texts, pa.string())])
    if pa.types.is_timestamp(kind):
        return _moments(column)
    if pa.types.is_nested(kind) or pa.types.is_binary(kind) or pa.types.is_fixed_size_binary(kind):
        raise Invalid(
            "A column holds something else than text, numbers or dates",
            detail=f"Column {name[:80]} is of type {kind}.",
            hint="Write the column as text.",
        )
    return column.cast(pa.string())


def _moments(column: Cells) -> Cells:
    """Give dates when no moment has a time of day (as other programs store dates), else date and time."""
    local = pc.local_timestamp(column) if column.type.tz else column
    days = pc.floor_temporal(local, unit="day")
    if pc.all(pc.equal(local, days)).as_py() is not False:
        return pc.strftime(local, format="%Y-%m-%d")
    return pc.strftime(local.cast(pa.timestamp("s"), safe=False), format="%Y-%m-%dT%H:%M:%S")
