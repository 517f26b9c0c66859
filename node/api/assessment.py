"""The assessment of members, for people's own tools."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query
from starlette.requests import Request
from starlette.responses import Response

from node.access import Action
from node.api.dependencies import REVALIDATE, context, etag_of, is_current, moment, not_modified
from node.api.models_assessment import AssessmentAnswer, DetailsAnswer, MemberAnswer, MomentumAnswer
from node.api.routing import Entry, family
from node.api.session import require
from node.errors import NotFound
from node.ports.work import IndicatorRun
from node.services.context import Context
from node.services.indicators import ASSESSMENT, DETAIL, shown, versions
from node.services.views.assessment import assessment
from node.services.views.details import CORRIDORS, KINDS, details
from node.services.views.member_assessment import member_assessment
from node.services.views.momentum import momenta
from node.services.views.reviews import beside_all, beside_member, mark, said

Year = Annotated[str, Query(pattern="^([0-9]{4})?$")]
Model = Annotated[str, Query(max_length=64)]
Kind = Annotated[str, Query(pattern=f"^({'|'.join(KINDS)})$")]
Area = Annotated[str, Path(pattern="^[A-Z]{2}$")]


def routes() -> APIRouter:
    """Give the routes."""
    rule = require(Action.READ_DASHBOARD)
    return family(
        "assessment",
        (
            Entry(
                "GET",
                "/assessment",
                members,
                rule,
                "All members by threat, vulnerability and consequence",
                more=(("response_model", AssessmentAnswer),),
            ),
            Entry(
                "GET",
                "/assessment/momentum",
                moved,
                rule,
                "What moved the scores since an earlier computation",
                more=(("response_model", MomentumAnswer),),
            ),
            Entry(
                "GET",
                "/assessment/details",
                detailed,
                rule,
                "Corridors, typologies or sectors with their scores and what made them",
                more=(("response_model", DetailsAnswer),),
            ),
            Entry(
                "GET",
                "/assessment/{area}",
                member,
                rule,
                "One member with everything its score stands on",
                more=(("response_model", MemberAnswer),),
            ),
        ),
    )


def members(
    request: Request,
    *,
    model: Model = "",
    year: Year = "",
    ctx: Context = Depends(context),
    now: datetime = Depends(moment),
) -> Response:
    """Give every member in a year, the newest without one; `model` is another version of the method."""
    run = _run(ctx, model)
    etag = etag_of("assessment", run.result_digest, run.view_id, year, mark(said(ctx)))
    if is_current(request, etag):
        return not_modified(etag)
    view = assessment(ctx, {"year": year, "model": run.model_id}, now)
    return _written(AssessmentAnswer.of(view, run, beside_all(ctx, view)), etag)


def moved(
    *,
    since: Annotated[str, Query(max_length=80)] = "",
    model: Model = "",
    ctx: Context = Depends(context),
    now: datetime = Depends(moment),
) -> MomentumAnswer:
    """Give the change of every score by its cause; `since` is the result digest of an earlier computation."""
    run = _run(ctx, model)
    return MomentumAnswer.of(momenta(ctx, {"since": since, "model": run.model_id}, now))


def detailed(
    request: Request,
    *,
    kind: Kind = CORRIDORS,
    year: Year = "",
    ctx: Context = Depends(context),
    now: datetime = Depends(moment),
) -> Response:
    """Give every unit of a kind in a year; of a kind of which nothing is assessed, those of the first that there is."""
    run = shown(ctx, versions(ctx, DETAIL)[0])
    if run is None:
        raise NotFound(
            "Nothing of the kind was assessed yet", hint="It is computed after the first release or import."
        )
    etag = etag_of("details", run.result_digest, run.view_id, kind, year)
    if is_current(request, etag):
        return not_modified(etag)
    return _written(DetailsAnswer.of(details(ctx, {"kind": kind, "year": year}, now), run), etag)


def member(
    request: Request,
    *,
    area: Area,
    model: Model = "",
    ctx: Context = Depends(context),
    now: datetime = Depends(moment),
) -> Response:
    """Give one member in the newest year, with its inputs, contributions, sensitivity and explanation."""
    run = _run(ctx, model)
    etag = etag_of("assessment", run.result_digest, run.view_id, area, mark(said(ctx)))
    if is_current(request, etag):
        return not_modified(etag)
    view = member_assessment(ctx, area, {"model": run.model_id}, now)
    return _written(MemberAnswer.of(view, beside_member(ctx, view).beside), etag)


def _run(ctx: Context, model: str) -> IndicatorRun:
    known = versions(ctx, ASSESSMENT)
    if model and model not in known:
        raise NotFound(
            "This node computes no such version of the assessment",
            detail=model,
            hint="One of: " + ", ".join(known),
        )
    run = shown(ctx, model or known[0])
    if run is None:
        raise NotFound(
            "No assessment was computed yet", hint="It is computed after the first release or import."
        )
    return run


def _written(answer: AssessmentAnswer | DetailsAnswer | MemberAnswer, etag: str) -> Response:
    return Response(
        answer.model_dump_json(),
        headers={"ETag": etag, "Cache-Control": REVALIDATE},
        media_type="application/json",
    )
