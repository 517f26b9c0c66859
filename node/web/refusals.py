"""What a person sees when something was refused or broke: what happened, where, what to do.

Invariants: no traceback, no library's text; an unexpected error is logged under the number the person sees.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

import structlog
from starlette.exceptions import HTTPException
from starlette.responses import Response

from node import errors
from node.access import ALLOWED, Action
from node.errors import NodeError
from node.web.language import N_
from node.web.surface import Surface, go
from node.web.visit import Visit

INCIDENT_BYTES = 6
MISSING, WRONG_METHOD, OVER_LIMIT = 404, 405, 413

STATUSES = {
    errors.Denied.code: 403,
    errors.NotSignedIn.code: 401,
    errors.Invalid.code: 422,
    errors.TooLarge.code: OVER_LIMIT,
    errors.NotFound.code: MISSING,
    errors.Conflict.code: 409,
    errors.Damaged.code: 500,
    errors.Unavailable.code: 503,
    NodeError.code: 500,
}


class Problem(Protocol):
    """A refusal as the web port describes it: status, stable code, what happened, what to do."""

    @property
    def status(self) -> int:
        """The HTTP status."""

    @property
    def detail(self) -> str:
        """What happened."""

    @property
    def context(self) -> Mapping[str, Any]:
        """The incident's number, for a fault."""


def of_problem(surface: Surface, visit: Visit, problem: Problem) -> Response:
    """Answer a refusal that no page made."""
    if "incident" in problem.context:
        return surface.show(visit, "incident.html", status=500, incident=str(problem.context["incident"]))
    return refused(surface, visit, HTTPException(problem.status, problem.detail))


def refused(surface: Surface, visit: Visit, error: NodeError | HTTPException) -> Response:
    """Answer a refusal: strangers are shown the way in, everybody else what to do."""
    known = _known(error) if isinstance(error, HTTPException) else error
    is_reading = visit.request.method in {"GET", "HEAD"}
    if isinstance(known, errors.NotSignedIn) and visit.person is None and is_reading:
        return go(surface.renderer.address("/sign-in", next=visit.path if visit.path != "/" else ""))
    return surface.show(
        visit,
        "refusal.html",
        status=status_of(known),
        error=known,
        roles=_roles(known),
    )


def incident(surface: Surface, visit: Visit, error: Exception) -> Response:
    """Answer what nobody foresaw: calmly, with a number that stands in the log beside the cause."""
    number = surface.ctx.random(INCIDENT_BYTES).hex()
    structlog.get_logger("node.web").error(
        "web.incident", incident=number, path=visit.request.url.path, exc_info=error
    )
    return surface.show(visit, "incident.html", status=500, incident=number)


def status_of(error: NodeError) -> int:
    """Give the status of a refusal."""
    return STATUSES.get(error.code, STATUSES[NodeError.code])


def _known(error: HTTPException) -> NodeError:
    if error.status_code in {MISSING, WRONG_METHOD}:
        return errors.NotFound(N_("There is no such page"))
    if error.status_code == OVER_LIMIT:
        return errors.TooLarge(N_("This is over a limit of the node"))
    return errors.Invalid(N_("The request could not be read"))


def _roles(error: NodeError) -> tuple[str, ...]:
    action = error.context.get("action")
    allowed = ALLOWED.get(Action(action), frozenset()) if action in set(Action) else frozenset()
    return tuple(sorted(allowed))
