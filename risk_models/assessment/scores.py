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

from risk_models.assessment.facts import facts_of
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
    """The rows, the composite's frames of them at both ends of the cells and at their middle, and its bounds.

    headline: the score that has a level, ranks, a change and an explanation.
    """

    rows: Sequence[Row]
    parameters: AssessmentParameters
    table: pa.Table
    found: Bounded
    middle: Frame
    normalised: tuple[Frame, Frame]

    @property
    def headline(self) -> str:
        return headline_of(self.parameters.composite)


def headline_of(model: Composite) -> str:
    """Return the score that a composite is there for: the first that it names."""
    return model.result.scores[0]


def assessment_figures(seen: Observations, parameters: AssessmentParameters) -> Iterator[Figure]:
    """Yield scores, ranks, momentum and confidence of every member and year, and what explains the newest one."""
    facts = facts_of(seen)
    assessed = _assessed(rows_of(facts, parameters), parameters)
    if assessed is None:
        return
    yield from _explained_scores(assessed, facts.newest)
    newest = _of_year(assessed, facts.newest)
    scored = [place for place in newest if assessed.found.scores[RISK][place] is not None]
    if scored:
        yield from _weights(assessed, scored)
        yield from _choices(assessed, newest)


def unit_figures(rows: Sequence[Row], parameters: AssessmentParameters, newest: int) -> Iterator[Figure]:
    """Yield the same figures of other units than members, without those on weights and choices (G6, G7)."""
    assessed = _assessed(rows, parameters)
    if assessed is not None:
        yield from _explained_scores(assessed, newest)


def _assessed(rows: Sequence[Row], parameters: AssessmentParameters) -> _Assessed | None:
    if not rows:
        return None
    model = parameters.composite
    table = table_of(rows, model)
    ends = read_frame(model, table)
    return _Assessed(
        rows=rows,
        parameters=parameters,
        table=table,
        found=bounded(model, table),
        middle=last_of(model, midway(*ends)),
        normalised=_normalised(model, *ends),
    )


def _explained_scores(assessed: _Assessed, newest: int) -> Iterator[Figure]:
    yield from _scores(assessed)
    yield from _momenta(assessed)
    for place in _of_year(assessed, newest):
        yield from _inputs(assessed, place)
        if assessed.found.scores[assessed.headline][place] is not None:
            yield from _contributions(assessed, place)


def _scores(assessed: _Assessed) -> Iterator[Figure]:
    found, headline = assessed.found, assessed.headline
    ranked = {year: _ranked(assessed, year) for year in sorted({row.year for row in assessed.rows})}
    for place, row in enumerate(assessed.rows):
        for score, values in found.scores.items():
            value = values[place]
            is_wide = value is not None and (value.width or _ZERO) > assessed.parameters.most_width
            facet = score if score in INNER else ""
            is_sufficient = not (score == headline and is_wide)
            yield _figure(SCORES[score], row, facet, value, is_sufficient=is_sufficient)
        risk, rank = found.scores[headline][place], found.ranks[headline][place]
        if risk is None or rank is None:
            continue
        others, inputs = ranked[row.year]
        ranks = Interval(Decimal(rank.best), Decimal(rank.worst))
        yield replace(_figure(RANKS, row, RANK, ranks), inputs=inputs)
        yield replace(_figure(RANKS, row, OF, Interval.exact(others)), inputs=inputs)
        yield _confidence(row, risk, rank, assessed.parameters)


def _ranked(assessed: _Assessed, year: int) -> tuple[int, frozenset[str]]:
    """How many units have a rank in a year, and the bundles behind any of them."""
    ranks = assessed.found.ranks[assessed.headline]
    rows = [assessed.rows[place] for place in _of_year(assessed, year) if ranks[place] is not None]
    return len(rows), frozenset().union(*(row.inputs for row in rows))


def _confidence(row: Row, risk: Interval, rank: RankInterval, parameters: AssessmentParameters) -> Figure:
    """G10 as a number, 1 (A) to 4 (D)."""
    grade = confidence(risk, rank, covered(row, parameters))
    return _figure(CONFIDENCE, row, "", Interval.exact(1 + GRADES.index(grade)))


def covered(row: Row, parameters: AssessmentParameters) -> Decimal:
    """A11 of an assessment: the lesser of completeness and timeliness, from 0 to 1.

    Completeness: the weight of the inputs that are there, of all. Timeliness: 1 - age / window of the oldest flow or
    statistic that is used, age in years. Source: methodology A11.
    """
    weights = leaf_weights(parameters.composite, headline_of(parameters.composite))
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
    risks = assessed.found.scores[assessed.headline]
    places = {(row.unit, row.year): place for place, row in enumerate(assessed.rows)}
    for (unit, year), place in places.items():
        before, now = risks[places.get((unit, year - 1), place)], risks[place]
        if (unit, year - 1) not in places or before is None or now is None:
            continue
        if before.upper is not None and now.upper is not None:
            with working():
                change = Interval(now.lower - before.upper, now.upper - before.lower)
            yield _figure(MOMENTUM, assessed.rows[place], DATA, change)


def _inputs(assessed: _Assessed, place: int) -> Iterator[Figure]:
    """G0: each input on the scale of the scores, and as it was read; the facet names the year of its cells."""
    row = assessed.rows[place]
    for name, reading in row.readings.items():
        ends = [frame.columns[name][place] for frame in assessed.normalised]
        low, high = sorted(end for end in ends if end is not None)
        for facet, value in (("", Interval(low, high)), (f"/{VALUE}", reading.value)):
            yield replace(_figure(INPUT, row, f"{name}/{reading.year}{facet}", value), inputs=reading.inputs)


def _contributions(assessed: _Assessed, place: int) -> Iterator[Figure]:
    """G8: points against the median of the units of the year."""
    row = assessed.rows[place]
    found = explain(assessed.parameters.composite, assessed.middle, place, assessed.headline)
    yield _figure(CONTRIBUTION, row, BASELINE, Interval.exact(found.baseline))

    def below(parts: Sequence[Contribution], path: str) -> Iterator[Figure]:
        for part in parts:
            if part.name != WHOLE:
                yield _figure(CONTRIBUTION, row, f"{path}{part.name}", Interval.exact(part.points))
                yield from below(part.parts, f"{path}{part.name}/")

    yield from below(found.contributions, "")


def _weights(assessed: _Assessed, places: Sequence[int]) -> Iterator[Figure]:
    """G6: the share of all weights, in tenths, that give a member each rank; of the axes that all of them have."""
    model = assessed.parameters.composite
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


def _choices(assessed: _Assessed, places: Sequence[int]) -> Iterator[Figure]:
    """G7: over every combination of the choices, the levels and ranks of each member, and what each choice decides."""
    model = assessed.parameters.composite
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
    facets = "/".join(part for part in (row.facet, facet) if part)
    return Figure(
        indicator, str(row.year), row.area, row.counterpart, facets, value, row.inputs, is_sufficient
    )


def _normalised(model: Composite, lower: Frame, upper: Frame) -> tuple[Frame, Frame]:
    first = model.steps[0]
    with working():
        return first.apply(lower, model), first.apply(upper, model)
