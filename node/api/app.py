"""The web port's application, put together: routes, rules, limits, headers and the one shape of errors.

* Every route carries a rule (`session.Needs`) or stands in `PUBLIC`; an application with another route is not
  built, so that a forgotten rule is found before anybody can use it. The pages of the web surface bring their
  own: they are declared with it.
* From the outside in: headers on every answer, the last resort for mistakes, the host name, the size of the
  body, what the caller holds already, and then the routes.
* No page of documentation is served: it would load its scripts from elsewhere. The description itself is.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from fastapi import APIRouter, FastAPI
from fastapi.routing import iter_route_contexts
from starlette.requests import Request
from starlette.routing import Route
from starlette.types import ASGIApp

from node.access import Action
from node.api import (
    assessment,
    bundles,
    corridors,
    dataflows,
    disclosure,
    exports,
    figures,
    findings,
    methods,
    operations,
    people,
    records,
    reviews,
    signals,
    start,
    structures,
    submissions,
    typologies,
    underway,
)
from node.api.dependencies import Wiring
from node.api.description import describe
from node.api.limits import UPLOAD_BYTES, BodyLimit
from node.api.problems import PageOfProblem, answer_with
from node.api.routing import Entry, family
from node.api.security import AllowedHosts, LastResort, SecurityHeaders
from node.api.session import Door, Needs, require
from node.api.unchanged import Unchanged
from node.api.uploads import clear_abandoned
from node.services.context import Context

PREFIX = "/api/v1"
PUBLIC = frozenset(
    {
        f"POST {PREFIX}/session",
        "GET /healthz",
        "GET /readyz",
        "MOUNT /static",
    }
)
INCIDENT_BYTES = 6
PROCESS_BYTES = 8


def build_api(
    ctx: Context,
    *,
    now: Callable[[], datetime],
    staging: Path,
    holder: str,
    web_url: str,
    allowed_hosts: Collection[str],
    pages: Sequence[Route] = (),
    static: ASGIApp | None = None,
    page_of_problem: PageOfProblem | None = None,
    larger_bodies: Mapping[str, int] | None = None,
) -> FastAPI:
    """Give the application of the web port.

    Args:
        ctx: the node's ports.
        now: the clock (UTC).
        staging: folder for files while they arrive; what a killed process left in it is removed.
        holder: names this process for leases.
        web_url: the address people type; cookies are Secure when it is https.
        allowed_hosts: the host names this node answers to, without ports.
        pages: the routes of the web surface, which are made from declarations that include their rule.
        static: the web surface's files, mounted at /static.
        page_of_problem: writes a problem as a page, for paths outside the API.
        larger_bodies: body limits in bytes of the web surface's own upload paths.

    Raises:
        ValueError: a route has no rule.
    """
    is_https = web_url.startswith("https://")
    app = FastAPI(title="IRAC node", version="1", docs_url=None, redoc_url=None, openapi_url=None)
    clear_abandoned(staging)
    app.state.wiring = Wiring(ctx, now, staging, holder, ctx.random(PROCESS_BYTES).hex())
    app.state.door = Door(ctx, now=now, is_https=is_https)
    app.include_router(_api_routes(), prefix=PREFIX)
    app.include_router(operations.health_routes())
    app.routes.extend(pages)
    if static is not None:
        app.mount("/static", static, name="static")
    answer_with(app, page_of_problem, api_prefix=PREFIX)
    app.add_middleware(Unchanged, version=ctx.state.version, now=now, prefix=PREFIX)
    _protect(app, ctx, page_of_problem, allowed_hosts, larger_bodies or {}, is_https=is_https)
    forgotten = sorted(unguarded(app, pages))
    if forgotten:
        raise ValueError(f"routes without a rule: {', '.join(forgotten)}")
    return app


def unguarded(app: FastAPI, pages: Sequence[Route] = ()) -> Iterator[str]:
    """Give every "METHOD path" that neither carries a rule, nor is one of `pages`, nor stands in `PUBLIC`."""
    for route in iter_route_contexts([one for one in app.routes if one not in pages]):
        dependant = getattr(route, "dependant", None)
        guards = dependant.dependencies if dependant is not None else []
        if any(isinstance(guard.call, Needs) for guard in guards):
            continue
        for method in sorted(getattr(route, "methods", None) or {"MOUNT"}):
            if f"{method} {route.path}" not in PUBLIC:
                yield f"{method} {route.path}"


def _protect(
    app: FastAPI,
    ctx: Context,
    page_of_problem: PageOfProblem | None,
    allowed_hosts: Collection[str],
    larger_bodies: Mapping[str, int],
    *,
    is_https: bool,
) -> None:
    """Put the protections around the routes; the one added last is the outermost."""
    uploads = {f"{PREFIX}{path}": UPLOAD_BYTES for path in submissions.UPLOAD_PATHS}
    app.add_middleware(BodyLimit, larger=uploads | dict(larger_bodies))
    app.add_middleware(AllowedHosts, hosts=allowed_hosts)
    app.add_middleware(
        LastResort,
        incident=lambda: ctx.random(INCIDENT_BYTES).hex(),
        page=page_of_problem,
        api_prefix=PREFIX,
    )
    app.add_middleware(SecurityHeaders, is_https=is_https)


def description(request: Request) -> dict[str, Any]:
    """Give the OpenAPI description of this API."""
    app: FastAPI = request.app
    return describe(app)


def _api_routes() -> APIRouter:
    router = APIRouter()
    for module in (
        people,
        start,
        dataflows,
        structures,
        submissions,
        underway,
        findings,
        disclosure,
        bundles,
        records,
        typologies,
        figures,
        signals,
        corridors,
        exports,
        methods,
        assessment,
        reviews,
        operations,
    ):
        router.include_router(module.routes())
    rule = require(Action.READ_DASHBOARD)
    own = [Entry("GET", "/openapi.json", description, rule, "This description")]
    router.include_router(family("definitions", own))
    return router
