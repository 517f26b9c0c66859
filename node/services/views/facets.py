"""Choices in the address that are never empty.

Invariants: each facet offers only values that occur together with the facets before it, so that following any
link shows at least one figure; a wanted value that does not occur is replaced by the one that says
most. Where cuts are made beside one another and never of one another, all of them are offered, and one is taken.
Choices are read off a count of the cells by section; the period, chosen last, off the cells of what was chosen.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from node.services.arranged import AREAS, PERIOD
from node.services.found import EVERY, ORIGINATOR, TELLING, Rows
from node.services.rows import having
from node.services.shelf import NOTHING, Chosen, Shelf
from schemas.structure import TOTAL, Dataflow

LAST = ("FLOW_DIRECTION", "MEASURE", PERIOD)


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


def choose(
    shelf: Shelf,
    rows: Rows,
    order: Sequence[str],
    wanted: Mapping[str, str],
    *,
    shown: Rows = EVERY,
    apart: Sequence[str] = (),
    given: Chosen = NOTHING,
) -> Selection:
    """Narrow the cells of a dataflow facet by facet; facets are judged by some `rows`, those left are `shown`.

    order: the dimensions, the period last or not at all. apart: cuts that the cells combine with nothing but the whole
    of each other (records are compiled so). given: codes that all cells have in dimensions nobody chooses.
    """
    named = [name for name in order if name != PERIOD]
    facets = _narrowed(shelf.tally(rows, given), named, wanted, apart)
    found = shelf.found({**given, **{facet.dimension: facet.chosen for facet in facets}})
    period = _narrowed(found.by_period(rows), [PERIOD], wanted, ()) if PERIOD in order else []
    cells = found.table(shown, period[0].chosen if period else None)
    return Selection((*facets, *period), cells, tuple(apart))


def _narrowed(
    tally: pa.Table, order: Sequence[str], wanted: Mapping[str, str], apart: Sequence[str]
) -> list[Facet]:
    offered = {dimension: _options(_wholes(tally, apart, but=dimension), dimension) for dimension in apart}
    wanted = _one_at_a_time(wanted, offered)
    facets = []
    for dimension in order:
        here = _options(tally, dimension)
        if not here:
            break
        chosen = wanted.get(dimension, "")
        if chosen not in here:
            chosen = _most_telling(tally, dimension, here)
        options = here | offered.get(dimension, set())
        facets.append(Facet(dimension, chosen, tuple(sorted(options, key=lambda one: (one != TOTAL, one)))))
        tally = having(tally, dimension, chosen)
    return facets


def _options(tally: pa.Table, dimension: str) -> set[str]:
    return {str(option) for option in tally.column(dimension).unique().to_pylist()}


def _wholes(tally: pa.Table, apart: Sequence[str], *, but: str) -> pa.Table:
    """Keep what no cut but one narrows."""
    for dimension in apart:
        if dimension != but:
            tally = having(tally, dimension, TOTAL)
    return tally


def _one_at_a_time(wanted: Mapping[str, str], offered: Mapping[str, set[str]]) -> dict[str, str]:
    """Keep the first cut that is wanted and occurs; the others stand at their whole."""
    narrowed = [name for name, codes in offered.items() if wanted.get(name) in codes - {TOTAL}]
    return {**wanted, **{name: TOTAL for name in offered if name not in narrowed[:1]}}


def _most_telling(tally: pa.Table, dimension: str, options: set[str]) -> str:
    said = _said(tally, dimension)
    return max(options, key=lambda option: (said.get(option, (0, 0)), _preference(dimension, option)))


def _said(tally: pa.Table, dimension: str) -> dict[str, tuple[int, int]]:
    """Count, for each value, the members and the cells that say more than zero."""
    more = tally.filter(pc.greater(tally.column(TELLING), pa.scalar(0)))
    grouped = more.group_by(dimension, use_threads=False).aggregate(
        [(ORIGINATOR, "count_distinct"), (TELLING, "sum")]
    )
    return {
        row[dimension]: (row[f"{ORIGINATOR}_count_distinct"], row[f"{TELLING}_sum"])
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
