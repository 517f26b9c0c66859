"""The tables that can be exported, each taken from the view that its page shows.

Invariants: an extract has every row of its choice, also those that a page leaves out for want of room; a pair of
members of which nothing was shared stands in the matrix as not shared.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from node.errors import Invalid, NotFound
from node.ports.ledger import Bundle, live
from node.ports.work import IndicatorRun
from node.services.cells import cells, cells_of_bundle
from node.services.context import Context
from node.services.exports.kinds import (
    FIGURE_COLUMNS,
    OF_CELLS,
    VALUE_KIND,
    cells_with_kind,
    figure_row,
)
from node.services.rows import having
from node.services.views.corridors import corridors
from node.services.views.evidence import Evidence, evidence, named
from node.services.views.standing import roll
from schemas import registry
from schemas.errors import SchemaError

Wanted = Mapping[str, str]
_PAIR = ("REF_AREA", "COUNTERPART_AREA")
_NOT_SHARED, _NOT_APPLICABLE = "not_shared", "not_applicable"


@dataclass(frozen=True, slots=True)
class Extract:
    """Rows with what they stand on. about: fields of the title. filters: what was chosen, as it is in the address."""

    name: str
    rows: pa.Table
    evidence: Evidence
    about: Mapping[str, str]
    filters: Mapping[str, str]
    runs: tuple[IndicatorRun, ...] = ()
    kinds: tuple[str, ...] = OF_CELLS


@dataclass(frozen=True, slots=True)
class ExportedTable:
    """A table by name. parameters: what it is narrowed by; takes_dimensions: also by dimensions of its dataflow."""

    name: str
    parameters: tuple[str, ...]
    take: Callable[[Context, Wanted, datetime], Extract] = field(repr=False)
    takes_dimensions: bool = False


def flow_cells(ctx: Context, wanted: Wanted, now: datetime) -> Extract:
    """Give the live cells of a dataflow, or those of one bundle of it, which may be superseded."""
    flow = _dataflow(wanted.get("dataflow", ""))
    names = (*registry.dataflow(flow).cells.dimensions, "ORIGINATOR")
    known = {name.lower(): name for name in names}
    refuse_unknown(wanted, {"dataflow", "bundle", *known})
    digest = wanted.get("bundle")
    rows = cells(ctx, flow) if digest is None else cells_of_bundle(ctx, _shown_bundle(ctx, digest, flow))
    chosen = {known[name.lower()]: value for name, value in wanted.items() if name.lower() in known}
    for name, value in chosen.items():
        rows = having(rows, name, value)
    filters = {"dataflow": flow, **chosen} | ({} if digest is None else {"bundle": digest})
    return Extract(
        f"cells-{flow}", cells_with_kind(rows), _evidence_of(ctx, rows, now), {"dataflow": flow}, filters
    )


def matrix(ctx: Context, wanted: Wanted, now: datetime) -> Extract:
    """Give the corridors of a choice: every cell, and the pairs of members of which there is none."""
    view = corridors(ctx, dataflow=wanted.get("dataflow", ""), wanted=_dimensions(wanted), now=now)
    if view.selection is None or view.dataflow is None:
        raise _no_corridors()
    chosen = cells_with_kind(view.selection.cells)
    absent = _absent(chosen, view.members, view.selection.address)
    return Extract(
        f"corridors-{view.dataflow}",
        pa.concat_tables([chosen, absent]).sort_by([(name, "ascending") for name in _PAIR]),
        view.evidence,
        {"dataflow": view.dataflow},
        {"dataflow": view.dataflow, **view.selection.address},
    )


def ranking(ctx: Context, wanted: Wanted, now: datetime) -> Extract:
    """Give the corridors of a choice by size, each with its bounds and the ranks that these leave possible."""
    view = corridors(ctx, dataflow=wanted.get("dataflow", ""), wanted=_dimensions(wanted), now=now)
    if view.selection is None or view.dataflow is None:
        raise _no_corridors()
    rows = [
        {
            "REF_AREA": one.ref_area,
            "COUNTERPART_AREA": one.counterpart_area,
            **figure_row(one.figure),
            "RANK_BEST": one.best,
            "RANK_WORST": one.worst,
        }
        for one in view.ranking.rows
    ]
    return Extract(
        f"ranking-{view.dataflow}",
        pa.Table.from_pylist(rows, schema=_RANKING),
        view.evidence,
        {"dataflow": view.dataflow},
        {"dataflow": view.dataflow, **view.selection.address},
    )


def bundles_held(ctx: Context, wanted: Wanted, now: datetime) -> Extract:
    """Give the bundles in force, or with live_only=false all that are held."""
    refuse_unknown(wanted, {"originator", "dataflow", "live_only"})
    held = ctx.ledger.bundles(originator=wanted.get("originator"))
    kept = held if wanted.get("live_only") == "false" else live(held)
    kept = [one for one in kept if one.dataflow_id == wanted.get("dataflow", one.dataflow_id)]
    rows = pa.Table.from_pylist([_bundle_row(one) for one in kept], schema=_BUNDLES)
    return Extract("bundles", rows, evidence(kept, roll(ctx, now)), {}, dict(wanted), kinds=())


def refuse_unknown(wanted: Wanted, known: set[str]) -> None:
    """Refuse other names than these, in any case of letters: they would silently filter nothing."""
    unknown = sorted(name for name in wanted if name.lower() not in {one.lower() for one in known})
    if unknown:
        by = ", ".join(sorted(one.lower() for one in known))
        raise Invalid("This cannot be filtered by", detail=", ".join(unknown)[:200], hint=f"By: {by}")


def _no_corridors() -> NotFound:
    return NotFound(
        "No figures on corridors were shared yet", hint="They appear after the first release or import."
    )


def _dataflow(flow: str) -> str:
    try:
        return registry.dataflow(flow).id
    except SchemaError as error:
        raise NotFound(
            "There is no such dataflow", detail=flow[:64], hint="Take one of the list of dataflows."
        ) from error


def _shown_bundle(ctx: Context, digest: str, flow: str) -> Bundle:
    held = ctx.ledger.bundle(digest)
    if held is None or held.retracted_by or held.dataflow_id != flow:
        raise NotFound(
            "There is no such bundle of this dataflow",
            hint="Take its digest from the list of bundles; what was taken back is shown no more.",
        )
    return held


def _dimensions(wanted: Wanted) -> dict[str, str]:
    return {name.upper(): value for name, value in wanted.items()}


def _evidence_of(ctx: Context, rows: pa.Table, now: datetime) -> Evidence:
    used = set(pc.unique(rows["BUNDLE"]).to_pylist())
    return evidence(named(ctx.ledger.bundles(), used), roll(ctx, now))


def _absent(chosen: pa.Table, members: tuple[str, ...], address: Mapping[str, str]) -> pa.Table:
    """Give a row for each pair of members without a cell; a member has no corridor with itself."""
    present = set(zip(*(chosen[name].to_pylist() for name in _PAIR), strict=True))
    rows: list[dict[str, Any]] = [
        dict(address)
        | dict(zip(_PAIR, (member, other), strict=True))
        | {VALUE_KIND: _NOT_APPLICABLE if member == other else _NOT_SHARED}
        for member in members
        for other in members
        if (member, other) not in present
    ]
    return pa.Table.from_pylist(rows, schema=chosen.schema)


_RANKING = pa.schema(
    [
        *((name, pa.string()) for name in _PAIR),
        *FIGURE_COLUMNS,
        *((name, pa.int64()) for name in ("RANK_BEST", "RANK_WORST")),
    ]
)
_BUNDLES = pa.schema(
    [(name, pa.string()) for name in ("DIGEST", "ORIGINATOR", "DATAFLOW", "FIRST_PERIOD", "LAST_PERIOD")]
    + [(name, pa.int64()) for name in ("VINTAGE", "LOG_INDEX", "CELLS", "SIGNATURES")]
    + [
        (name, pa.string())
        for name in ("RELEASED_AT", "VERIFIED_AT", "SUPERSEDED_BY", "RETRACTED_BY", "AUDIENCE")
    ]
)


def _bundle_row(one: Bundle) -> dict[str, Any]:
    return {
        "DIGEST": one.digest,
        "ORIGINATOR": one.originator,
        "DATAFLOW": one.dataflow_id,
        "FIRST_PERIOD": one.first_period,
        "LAST_PERIOD": one.last_period,
        "VINTAGE": one.vintage,
        "LOG_INDEX": one.log_index,
        "CELLS": sum(one.cells.values()),
        "SIGNATURES": len(one.signed_by),
        "RELEASED_AT": one.released_at.isoformat(),
        "VERIFIED_AT": one.committed_at.isoformat(),
        "SUPERSEDED_BY": one.superseded_by,
        "RETRACTED_BY": one.retracted_by,
        "AUDIENCE": " ".join(one.audience),
    }
