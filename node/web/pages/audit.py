"""The audit log."""

from __future__ import annotations

from starlette.responses import Response

from node.access import Action
from node.services.views.audit import audit
from node.web.surface import Page, Surface
from node.web.visit import Visit

LONGEST_NUMBER = 12


def audit_page(surface: Surface, visit: Visit) -> Response:
    """Who did what, newest first, and whether the chain is whole."""
    before = visit.query.get("before", "")
    number = int(before) if before.isascii() and before.isdigit() and len(before) <= LONGEST_NUMBER else None
    view = audit(surface.ctx, visit.actor, before=number, kind=visit.query.get("kind", ""))
    return surface.show(visit, "audit.html", view=view)


PAGES = (Page("/audit", "GET", Action.READ_AUDIT, audit_page),)
