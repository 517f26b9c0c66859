"""What one member shared and what was computed from it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

import pyarrow as pa

from exchange.membership import Member
from node.errors import NotFound, Unavailable
from node.ports.ledger import Bundle, live
from node.ports.peers import HeldRefusal, PeerStatus, Standing
from node.services import results as computed
from node.services.cells import cells
from node.services.context import Context
from node.services.indicators import EFFECTIVENESS
from node.services.results import Result
from node.services.rows import having
from node.services.views.coverage import CoverageRow, coverage
from node.services.views.evidence import Evidence, evidence, named
from node.services.views.standing import roll

TOP_CORRIDORS = 8
RATINGS_FLOW = "FATF_RATING"


@dataclass(frozen=True, slots=True)
class Rating:
    """One rating of a mutual evaluation; `value` is the numeric attribute of its code (3 best, 0 worst)."""

    fatf_item: str
    value: int
    time_period: str
    bundle: str


@dataclass(frozen=True, slots=True)
class ShareBlock:
    """The largest corridors of one facet in its newest period; `facets` are all the member has."""

    facets: tuple[str, ...]
    facet: str
    time_period: str
    shares: tuple[Result, ...]
    concentration: Result | None


@dataclass(frozen=True, slots=True)
class MemberPage:
    """A member: standing (None for the node's own member), bundles newest first, indicators, ratings.

    `rating_counts`: (an item of the scale, value, how many ratings have it). `membership`: its lines in the registry,
    None without one. `coverage`: a row for each dataflow anybody released.
    """

    code: str
    is_own: bool
    standing: Standing | None
    status: PeerStatus | None
    bundles: tuple[Bundle, ...]
    refusals: tuple[HeldRefusal, ...]
    shares: ShareBlock | None
    growth: tuple[Result, ...]
    funnel: tuple[Result, ...]
    effectiveness: tuple[Result, ...]
    ratings: tuple[Rating, ...]
    rating_counts: tuple[tuple[str, int, int], ...]
    membership: Member | None
    coverage: tuple[CoverageRow, ...]
    evidence: Evidence
    ratings_evidence: Evidence
    results_evidence: Evidence


def member(ctx: Context, code: str, now: datetime, *, facet: str = "") -> MemberPage:
    """Give a member's page with the shares of one facet; raises NotFound for a code that is no member."""
    present = roll(ctx, now)
    if code not in present.members:
        raise NotFound(f"{code} is not a member", hint="Choose a member in the exchange status.")
    bundles = ctx.ledger.bundles(originator=code)
    table = computed.table(ctx)
    results = computed.narrowed(table, ref_area=code) if table is not None else None
    ratings = _ratings(cells(ctx, RATINGS_FLOW), code)
    is_own = code == ctx.member
    inputs = computed.inputs_of(results) if results is not None else ()
    return MemberPage(
        code=code,
        is_own=is_own,
        standing=None if is_own else present.standings[code],
        status=None if is_own else ctx.peers.status(code),
        bundles=tuple(sorted(bundles, key=lambda bundle: -bundle.log_index)),
        refusals=tuple(ctx.peers.refusals(code)),
        shares=_shares(results, facet) if results is not None else None,
        growth=_by_weight(computed.where(results, indicator=computed.GROWTH)),
        funnel=_stages(results),
        effectiveness=_effectiveness(ctx, code),
        ratings=ratings,
        rating_counts=_counted(ratings),
        membership=_registered(ctx, code),
        coverage=coverage(ctx, {"member": code}, now).rows if bundles else (),
        evidence=evidence(live(bundles), present, expected=(code,)),
        ratings_evidence=evidence(named(bundles, {one.bundle for one in ratings}), present, expected=(code,)),
        results_evidence=evidence(named(ctx.ledger.bundles(), inputs), present),
    )


def _registered(ctx: Context, code: str) -> Member | None:
    try:
        return next((one for one in ctx.directory.membership().members if one.code == code), None)
    except Unavailable:
        return None


def _shares(results: pa.Table, wanted: str) -> ShareBlock | None:
    """Give the largest corridors of a facet, what was reported as suspicious before what was declared.

    Only rows of the facet are read in full: a member has thousands.
    """
    found = computed.valued(computed.narrowed(results, indicator=computed.SHARE))
    facets = sorted(
        {one for one in _facets(found) if one == wanted or not computed.is_narrowed(one)},
        key=lambda facet: (facet.rpartition("/")[2], facet),
    )
    if not facets:
        return None
    positive = _facets(computed.valued(found, is_positive=True))
    telling = [facet for facet in facets if facet in positive]
    facet = wanted if wanted in facets else (telling or facets)[0]
    of_facet = computed.where(found, facet=facet)
    period = max(one.time_period for one in of_facet)
    block = [one for one in of_facet if one.time_period == period]
    block.sort(key=lambda one: (-(one.lower or 0), -(one.upper or 1), one.counterpart_area))
    hhi = computed.where(results, indicator=computed.CONCENTRATION, facet=facet, time_period=period)
    return ShareBlock(tuple(facets), facet, period, tuple(block[:TOP_CORRIDORS]), hhi[0] if hhi else None)


def _facets(results: pa.Table) -> set[str]:
    return {str(facet) for facet in results.column("FACET").unique().to_pylist()}


def _by_weight(results: list[Result]) -> tuple[Result, ...]:
    """Order growth by what it signals, then by how surely, newest period of each corridor only."""
    newest = [one for one in computed.latest(results) if one.has_value and one.status == computed.OK]
    newest.sort(key=_weight)
    return tuple(newest[:TOP_CORRIDORS])


def _weight(one: Result) -> tuple[object, ...]:
    signal = computed.SIGNALS.get(one.signal, len(computed.SIGNALS))
    return (signal, one.p_upper or 1, one.counterpart_area, one.facet)


def _effectiveness(ctx: Context, code: str) -> tuple[Result, ...]:
    """Give what became of its reports, requests and money in the newest period of each, by indicator."""
    found = computed.where(computed.table(ctx, EFFECTIVENESS), ref_area=code)
    newest = [one for one in computed.latest(found) if one.has_value]
    return tuple(sorted(newest, key=lambda one: (int(one.indicator[1:]), one.facet)))


def _stages(results: pa.Table | None) -> tuple[Result, ...]:
    stages = computed.where(results, indicator=computed.FUNNEL)
    return tuple(sorted(computed.latest(stages), key=lambda one: (one.indicator, one.facet)))


def _ratings(table: pa.Table, code: str) -> tuple[Rating, ...]:
    """Give the newest rating of every item, in the order R.1 to R.40, then IO.1 to IO.11."""
    rows = having(table, "REF_AREA", code).to_pylist()
    newest: dict[str, Rating] = {}
    for row in sorted(rows, key=lambda one: one["TIME_PERIOD"]):
        if row["OBS_VALUE"] is not None:
            item = row["FATF_ITEM"]
            newest[item] = Rating(item, row["OBS_VALUE"], row["TIME_PERIOD"], row["BUNDLE"])
    return tuple(sorted(newest.values(), key=lambda rating: _item_order(rating.fatf_item)))


def _counted(ratings: tuple[Rating, ...]) -> tuple[tuple[str, int, int], ...]:
    """Give (an item of the scale, value, how many) for each scale, best value first."""
    counts = Counter((rating.fatf_item[0], rating.value) for rating in ratings)
    sample = {rating.fatf_item[0]: rating.fatf_item for rating in ratings}
    ordered = sorted(counts.items(), key=lambda entry: (entry[0][0] != "R", -entry[0][1]))
    return tuple((sample[scale], value, number) for (scale, value), number in ordered)


def _item_order(item: str) -> tuple[bool, int, str]:
    kind, _, number = item.partition(".")
    return (kind != "R", int(number) if number.isdigit() else 0, item)
