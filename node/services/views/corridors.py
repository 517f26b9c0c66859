"""The corridor matrix: who reported what about whom, every absent figure with its reason.

Invariants: a row is what its member reported and nothing else; two members' views of one corridor are mirrors
and are never summed; only chosen facets that lead to a figure are offered.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import pyarrow as pa

from node.ports.ledger import Bundle, live
from node.services.arranged import AREAS
from node.services.context import Context
from node.services.found import EVERY, Rows, between
from node.services.rows import having
from node.services.shelf import Shelf
from node.services.views import facets
from node.services.views.evidence import Evidence, evidence, named
from node.services.views.facets import Selection, dimensions
from node.services.views.figure import NOT_SHARED, Figure, figure, shades
from node.services.views.ranking import NOBODY, Ranking, ranked
from node.services.views.standing import Roll, roll
from schemas import registry
from schemas.hierarchy import WORLD
from schemas.structure import Dataflow


@dataclass(frozen=True, slots=True)
class MatrixRow:
    """What one member reported: a figure for every member, None for itself. `has_shared`: anything at all.

    `whole`: about all countries together; no part of the matrix, because it is no corridor.
    """

    member: str
    has_shared: bool
    figures: tuple[Figure | None, ...]
    whole: Figure


@dataclass(frozen=True, slots=True)
class Corridors:
    """The matrix page. `selection` is None when nothing with a counterpart was shared yet.

    `whole`: the code of all countries together, if anybody reported it for this choice.
    """

    dataflows: tuple[str, ...]
    dataflow: str | None
    selection: Selection | None
    members: tuple[str, ...]
    rows: tuple[MatrixRow, ...]
    shades: dict[int, int]
    ranking: Ranking
    evidence: Evidence
    whole: str | None = None


def corridors(ctx: Context, *, dataflow: str, wanted: Mapping[str, str], now: datetime) -> Corridors:
    """Give the matrix for the wanted dataflow and facets, or the nearest choice that shows something."""
    present = roll(ctx, now)
    bundles = live(ctx.ledger.bundles())
    offered = offered_dataflows(bundles)
    if not offered:
        return _empty(present)
    flow = registry.dataflow(dataflow if dataflow in offered else offered[0])
    chosen = choose(ctx, flow, present, wanted)
    rows = tuple(_row(member, present.members, chosen.cells) for member in present.members)
    used = named(bundles, set(chosen.cells.column("BUNDLE").to_pylist()))
    return Corridors(
        dataflows=offered,
        dataflow=flow.id,
        selection=chosen,
        members=present.members,
        rows=rows,
        shades=shades(cell for row in rows for cell in row.figures),
        ranking=ranked(chosen.cells),
        evidence=evidence(used, present),
        whole=WORLD if having(chosen.cells, AREAS[1], WORLD).num_rows else None,
    )


def offered_dataflows(bundles: list[Bundle]) -> tuple[str, ...]:
    """Give the dataflows with corridors that somebody shared, in the order of the registry."""
    held = {bundle.dataflow_id for bundle in bundles}
    return tuple(flow.id for flow in registry.dataflows() if flow.id in held and _has_corridors(flow))


def choose(
    ctx: Context,
    flow: Dataflow,
    present: Roll,
    wanted: Mapping[str, str],
    *,
    shown: Rows = EVERY,
    without: tuple[str, ...] = (),
) -> Selection:
    """Narrow the cells of a dataflow; facets are judged by corridors between members where there are any."""
    shelf = Shelf(ctx, flow.id)
    members = between(present.members)
    rows = members if shelf.tally(members).num_rows else EVERY
    order = dimensions(flow, without=without)
    apart = flow.cuts if flow.is_record_level else ()
    return facets.choose(shelf, rows, order, wanted, shown=shown, apart=apart)


def _has_corridors(flow: Dataflow) -> bool:
    """True if every cell names a counterpart; where it may be without one, the matrix would be empty."""
    return set(AREAS) <= set(flow.upload.column_ids) and flow.upload.column(AREAS[1]).required


def _row(member: str, members: tuple[str, ...], chosen: pa.Table) -> MatrixRow:
    reported = having(chosen, "ORIGINATOR", member)
    by_counterpart = {row["COUNTERPART_AREA"]: figure(row) for row in reported.to_pylist()}
    figures = tuple(
        None if counterpart == member else by_counterpart.get(counterpart, NOT_SHARED)
        for counterpart in members
    )
    return MatrixRow(member, bool(by_counterpart), figures, by_counterpart.get(WORLD, NOT_SHARED))


def _empty(present: Roll) -> Corridors:
    return Corridors((), None, None, present.members, (), {}, NOBODY, evidence((), present))
