"""The assessment as JSON: every number as the text of the model, so that no digit is lost on the way."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Self

from pydantic import Field

from node.api.models import Written
from node.api.models_reviews import ReviewedLine
from node.ports.work import IndicatorRun
from node.services.results import NO_AREA, Result
from node.services.scores import Score
from node.services.views.assessment import Assessment
from node.services.views.details import Details, UnitScore
from node.services.views.details import Input as DetailInput
from node.services.views.member_assessment import Input, MemberAssessment
from node.services.views.momentum import Momenta
from node.services.views.reviews import Reviewed
from risk_models.exact import quantise
from schemas.registry import LANGUAGES

Number = Annotated[str, Field(examples=["42.2783209"])]


class Between(Written):
    """An interval with its grade; `upper` null means no upper bound. Another status than "ok" says why not."""

    lower: Number
    upper: Number | None
    grade: Annotated[str, Field(examples=["C"])]
    status: Annotated[str, Field(examples=["ok"])]

    @classmethod
    def of(cls, one: Result | None) -> Self | None:
        """Describe a figure that has a value; None for any other."""
        if one is None or one.lower is None:
            return None
        upper = None if one.upper is None else str(one.upper)
        return cls(lower=str(one.lower), upper=upper, grade=one.grade, status=one.status)


class RanksLine(Written):
    """The ranks that are possible; 1 is the highest risk."""

    best: int
    worst: int
    of: int


class ScoreLine(Written):
    """One member, or another unit, in one year; `area` is the member whose it is.

    `state`: assessed, wide (withheld values leave any level possible), little (too few inputs), nothing. Only who is
    assessed has levels (the lowest and the highest possible) and ranks. `confidence`: A to D.
    """

    area: Annotated[str, Field(examples=["KZ"])]
    state: Annotated[str, Field(examples=["assessed"])]
    levels: Annotated[list[str], Field(examples=[["medium", "high"]])]
    scores: dict[str, Between]
    ranks: RanksLine | None
    confidence: Annotated[str | None, Field(examples=["B"])]
    change: Between | None

    @classmethod
    def of(cls, score: Score) -> Self:
        """Describe a score."""
        ranks = score.ranks
        intervals = {name: Between.of(one) for name, one in score.scores.items()}
        return cls(
            area=score.code,
            state=score.state,
            levels=list(score.levels),
            scores={name: one for name, one in intervals.items() if one is not None},
            ranks=None if ranks is None else RanksLine(best=ranks.best, worst=ranks.worst, of=ranks.of),
            confidence=score.grade or None,
            change=Between.of(score.change),
        )


class RunLine(Written):
    """Which computation the figures are of."""

    model: str
    model_version: str
    spec_digest: str
    view: str
    result_digest: str
    inputs: list[str]
    run_at: datetime

    @classmethod
    def of(cls, run: IndicatorRun) -> Self:
        """Describe a run."""
        return cls(
            model=run.model_id,
            model_version=run.model_version,
            spec_digest=run.spec_digest,
            view=run.view_id,
            result_digest=run.result_digest,
            inputs=list(run.inputs),
            run_at=run.run_at,
        )


class AssessmentAnswer(Written):
    """All members in one year.

    `decides`: the total index of each choice of the method, over all combinations. `reviews`: what people say beside
    each computed score, by member.
    """

    run: RunLine
    versions: list[str]
    year: str
    years: list[str]
    members: list[ScoreLine]
    reviews: dict[str, ReviewedLine]
    decides: dict[str, Number]

    @classmethod
    def of(cls, view: Assessment, run: IndicatorRun, beside: Mapping[str, Reviewed]) -> Self:
        """Describe the page."""
        return cls(
            run=RunLine.of(run),
            versions=list(view.versions),
            year=view.year,
            years=list(view.years),
            members=[ScoreLine.of(one) for one in view.scores],
            reviews={code: ReviewedLine.of(one) for code, one in beside.items()},
            decides={one.facets[-1]: str(one.lower) for one in view.factors if one.has_value},
        )


class InputLine(Written):
    """One input as it was read, on the scale from 0 to 100, and its part of the risk; null where it is missing."""

    name: str
    axis: str
    weight: Number
    takes: list[str]
    year: str | None
    value: Between | None
    score: Between | None

    @classmethod
    def of(cls, one: Input) -> Self:
        """Describe an input."""
        return cls(
            name=one.name,
            axis=one.group,
            weight=f"{one.weight:.9f}",
            takes=list(one.sources),
            year=one.year or None,
            value=Between.of(one.value),
            score=Between.of(one.score),
        )


class MemberAnswer(Written):
    """One member in the newest year.

    `points` by path (`threat/exposure`) lead from `baseline` to the score at the middle of the intervals. `levels` and
    `ranks_over_weights` are shares: of all choices of the method, and of all weights. `explanation` by language.
    """

    run: RunLine
    versions: list[str]
    year: str
    score: ScoreLine
    history: dict[str, ScoreLine]
    inputs: list[InputLine]
    baseline: Number | None
    points: dict[str, Number]
    levels: dict[str, Number]
    ranks_over_weights: dict[str, Number]
    explanation: dict[str, list[str]]
    review: ReviewedLine

    @classmethod
    def of(cls, view: MemberAssessment, beside: Reviewed) -> Self:
        """Describe the page of a member."""
        return cls(
            run=RunLine.of(view.run),
            versions=list(view.versions),
            year=view.year,
            score=ScoreLine.of(view.score),
            history={year: ScoreLine.of(one) for year, one in view.history},
            inputs=[InputLine.of(one) for one in view.inputs],
            baseline=None if view.baseline is None else str(view.baseline.lower),
            points={one.result.facet: str(one.result.lower) for one in view.points},
            levels={name: str(one.lower) for name, one in view.levels},
            ranks_over_weights={one.facet: str(one.lower) for one in view.weights},
            review=ReviewedLine.of(beside),
            explanation={name: list(view.sentences(view.score.code, name)) for name in sorted(LANGUAGES)},
        )


class DetailInputLine(Written):
    """One input as it was read and on the scale from 0 to 100; points: what it added or took away, newest year only."""

    name: Annotated[str, Field(examples=["intensity"])]
    year: str
    value: Between | None
    score: Between | None
    points: Number | None

    @classmethod
    def of(cls, one: DetailInput) -> Self:
        """Describe an input."""
        points = None if one.points is None or one.points.lower is None else str(one.points.lower)
        return cls(
            name=one.name,
            year=one.year,
            value=Between.of(one.read),
            score=Between.of(one.score),
            points=points,
        )


class UnitLine(Written):
    """One corridor (`area` sends to `counterpart`), typology (`code`) or sector (`code` in `area`) in one year."""

    area: str | None
    counterpart: str | None
    code: str | None
    score: ScoreLine
    inputs: list[DetailInputLine]

    @classmethod
    def of(cls, one: UnitScore) -> Self:
        """Describe a unit."""
        return cls(
            area=None if one.ref_area == NO_AREA else one.ref_area,
            counterpart=None if one.counterpart_area == NO_AREA else one.counterpart_area,
            code=one.code or None,
            score=ScoreLine.of(one.score),
            inputs=[DetailInputLine.of(each) for each in one.inputs],
        )


class DetailsAnswer(Written):
    """All units of one kind in one year, who has a rank first. kinds: those of which anything is assessed."""

    run: RunLine
    kind: Annotated[str, Field(examples=["corridors"])]
    kinds: list[str]
    year: str
    years: list[str]
    units: list[UnitLine]

    @classmethod
    def of(cls, view: Details, run: IndicatorRun) -> Self:
        """Describe the page."""
        return cls(
            run=RunLine.of(run),
            kind=view.kind,
            kinds=list(view.kinds),
            year=view.year,
            years=list(view.years),
            units=[UnitLine.of(one) for one in view.units],
        )


class MovedLine(Written):
    """What moved one member's score, in points; `method`, `revision` and `data` add up to the change."""

    area: Annotated[str, Field(examples=["KZ"])]
    then: Number
    now: Number
    method: Number
    revision: Number
    data: Number


class MomentumAnswer(Written):
    """The changes since an earlier computation, the largest first; `offered`: the result digests that can be asked for.

    `since` null: there is no earlier computation. `absent`: members without a score in both.
    """

    run: RunLine | None
    since: RunLine | None
    offered: list[str]
    year_then: str
    year_now: str
    members: list[MovedLine]
    absent: list[str]

    @classmethod
    def of(cls, view: Momenta) -> Self:
        """Describe the page."""
        return cls(
            run=None if view.run is None else RunLine.of(view.run),
            since=None if view.earlier is None else RunLine.of(view.earlier),
            offered=[one.result_digest for one in view.offered],
            year_then=view.year_then,
            year_now=view.year_now,
            members=[
                MovedLine(
                    area=one.unit,
                    then=quantise(one.before),
                    now=quantise(one.now),
                    method=quantise(one.method),
                    revision=quantise(one.revision),
                    data=quantise(one.data),
                )
                for one in view.rows
            ],
            absent=list(view.absent),
        )
