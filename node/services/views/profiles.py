"""Typologies by member and period, as the shared cells give them.

Invariants: a figure belongs to its reporter and is added to nobody else's; a typology is a code of the second level, so
that no code counts within another; a place without a cell is unknown and never a zero.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from node.services.cells import cells
from node.services.context import Context
from node.services.views.facets import Selection, select
from node.services.views.figure import NOT_SHARED, Figure, figure
from node.services.views.rows import among, having
from schemas import registry
from schemas.hierarchy import WORLD, broader
from schemas.structure import TOTAL, Dataflow

TYPOLOGY, PERIOD = "METHOD", "TIME_PERIOD"
_WHOLE = (WORLD, "_Z")
_CHOSEN = ("FLOW_DIRECTION", "MEASURE", PERIOD)


@dataclass(frozen=True, slots=True)
class Profiles:
    """The figures of one choice; what is not there was not shared."""

    figures: Mapping[tuple[str, str, str], Figure]

    @property
    def codes(self) -> tuple[str, ...]:
        """The typologies that anybody shared a figure of, in the order of their list."""
        order = {code.id: place for place, code in enumerate(registry.codelist("CL_METHOD"))}
        return tuple(sorted({code for code, _, _ in self.figures}, key=lambda code: order[code]))

    @property
    def periods(self) -> tuple[str, ...]:
        """The periods, the newest first."""
        return tuple(sorted({period for _, _, period in self.figures}, reverse=True))

    def at(self, code: str, member: str, period: str) -> Figure:
        """Give one figure."""
        return self.figures.get((code, member, period), NOT_SHARED)


def offered(ctx: Context, dataflows: Iterable[Dataflow]) -> dict[str, pa.Table]:
    """Give the dataflows with figures by typology that were shared, with those figures."""
    found = {flow.id: _by_typology(ctx, flow) for flow in dataflows if _is_by_typology(flow)}
    return {name: table for name, table in found.items() if table.num_rows}


def narrowed(
    flow: Dataflow, table: pa.Table, wanted: Mapping[str, str], *, without: Sequence[str] = ()
) -> Selection:
    """Narrow the figures of a dataflow to one choice."""
    names = [name for name in _CHOSEN if name in flow.cells.dimensions and name not in without]
    return select(table, names, wanted)


def profiles(selection: Selection) -> Profiles:
    """Read the figures of a choice in which the period is open."""
    return Profiles(
        {(row[TYPOLOGY], row["REF_AREA"], row[PERIOD]): figure(row) for row in selection.cells.to_pylist()}
    )


def _is_by_typology(flow: Dataflow) -> bool:
    return {TYPOLOGY, "COUNTERPART_AREA", "MEASURE"} <= set(flow.cells.dimensions)


def _by_typology(ctx: Context, flow: Dataflow) -> pa.Table:
    """The reporters' own figures by typology alone: all counterparts, and the whole of every other cut."""
    codes = registry.codelist("CL_METHOD")
    second = [code.id for code in codes if len(broader(codes, code.id)) == 1]
    found = cells(ctx, flow.id).filter(pc.field("ORIGINATOR") == pc.field("REF_AREA"))
    found = among(among(found, TYPOLOGY, second), "COUNTERPART_AREA", _WHOLE)
    for cut in flow.cuts:
        if cut not in {TYPOLOGY, "COUNTERPART_AREA"}:
            found = having(found, cut, TOTAL)
    return found
