"""What moved the scores since an earlier computation: the method, revisions of what was known then, or new data.

Invariants: the parts add up to the whole change; they are found by recomputation in one published order (method, then
revision, then data); scores are those at the middle of their intervals; nothing is compared with a result that stands
on a bundle that was taken back.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from node.ports.work import IndicatorRun
from node.services import results as computed
from node.services.context import Context
from node.services.indicators import ASSESSMENT, compute, results_of, shown, versions
from node.services.results import Result
from node.services.scores import years_of
from node.services.views.assessment import spec_of
from node.services.views.standing import roll
from risk_models.assessment import scores as model
from risk_models.composite.momentum import Momentum, split
from risk_models.exact import divided
from risk_models.model import ModelSpec

RUNS_OFFERED = 12


@dataclass(frozen=True, slots=True)
class Momenta:
    """The page. run: the computation of now. earlier: the one that it is compared with, of `offered`, newest first.

    year_then, year_now: the newest year of each. rows: by the size of the change, the largest first. absent: members
    without a score in one of the computations that are needed.
    """

    model_id: str
    run: IndicatorRun | None
    earlier: IndicatorRun | None
    offered: tuple[IndicatorRun, ...]
    year_then: str = ""
    year_now: str = ""
    rows: tuple[Momentum, ...] = ()
    absent: tuple[str, ...] = ()

    @property
    def is_other_method(self) -> bool:
        """True if the two were computed by different versions of the method."""
        run, earlier = self.run, self.earlier
        return run is not None and earlier is not None and run.spec_digest != earlier.spec_digest


def momenta(ctx: Context, wanted: Mapping[str, str], now: datetime) -> Momenta:
    """Give what moved every member's score since the wanted computation (`since`: its digest), or the one before."""
    spec = spec_of(ctx, wanted)
    run = shown(ctx, spec.id)
    offered = () if run is None else tuple(_comparable(ctx, spec, run))[:RUNS_OFFERED]
    if run is None or not offered:
        return Momenta(spec.id, run, None, offered)
    earlier = next((one for one in offered if one.result_digest == wanted.get("since")), offered[0])
    before, present = _rows(ctx, earlier), _rows(ctx, run)
    year_then, year_now = (next(iter(years_of(rows)), "") for rows in (before, present))
    steps = (
        _risks(before, year_then),
        _risks(_by_this_method(ctx, spec, earlier, before), year_then),
        _risks(present, year_then),
        _risks(present, year_now),
    )
    known = set(steps[0]).intersection(*steps[1:])
    moved = [split(code, *(scores[code] for scores in steps)) for code in sorted(known)]
    return Momenta(
        model_id=spec.id,
        run=run,
        earlier=earlier,
        offered=offered,
        year_then=year_then,
        year_now=year_now,
        rows=tuple(sorted(moved, key=lambda one: (-abs(one.now - one.before), one.unit))),
        absent=tuple(sorted({*roll(ctx, now).members} - known)),
    )


def _comparable(ctx: Context, spec: ModelSpec[Any], run: IndicatorRun) -> Iterable[IndicatorRun]:
    """Give the computations before this one that differ from it, and that stand on nothing that was taken back."""
    for one in ctx.indicators.runs(versions(ctx, ASSESSMENT), RUNS_OFFERED * 4):
        is_same = (one.view_id, one.spec_digest) == (run.view_id, run.spec_digest)
        if is_same or one.run_at >= run.run_at:
            continue
        held = [ctx.ledger.bundle(digest) for digest in one.inputs]
        is_taken_back = any(bundle is not None and bundle.retracted_by for bundle in held)
        can_be_repeated = one.spec_digest == spec.digest or None not in held or _stored(ctx, spec, one)
        if not is_taken_back and can_be_repeated:
            yield one


def _by_this_method(
    ctx: Context, spec: ModelSpec[Any], earlier: IndicatorRun, before: list[Result]
) -> list[Result]:
    """Give what the method of now makes of the bundles of then: what is stored of it, else computed."""
    if earlier.spec_digest == spec.digest:
        return before
    stored = _stored(ctx, spec, earlier)
    if stored is not None:
        return _rows(ctx, stored)
    held = [ctx.ledger.bundle(digest) for digest in earlier.inputs]
    return computed.where(compute(ctx, spec, [one for one in held if one is not None]).results)


def _stored(ctx: Context, spec: ModelSpec[Any], earlier: IndicatorRun) -> IndicatorRun | None:
    found = ctx.indicators.by_view(spec.id, earlier.view_id)
    return found if found is not None and found.spec_digest == spec.digest else None


def _rows(ctx: Context, run: IndicatorRun) -> list[Result]:
    return computed.where(ctx.tables.get(run.results, lambda: results_of(ctx, run)))


def _risks(rows: Iterable[Result], year: str) -> dict[str, Decimal]:
    """Give the middle of each member's risk in a year."""
    return {
        row.ref_area: divided(row.lower + row.upper, 2)
        for row in rows
        if (row.indicator, row.time_period) == (model.SCORES[model.RISK], year)
        and row.lower is not None
        and row.upper is not None
    }
