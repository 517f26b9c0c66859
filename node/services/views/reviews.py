"""What people say beside a computed score: this node's analysts, the member whose score it is, and other members.

Invariants: the computed score is shown whatever people say; who looked at figures that have changed since has not
looked at these; another level or a hold counts until it ends, of all else the newest; nothing of a review that waits is
shown as its outcome; no member's judgement outlasts the period after its own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from exchange.statement import StatementKind
from node.ports.reviews import ScoreOfPeriod, ScoreReview
from node.services.context import Context
from node.services.scores import Score, risk_text
from node.services.statements import Told, told
from node.services.views.assessment import Assessment
from node.services.views.member_assessment import MemberAssessment
from schemas.digest import sha256_hex

COMPUTED = "computed"


@dataclass(frozen=True, slots=True)
class Reviewed:
    """What stands beside one score.

    state: "computed" (nobody looked, or only before the figures changed), or the verdict of `review`. is_outdated: the
    computed score is another one than the review was made of. waiting: an override for which a second officer is
    missing. judged: how other members assess it; comments: what the member itself says.
    """

    state: str
    review: ScoreReview | None = None
    is_outdated: bool = False
    waiting: ScoreReview | None = None
    judged: tuple[Told, ...] = ()
    comments: tuple[Told, ...] = ()


@dataclass(frozen=True, slots=True)
class Said:
    """Everything people said, read once for a page."""

    reviews: Sequence[ScoreReview]
    told: Sequence[Told]


def said(ctx: Context) -> Said:
    """Give what people of this node and other members said of scores."""
    return Said(ctx.reviews.all(), told(ctx))


def mark(all_said: Said) -> str:
    """Give a digest that changes with anything that was said."""
    return sha256_hex(repr((all_said.reviews, all_said.told)).encode())


def reviewed(ctx: Context, all_said: Said, of: ScoreOfPeriod, score: Score) -> Reviewed:
    """Give what stands beside a score."""
    own = [one for one in all_said.reviews if one.speaks_of(of)]
    nobody = Reviewed(
        COMPUTED,
        waiting=next((one for one in own if one.state == "waiting"), None),
        judged=tuple(one for one in all_said.told if _judges(one, of) and one.originator != ctx.member),
        comments=tuple(
            one
            for one in all_said.told
            if one.statement.kind is StatementKind.COMMENT
            and _about(one) == (of.model_id, of.area, of.time_period)
        ),
    )
    in_force = [one for one in own if one.state == "in_force"]
    newest = next((one for one in in_force if one.is_standing), next(iter(in_force), None))
    if newest is None:
        return nobody
    is_outdated = newest.of == of and _seen(newest) != _shown(score)
    state = COMPUTED if is_outdated and not newest.is_standing else newest.verdict.value
    return replace(nobody, state=state, review=newest, is_outdated=is_outdated)


def beside_all(ctx: Context, view: Assessment) -> Mapping[str, Reviewed]:
    """Give what stands beside each score of the page of all members, by the member's code."""
    everything = said(ctx)
    return {
        one.code: reviewed(ctx, everything, ScoreOfPeriod(view.model_id, one.code, view.year), one)
        for one in view.scores
    }


@dataclass(frozen=True, slots=True)
class MemberReviews:
    """What is said of one member.

    of: the score of the newest year. beside: what stands beside it. history: every review of the member, newest first.
    levels: those that a score can have, the lowest first.
    """

    of: ScoreOfPeriod
    beside: Reviewed
    history: tuple[ScoreReview, ...]
    levels: tuple[str, ...]


def beside_member(ctx: Context, view: MemberAssessment) -> MemberReviews:
    """Give what stands beside the score of the page of one member."""
    everything, of = said(ctx), ScoreOfPeriod(view.model_id, view.score.code, view.year)
    return MemberReviews(
        of=of,
        beside=reviewed(ctx, everything, of, view.score),
        history=of_member(everything, of),
        levels=tuple(level.name for level in view.composite.result.levels),
    )


def of_member(all_said: Said, of: ScoreOfPeriod) -> tuple[ScoreReview, ...]:
    """Give every review of an area by a version of the method, newest first."""
    return tuple(one for one in all_said.reviews if (one.of.model_id, one.of.area) == (of.model_id, of.area))


def _about(one: Told) -> tuple[str, str, str]:
    return one.statement.model_id, one.statement.area, one.statement.time_period


def _judges(one: Told, of: ScoreOfPeriod) -> bool:
    made = one.statement
    is_of_score = (made.model_id, made.area) == (of.model_id, of.area)
    periods = {made.time_period, made.last_period} & {made.time_period, _following(made.time_period)}
    return made.kind is StatementKind.ASSESSED and is_of_score and of.time_period in periods


def _following(year: str) -> str:
    return str(int(year) + 1) if year.isdecimal() else year


def _seen(one: ScoreReview) -> tuple[object, ...]:
    return one.computed, one.lower, one.upper


def _shown(score: Score) -> tuple[object, ...]:
    return score.levels, *risk_text(score)
