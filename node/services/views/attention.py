"""Three things to look at: the gravest warning, the largest growth, the largest difference between two mirrors.

Invariants: each is chosen by a rule that the page says, never by hand: ours before others', certain before possible,
newest before older, then the largest lower bound; what is not certain to have grown has not grown; who else sees it is
what the others' own figures say.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

import pyarrow as pa

from node.services import results as computed
from node.services.context import Context
from node.services.indicators import EARLY_WARNING
from node.services.results import Result, mirrored
from node.services.rows import having
from node.services.views.warnings import raised
from risk_models.early_warning.alarms import LEVEL
from schemas.hierarchy import WORLD
from schemas.period import TimePeriod

LARGE_GAP = Decimal("0.1")  # the recommendation rules look at gaps above a tenth of both declarations
WARNING, GROWTH, MIRROR = "warning", "growth", "mirror"


@dataclass(frozen=True, slots=True)
class Pointer:
    """One thing to look at. candidates: of how many it was chosen; result: None where there is nothing of the kind.

    before: the same figure of the period before. amount: a gap's size in money beside its share. other_end: the same
    figure as the counterpart's own data give it; others: further members whose own figures say the same of the area.
    dataflow: of the figure.
    """

    kind: str
    candidates: int
    result: Result | None = None
    before: Result | None = None
    amount: Result | None = None
    other_end: Result | None = None
    others: tuple[str, ...] = ()
    dataflow: str = ""


def three(ctx: Context) -> tuple[Pointer, ...]:
    """Give the three, in this order; each needs its model to have been computed once."""
    tables = (computed.table(ctx), computed.table(ctx, EARLY_WARNING))
    return computed.noted(ctx, "look at", tables, lambda: _three(ctx))


def _three(ctx: Context) -> tuple[Pointer, ...]:
    table = computed.table(ctx)
    found = (_warning(ctx), _growth(table, ctx.member), _mirror(table, ctx.member))
    return tuple(replace(one, dataflow=_dataflow(ctx, one.result)) for one in found)


def _dataflow(ctx: Context, one: Result | None) -> str:
    """Give the dataflow of the first bundle behind a figure."""
    bundle = ctx.ledger.bundle(one.inputs[0]) if one is not None and one.inputs else None
    return bundle.dataflow_id if bundle is not None else ""


def _warning(ctx: Context) -> Pointer:
    table = computed.table(ctx, EARLY_WARNING)
    alarms = raised(table, ctx.member)
    if not alarms:
        return Pointer(WARNING, 0)
    gravest = alarms[0]
    return Pointer(
        WARNING,
        len(alarms),
        gravest,
        other_end=_other_end(table, gravest, LEVEL),
        others=_others(alarms, gravest),
    )


def _growth(table: pa.Table | None, own: str) -> Pointer:
    """Reports that grew by a test first; without any, the corridor whose share of a member's flows rose most."""
    counted = computed.latest(computed.where(table, indicator=computed.GROWTH))
    tested = [one for one in counted if one.signal in computed.SIGNALS and (one.lower or 0) > 1]
    if tested:
        grown = sorted(tested, key=lambda one: _urgency(own, one))
        first, before = grown[0], None
    else:
        pairs = risen(table, own)
        if not pairs:
            return Pointer(GROWTH, 0)
        grown = [now for now, _ in pairs]
        first, before = pairs[0]
    return Pointer(
        GROWTH,
        len(grown),
        first,
        before,
        other_end=_other_end(table, first, first.indicator),
        others=_others(grown, first),
    )


def risen(table: pa.Table | None, own: str) -> list[tuple[Result, Result]]:
    """Give (newest, the period before) of each corridor whose share certainly rose, by urgency.

    A corridor's newest period is compared only where it is the newest of all corridors of its member and facet.
    """
    if table is None:
        return []
    shares = having(table, "INDICATOR", computed.SHARE)
    ours = having(shares, "REF_AREA", own)
    found = _risen(ours) or _risen(shares)
    return sorted(found, key=lambda pair: _urgency_of_rise(own, *pair))


def _risen(shares: pa.Table) -> list[tuple[Result, Result]]:
    newest: dict[tuple[str, str], str] = {}
    places: dict[tuple[str, str, str, str], int] = {}
    names = ("REF_AREA", "FACET", "COUNTERPART_AREA", "TIME_PERIOD")
    for place, key in enumerate(zip(*(shares.column(name).to_pylist() for name in names), strict=True)):
        area, facet, _, period = key
        places[key] = place
        newest[area, facet] = max(period, newest.get((area, facet), ""))
    pairs = [
        (place, places[before])
        for (area, facet, counterpart, period), place in places.items()
        if period == newest[area, facet]
        and counterpart != WORLD
        and (before := (area, facet, counterpart, str(TimePeriod.parse(period).previous()))) in places
        and not computed.is_narrowed(facet)
    ]
    both = [
        [computed.result(row) for row in shares.take(side).to_pylist()] for side in zip(*pairs, strict=True)
    ]
    return [(now, then) for now, then in zip(*both, strict=True) if _rise(now, then) > 0] if both else []


def _rise(now: Result, then: Result) -> Decimal:
    """Give by how much a share rose for certain: from the upper bound of before to the lower bound of now."""
    if now.lower is None or then.upper is None:
        return Decimal(0)
    return now.lower - then.upper


def _urgency_of_rise(own: str, now: Result, then: Result) -> tuple[object, ...]:
    *first, _, last = _urgency(own, now)
    return (*first, -_rise(now, then), last)


def _mirror(table: pa.Table | None, own: str) -> Pointer:
    tested = computed.latest(computed.where(table, indicator=computed.ASYMMETRY))
    found = [one for one in tested if one.signal in computed.SIGNALS and one.has_value]
    gaps = computed.latest(computed.where(table, indicator=computed.GAP))
    amounts = {(one.ref_area, one.counterpart_area, one.time_period, one.facet): one for one in gaps}
    found += [one for one in gaps if computed.AS_SHARE in one.facets and (one.lower or 0) >= LARGE_GAP]
    if not found:
        return Pointer(MIRROR, 0)
    first = min(found, key=lambda one: _urgency(own, one))
    facet = first.facet.removesuffix(f"/{computed.AS_SHARE}")
    amount = amounts.get((first.ref_area, first.counterpart_area, first.time_period, facet))
    return Pointer(MIRROR, len(found), first, amount=amount if amount is not first else None)


def _urgency(own: str, one: Result) -> tuple[object, ...]:
    return (
        own not in {one.ref_area, one.counterpart_area},
        computed.SIGNALS.get(one.signal, len(computed.SIGNALS)),
        tuple(-ord(character) for character in one.time_period),
        -(one.lower or Decimal(0)),
        (one.indicator, one.ref_area, one.counterpart_area, one.facet),
    )


def _other_end(table: pa.Table | None, one: Result, indicator: str) -> Result | None:
    """Give the newest figure of the counterpart's own data about the same flow, if it shared any."""
    held = computed.where(
        table,
        indicator=indicator,
        ref_area=one.counterpart_area,
        counterpart_area=one.ref_area,
        facet=mirrored(one.facet),
    )
    return max(held, key=lambda other: other.time_period, default=None)


def _others(found: Sequence[Result], one: Result) -> tuple[str, ...]:
    """Give the further members of whom the same was found towards the same area, in the same facet."""
    same = (one.counterpart_area, one.facet)
    areas = {other.ref_area for other in found if (other.counterpart_area, other.facet) == same}
    return tuple(sorted(areas - {one.ref_area}))
