"""Pages of tables as JSON: bounded, and always saying whether they are whole.

* A page that is not the whole table says so in its body and its headers, and names the next one.
* Values leave as they are stored: integers of minor units, nothing formatted, withheld and missing as null
  with their kind, interval and status beside them.
* A cursor of a table is of one state of it: when the figures changed meanwhile, the reader begins again.
"""

from __future__ import annotations

import json
from typing import Any

import pyarrow as pa
from starlette.requests import Request
from starlette.responses import Response

from node.api import cursors
from node.errors import Conflict

USUAL_ROWS = 10_000
MOST_JSON_ROWS = 100_000
MOST_FILE_ROWS = 1_000_000


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


def beginning(of: str, state: str, cursor: str | None) -> int:
    """Give the row that a cursor stands before; raises Conflict when the table is not what it was."""
    if cursor is None:
        return 0
    offset, was = cursors.read(of, cursor, (int, str))
    if was != state:
        raise Conflict("The table has changed since the page before", hint="Begin again without a cursor.")
    return int(offset)


def answer(
    request: Request,
    table: pa.Table,
    *,
    of: str,
    state: str,
    offset: int,
    limit: int,
    headers: dict[str, str],
    about: dict[str, Any],
) -> Response:
    """Write rows `offset` to `offset + limit` of the table `of` in this `state`; `about` stands before them."""
    document = about | as_document(table, offset=offset, limit=limit)
    sent, total = len(document["rows"]), table.num_rows
    told = {
        "X-Rows-Total": str(total),
        "X-Rows-Sent": str(sent),
        "X-Complete": "true" if document["complete"] else "false",
    }
    if offset + sent < total:
        cursor = cursors.written(of, (offset + sent, state))
        document["next"] = cursor
        told |= cursors.next_page(request, cursor)
    content = json.dumps(document, ensure_ascii=False, default=str).encode()
    return Response(content, headers=told | headers, media_type="application/json")
