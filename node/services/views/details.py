"""The assessment of corridors, typologies or sectors: each with its score, what it was read from, and what made it.

Invariants: units of one kind stand together, who has a rank first; a score never stands without its interval, its
ranks and its confidence; every unit that any figure is about is there, or it is said that too little is shared of it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from node.ports.ledger import live
from node.ports.work import IndicatorRun
from node.services import results as computed
from node.services.context import Context
from node.services.indicators import DETAIL, AgreementRow, shown, versions
from node.services.results import Result
from node.services.scores import Figures, Score, scored
from node.services.views.assessment import agreements_of
from node.services.views.evidence import Evidence, evidence, named
from node.services.views.standing import roll
from risk_models.assessment import scores as model
from risk_models.assessment.details import CODES
from risk_models.composite.specification import Composite
from risk_models.model import load_spec

CORRIDORS, TYPOLOGIES, SECTORS = "corridors", "typologies", "sectors"
KINDS = (CORRIDORS, TYPOLOGIES, SECTORS)
_MEMBERS_CODE = {code: indicator for indicator, code in CODES.items()}
Unit = tuple[str, str, str]
"""Member or `_Z`, counterpart or `_Z`, and the code of a typology or a sector or ""."""


@dataclass(frozen=True, slots=True)
class Input:
    """One input of a unit: where it stands on the scale of the score, as it was read, and its points, if explained."""

    name: str
    year: str
    score: Result
    read: Result | None
    points: Result | None


@dataclass(frozen=True, slots=True)
class UnitScore:
    """A unit in one year: its score and its inputs, which are explained in the newest year alone."""

    ref_area: str
    counterpart_area: str
    code: str
    score: Score
    inputs: tuple[Input, ...]


@dataclass(frozen=True, slots=True)
class Details:
    """The page of one kind in one year. kinds: of which there is any score; years: that can be chosen, newest first."""

    has_results: bool
    model_id: str
    kind: str
    kinds: tuple[str, ...]
    composite: Composite
    year: str
    years: tuple[str, ...]
    units: tuple[UnitScore, ...]
    run: IndicatorRun | None
    agreements: tuple[AgreementRow, ...]
    evidence: Evidence


def details(ctx: Context, wanted: Mapping[str, str], now: datetime) -> Details:
    """Give every unit of the wanted kind in the wanted year; the first kind and the newest year without one."""
    present, spec = roll(ctx, now), load_spec(versions(ctx, DETAIL)[0])
    run = shown(ctx, spec.id)
    by_kind: dict[str, list[Result]] = defaultdict(list)
    for row in computed.where(computed.table(ctx, spec.id)):
        by_kind[kind_of(row)].append(row)
    kinds = tuple(kind for kind in KINDS if kind in by_kind)
    kind = wanted.get("kind", "")
    kind = kind if kind in kinds else next(iter(kinds), CORRIDORS)
    rows = by_kind[kind]
    years = tuple(sorted({row.time_period for row in rows if row.has_value}, reverse=True))
    year = wanted.get("year", "")
    year = year if year in years else next(iter(years), "")
    composite = getattr(spec.parameters, kind).composite
    used = named(live(ctx.ledger.bundles()), run.inputs if run is not None else ())
    return Details(
        has_results=run is not None,
        model_id=spec.id,
        kind=kind,
        kinds=kinds,
        composite=composite,
        year=year,
        years=years,
        units=_units(composite, (row for row in rows if row.time_period == year)),
        run=run,
        agreements=agreements_of(ctx, spec.id),
        evidence=evidence(used, present),
    )


def kind_of(row: Result) -> str:
    """Give the kind of the unit that a figure is about."""
    if row.counterpart_area != computed.NO_AREA:
        return CORRIDORS
    return TYPOLOGIES if row.ref_area == computed.NO_AREA else SECTORS


def _units(composite: Composite, rows: Iterable[Result]) -> tuple[UnitScore, ...]:
    figures: dict[Unit, dict[tuple[str, str], Result]] = defaultdict(dict)
    for row in rows:
        code, facet = ("", row.facet) if kind_of(row) == CORRIDORS else _cut(row.facet)
        figures[row.ref_area, row.counterpart_area, code][_MEMBERS_CODE[row.indicator], facet] = row
    made = [
        UnitScore(*unit, scored(composite, unit[0], own), _inputs(composite, own))
        for unit, own in figures.items()
    ]
    return tuple(sorted(made, key=_order))


def _inputs(composite: Composite, own: Figures) -> tuple[Input, ...]:
    points = {
        facet.rpartition("/")[2]: row for (code, facet), row in own.items() if code == model.CONTRIBUTION
    }
    found = {}
    for (code, facet), row in own.items():
        name, _, rest = facet.partition("/")
        year, _, what = rest.partition("/")
        if code == model.INPUT and not what:
            read = own.get((code, f"{facet}/{model.VALUE}"))
            found[name] = Input(name, year, row, read, points.get(name))
    return tuple(found[one.id] for one in composite.indicators if one.id in found)


def _cut(facet: str) -> tuple[str, str]:
    code, _, rest = facet.partition("/")
    return code, rest


def _order(unit: UnitScore) -> tuple[object, ...]:
    """Who is assessed by rank, then the others by name."""
    ranks = unit.score.ranks
    names = unit.ref_area, unit.counterpart_area, unit.code
    return (ranks is None, (ranks.best, ranks.worst) if ranks else (0, 0), names)
