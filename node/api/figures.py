"""The figures: cells of the dataflows and results of the shared indicators, page by page or as a file."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query
from starlette.requests import Request
from starlette.responses import Response

from node.access import Action
from node.api import tables
from node.api.cursors import Cursor
from node.api.dependencies import REVALIDATE, context, etag_of, is_current, moment, not_modified
from node.api.exports import FILES, OWN_PARAMETERS, as_file
from node.api.languages import own_language
from node.api.routing import Entry, family
from node.api.session import require
from node.errors import Invalid, NotFound
from node.ports.exports import ExportFormat
from node.ports.work import IndicatorRun
from node.services.context import Context
from node.services.exports.build import MOST_ROWS, export
from node.services.exports.extracts import flow_cells
from node.services.exports.figures import indicators as indicator_rows
from node.services.exports.figures import shown_run
from node.services.indicators import CROSS_BORDER
from schemas import registry

Rows = Annotated[int | None, Query(ge=1, le=tables.MOST_FILE_ROWS, description="Rows at most")]
Model = Annotated[str, Query(max_length=64, description="The model whose newest run is asked for")]
Dataflow = Annotated[str, Path(max_length=64)]
Format = Annotated[
    ExportFormat, Query(alias="format", description="JSON page by page, any other form as a file")
]


def routes() -> APIRouter:
    """Give the routes."""
    rule = require(Action.READ_DASHBOARD)
    return family(
        "figures",
        (
            Entry("GET", "/cells/{dataflow}", cells, rule, "The live cells of a dataflow", more=FILES),
            Entry("GET", "/indicators", indicators, rule, "The newest indicators", more=FILES),
        ),
    )


def cells(
    request: Request,
    *,
    dataflow: Dataflow,
    written_as: Format = ExportFormat.JSON,
    limit: Rows = None,
    cursor: Cursor = None,
    ctx: Context = Depends(context),
    now: datetime = Depends(moment),
    language: str = Depends(own_language),
) -> Response:
    """Give the cells of all live bundles with their originator and bundle; says whether it is everything."""
    if dataflow not in {flow.id for flow in registry.dataflows()}:
        raise NotFound(
            "There is no such dataflow", detail=dataflow[:64], hint="Take one of the list of dataflows."
        )
    wanted = _filters(request) | {"dataflow": dataflow}
    if written_as is not ExportFormat.JSON:
        made = export(ctx, "cells", wanted, written_as, language=language, now=now, limit=limit)
        return as_file(request, ctx, made, written_as)
    held = [one.digest for one in ctx.ledger.bundles(live_only=True) if one.dataflow_id == dataflow]
    state = etag_of(*held)[1:17]
    etag = etag_of("cells", state, str(request.query_params), dataflow)
    if is_current(request, etag):
        return not_modified(etag)
    of = f"cells/{dataflow}"
    return tables.answer(
        request,
        flow_cells(ctx, wanted, now).rows,
        of=of,
        state=state,
        offset=tables.beginning(of, state, cursor),
        limit=_page_rows(limit),
        headers={"ETag": etag, "Cache-Control": REVALIDATE},
        about={"dataflow": dataflow, "bundles": held},
    )


def indicators(
    request: Request,
    *,
    model: Model = CROSS_BORDER,
    written_as: Format = ExportFormat.JSON,
    limit: Rows = None,
    cursor: Cursor = None,
    ctx: Context = Depends(context),
    now: datetime = Depends(moment),
    language: str = Depends(own_language),
) -> Response:
    """Give the rows of a model's newest run; filter by a column's name in small letters, such as `ref_area=KZ`."""
    wanted = _filters(request) | {"model": model}
    if written_as is not ExportFormat.JSON:
        made = export(ctx, "indicators", wanted, written_as, language=language, now=now, limit=limit)
        return as_file(request, ctx, made, written_as)
    run = shown_run(ctx, model)
    etag = etag_of("indicators", run.result_digest, run.view_id, str(request.query_params))
    if is_current(request, etag):
        return not_modified(etag)
    found = indicator_rows(ctx, wanted, now)
    of, state = f"indicators/{model}", etag_of(run.result_digest, run.view_id)[1:17]
    return tables.answer(
        request,
        found.rows,
        of=of,
        state=state,
        offset=tables.beginning(of, state, cursor),
        limit=_page_rows(limit),
        headers={"ETag": etag, "Cache-Control": REVALIDATE},
        about=_about(run) | {"filters": dict(found.filters)},
    )


def _filters(request: Request) -> dict[str, str]:
    own = OWN_PARAMETERS | {"cursor", "model"}
    return {name: value for name, value in request.query_params.items() if name not in own}


def _page_rows(limit: int | None) -> int:
    most = MOST_ROWS[ExportFormat.JSON]
    if limit is not None and limit > most:
        raise Invalid(
            "So many rows are not written as JSON",
            hint=f"Ask for at most {most} rows, or for format=csv or format=parquet.",
        )
    return limit or tables.USUAL_ROWS


def _about(run: IndicatorRun) -> dict[str, object]:
    return {
        "model": run.model_id,
        "model_version": run.model_version,
        "spec_digest": run.spec_digest,
        "view": run.view_id,
        "result_digest": run.result_digest,
        "inputs": list(run.inputs),
        "run_at": run.run_at.isoformat(),
    }
