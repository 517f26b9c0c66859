"""The cells of a dataflow in force, found by what is chosen: how many there are of each choice, and those of one.

Invariants: what is told is told of the bundles in force alone, each in its arrangement; counts are of cells as they
were released, so after suppression; what is kept is named by the digests of the bundles it was made from.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from functools import cached_property, partial
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from node.ports.ledger import Bundle, live
from node.services.arranged import AREAS, CELLS, FIRST, PERIOD, Arranged, opened, section_names
from node.services.context import Context
from node.services.found import (
    BUNDLE,
    EVERY,
    ORIGINATOR,
    TELLING,
    VALUE,
    Found,
    Rows,
    Stand,
    stand_of,
    telling,
)
from node.services.recent_tables import Made
from node.services.rows import among, having
from schemas import registry
from schemas.structure import DataStructure

_STATUS = ("OBS_STATUS", "CONF_STATUS")
Chosen = Mapping[str, str | Collection[str]]
NOTHING: Chosen = {}


class Shelf:
    """The bundles of one dataflow that are in force at this moment."""

    def __init__(self, ctx: Context, dataflow_id: str) -> None:
        self._ctx = ctx
        self.flow = registry.dataflow(dataflow_id)
        self.structure: DataStructure = self.flow.cells
        held = live(ctx.ledger.bundles())
        self._bundles = [bundle for bundle in held if bundle.dataflow_id == dataflow_id]

    def tally(self, rows: Rows, chosen: Chosen = NOTHING) -> pa.Table:
        """Count cells (`CELLS`), and those that say more than zero (`TELLING`), by section and originator."""
        counted = self._kept("tally", rows, lambda: self._tally(rows))
        return _narrowed(counted, chosen)

    def found(self, chosen: Chosen, of: Collection[str] | None = None) -> Found:
        """Give the cells of a choice: a code, or several, by dimension; of areas and periods nothing is chosen here.

        of: digests of bundles, else all.
        """
        sections = _narrowed(self._sections, chosen)
        if of is not None:
            wanted = [place for place, one in enumerate(self._bundles) if one.digest in of]
            is_wanted = pc.is_in(sections.column(BUNDLE), value_set=pa.array(wanted, pa.int64()))
            sections = sections.filter(is_wanted)
        return Found(self._stand, sections)

    def statuses(self) -> pa.Table:
        """Count cells by originator, period and status."""
        return self._kept("statuses", EVERY, self._statuses)

    @cached_property
    def _stand(self) -> Stand:
        return self._kept("stand", EVERY, lambda: stand_of(self.structure, self._bundles, self._opened()))

    @cached_property
    def _sections(self) -> pa.Table:
        return self._kept("sections", EVERY, self._all_sections)

    def _opened(self) -> list[Arranged]:
        return [opened(self._ctx, bundle) for bundle in self._bundles]

    def _kept(self, what: str, rows: Rows, make: Callable[[], Made]) -> Made:
        digests = tuple(bundle.digest for bundle in self._bundles)
        return self._ctx.tables.get((what, rows, digests), make)

    def _each(
        self, what: str, rows: Rows, count: Callable[[Arranged, Bundle], pa.Table]
    ) -> Iterator[pa.Table]:
        """Give what is counted in each bundle, counted once."""
        for bundle in self._bundles:
            key = (what, rows, bundle.digest)
            yield self._ctx.tables.get(key, partial(self._count, count, bundle))

    def _count(self, count: Callable[[Arranged, Bundle], pa.Table], bundle: Bundle) -> pa.Table:
        return count(opened(self._ctx, bundle), bundle)

    def _all_sections(self) -> pa.Table:
        schema = _counted(section_names(self.structure), FIRST, CELLS)
        parts = [one.sections.cast(schema) for one in self._opened()]
        numbers = np.repeat(np.arange(len(parts)), [part.num_rows for part in parts])
        whole = pa.concat_tables([schema.empty_table(), *parts]).combine_chunks()
        return whole.append_column(BUNDLE, pa.array(numbers, pa.int64()))

    def _tally(self, rows: Rows) -> pa.Table:
        names = [*section_names(self.structure), ORIGINATOR]
        parts = self._each("tally of", rows, lambda one, bundle: _tallied(one, bundle, rows))
        return _summed(_counted(names, CELLS, TELLING), names, parts)

    def _statuses(self) -> pa.Table:
        names = [ORIGINATOR, PERIOD, *_STATUS]
        return _summed(_counted(names, CELLS), names, self._each("statuses of", EVERY, _by_status))


def _counted(names: Iterable[str], *numbers: str) -> pa.Schema:
    kinds: dict[str, pa.DataType] = {name: pa.string() for name in names}
    return pa.schema(kinds | {name: pa.int64() for name in numbers})


def _summed(schema: pa.Schema, names: Sequence[str], parts: Iterable[pa.Table]) -> pa.Table:
    """Add the numbers of equal names."""
    numbers = [name for name in schema.names if name not in names]
    whole = pa.concat_tables(
        [schema.empty_table(), *(part.select(schema.names).cast(schema) for part in parts)]
    )
    summed = whole.group_by(list(names), use_threads=False).aggregate([(name, "sum") for name in numbers])
    return summed.select([*names, *(f"{name}_sum" for name in numbers)]).rename_columns(schema.names)


def _narrowed(table: pa.Table, chosen: Chosen) -> pa.Table:
    for name, codes in chosen.items():
        table = having(table, name, codes) if isinstance(codes, str) else among(table, name, codes)
    return table


def _tallied(one: Arranged, bundle: Bundle, rows: Rows) -> pa.Table:
    """Count the cells of each section of a bundle; those that have none are left out."""
    first = one.sections.column(FIRST).to_numpy()
    kept = _mask(one, bundle, rows)
    says = telling(one.others[VALUE]).to_numpy(zero_copy_only=False) & kept
    sums = [np.add.reduceat(mask, first, dtype=np.int64) if len(first) else first for mask in (kept, says)]
    found = one.sections.drop_columns([FIRST, CELLS])
    found = found.append_column(ORIGINATOR, pa.repeat(pa.scalar(bundle.originator), found.num_rows))
    found = found.append_column(CELLS, pa.array(sums[0])).append_column(TELLING, pa.array(sums[1]))
    return found.filter(pa.array(sums[0] > 0))


def _mask(one: Arranged, bundle: Bundle, rows: Rows) -> Any:
    """Say of each cell of a bundle whether it counts."""
    wanted = [*rows.areas, *([(AREAS[0], (bundle.originator,))] if rows.is_own else [])]
    kept = np.ones(len(one.others[VALUE]), bool)
    for name, codes in wanted:
        kept &= np.array([text in codes for text in one.texts[name]], bool)[one.codes[name]]
    return kept


def _by_status(one: Arranged, bundle: Bundle) -> pa.Table:
    names = (PERIOD, *_STATUS)
    sizes = tuple(max(1, len(one.texts[name])) for name in names)
    place = np.ravel_multi_index([one.codes[name].astype(np.int64) for name in names], sizes)
    counts = np.bincount(place)
    found = np.flatnonzero(counts)
    columns = {
        name: pa.array([one.texts[name][code] for code in codes.tolist()], pa.string())
        for name, codes in zip(names, np.unravel_index(found, sizes), strict=True)
    }
    columns[ORIGINATOR] = pa.repeat(pa.scalar(bundle.originator), len(found))
    return pa.table(columns | {CELLS: pa.array(counts[found], pa.int64())})
