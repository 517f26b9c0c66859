"""The corridor matrix of all periods in one answer, as the page's own chart reads it.

* The answer is compact: letters and numbers in one order, said in its description, so that a hundred thousand
  corridors are a few hundred kilobytes.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path
from pydantic import BaseModel, Field
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from node.access import Action
from node.api.dependencies import REVALIDATE, context, etag_of, is_current, moment, not_modified
from node.api.routing import Entry, family
from node.api.session import require
from node.errors import Invalid, NotFound
from node.services.context import Context
from node.services.views.matrix import made_from, matrix
from node.services.views.standing import roll
from schemas import registry

Flow = Annotated[str, Path(max_length=64, examples=["DECLARED_FLOW"])]
NOT_FILTERS = frozenset({"REF_AREA", "COUNTERPART_AREA", "TIME_PERIOD"})
HELP = """\
Choose by the dataflow's dimensions in the query, written as in the structure (`MEASURE=V_DECL`); a value that no figure
has is replaced by the one that says most, and `chosen` says which values were taken.

`kinds` holds one letter for each (period, reporter, counterpart), in that order: `v` a value, `0` exactly zero, `w`
withheld between two bounds, `h` withheld without bounds, `m` exists and was not collected, `.` not shared, `-` itself.

`lower` and `upper` hold a number for each `v` and `w`, in the same order; null is an upper bound that is not
known. Money is in minor units."""


class CorridorMatrix(BaseModel):
    """All periods of one choice."""

    dataflow: str
    chosen: dict[str, str]
    members: list[str] = Field(examples=[["BY", "KZ"]])
    periods: list[str] = Field(examples=[["2023", "2024"]])
    kinds: str = Field(examples=["-v.--w0-"])
    lower: list[int] = Field(examples=[[1250, 1]])
    upper: list[int | None] = Field(examples=[[1250, 9]])
    bundles: list[str] = Field(description="The manifest digests of the bundles that the figures came from.")


def routes() -> APIRouter:
    """Give the routes."""
    told: dict[str, Any] = {
        "description": HELP,
        "response_model": CorridorMatrix,
        "responses": {304: {"description": "The caller's copy is current."}},
    }
    entry = Entry(
        "GET",
        "/corridors/{dataflow}",
        corridors,
        require(Action.READ_DASHBOARD),
        "The corridor matrix of all periods",
        more=tuple(told.items()),
    )
    return family("figures", [entry])


def corridors(
    request: Request, *, dataflow: Flow, ctx: Context = Depends(context), now: datetime = Depends(moment)
) -> Response:
    """Give the matrix; an answer is current until a bundle of the dataflow or a member comes or goes."""
    wanted = _wanted(dataflow, request.query_params)
    etag = etag_of(
        "corridors", dataflow, str(sorted(wanted.items())), *made_from(ctx, dataflow, roll(ctx, now))
    )
    if is_current(request, etag):
        return not_modified(etag)
    found = matrix(ctx, dataflow=dataflow, wanted=wanted, now=now)
    body = {
        "dataflow": found.dataflow,
        "chosen": found.chosen,
        "members": found.members,
        "periods": found.packed.periods,
        "kinds": found.packed.kinds,
        "lower": found.packed.lower,
        "upper": found.packed.upper,
        "bundles": found.bundles,
    }
    return JSONResponse(body, headers={"ETag": etag, "Cache-Control": REVALIDATE})


def _wanted(dataflow: str, query: Mapping[str, str]) -> dict[str, str]:
    """Give the choice of a query; other names are refused, because they would silently choose nothing."""
    if dataflow not in {flow.id for flow in registry.dataflows()}:
        raise NotFound(
            "There is no such dataflow", detail=dataflow[:64], hint="Take one of the list of dataflows."
        )
    known = [name for name in registry.dataflow(dataflow).cells.dimensions if name not in NOT_FILTERS]
    unknown = sorted(set(query) - set(known))
    if unknown:
        raise Invalid(
            "This cannot be chosen by", detail=", ".join(unknown)[:200], hint="By: " + ", ".join(known)
        )
    return dict(query)
