"""Choices in the address that are never empty.

Invariants: each facet offers only values that occur together with the facets before it, so that following any
link shows at least one figure; a wanted value that does not occur is replaced by the one that says
most. Where cuts are made beside one another and never of one another, all of them are offered, and one is taken.
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
    """One choice: the dimension, what is chosen, and what there is: the whole first, then the codes in order."""

    dimension: str
    chosen: str
    options: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Selection:
    """The facets as chosen and the cells that are left. `apart`: cuts of which one at a time is taken."""

    facets: tuple[Facet, ...]
    cells: pa.Table
    apart: tuple[str, ...] = ()

    @property
    def address(self) -> dict[str, str]:
        """The chosen values by dimension, as they stand in the address."""
        return {facet.dimension: facet.chosen for facet in self.facets}

    def without(self, dimension: str) -> dict[str, str]:
        """Give the address with one choice left open."""
        return {name: value for name, value in self.address.items() if name != dimension}

    def choosing(self, dimension: str, option: str) -> dict[str, str]:
        """Give the address that one other choice leads to."""
        others = dict.fromkeys(self.apart, TOTAL) if dimension in self.apart else {}
        return self.address | others | {dimension: option}


def dimensions(dataflow: Dataflow, *, without: Sequence[str] = ()) -> tuple[str, ...]:
    """Give the dimensions to choose from, the period last: it is what a reader changes most."""
    named = [name for name in dataflow.cells.dimensions if name not in AREAS and name not in without]
    return (*(name for name in named if name not in LAST), *(name for name in LAST if name in named))


def select(
    cells: pa.Table, order: Sequence[str], wanted: Mapping[str, str], *, apart: Sequence[str] = ()
) -> Selection:
    """Narrow the cells facet by facet.

    apart: cuts that the cells combine with nothing but the whole of each other (records are compiled so).
    """
    offered = {dimension: _options(_wholes(cells, apart, but=dimension), dimension) for dimension in apart}
    wanted = _one_at_a_time(wanted, offered)
    facets = []
    for dimension in order:
        here = _options(cells, dimension)
        if not here:
            break
        chosen = wanted.get(dimension, "")
        if chosen not in here:
            chosen = _most_telling(cells, dimension, here)
        options = here | offered.get(dimension, set())
        facets.append(Facet(dimension, chosen, tuple(sorted(options, key=lambda one: (one != TOTAL, one)))))
        cells = having(cells, dimension, chosen)
    return Selection(tuple(facets), cells, tuple(apart))


def _options(cells: pa.Table, dimension: str) -> set[str]:
    return {str(option) for option in cells.column(dimension).unique().to_pylist()}


def _wholes(cells: pa.Table, apart: Sequence[str], *, but: str) -> pa.Table:
    """Keep the cells that no cut but one narrows."""
    for dimension in apart:
        if dimension != but:
            cells = having(cells, dimension, TOTAL)
    return cells


def _one_at_a_time(wanted: Mapping[str, str], offered: Mapping[str, set[str]]) -> dict[str, str]:
    """Keep the first cut that is wanted and occurs; the others stand at their whole."""
    narrowed = [name for name, codes in offered.items() if wanted.get(name) in codes - {TOTAL}]
    return {**wanted, **{name: TOTAL for name in offered if name not in narrowed[:1]}}


def _most_telling(cells: pa.Table, dimension: str, options: set[str]) -> str:
    telling = _telling(cells, dimension)
    return max(options, key=lambda option: (telling.get(option, (0, 0)), _preference(dimension, option)))


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
