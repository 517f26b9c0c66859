"""Choices in the address that are never empty.

Invariants: each facet offers only values that occur together with the facets before it, so that following any
link shows at least one figure; a wanted value that does not occur is replaced by the one that says
most.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from node.services.views.rows import having
from schemas.structure import TOTAL, Dataflow

AREAS = ("REF_AREA", "COUNTERPART_AREA")
LAST = ("FLOW_DIRECTION", "MEASURE", "TIME_PERIOD")


@dataclass(frozen=True, slots=True)
class Facet:
    """One choice: the dimension, what is chosen, and what else there is (sorted)."""

    dimension: str
    chosen: str
    options: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Selection:
    """The facets as chosen and the cells that are left."""

    facets: tuple[Facet, ...]
    cells: pa.Table

    @property
    def address(self) -> dict[str, str]:
        """The chosen values by dimension, as they stand in the address."""
        return {facet.dimension: facet.chosen for facet in self.facets}


def dimensions(dataflow: Dataflow, *, without: Sequence[str] = ()) -> tuple[str, ...]:
    """Give the dimensions to choose from, the period last: it is what a reader changes most."""
    named = [name for name in dataflow.cells.dimensions if name not in AREAS and name not in without]
    return (*(name for name in named if name not in LAST), *(name for name in LAST if name in named))


def select(cells: pa.Table, order: Sequence[str], wanted: Mapping[str, str]) -> Selection:
    """Narrow the cells facet by facet."""
    facets = []
    for dimension in order:
        options = [str(option) for option in cells.column(dimension).unique().to_pylist()]
        if not options:
            break
        chosen = wanted.get(dimension, "")
        if chosen not in options:
            telling = _telling(cells, dimension)
            chosen = max(
                options, key=lambda option: (telling.get(option, (0, 0)), _preference(dimension, option))
            )
        facets.append(Facet(dimension, chosen, tuple(sorted(options))))
        cells = having(cells, dimension, chosen)
    return Selection(tuple(facets), cells)


def _telling(cells: pa.Table, dimension: str) -> dict[str, tuple[int, int]]:
    """Count, for each value, the members and the cells that say more than zero."""
    more = cells.filter((pc.field("OBS_VALUE") != 0) | pc.field("OBS_VALUE").is_null())
    grouped = more.group_by(dimension).aggregate([("ORIGINATOR", "count_distinct"), ("ORIGINATOR", "count")])
    return {
        row[dimension]: (row["ORIGINATOR_count_distinct"], row["ORIGINATOR_count"])
        for row in grouped.to_pylist()
    }


def _preference(dimension: str, option: str) -> tuple[int, ...]:
    """Break a tie: the latest period, but otherwise the whole, then the first code (OUT: what a member sent)."""
    if option == TOTAL:
        return (1,)
    if dimension == "FLOW_DIRECTION":
        return (int(option == "OUT"),)
    sign = 1 if dimension == "TIME_PERIOD" else -1
    return tuple(sign * ord(character) for character in option)
