"""One corridor, seen from both ends.

Invariants: the two ends stand beside one another and are never merged; what a member said it sent is compared
with what the other said it received, never with what the other sent.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import pyarrow as pa

from node.errors import NotFound
from node.ports.ledger import live
from node.services import results as computed
from node.services.context import Context
from node.services.found import between
from node.services.results import Result
from node.services.views.corridors import choose, offered_dataflows
from node.services.views.evidence import Evidence, evidence, named
from node.services.views.facets import Selection
from node.services.views.figure import NOT_SHARED, Figure, figure
from node.services.views.raised import Alarms, alarms
from node.services.views.standing import roll
from schemas import registry

DIRECTION = "FLOW_DIRECTION"
MIRROR_INDICATORS = (computed.ASYMMETRY, computed.GAP)


@dataclass(frozen=True, slots=True)
class MirrorPeriod:
    """One period of one direction: what the sender said it sent, what the receiver said it received.

    `asymmetry` and `gap` are the indicators computed from the two, when there is one. The alarms are those that the
    early warning raised on either end's own series.
    """

    time_period: str
    sent: Figure
    received: Figure
    asymmetry: Result | None
    gap: Result | None
    sent_alarm: Result | None = None
    received_alarm: Result | None = None


@dataclass(frozen=True, slots=True)
class Direction:
    """The corridor in one direction, newest period first."""

    sender: str
    receiver: str
    periods: tuple[MirrorPeriod, ...]


@dataclass(frozen=True, slots=True)
class CorridorPage:
    """Both directions of a corridor for one choice of facets, with every other indicator on it."""

    ref_area: str
    counterpart_area: str
    is_mirrored: bool
    dataflows: tuple[str, ...]
    dataflow: str
    selection: Selection
    directions: tuple[Direction, ...]
    others: tuple[Result, ...]
    evidence: Evidence


def corridor(
    ctx: Context,
    ref_area: str,
    counterpart_area: str,
    *,
    dataflow: str,
    wanted: Mapping[str, str],
    now: datetime,
) -> CorridorPage:
    """Give the corridor between two areas; raises NotFound for areas that no page links to."""
    present = roll(ctx, now)
    bundles = live(ctx.ledger.bundles())
    offered = offered_dataflows(bundles)
    areas = registry.codelist("CL_AREA")
    if not offered or ref_area not in present.members or counterpart_area not in areas:
        raise NotFound("There is no such corridor", hint="Choose one in the corridor matrix.")
    flow = registry.dataflow(dataflow if dataflow in offered else offered[0])
    pair = between((ref_area, counterpart_area))
    chosen = choose(ctx, flow, present, wanted, shown=pair, without=("TIME_PERIOD", DIRECTION))
    ends = chosen.cells
    results = _results(ctx, chosen, ref_area, counterpart_area)
    raised = alarms(ctx, flow, chosen.address)
    used = named(bundles, set(ends.column("BUNDLE").to_pylist()))
    speakers = [code for code in (ref_area, counterpart_area) if code in present.members]
    return CorridorPage(
        ref_area=ref_area,
        counterpart_area=counterpart_area,
        is_mirrored=counterpart_area in present.members,
        dataflows=offered,
        dataflow=flow.id,
        selection=chosen,
        directions=(
            _direction(ends, results, raised, ref_area, counterpart_area),
            _direction(ends, results, raised, counterpart_area, ref_area),
        ),
        others=tuple(one for one in computed.latest(results) if _is_other(one)),
        evidence=evidence(used, present, expected=speakers),
    )


def _direction(
    ends: pa.Table, results: list[Result], raised: Alarms, sender: str, receiver: str
) -> Direction:
    figures = {
        (row["TIME_PERIOD"], row["REF_AREA"], row.get(DIRECTION, "OUT")): figure(row)
        for row in ends.to_pylist()
    }
    sent = {period: cell for (period, area, way), cell in figures.items() if (area, way) == (sender, "OUT")}
    received = {
        period: cell for (period, area, way), cell in figures.items() if (area, way) == (receiver, "IN")
    }
    mirrors = _mirrors(results)
    sent_alarms, received_alarms = raised.of(sender, receiver, "OUT"), raised.of(receiver, sender, "IN")
    periods = tuple(
        MirrorPeriod(
            time_period=period,
            sent=sent.get(period, NOT_SHARED),
            received=received.get(period, NOT_SHARED),
            asymmetry=mirrors.get((computed.ASYMMETRY, period, sender, receiver)),
            gap=mirrors.get((computed.GAP, period, receiver, sender)),
            sent_alarm=sent_alarms.get(period),
            received_alarm=received_alarms.get(period),
        )
        for period in sorted(sent.keys() | received.keys(), reverse=True)
    )
    return Direction(sender, receiver, periods)


def _mirrors(results: list[Result]) -> dict[tuple[str, str, str, str], Result]:
    """Give asymmetries and gaps by indicator, period and row.

    A gap belongs to the importer's row; its size as a share is what can be compared between corridors.
    """
    found: dict[tuple[str, str, str, str], Result] = {}
    for one in results:
        if one.indicator == computed.ASYMMETRY or (
            one.indicator == computed.GAP and computed.AS_SHARE in one.facets
        ):
            found.setdefault((one.indicator, one.time_period, one.ref_area, one.counterpart_area), one)
    return found


def _results(ctx: Context, chosen: Selection, first: str, second: str) -> list[Result]:
    """Give the results on this corridor whose facet fits the chosen one."""
    table = computed.table(ctx)
    every = computed.where(table, ref_area=first, counterpart_area=second)
    every += computed.where(table, ref_area=second, counterpart_area=first)
    specified = set(chosen.address.values())
    return [result for result in every if specified <= {*result.facets, *_implied(result)}]


def _is_other(one: Result) -> bool:
    return one.indicator not in MIRROR_INDICATORS and one.status == computed.OK


def _implied(result: Result) -> tuple[str, ...]:
    """A facet of the trade gap names no measure: it compares declared values."""
    return ("V_DECL",) if result.indicator == computed.GAP else ()
