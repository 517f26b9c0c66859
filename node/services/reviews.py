"""People say what they think of a computed score: an analyst looks, accepts, holds, or assesses it otherwise.

Invariants: no review changes a computed figure or its digest; a level that the score does not leave possible comes into
force only with a second officer, who is another person; it ends by itself after at most two periods; every text passes
the content gate; peers are told of what is shared, and nothing else leaves.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from exchange.statement import Statement, StatementKind
from node.access import ALLOWED, Action, Actor
from node.audit import AuditEvent
from node.errors import Conflict, Denied, Invalid, NotFound
from node.ports.reviews import ReviewReason, ScoreOfPeriod, ScoreReview, Verdict
from node.services import results as computed
from node.services import statements
from node.services.context import Context
from node.services.indicators import ASSESSMENT, shown, versions
from node.services.members import peer_codes
from node.services.nameless import require_nameless
from node.services.permission import permit, permit_second
from node.services.scores import Score, risk_text, score_of, steps, years_of
from risk_models.composite.specification import Composite
from risk_models.model import load_spec

LONGEST_TEXT = 1000
LONGEST_EVIDENCE = 200
MOST_PERIODS = 2
# ISO 639-2: words in no language that is known
UNDETERMINED = "und"


@dataclass(frozen=True, slots=True)
class Opinion:
    """What a person says. assessed: a level, of an override. periods: for how many, the score's own counted, 1 or 2.

    text: why, in words; evidence: where what it rests on can be found. An override and a hold need a reason and a text,
    an override its evidence too.
    """

    verdict: Verdict
    assessed: str = ""
    reason: ReviewReason | None = None
    text: str = ""
    evidence: str = ""
    periods: int = 1
    is_shared: bool = False


def review(ctx: Context, actor: Actor, of: ScoreOfPeriod, opinion: Opinion, *, now: datetime) -> ScoreReview:
    """Analyst: say something of a score; an override by a level or more waits for a second officer.

    Raises:
        Denied: not an analyst. NotFound: no such score. Invalid: something is missing, too long, names somebody, or is
            what was computed. Conflict: another override of it waits, or another level or a hold stands and has to be
            ended first. Unavailable: it is shared and cannot be told.
    """
    permit(actor, Action.REVIEW_SCORE)
    composite, score, digest = scored(ctx, of)
    opinion = _stated(opinion, composite, score)
    _require_none_stands(ctx, of, opinion)
    _require_tellable(ctx, is_shared=opinion.is_shared, now=now)
    lower, upper = risk_text(score)
    made = ScoreReview(
        number=0,
        of=of,
        verdict=opinion.verdict,
        computed=score.levels,
        lower=lower,
        upper=upper,
        result_digest=digest,
        assessed=opinion.assessed,
        reason=opinion.reason,
        text=opinion.text,
        evidence=opinion.evidence,
        last_period=str(int(of.time_period) + opinion.periods - 1),
        is_shared=opinion.is_shared,
        needs_second=opinion.verdict is Verdict.OVERRIDDEN
        and steps(composite, score.levels, opinion.assessed) != 0,
        role=_role(actor, Action.REVIEW_SCORE),
        reviewed_by=actor.login,
        reviewed_at=now,
    )
    stored = ctx.reviews.add(made, _event("score.reviewed", actor, made, now))
    if stored.state == "in_force":
        _tell(ctx, actor, stored, StatementKind.ASSESSED, now)
    return stored


def approve(ctx: Context, actor: Actor, number: int, *, now: datetime) -> ScoreReview:
    """Second officer: let an override come into force.

    Raises:
        Denied: not a releaser, or who made it. NotFound. Conflict: it does not wait any more. Unavailable.
    """
    permit(actor, Action.APPROVE_OVERRIDE)
    waiting = ctx.reviews.get(number)
    permit_second(actor, Action.APPROVE_OVERRIDE, asked_by=waiting.reviewed_by)
    if waiting.state != "waiting":
        raise _too_late(waiting)
    _require_tellable(ctx, is_shared=waiting.is_shared, now=now)
    agreed = replace(waiting, approved_by=actor.login, approved_at=now)
    stored = ctx.reviews.move(agreed, _event("score.override_approved", actor, agreed, now))
    _tell(ctx, actor, stored, StatementKind.ASSESSED, now)
    return stored


def end(ctx: Context, actor: Actor, number: int, *, reason: str, now: datetime) -> ScoreReview:
    """Analyst or second officer: end a review before its time, or refuse one that waits.

    Raises:
        Denied: neither. NotFound. Invalid: no reason, too long a one, or one that names somebody. Conflict: it ended.
    """
    if not actor.roles & (ALLOWED[Action.REVIEW_SCORE] | ALLOWED[Action.APPROVE_OVERRIDE]):
        permit(actor, Action.REVIEW_SCORE)
    found = ctx.reviews.get(number)
    if found.state == "ended":
        raise _too_late(found)
    _require_tellable(ctx, is_shared=found.is_shared, now=now)
    over = replace(
        found, ended_by=actor.login, ended_at=now, ended_reason=_words(reason, "reason", LONGEST_TEXT)
    )
    stored = ctx.reviews.move(over, _event("score.review_ended", actor, over, now))
    if found.state == "in_force":
        _tell(ctx, actor, stored, StatementKind.ENDED, now)
    return stored


def reply(ctx: Context, actor: Actor, of: ScoreOfPeriod, text: str, *, language: str, now: datetime) -> None:
    """Releaser: say something to a score of the own member, for all members to read beside it.

    Raises:
        Denied: not a releaser, or another member's score. NotFound: no such score. Invalid: no text, too long a one, or
            one that names somebody. Unavailable.
    """
    permit(actor, Action.REPLY_TO_SCORE)
    if of.area != ctx.member:
        raise Denied(
            "Only a member itself replies to its score",
            detail=of.area,
            hint="What you think of another member's score is a review.",
        )
    _, score, _ = scored(ctx, of)
    said = Statement(StatementKind.COMMENT, of.model_id, of.area, of.time_period, score.levels)
    statements.tell(ctx, actor, said, {language: _words(text, "reply", LONGEST_TEXT)}, now=now)


def scored(ctx: Context, of: ScoreOfPeriod) -> tuple[Composite, Score, str]:
    """Give the score that a review is about, its composite, and the digest of its computation; raises NotFound."""
    run = shown(ctx, of.model_id) if of.model_id in versions(ctx, ASSESSMENT) else None
    rows = computed.where(computed.table(ctx, of.model_id)) if run is not None else []
    own = [row for row in rows if (row.ref_area, row.time_period) == (of.area, of.time_period)]
    if run is None or not own or of.time_period not in years_of(rows):
        raise NotFound(
            "There is no such score",
            detail=f"{of.area}, {of.time_period}, {of.model_id}",
            hint="Open it from the assessment again.",
        )
    composite = load_spec(of.model_id).parameters.composite
    return composite, score_of(composite, of.area, own), run.result_digest


def _stated(opinion: Opinion, composite: Composite, score: Score) -> Opinion:
    """Give an opinion with its texts stated, or raise Invalid."""
    is_override = opinion.verdict is Verdict.OVERRIDDEN
    is_reasoned = is_override or opinion.verdict is Verdict.HELD
    levels = [level.name for level in composite.result.levels]
    if is_override and (opinion.assessed not in levels or score.levels == (opinion.assessed,)):
        raise Invalid(
            "Say which other level it is in your judgement",
            detail=opinion.assessed,
            hint=f"One of: {', '.join(levels)}; if the computed one is right, accept it.",
        )
    if is_reasoned and opinion.reason is None:
        raise Invalid("Say why, by one of the reasons", hint=", ".join(ReviewReason))
    if not 1 <= opinion.periods <= MOST_PERIODS:
        raise Invalid("A review holds for one period or two", detail=str(opinion.periods))
    if opinion.is_shared and not is_override:
        raise Invalid(
            "Only another level is told to peers", hint="Leave the review inside, or reply to the score."
        )
    return replace(
        opinion,
        assessed=opinion.assessed if is_override else "",
        reason=opinion.reason if is_reasoned else None,
        text=_words(opinion.text, "text", LONGEST_TEXT, is_needed=is_reasoned),
        evidence=_words(opinion.evidence, "evidence", LONGEST_EVIDENCE, is_needed=is_override),
        periods=opinion.periods if is_reasoned else 1,
    )


def _words(text: str, name: str, longest: int, *, is_needed: bool = True) -> str:
    """Give a text without surrounding space; raises Invalid for none, too long a one, or one that names somebody."""
    stated = text.strip()
    if len(stated) > longest or (is_needed and not stated):
        raise Invalid(
            "A text is missing or too long",
            detail=f"{name}: {len(stated)} characters, 1 to {longest} are taken",
        )
    require_nameless(stated)
    return stated


def _tell(ctx: Context, actor: Actor, one: ScoreReview, kind: StatementKind, now: datetime) -> None:
    """Tell the members of an override that is shared; of anything else nothing leaves."""
    if not one.is_shared or one.reason is None:
        return
    said = Statement(
        kind=kind,
        model_id=one.of.model_id,
        area=one.of.area,
        time_period=one.of.time_period,
        computed=one.computed,
        assessed=one.assessed,
        reason=one.reason.value,
        last_period=one.last_period,
    )
    text = one.ended_reason if kind is StatementKind.ENDED else one.text
    author = ctx.accounts.get(one.reviewed_by)
    language = author.language if author is not None else UNDETERMINED
    statements.tell(ctx, actor, said, {language: text or one.text}, now=now)


def _require_none_stands(ctx: Context, of: ScoreOfPeriod, opinion: Opinion) -> None:
    """Raise Conflict for a decision where another one stands: it is ended by a step that is seen, and told of."""
    found = next((one for one in ctx.reviews.all() if one.speaks_of(of) and one.is_standing), None)
    if found is not None and opinion.verdict is not Verdict.REVIEWED:
        raise Conflict(
            "Another level or a hold of this score is in force",
            detail=f"Review {found.number}",
            hint="End it first.",
        )


def _require_tellable(ctx: Context, *, is_shared: bool, now: datetime) -> None:
    """Raise Unavailable before anything is stored that peers could not be told of."""
    if is_shared:
        peer_codes(ctx, now)


def _role(actor: Actor, action: Action) -> str:
    return min(role.value for role in actor.roles & ALLOWED[action])


def _event(kind: str, actor: Actor, one: ScoreReview, now: datetime) -> AuditEvent:
    told: dict[str, str | int] = {
        "model": one.of.model_id,
        "period": one.of.time_period,
        "verdict": one.verdict.value,
    }
    if one.number:
        told["number"] = one.number
    if one.assessed:
        told |= {"computed": ", ".join(one.computed), "assessed": one.assessed}
    if one.reason:
        told["reason"] = one.reason.value
    return AuditEvent(kind, actor.login, one.of.area, now, told)


def _too_late(one: ScoreReview) -> Conflict:
    return Conflict(
        "Somebody else took this step",
        detail=f"Review {one.number} is {one.state}",
        hint="Open the assessment again and look at its state.",
    )
