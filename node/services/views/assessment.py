"""The assessment of members: who is assessed how, and who is not and why.

Invariants: every member of the federation is on the page: it is assessed, or is said not to be, with the reason.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from node.errors import Unavailable
from node.ports.ledger import live
from node.ports.work import IndicatorRun
from node.services import results as computed
from node.services.context import Context
from node.services.indicators import ASSESSMENT, AgreementRow, agreement, shown, versions
from node.services.results import Result
from node.services.scores import Score, score_of, years_of
from node.services.views.evidence import Evidence, evidence, named
from node.services.views.standing import roll
from risk_models.composite.specification import Composite
from risk_models.model import ModelSpec, load_spec

AXES = ("threat", "vulnerability", "consequence")


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
