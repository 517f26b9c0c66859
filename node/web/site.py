"""The web surface, put together for whoever serves it.

Invariants: it reads no clock, no setting and no environment; whoever serves it adds the security headers and
the limits of the port.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from anyio import CapacityLimiter
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from node.services.context import Context
from node.web.forms import DRAINED_AT_MOST
from node.web.pages import (
    account,
    audit,
    bundles,
    dashboard,
    disclosure,
    entrance,
    exports,
    methods,
    register,
    reviews,
    signals,
    start,
    templates,
    upload,
    workspace,
)
from node.web.refusals import Problem
from node.web.render import Renderer
from node.web.routing import problem_page, route
from node.web.static_files import StaticFolder
from node.web.surface import Surface
from node.web.visit import Door

PAGES = (
    *entrance.PAGES,
    *start.PAGES,
    *register.PAGES,  # before the pages of single typologies: no code of a method is "register"
    *dashboard.PAGES,
    *reviews.PAGES,
    *signals.PAGES,
    *methods.PAGES,
    *bundles.PAGES,
    *upload.PAGES,
    *workspace.PAGES,
    *disclosure.PAGES,
    *templates.PAGES,
    *account.PAGES,
    *audit.PAGES,
    *exports.PAGES,
)
PAGES_AT_ONCE = 3
MAX_UPLOAD_BYTES = 256 * 1024 * 1024
SESSION_COOKIE = "irac_session"  # the door's cookie; a test compares the two names


@dataclass(frozen=True, slots=True)
class Site:
    """The pages' routes, each guarded by its own rule; their files; and how a refusal is written as a page.

    `larger_bodies`: paths that bound a body themselves, with what they may be sent before they answer.
    """

    routes: tuple[Route, ...]
    static: StaticFolder
    page_of_problem: Callable[[Request, Problem], Response]
    larger_bodies: Mapping[str, int]


def build_site(
    ctx: Context,
    *,
    now: Callable[[], datetime],
    door_of: Callable[[Request], Door] | None = None,
    session_cookie: str = SESSION_COOKIE,
    default_language: str = "ru",
    max_upload_bytes: int = MAX_UPLOAD_BYTES,
) -> Site:
    """Give the web surface.

    Args:
        ctx: the node's ports.
        now: the clock (UTC).
        door_of: gives, for a request, what signs people in and knows their sessions; without it, the door
            stands in the state of the application that serves the routes.
        session_cookie: the name of the cookie that carries a session's token.
        default_language: for strangers whose browser asks for none of the house's languages.
        max_upload_bytes: bound of an uploaded file.
    """
    find_door = door_of or _door_of_app
    surface = Surface(
        ctx,
        now,
        find_door,
        session_cookie,
        Renderer(ctx.member),
        default_language,
        max_upload_bytes,
        CapacityLimiter(PAGES_AT_ONCE),
    )
    return Site(
        routes=tuple(route(surface, page) for page in PAGES),
        static=StaticFolder(),
        page_of_problem=problem_page(surface),
        larger_bodies={upload.UPLOAD_PATH: DRAINED_AT_MOST},
    )


def _door_of_app(request: Request) -> Door:
    door: Door = request.app.state.door
    return door
