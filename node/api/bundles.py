"""Bundles this node holds, own and imported: what was signed, by whom, and where in whose log it stands."""

from __future__ import annotations

import json
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from node.access import Action
from node.api.dependencies import REVALIDATE, context, etag_of, is_current, not_modified
from node.api.listings import Listing, list_entry, listing
from node.api.models import BundleLine
from node.api.routing import Entry, family
from node.api.session import require
from node.errors import NotFound
from node.ports.ledger import Bundle
from node.services.context import Context

Digest = Annotated[str, Path(min_length=1, max_length=80, description="Digest of the manifest")]


def routes() -> APIRouter:
    """Give the routes."""
    rule = require(Action.READ_DASHBOARD)
    return family(
        "bundles",
        (
            list_entry("/bundles", bundles, rule, "The bundles held", BundleLine),
            Entry("GET", "/bundles/{digest}", bundle, rule, "One bundle with its manifest"),
        ),
    )


def bundles(
    *,
    originator: Annotated[str | None, Query(max_length=8)] = None,
    dataflow: Annotated[str | None, Query(max_length=64)] = None,
    live_only: bool = True,
    asked: Listing = Depends(listing),
    ctx: Context = Depends(context),
) -> Response:
    """Give bundles by originator and log index; without `live_only=false`, those in force."""

    def held() -> list[Bundle]:
        found = ctx.ledger.bundles(originator=originator, live_only=live_only)
        return [one for one in found if dataflow in {None, one.dataflow_id}]

    return asked.answer(
        "bundles", held, BundleLine.of, lambda one: (one.originator, one.log_index), (str, int)
    )


def bundle(request: Request, digest: Digest, ctx: Context = Depends(context)) -> Response:
    """Give the manifest as it was signed, with its disclosure certificate, and the envelope's signatures."""
    held = ctx.ledger.bundle(digest)
    if held is None:
        raise NotFound("There is no such bundle", hint="Take its digest from the list of bundles.")
    etag = etag_of("bundle", _state(held))
    if is_current(request, etag):
        return not_modified(etag)
    # both were verified when they came in, and are verified against their digest as they are read
    manifest = json.loads(ctx.objects.get(held.manifest))
    envelope = json.loads(ctx.objects.get(held.envelope))
    whole = BundleLine.of(held).model_dump(mode="json") | {
        "manifest": manifest,
        "certificate": manifest["certificate"],
        "signatures": envelope["signatures"],
        "parts": list(held.parts),
    }
    return JSONResponse(whole, headers=_headers(etag))


def _state(held: Bundle) -> str:
    """Everything of a bundle that can change: a later one may supersede it, and its member may take it back."""
    return f"{held.digest} {held.superseded_by or ''} {held.retracted_by or ''}"


def _headers(etag: str) -> dict[str, str]:
    return {"ETag": etag, "Cache-Control": REVALIDATE}
