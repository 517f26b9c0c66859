"""What the pages are made of: the surface they belong to, and the declaration of each page.

Invariants: a page names the action it needs, or says that it is for everybody or for anybody signed in.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from anyio import CapacityLimiter
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from node.access import Action
from node.errors import NodeError
from node.services.context import Context
from node.web.render import Renderer
from node.web.visit import Door, Visit

SEE_OTHER = 303


class Rule(Enum):
    """Who may open a page that no single action stands for."""

    EVERYBODY = "everybody"
    SIGNED_IN = "signed_in"


@dataclass(frozen=True, slots=True)
class Surface:
    """Everything a page works with. readers: how many pages are made at once; the others wait in the order they came.

    More threads than a few would share one interpreter, and every page would take as long as all of them.
    """

    ctx: Context
    now: Callable[[], datetime]
    door_of: Callable[[Request], Door]
    session_cookie: str
    renderer: Renderer
    default_language: str
    max_upload_bytes: int
    readers: CapacityLimiter

    def show(self, visit: Visit, template: str, *, status: int = 200, **values: object) -> Response:
        """Render a page."""
        return self.renderer.page(visit, template, status=status, **values)


Handle = Callable[[Surface, Visit], Response]
Again = Callable[[Surface, Visit, NodeError], Response]


@dataclass(frozen=True, slots=True)
class Page:
    """A route: its path, its method, the rule for opening it, what answers it.

    `again` shows a form once more with what was typed when a use case refused it; without it the refusal has
    a page of its own. `is_upload` lets the body be as large as a file; `is_file` says that a file is made, which may
    take long.
    """

    path: str
    method: str
    rule: Action | Rule
    handle: Handle
    again: Again | None = None
    is_upload: bool = False
    is_file: bool = False

    @property
    def is_short(self) -> bool:
        """True for a page of the dashboard: it takes milliseconds, and few are made at once."""
        return self.rule in {Action.READ_DASHBOARD, Action.READ_EXCHANGE} and not self.is_file


def go(path: str) -> Response:
    """Send the browser on after a form, so that going back or reloading repeats nothing."""
    return RedirectResponse(path, SEE_OTHER)
