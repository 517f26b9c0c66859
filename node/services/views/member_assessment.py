"""The assessment of one member in full: its inputs, what made the score, and what another method would have made of it.

Invariants: every input of the model is named, those that are missing with the release that would bring them; sentences
say nothing that the figures beside them do not.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from node.errors import NotFound
from node.ports.work import IndicatorRun
from node.services import results as computed
from node.services.context import Context
from node.services.indicators import ASSESSMENT, AgreementRow, shown, versions
from node.services.results import Result
from node.services.scores import Score, one_of, rows_of, score_of, years_of
from node.services.views.assessment import AXES, agreements_of, spec_of
from node.services.views.evidence import Evidence, evidence, named
from node.services.views.standing import roll
from risk_models.assessment import scores as model
from risk_models.assessment.table import LASTING, SOURCES
from risk_models.composite.explanation import Explanation
from risk_models.composite.shapley import Contribution, Explained
from risk_models.composite.specification import Composite
from risk_models.exact import divided
from schemas.interval import Interval

_ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Input:
    """One input of a member: as it was read, on the scale of the scores, its year, and its part of the risk's weight.

    sources: the dataflows that it takes. window: years after which a cell is too old for it, None if it holds until it
    is replaced. Without a reading it has neither value nor score.
    """

    name: str
    group: str
    weight: Decimal
    sources: tuple[str, ...]
    window: int | None
    value: Result | None = None
    score: Result | None = None
    year: str = ""


@dataclass(frozen=True, slots=True)
class Points:
    """What one group or input added to the score, in points, against the median of the members; depth from 0."""

    name: str
    depth: int
    result: Result


@dataclass(frozen=True, slots=True)
class MemberAssessment:
    """The page of one member.

    model_id, versions: as of `Assessment`. history: its scores by year, the newest first. weights: the share of all
    weights that give each rank. levels: the share of all choices that give each level. choices: the ranks over all of
    them.
    """

    model_id: str
    versions: tuple[str, ...]
    composite: Composite
    year: str
    score: Score
    history: tuple[tuple[str, Score], ...]
    inputs: tuple[Input, ...]
    baseline: Result | None
    points: tuple[Points, ...]
    weights: tuple[Result, ...]
    levels: tuple[tuple[str, Result], ...]
    choices: Result | None
    explanation: Explanation | None
    run: IndicatorRun
    agreements: tuple[AgreementRow, ...]
    evidence: Evidence

    @property
    def middle(self) -> Decimal | None:
        """The score that the contributions lead to, from the baseline."""
        if self.baseline is None or self.baseline.lower is None:
            return None
        return self.baseline.lower + sum(
            (one.result.lower or _ZERO for one in self.points if not one.depth), _ZERO
        )

    def sentences(self, name: str, language: str) -> tuple[str, ...]:
        """Return the first layer of the explanation, the member called by `name`; nothing unless assessed."""
        if self.explanation is None:
            return ()
        return self.explanation.called(name).sentences(self.composite, language)


def member_assessment(ctx: Context, code: str, wanted: Mapping[str, str], now: datetime) -> MemberAssessment:
    """Give one member in the newest year; raises NotFound before the first run and for no member."""
    present, spec = roll(ctx, now), spec_of(ctx, wanted)
    run, composite = shown(ctx, spec.id), spec.parameters.composite
    rows = computed.where(computed.table(ctx, spec.id))
    own = [row for row in rows if row.ref_area == code]
    if run is None or not (own or code in present.members):
        raise _unknown(code)
    years = years_of(rows)
    year = next(iter(years), "")
    newest = [row for row in own if row.time_period == year]
    score, inputs, points = (
        score_of(composite, code, newest),
        _inputs(composite, spec.parameters.window, newest),
        _points(composite, newest),
    )
    baseline = one_of(newest, model.CONTRIBUTION, model.BASELINE)
    bundles = named(ctx.ledger.bundles(), {digest for row in newest for digest in row.inputs})
    return MemberAssessment(
        model_id=spec.id,
        versions=versions(ctx, ASSESSMENT),
        composite=composite,
        year=year,
        score=score,
        history=tuple(
            (one, score_of(composite, code, [row for row in own if row.time_period == one])) for one in years
        ),
        inputs=inputs,
        baseline=baseline,
        points=points,
        weights=tuple(sorted(rows_of(newest, model.WEIGHTS), key=lambda row: int(row.facet))),
        levels=_levels(composite, newest),
        choices=one_of(newest, model.CHOICES, model.RANK),
        explanation=_explanation(score, inputs, points, baseline),
        run=run,
        agreements=agreements_of(ctx, spec.id),
        evidence=evidence(bundles, present, expected=sorted({one.originator for one in bundles} | {code})),
    )


def _unknown(code: str) -> NotFound:
    return NotFound(
        "There is no assessment of this member", detail=code[:64], hint="Open it from the assessment again."
    )


def _inputs(composite: Composite, window: int, rows: Sequence[Result]) -> tuple[Input, ...]:
    """Every input of the composite, those that are missing too."""
    weights = model.leaf_weights(composite, model.RISK)
    read: dict[str, dict[bool, Result]] = {}
    for row in rows_of(rows, model.INPUT):
        read.setdefault(row.facets[0], {})[row.facets[-1] == model.VALUE] = row
    return tuple(
        Input(
            name=name,
            group=next(axis for axis in AXES if name in composite.below(axis)),
            weight=weight,
            sources=SOURCES[name],
            window=None if name in LASTING else window,
            value=read.get(name, {}).get(True),
            score=read.get(name, {}).get(False),
            year=read[name][False].facets[1] if name in read else "",
        )
        for name, weight in weights.items()
    )


def _points(composite: Composite, rows: Sequence[Result]) -> tuple[Points, ...]:
    """Contributions in the order of the composite, each followed by what it is made of."""
    order = [*(one.id for one in composite.groups), *(one.id for one in composite.indicators)]
    # what controls leave open is made of controls alone: one line says both
    told = (row for row in rows_of(rows, model.CONTRIBUTION) if row.facet != model.BASELINE)
    found = [row for row in told if row.facets[-1] != "gaps"]
    found.sort(key=lambda row: (AXES.index(row.facets[0]), [order.index(part) for part in row.facets[1:]]))
    return tuple(Points(row.facets[-1], len({*row.facets} - {"gaps"}) - 1, row) for row in found)


def _levels(composite: Composite, rows: Sequence[Result]) -> tuple[tuple[str, Result], ...]:
    """The share of the choices by level, the lowest level first."""
    found = {row.facets[-1]: row for row in rows_of(rows, model.CHOICES) if row.facets[0] == model.LEVEL}
    return tuple((one.name, found[one.name]) for one in composite.result.levels if one.name in found)


def _explanation(
    score: Score, inputs: Sequence[Input], points: Sequence[Points], baseline: Result | None
) -> Explanation | None:
    """The sentences' facts, from the figures; None unless assessed."""
    risk, ranks = score.risk, score.ranks
    if risk is None or risk.lower is None or risk.upper is None or ranks is None or baseline is None:
        return None
    axes = tuple(
        Contribution(one.name, _ZERO, _ZERO, one.result.lower or _ZERO) for one in points if not one.depth
    )
    return Explanation(
        unit=score.code,
        score=model.RISK,
        interval=Interval(risk.lower, risk.upper),
        ranks=(ranks.best, ranks.worst),
        count=ranks.of,
        grade=score.grade,  # type: ignore[arg-type] # one of the model's grades, since the score is assessed
        level=score.levels[0],
        upper_level=score.levels[-1],
        explained=Explained(model.RISK, divided(risk.lower + risk.upper, 2), baseline.lower or _ZERO, axes),
        withheld=tuple(
            one.name for one in inputs if one.value is not None and one.value.lower != one.value.upper
        ),
        trace={},
    )
