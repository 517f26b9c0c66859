"""Reviews of scores as JSON. What is sent is bounded here and judged by the use cases."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Self

from pydantic import Field

from node.api.models import Sent, Written
from node.ports.reviews import ReviewReason, ScoreOfPeriod, ScoreReview, Verdict
from node.services.reviews import LONGEST_EVIDENCE, LONGEST_TEXT, MOST_PERIODS, Opinion
from node.services.statements import Told
from node.services.views.review_statistics import Counts, Statistics
from node.services.views.reviews import Reviewed

Text = Annotated[str, Field(max_length=LONGEST_TEXT)]


class OfScore(Sent):
    """Which score: the version of the method and the year."""

    model: Annotated[str, Field(max_length=64, examples=["assessment_1"])]
    year: Annotated[str, Field(pattern="^[0-9]{4}$")]

    def score(self, area: str) -> ScoreOfPeriod:
        """Give the score of an area."""
        return ScoreOfPeriod(self.model, area, self.year)


class SentReview(OfScore):
    """A review. `assessed`, `evidence` of an override; `reason` and `text` of an override or a hold."""

    verdict: Verdict
    assessed: Annotated[str, Field(max_length=64)] = ""
    reason: ReviewReason | None = None
    text: Text = ""
    evidence: Annotated[str, Field(max_length=LONGEST_EVIDENCE)] = ""
    periods: Annotated[int, Field(ge=1, le=MOST_PERIODS)] = 1
    is_shared: bool = False

    def opinion(self) -> Opinion:
        """Give it as the use case takes it."""
        return Opinion(**{name: getattr(self, name) for name in Opinion.__dataclass_fields__})


class SentReply(OfScore):
    """What a member says to its own score, in one language."""

    text: Annotated[str, Field(min_length=1, max_length=LONGEST_TEXT)]
    language: Annotated[str, Field(pattern="^(ru|kk|en)$")]


class ReviewLine(Written):
    """One review. `computed`: the levels that were possible; `state`: waiting, in_force or ended."""

    number: int
    model: str
    area: str
    year: str
    last_year: str
    verdict: Verdict
    state: Annotated[str, Field(examples=["in_force"])]
    computed: list[str]
    assessed: str | None
    reason: ReviewReason | None
    text: str
    evidence: str
    is_shared: bool
    role: str
    reviewed_by: str
    reviewed_at: datetime
    approved_by: str | None
    ended_by: str | None
    ended_reason: str | None
    result_digest: str

    @classmethod
    def of(cls, one: ScoreReview) -> Self:
        """Describe a review."""
        same = set(cls.model_fields) - {"model", "area", "year", "last_year", "computed", "assessed"}
        return cls(
            model=one.of.model_id,
            area=one.of.area,
            year=one.of.time_period,
            last_year=one.last_period,
            computed=list(one.computed),
            assessed=one.assessed or None,
            **{name: getattr(one, name) for name in same},
        )


class ToldLine(Written):
    """What another member says of the score; `assessed` null in a reply."""

    member: str
    assessed: str | None
    reason: str | None
    texts: dict[str, str]
    at: datetime

    @classmethod
    def of(cls, one: Told) -> Self:
        """Describe a statement."""
        said = one.statement
        return cls(
            member=one.originator,
            assessed=said.assessed or None,
            reason=said.reason or None,
            texts=dict(one.texts),
            at=one.told_at,
        )


class ReviewedLine(Written):
    """What stands beside a computed score. `state`: computed, reviewed, accepted, overridden or held."""

    state: Annotated[str, Field(examples=["overridden"])]
    assessed: str | None
    is_outdated: bool
    review: ReviewLine | None
    waiting: ReviewLine | None
    judged: list[ToldLine]
    replies: list[ToldLine]

    @classmethod
    def of(cls, one: Reviewed) -> Self:
        """Describe it."""
        return cls(
            state=one.state,
            assessed=one.review.assessed or None if one.review is not None else None,
            is_outdated=one.is_outdated,
            review=None if one.review is None else ReviewLine.of(one.review),
            waiting=None if one.waiting is None else ReviewLine.of(one.waiting),
            judged=[ToldLine.of(told) for told in one.judged],
            replies=[ToldLine.of(told) for told in one.comments],
        )


class CountsLine(Written):
    """The decisions about one area (null: all). `share`: of overrides among them."""

    area: str | None
    decided: int
    accepted: int
    held: int
    overridden: int
    share: str | None
    up: int
    down: int
    within: int
    standing: int
    expired: int
    ended: int

    @classmethod
    def of(cls, one: Counts) -> Self:
        """Describe counts."""
        same = set(cls.model_fields) - {"share"}
        share = None if one.share is None else f"{one.share:.9f}"
        return cls(share=share, **{name: getattr(one, name) for name in same})


class StatisticsAnswer(Written):
    """Every review, newest first, and the check for bias: the whole first, then each area."""

    counts: list[CountsLine]
    reviews: list[ReviewLine]

    @classmethod
    def of(cls, found: Statistics, reviews: Sequence[ScoreReview]) -> Self:
        """Describe them."""
        return cls(
            counts=[CountsLine.of(one) for one in found.rows], reviews=[ReviewLine.of(one) for one in reviews]
        )
