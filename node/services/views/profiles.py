"""Typologies by member and period, as the shared cells give them.

Invariants: a figure belongs to its reporter and is added to nobody else's; a typology is a code of the second level, so
that no code counts within another; a place without a cell is unknown and never a zero.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property

from node.services.context import Context
from node.services.found import Rows
from node.services.shelf import Shelf
from node.services.views import facets
from node.services.views.facets import Selection
from node.services.views.figure import NOT_SHARED, Figure, figure
from schemas import registry
from schemas.hierarchy import WORLD, broader
from schemas.structure import TOTAL, Dataflow

TYPOLOGY, PERIOD = "METHOD", "TIME_PERIOD"
# The reporters' own figures about all counterparts together.
_ROWS = Rows((("COUNTERPART_AREA", (WORLD, "_Z")),), is_own=True)
_CHOSEN = ("FLOW_DIRECTION", "MEASURE", PERIOD)


@dataclass(frozen=True)
class Profiles:
    """The figures of one choice; what is not there was not shared."""

    figures: Mapping[tuple[str, str, str], Figure]

    @cached_property
    def codes(self) -> tuple[str, ...]:
        """The typologies that anybody shared a figure of, in the order of their list."""
        order = {code.id: place for place, code in enumerate(registry.codelist("CL_METHOD"))}
        return tuple(sorted({code for code, _, _ in self.figures}, key=lambda code: order[code]))

    @cached_property
    def periods(self) -> tuple[str, ...]:
        """The periods, the newest first."""
        return tuple(sorted({period for _, _, period in self.figures}, reverse=True))

    def at(self, code: str, member: str, period: str) -> Figure:
        """Give one figure."""
        return self.figures.get((code, member, period), NOT_SHARED)


def offered(ctx: Context, dataflows: Iterable[Dataflow]) -> dict[str, Shelf]:
    """Give the dataflows of which figures by typology were shared, with their cells."""
    found = {flow.id: Shelf(ctx, flow.id) for flow in dataflows if _is_by_typology(flow)}
    return {
        name: shelf for name, shelf in found.items() if shelf.tally(_ROWS, _by_typology(shelf.flow)).num_rows
    }


def narrowed(shelf: Shelf, wanted: Mapping[str, str], *, without: Sequence[str] = ()) -> Selection:
    """Narrow the figures by typology of a dataflow to one choice."""
    flow = shelf.flow
    names = [name for name in _CHOSEN if name in flow.cells.dimensions and name not in without]
    return facets.choose(shelf, _ROWS, names, wanted, shown=_ROWS, given=_by_typology(flow))


def profiles(selection: Selection) -> Profiles:
    """Read the figures of a choice in which the period is open."""
    return Profiles(
        {(row[TYPOLOGY], row["REF_AREA"], row[PERIOD]): figure(row) for row in selection.cells.to_pylist()}
    )


def _is_by_typology(flow: Dataflow) -> bool:
    return {TYPOLOGY, "COUNTERPART_AREA", "MEASURE"} <= set(flow.cells.dimensions)


def _by_typology(flow: Dataflow) -> dict[str, str | tuple[str, ...]]:
    """What the cells by typology alone have in their dimensions: the whole of every other cut."""
    cuts = {cut: TOTAL for cut in flow.cuts if cut not in {TYPOLOGY, "COUNTERPART_AREA"}}
    return {TYPOLOGY: _second_level(), **cuts}


@cache
def _second_level() -> tuple[str, ...]:
    codes = registry.codelist("CL_METHOD")
    return tuple(code.id for code in codes if len(broader(codes, code.id)) == 1)
