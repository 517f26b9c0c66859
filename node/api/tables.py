"""Tables on their way out: bounded, and always saying whether they are whole.

* An answer that was cut says so in its body, its headers and its file name: a cut table that looks whole is
  worse than none.
* Values leave as they are stored: integers of minor units, nothing formatted, withheld and missing as null
  with their interval and status beside them.
"""

from __future__ import annotations

import io
import json
from enum import StrEnum
from typing import Any

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet
from starlette.responses import Response

USUAL_ROWS = 10_000
MOST_JSON_ROWS = 100_000
MOST_FILE_ROWS = 1_000_000


class TableFormat(StrEnum):
    """How a table is written."""

    JSON = "json"
    CSV = "csv"
    PARQUET = "parquet"


MEDIA_TYPES = {
    TableFormat.JSON: "application/json",
    TableFormat.CSV: "text/csv; charset=utf-8",
    TableFormat.PARQUET: "application/vnd.apache.parquet",
}


def as_document(table: pa.Table, *, offset: int, limit: int) -> dict[str, Any]:
    """Give rows as JSON objects with `total`, and `complete` true only if every row is there."""
    rows = table.slice(offset, limit)
    return {
        "total": table.num_rows,
        "offset": offset,
        "complete": rows.num_rows == table.num_rows,
        "columns": table.column_names,
        "rows": rows.to_pylist(),
    }


def answer(
    table: pa.Table,
    table_format: TableFormat,
    *,
    name: str,
    offset: int,
    limit: int,
    headers: dict[str, str],
    about: dict[str, Any] | None = None,
) -> Response:
    """Write rows `offset` to `offset + limit`; `about` stands before them in JSON, `name` names a file."""
    rows = table.slice(offset, limit)
    is_complete = rows.num_rows == table.num_rows
    told = {
        "X-Rows-Total": str(table.num_rows),
        "X-Rows-Sent": str(rows.num_rows),
        "X-Complete": "true" if is_complete else "false",
    }
    if table_format is TableFormat.JSON:
        document = (about or {}) | as_document(table, offset=offset, limit=limit)
        content = json.dumps(document, ensure_ascii=False, default=str).encode()
    else:
        content = _csv(rows) if table_format is TableFormat.CSV else _parquet(rows)
        file_name = f"{name}{'' if is_complete else '-incomplete'}.{table_format}"
        told["Content-Disposition"] = f'attachment; filename="{file_name}"'
    return Response(content, headers=told | headers, media_type=MEDIA_TYPES[table_format])


def _csv(table: pa.Table) -> bytes:
    sink = io.BytesIO()
    pyarrow.csv.write_csv(table, sink)
    return sink.getvalue()


def _parquet(table: pa.Table) -> bytes:
    sink = io.BytesIO()
    pyarrow.parquet.write_table(table, sink, compression="zstd")
    return sink.getvalue()
