"""The figures of an assessment: scores, ranks, contributions, sensitivity, momentum and confidence, row by row.

Invariants: everything is computed by the composite from the table alone; scores and ranks hold those of every table
inside the cells' bounds; contributions, shares of weights and of choices are those at the middle of the bounds, and
explain the newest year only. A risk that could be anything is not sufficient, and has no level.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

import pyarrow as pa

from risk_models.assessment.facts import Facts, facts_of
from risk_models.assessment.parameters import AssessmentParameters
from risk_models.assessment.table import LASTING, WHOLE, Row, rows_of, table_of
from risk_models.composite.acceptability import acceptability
from risk_models.composite.bounds import Bounded, RankInterval, bounded
from risk_models.composite.confidence import confidence
from risk_models.composite.frame import Frame, midway
from risk_models.composite.intake import read_frame
from risk_models.composite.running import last_of
from risk_models.composite.sensitivity import sensitivity
from risk_models.composite.shapley import Contribution, explain
from risk_models.composite.specification import Composite
from risk_models.exact import divided, working
from risk_models.figures import NO_COUNTERPART, Figure
from risk_models.observations import Observations
from schemas.interval import Interval

RISK = "risk"
SCORES: Mapping[str, str] = {
    RISK: "G4",
    "threat": "G1",
    "vulnerability": "G2",
    "inherent": "G2",
    "controls": "G2",
    "gaps": "G2",
    "consequence": "G3",
}
# Groups inside an axis: the facet names them.
INNER = frozenset({"inherent", "controls", "gaps"})
INPUT, RANKS, WEIGHTS, CHOICES, CONTRIBUTION, MOMENTUM, CONFIDENCE = (
    *("G0", "G5", "G6", "G7", "G8", "G9", "G10"),
)
VALUE, BASELINE, RANK, OF, LEVEL, DATA = "VALUE", "BASELINE", "RANK", "OF", "LEVEL", "DATA"
GRADES = "ABCD"
# With one axis left there are no weights to vary.
_LEAST_AXES = 2
_ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class _Assessed:
    """The rows, the composite's frames of them at both ends of the cells and at their middle, and its bounds."""

    rows: Sequence[Row]
    table: pa.Table
    found: Bounded
    middle: Frame
    normalised: tuple[Frame, Frame]


def assessment_figures(seen: Observations, parameters: AssessmentParameters) -> Iterator[Figure]:
    """Yield scores, ranks, momentum and confidence of every member and year, and what explains the newest one."""
    facts = facts_of(seen)
    rows = rows_of(facts, parameters)
    if not rows:
        return
    model = parameters.composite
    table = table_of(rows, model)
    ends = read_frame(model, table)
    assessed = _Assessed(
        rows=rows,
        table=table,
        found=bounded(model, table),
        middle=last_of(model, midway(*ends)),
        normalised=_normalised(model, *ends),
    )
    yield from _scores(assessed, parameters)
    yield from _momenta(assessed)
    yield from _details(assessed, parameters, facts)


def _scores(assessed: _Assessed, parameters: AssessmentParameters) -> Iterator[Figure]:
    found = assessed.found
    for place, row in enumerate(assessed.rows):
        for score, indicator in SCORES.items():
            value = found.scores[score][place]
            is_wide = value is not None and (value.width or _ZERO) > parameters.most_width
            facet = score if score in INNER else ""
            yield _figure(indicator, row, facet, value, is_sufficient=not (score == RISK and is_wide))
        risk, rank = found.scores[RISK][place], found.ranks[RISK][place]
        if risk is None or rank is None:
            continue
        others = [one for one in _of_year(assessed, row.year) if found.ranks[RISK][one] is not None]
        inputs = frozenset().union(*(assessed.rows[one].inputs for one in others))
        ranks = Interval(Decimal(rank.best), Decimal(rank.worst))
        yield replace(_figure(RANKS, row, RANK, ranks), inputs=inputs)
        yield replace(_figure(RANKS, row, OF, Interval.exact(len(others))), inputs=inputs)
        yield _confidence(row, risk, rank, parameters)


def _confidence(row: Row, risk: Interval, rank: RankInterval, parameters: AssessmentParameters) -> Figure:
    """G10 as a number, 1 (A) to 4 (D)."""
    grade = confidence(risk, rank, covered(row, parameters))
    return _figure(CONFIDENCE, row, "", Interval.exact(1 + GRADES.index(grade)))


def covered(row: Row, parameters: AssessmentParameters) -> Decimal:
    """A11 of an assessment: the lesser of completeness and timeliness, from 0 to 1.

    Completeness: the weight of the inputs that are there, of all. Timeliness: 1 - age / window of the oldest flow or
    statistic that is used, age in years. Source: methodology A11.
    """
    weights = leaf_weights(parameters.composite, RISK)
    there = sum((weight for name, weight in weights.items() if name in row.readings), _ZERO)
    ages = [row.year - one.year for name, one in row.readings.items() if name not in LASTING]
    timely = 1 - divided(max(ages, default=0), parameters.window)
    return min(divided(there, sum(weights.values(), _ZERO)), timely)


def leaf_weights(model: Composite, name: str, weight: Decimal = Decimal(1)) -> dict[str, Decimal]:
    """Return what part of a score each input weighs, whatever its sign; what is the same for all weighs nothing."""
    group = model.group(name)
    if group is None:
        return {} if name == WHOLE else {name: weight}
    inputs = {one: abs(part) for one, part in group.inputs.items() if one != WHOLE}
    found: dict[str, Decimal] = {}
    with working():
        whole = sum(inputs.values(), _ZERO)
        for one, part in inputs.items():
            for leaf, share in leaf_weights(model, one, weight * part / whole).items():
                found[leaf] = found.get(leaf, _ZERO) + share
    return found


def _momenta(assessed: _Assessed) -> Iterator[Figure]:
    """G9: the change since the year before, by one method and on the cells of now, so that data alone made it."""
    risks = assessed.found.scores[RISK]
    places = {(row.area, row.year): place for place, row in enumerate(assessed.rows)}
    for (area, year), place in places.items():
        before, now = risks[places.get((area, year - 1), place)], risks[place]
        if (area, year - 1) not in places or before is None or now is None:
            continue
        if before.upper is not None and now.upper is not None:
            with working():
                change = Interval(now.lower - before.upper, now.upper - before.lower)
            yield _figure(MOMENTUM, assessed.rows[place], DATA, change)


def _details(assessed: _Assessed, parameters: AssessmentParameters, facts: Facts) -> Iterator[Figure]:
    """What stands behind the scores of the newest year."""
    model = parameters.composite
    newest = _of_year(assessed, facts.newest)
    for place in newest:
        yield from _inputs(assessed, place)
    scored = [place for place in newest if assessed.found.scores[RISK][place] is not None]
    for place in scored:
        yield from _contributions(model, assessed, place)
    if scored:
        yield from _weights(model, assessed, scored)
        yield from _choices(model, assessed, newest)


def _inputs(assessed: _Assessed, place: int) -> Iterator[Figure]:
    """G0: each input on the scale of the scores, and as it was read; the facet names the year of its cells."""
    row = assessed.rows[place]
    for name, reading in row.readings.items():
        ends = [frame.columns[name][place] for frame in assessed.normalised]
        low, high = sorted(end for end in ends if end is not None)
        for facet, value in (("", Interval(low, high)), (f"/{VALUE}", reading.value)):
            yield replace(_figure(INPUT, row, f"{name}/{reading.year}{facet}", value), inputs=reading.inputs)


def _contributions(model: Composite, assessed: _Assessed, place: int) -> Iterator[Figure]:
    """G8: points against the median of the members of the year."""
    row = assessed.rows[place]
    found = explain(model, assessed.middle, place, RISK)
    yield _figure(CONTRIBUTION, row, BASELINE, Interval.exact(found.baseline))

    def below(parts: Sequence[Contribution], path: str) -> Iterator[Figure]:
        for part in parts:
            if part.name != WHOLE:
                yield _figure(CONTRIBUTION, row, f"{path}{part.name}", Interval.exact(part.points))
                yield from below(part.parts, f"{path}{part.name}/")

    yield from below(found.contributions, "")


def _weights(model: Composite, assessed: _Assessed, places: Sequence[int]) -> Iterator[Figure]:
    """G6: the share of all weights, in tenths, that give a member each rank; of the axes that all of them have."""
    group = model.group(RISK)
    if group is None:
        return
    complete = {
        name: weight
        for name, weight in group.inputs.items()
        if all(assessed.middle.columns[name][place] is not None for place in places)
    }
    if len(complete) < _LEAST_AXES:
        return
    narrowed = replace(group, inputs=complete)
    varied = replace(model, groups=tuple(narrowed if one.id == RISK else one for one in model.groups))
    inputs = frozenset().union(*(assessed.rows[place].inputs for place in places))
    for place, one in zip(places, acceptability(varied, assessed.middle, RISK, places), strict=True):
        for rank, share in enumerate(one.shares, 1):
            figure = _figure(WEIGHTS, assessed.rows[place], str(rank), Interval.exact(divided(share)))
            yield replace(figure, inputs=inputs)


def _choices(model: Composite, assessed: _Assessed, places: Sequence[int]) -> Iterator[Figure]:
    """G7: over every combination of the choices, the levels and ranks of each member, and what each choice decides."""
    found = sensitivity(model, assessed.table.take(pa.array(places, pa.int64())), RISK)
    inputs = frozenset().union(*(assessed.rows[place].inputs for place in places))
    for row, place in enumerate(places):
        ends = found.range_of(row)
        if ends is None:
            continue
        whose = assessed.rows[place]
        yield replace(_figure(CHOICES, whose, RANK, Interval(*ends)), inputs=inputs)
        for level, share in found.levels_of(row, model.result).items():
            yield _figure(CHOICES, whose, f"{LEVEL}/{level}", Interval.exact(divided(share)))
    year = assessed.rows[places[0]]
    for name, total in zip(found.factors, found.indices.total, strict=True):
        value = None if total is None else Interval.exact(total)
        figure = _figure(CHOICES, year, f"TOTAL/{name}", value)
        yield replace(figure, ref_area=NO_COUNTERPART, inputs=inputs)


def _of_year(assessed: _Assessed, year: int) -> list[int]:
    return [place for place, row in enumerate(assessed.rows) if row.year == year]


def _figure(
    indicator: str, row: Row, facet: str, value: Interval | None, *, is_sufficient: bool = True
) -> Figure:
    return Figure(indicator, str(row.year), row.area, NO_COUNTERPART, facet, value, row.inputs, is_sufficient)


def _normalised(model: Composite, lower: Frame, upper: Frame) -> tuple[Frame, Frame]:
    first = model.steps[0]
    with working():
        return first.apply(lower, model), first.apply(upper, model)
