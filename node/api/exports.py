"""Every table of the dashboard as a file, with its notes: which there are, and one of them in the form asked for.

* The form is named by `format`, else by Accept; one that is not written is answered with 406.
* An answer that was cut says so in its headers, its file name and its notes.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Path, Query
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from node.access import Action
from node.api.dependencies import context, moment
from node.api.languages import reading_language
from node.api.routing import Entry, family
from node.api.session import SignedIn, current, require
from node.ports.exports import MEDIA_TYPES, Export, ExportFormat
from node.services.context import Context
from node.services.exports.build import MOST_ROWS, TABLES, export, write

OWN_PARAMETERS = frozenset({"format", "limit", "lang"})
_BINARY = {"schema": {"type": "string", "format": "binary"}}
FILES: tuple[tuple[str, Any], ...] = (
    ("response_class", Response),
    (
        "responses",
        {
            200: {
                "description": "The table in the form asked for",
                "content": {
                    media_type: {"schema": {"type": "object"}} if "json" in media_type else _BINARY
                    for media_type in MEDIA_TYPES.values()
                },
            }
        },
    ),
)
Limit = Annotated[
    int | None,
    Query(ge=1, le=max(MOST_ROWS.values()), description="Rows at most; the answer says if it was cut"),
]
Format = Annotated[
    ExportFormat | None, Query(alias="format", description="The form; without it, the first of Accept")
]


def routes() -> APIRouter:
    """Give the routes."""
    rule = require(Action.READ_DASHBOARD)
    return family(
        "exports",
        (
            Entry("GET", "/exports", listed, rule, "The tables that can be exported"),
            Entry("GET", "/exports/{table}", exported, rule, "A table with its notes", more=FILES),
        ),
    )


def listed() -> dict[str, Any]:
    """Give every table with what it is narrowed by, and every form with the rows it takes."""
    return {
        "tables": [
            {
                "table": one.name,
                "parameters": list(one.parameters),
                "takes_dimensions": one.takes_dimensions,
            }
            for one in TABLES
        ],
        "formats": [
            {"format": one.value, "media_type": MEDIA_TYPES[one], "most_rows": MOST_ROWS[one]}
            for one in ExportFormat
        ],
    }


def exported(
    request: Request,
    *,
    table: Annotated[str, Path(max_length=32)],
    asked: Format = None,
    limit: Limit = None,
    lang: str | None = None,
    ctx: Context = Depends(context),
    now: datetime = Depends(moment),
    person: SignedIn = Depends(current),
) -> Response:
    """Give rows and notes; every other parameter narrows the table, as in the address of its page."""
    written_as = asked or accepted(request.headers.get("accept", "*/*"))
    wanted = {name: value for name, value in request.query_params.items() if name not in OWN_PARAMETERS}
    language = reading_language(person, lang)
    made = export(ctx, table, wanted, written_as, language=language, now=now, limit=limit)
    return as_file(request, ctx, made, written_as)


def as_file(request: Request, ctx: Context, made: Export, written_as: ExportFormat) -> Response:
    """Answer with the file, what describes it, and whether it is whole."""
    headers = {
        "X-Rows-Total": str(made.total),
        "X-Rows-Sent": str(made.table.num_rows),
        "X-Complete": "true" if made.is_complete else "false",
        "Vary": "Accept",
        "Content-Type": MEDIA_TYPES[written_as],
    }
    if written_as is not ExportFormat.JSON:
        headers["Content-Disposition"] = f'attachment; filename="{made.file_name(written_as)}"'
    if written_as is ExportFormat.CSV:
        query = urlencode({**dict(request.query_params), "format": ExportFormat.CSVW.value})
        headers["Link"] = f'<{request.url.path}?{query}>; rel="describedby"; type="application/csvm+json"'
    return Response(write(ctx, made, written_as), headers=headers)


def accepted(header: str) -> ExportFormat:
    """Give the first form in an Accept header that is written here; raises 406 if none is."""
    known = {media_type.partition(";")[0]: one for one, media_type in MEDIA_TYPES.items()}
    known |= {"*/*": ExportFormat.JSON, "application/*": ExportFormat.JSON, "text/*": ExportFormat.CSV}
    for entry in header.split(","):
        named = entry.partition(";")[0].strip().lower()
        if named in known:
            return known[named]
    raise HTTPException(406, f"Tables are written as {', '.join(known)}.")
