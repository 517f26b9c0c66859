"""What people say of computed scores, for people's own tools."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Path

from node.access import Action
from node.api.dependencies import context, moment
from node.api.models import Stated
from node.api.models_reviews import ReviewLine, SentReply, SentReview, StatisticsAnswer
from node.api.routing import Entry, family
from node.api.session import SignedIn, current, require
from node.services import reviews as use_cases
from node.services.context import Context
from node.services.views.review_statistics import statistics

Area = Annotated[str, Path(pattern="^[A-Z]{2}$")]
Number = Annotated[int, Path(ge=1, lt=2**31)]


def routes() -> APIRouter:
    """Give the routes."""
    one = "/assessment/{area}"
    read, judge = require(Action.READ_DASHBOARD), require(Action.REVIEW_SCORE)
    agree, answer = require(Action.APPROVE_OVERRIDE), require(Action.REPLY_TO_SCORE)
    return family(
        "assessment",
        (
            Entry("GET", "/reviews", listed, read, "Reviews of scores, newest first, and their statistics"),
            Entry("POST", f"{one}/reviews", review, judge, "Say something of a score", 201),
            Entry("POST", f"{one}/reply", reply, answer, "Reply to the own member's score", 204),
            Entry("POST", "/reviews/{number}/approve", approve, agree, "Agree to another level"),
            Entry("POST", "/reviews/{number}/refuse", end, agree, "Refuse another level"),
            Entry("POST", "/reviews/{number}/end", end, judge, "End a review before its time"),
        ),
    )


def listed(ctx: Context = Depends(context)) -> StatisticsAnswer:
    """Give every review of this node, and how often and which way people departed from what was computed."""
    return StatisticsAnswer.of(statistics(ctx), ctx.reviews.all())


def review(
    area: Area,
    sent: SentReview,
    ctx: Context = Depends(context),
    now: datetime = Depends(moment),
    person: SignedIn = Depends(current),
) -> ReviewLine:
    """Say something of a score; another level by a step or more waits for a second officer."""
    made = use_cases.review(ctx, person.account.actor, sent.score(area), sent.opinion(), now=now)
    return ReviewLine.of(made)


def reply(
    area: Area,
    sent: SentReply,
    ctx: Context = Depends(context),
    now: datetime = Depends(moment),
    person: SignedIn = Depends(current),
) -> None:
    """Tell all members something about the own member's score."""
    use_cases.reply(ctx, person.account.actor, sent.score(area), sent.text, language=sent.language, now=now)


def approve(
    number: Number,
    ctx: Context = Depends(context),
    now: datetime = Depends(moment),
    person: SignedIn = Depends(current),
) -> ReviewLine:
    """Agree to another level as the second officer."""
    return ReviewLine.of(use_cases.approve(ctx, person.account.actor, number, now=now))


def end(
    number: Number,
    sent: Stated,
    ctx: Context = Depends(context),
    now: datetime = Depends(moment),
    person: SignedIn = Depends(current),
) -> ReviewLine:
    """End a review, or refuse one that waits."""
    return ReviewLine.of(use_cases.end(ctx, person.account.actor, number, reason=sent.reason, now=now))
