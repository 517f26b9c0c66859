"""A signal by itself: what it says, who has seen it, and the form that says so."""

from __future__ import annotations

from starlette.responses import Response

from node.access import Action
from node.errors import NodeError
from node.services.acknowledge import NAMED, acknowledge
from node.services.views.acknowledged import signal_page
from node.web.refusals import status_of
from node.web.surface import Page, Surface, go
from node.web.visit import Visit


def signal(surface: Surface, visit: Visit, error: NodeError | None = None) -> Response:
    """One signal; its name stands in the address, and comes back with the form."""
    wanted = _named(visit)
    return surface.show(
        visit,
        "signal.html",
        status=status_of(error) if error else 200,
        view=signal_page(surface.ctx, wanted),
        wanted=wanted,
        note=visit.text("note"),
        error=error,
    )


def acknowledged(surface: Surface, visit: Visit) -> Response:
    """Keep that the signal was seen."""
    wanted = _named(visit)
    acknowledge(surface.ctx, visit.actor, wanted, note=visit.text("note"), now=visit.now)
    return go(surface.renderer.address("/signals", **wanted, done="acknowledged"))


def _named(visit: Visit) -> dict[str, str]:
    return {name: visit.text(name) or visit.query.get(name, "") for name in NAMED}


PAGES = (
    Page("/signals", "GET", Action.READ_DASHBOARD, signal),
    Page("/signals", "POST", Action.ACKNOWLEDGE, acknowledged, signal),
)
