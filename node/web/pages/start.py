"""Where a person's day begins: what waits for them, and what is due."""

from __future__ import annotations

from starlette.responses import Response

from node.access import Action
from node.services.views.deadlines import deadlines
from node.services.views.submissions import submissions
from node.services.views.tasks import tasks
from node.web.surface import Page, Rule, Surface
from node.web.visit import Visit

START_PATH = "/start"
LATEST_SHOWN = 5


def start_page(surface: Surface, visit: Visit) -> Response:
    """What waits for this person, the deadlines of those who read submissions, and what they sent last."""
    ctx, actor = surface.ctx, visit.actor
    reads = visit.may(Action.READ_SUBMISSIONS)
    mine = (
        [one for one in submissions(ctx, actor) if one.submission.submitted_by == actor.login]
        if reads
        else []
    )
    return surface.show(
        visit,
        "start.html",
        tasks=tasks(ctx, actor, visit.now),
        deadlines=deadlines(ctx, actor, visit.now) if reads else (),
        mine=tuple(mine[:LATEST_SHOWN]),
    )


PAGES = (Page(START_PATH, "GET", Rule.SIGNED_IN, start_page),)
