"""What people say of computed scores: one member's assessment with its reviews, the forms, and the check for bias.

Invariants: a form says of which score and which version of the method it speaks; the computed score stands on every
page that shows another one.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from starlette.responses import Response

from node.access import Action
from node.errors import Invalid, NodeError
from node.ports.reviews import ReviewReason, ScoreOfPeriod, Verdict
from node.services import reviews
from node.services.reviews import Opinion
from node.services.views.member_assessment import member_assessment
from node.services.views.review_statistics import statistics
from node.services.views.reviews import beside_member
from node.web.language import N_
from node.web.refusals import status_of
from node.web.surface import Page, Surface, go
from node.web.visit import Visit

Code = TypeVar("Code", Verdict, ReviewReason)
MEMBER = "/assessment/{area}"
REVIEW = f"{MEMBER}/reviews/{{number}}"


def member_page(surface: Surface, visit: Visit, error: NodeError | None = None) -> Response:
    """One member with everything its score stands on, and what people say of it."""
    wanted = {**visit.query, "model": visit.text("model") or visit.query.get("model", "")}
    view = member_assessment(surface.ctx, _area(visit), wanted, visit.now)
    return surface.show(
        visit,
        "member_assessment.html",
        status=status_of(error) if error else 200,
        view=view,
        said=beside_member(surface.ctx, view),
        reasons=tuple(ReviewReason),
        typed=visit.text,
        is_own=view.score.code == surface.ctx.member,
        error=error,
    )


def statistics_page(surface: Surface, visit: Visit) -> Response:
    """How often and which way people depart from what was computed."""
    return surface.show(visit, "review_statistics.html", view=statistics(surface.ctx))


def make(surface: Surface, visit: Visit) -> Response:
    """Say something of a score."""
    opinion = Opinion(
        verdict=_one_of(Verdict, visit.text("verdict")),
        assessed=visit.text("assessed"),
        reason=_one_of(ReviewReason, visit.text("reason")) if visit.text("reason") else None,
        text=visit.text("text"),
        evidence=visit.text("evidence"),
        periods=int(visit.text("periods")) if visit.text("periods") in {"1", "2"} else 0,
        is_shared=bool(visit.text("shared")),
    )
    reviews.review(surface.ctx, visit.actor, _score(visit), opinion, now=visit.now)
    return _done(visit, "reviewed")


def say(surface: Surface, visit: Visit) -> Response:
    """Reply to the own member's score."""
    language = visit.language.code
    reviews.reply(
        surface.ctx, visit.actor, _score(visit), visit.text("reply"), language=language, now=visit.now
    )
    return _done(visit, "replied")


def approve(surface: Surface, visit: Visit) -> Response:
    """Agree to another level as the second officer."""
    reviews.approve(surface.ctx, visit.actor, visit.number("number"), now=visit.now)
    return _done(visit, "override_approved")


def end(surface: Surface, visit: Visit) -> Response:
    """End a review before its time, or refuse one that waits."""
    reason = visit.text("end_reason")
    reviews.end(surface.ctx, visit.actor, visit.number("number"), reason=reason, now=visit.now)
    return _done(visit, "review_ended")


def _area(visit: Visit) -> str:
    return str(visit.request.path_params["area"])


def _score(visit: Visit) -> ScoreOfPeriod:
    return ScoreOfPeriod(visit.text("model"), _area(visit), visit.text("period"))


def _one_of(codes: type[Code], text: str) -> Code:
    if text not in set(codes):
        raise Invalid(N_("This form cannot be read"), hint=N_("Open the page again and repeat."))
    return codes(text)


def _done(visit: Visit, name: str) -> Response:
    return go(f"/assessment/{_area(visit)}?done={name}")


def _form(path: str, action: Action, handle: Callable[[Surface, Visit], Response]) -> Page:
    return Page(path, "POST", action, handle, member_page)


PAGES = (
    Page("/assessment/reviews", "GET", Action.READ_DASHBOARD, statistics_page),
    Page(MEMBER, "GET", Action.READ_DASHBOARD, member_page),
    _form(f"{MEMBER}/review", Action.REVIEW_SCORE, make),
    _form(f"{MEMBER}/reply", Action.REPLY_TO_SCORE, say),
    _form(f"{REVIEW}/approve", Action.APPROVE_OVERRIDE, approve),
    _form(f"{REVIEW}/refuse", Action.APPROVE_OVERRIDE, end),
    _form(f"{REVIEW}/end", Action.REVIEW_SCORE, end),
)
