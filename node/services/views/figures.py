"""One computed figure and every bundle behind it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from node.errors import NotFound
from node.ports.ledger import Bundle
from node.ports.work import IndicatorRun
from node.services import results as computed
from node.services.context import Context
from node.services.indicators import CROSS_BORDER, computes, shown, versions
from node.services.results import Result
from node.services.views.evidence import Evidence, evidence, named
from node.services.views.standing import roll


@dataclass(frozen=True, slots=True)
class FigurePage:
    """A figure with its run, the bundles it was computed from, and its history, newest first.

    `unheld` are input digests whose bundle is not in the ledger: it should be empty.
    """

    result: Result
    run: IndicatorRun
    bundles: tuple[Bundle, ...]
    unheld: tuple[str, ...]
    history: tuple[Result, ...]
    evidence: Evidence


def indicator_figure(ctx: Context, wanted: Mapping[str, str], now: datetime) -> FigurePage:
    """Give the figure named by indicator, period, area, counterpart and facet; raises NotFound."""
    usual = computes(ctx, wanted.get("indicator", "")) or CROSS_BORDER
    model_id = wanted.get("model", "") if wanted.get("model", "") in versions(ctx, usual) else usual
    run = shown(ctx, model_id)
    series = computed.where(
        computed.table(ctx, model_id),
        indicator=wanted.get("indicator", ""),
        ref_area=wanted.get("area", ""),
        counterpart_area=wanted.get("counterpart", computed.NO_AREA),
        facet=wanted.get("facet", ""),
    )
    found = [result for result in series if result.time_period == wanted.get("period", "")]
    if run is None or not found:
        raise NotFound(
            "There is no such figure in the newest computation", hint="Open it from its page again."
        )
    bundles = named(ctx.ledger.bundles(), found[0].inputs)
    held = {bundle.digest for bundle in bundles}
    return FigurePage(
        result=found[0],
        run=run,
        bundles=tuple(bundles),
        unheld=tuple(digest for digest in found[0].inputs if digest not in held),
        history=tuple(sorted(series, key=lambda one: one.time_period, reverse=True)),
        evidence=evidence(
            bundles, roll(ctx, now), expected=sorted({bundle.originator for bundle in bundles})
        ),
    )
