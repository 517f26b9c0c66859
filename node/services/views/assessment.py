"""The assessment of members: who is assessed how, and who is not and why.

Invariants: a member is assessed or is said not to be, with the reason; who is not assessed has no level and no rank; a
score never stands without its interval, its rank interval and its confidence.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from node.errors import Unavailable
from node.ports.ledger import live
from node.ports.work import IndicatorRun
from node.services.context import Context
from node.services.indicators import ASSESSMENT, AgreementRow, agreement, shown, versions
from node.services.views import results as computed
from node.services.views.evidence import Evidence, evidence, named
from node.services.views.results import Result
from node.services.views.standing import roll
from risk_models.assessment import scores as model
from risk_models.composite.running import level_of
from risk_models.composite.specification import Composite
from risk_models.model import ModelSpec, load_spec

AXES = ("threat", "vulnerability", "consequence")


@dataclass(frozen=True, slots=True)
class Ranks:
    """The ranks that are possible among the members assessed; 1 is the highest risk."""

    best: int
    worst: int
    of: int


@dataclass(frozen=True, slots=True)
class Score:
    """One member in one year.

    state: "assessed"; "wide" (the withheld values leave any level possible); "little" (too few inputs); "nothing" (no
    figure of it at all). levels: the lowest and the highest level that are possible, one if they are the same; none
    unless assessed. scores: by the composite's groups, those that have a value.
    """

    code: str
    state: str
    scores: Mapping[str, Result]
    levels: tuple[str, ...] = ()
    ranks: Ranks | None = None
    grade: str = ""
    change: Result | None = None

    @property
    def risk(self) -> Result | None:
        """The interval of the risk, None if there is none."""
        return self.scores.get(model.RISK)


@dataclass(frozen=True, slots=True)
class Assessment:
    """The page of all members.

    model_id: the version of the method that is shown, of `versions`, the newest first. years: that can be chosen, the
    newest first. factors: what each choice decides.
    """

    has_results: bool
    model_id: str
    versions: tuple[str, ...]
    composite: Composite
    year: str
    years: tuple[str, ...]
    scores: tuple[Score, ...]
    factors: tuple[Result, ...]
    run: IndicatorRun | None
    agreements: tuple[AgreementRow, ...]
    evidence: Evidence


def assessment(ctx: Context, wanted: Mapping[str, str], now: datetime) -> Assessment:
    """Give every member in the wanted year, or in the newest one where it is none of them."""
    present, spec = roll(ctx, now), spec_of(ctx, wanted)
    run = shown(ctx, spec.id)
    rows = computed.where(computed.table(ctx, spec.id))
    years = years_of(rows)
    year = wanted.get("year", "")
    year = year if year in years else next(iter(years), "")
    of_year = [row for row in rows if row.time_period == year]
    codes = sorted({*present.members, *(row.ref_area for row in of_year)} - {computed.NO_AREA})
    used = named(live(ctx.ledger.bundles()), run.inputs if run is not None else ())
    return Assessment(
        has_results=run is not None,
        model_id=spec.id,
        versions=versions(ctx, ASSESSMENT),
        composite=spec.parameters.composite,
        year=year,
        years=years,
        scores=tuple(
            sorted((score_of(spec.parameters.composite, code, of_year) for code in codes), key=_order)
        ),
        factors=tuple(row for row in of_year if row.ref_area == computed.NO_AREA),
        run=run,
        agreements=agreements_of(ctx, spec.id),
        evidence=evidence(used, present),
    )


def spec_of(ctx: Context, wanted: Mapping[str, str]) -> ModelSpec[Any]:
    """Give the wanted version of the method, or the newest one."""
    known = versions(ctx, ASSESSMENT)
    return load_spec(wanted["model"] if wanted.get("model") in known else known[0])


def years_of(rows: Iterable[Result]) -> tuple[str, ...]:
    """Give the newest year, and those before it in which a member has a risk."""
    newest = max((row.time_period for row in rows), default="")
    known = {row.time_period for row in rows if row.indicator == model.SCORES[model.RISK] and row.has_value}
    return tuple(sorted(known | ({newest} if newest else set()), reverse=True))


def rows_of(rows: Iterable[Result], indicator: str) -> list[Result]:
    """Give the rows of one indicator."""
    return [row for row in rows if row.indicator == indicator]


def one_of(rows: Iterable[Result], indicator: str, facet: str) -> Result | None:
    """Give the row of one indicator and facet, None if there is none."""
    return next((row for row in rows_of(rows, indicator) if row.facet == facet), None)


def score_of(composite: Composite, code: str, rows: Sequence[Result]) -> Score:
    """Give one member from its rows of one year."""
    own = [row for row in rows if row.ref_area == code]
    found = {}
    for group, indicator in model.SCORES.items():
        row = one_of(own, indicator, group if group in model.INNER else "")
        if row is not None and row.has_value:
            found[group] = row
    risk = found.get(model.RISK)
    if risk is None or risk.lower is None or risk.upper is None:
        is_there = any(row.has_value for row in own)
        return Score(code, "little" if is_there else "nothing", found)
    ends = (level_of(end, composite.result) or "" for end in (risk.lower, risk.upper))
    is_assessed = risk.status == computed.OK
    confidence = one_of(own, model.CONFIDENCE, "")
    return Score(
        code=code,
        state="assessed" if is_assessed else "wide",
        scores=found,
        levels=tuple(dict.fromkeys(ends)) if is_assessed else (),
        ranks=_ranks(own) if is_assessed else None,
        grade="" if confidence is None else model.GRADES[int(confidence.lower or 1) - 1],
        change=one_of(own, model.MOMENTUM, model.DATA),
    )


def _ranks(rows: Sequence[Result]) -> Ranks | None:
    ranks, count = one_of(rows, model.RANKS, model.RANK), one_of(rows, model.RANKS, model.OF)
    if ranks is None or count is None:
        return None
    return Ranks(int(ranks.lower or 0), int(ranks.upper or 0), int(count.lower or 0))


def _order(score: Score) -> tuple[object, ...]:
    """Who is assessed by rank, then the others by name."""
    ranks = score.ranks
    return (ranks is None, (ranks.best, ranks.worst) if ranks else (0, 0), score.code)


def agreements_of(ctx: Context, model_id: str) -> tuple[AgreementRow, ...]:
    """Give what each peer says of this model; nothing without a valid registry."""
    try:
        return tuple(row for row in agreement(ctx) if row.model_id == model_id)
    except Unavailable:
        return ()
