"""A shelf that reads every cell at every question: what the arranged one must be equal to."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from node.services.arranged import CELLS
from node.services.found import EVERY, ORIGINATOR, TELLING, Rows
from node.services.rows import among, having
from node.services.shelf import Chosen

NOT_SECTIONS = frozenset({"TIME_PERIOD", "REF_AREA", "COUNTERPART_AREA"})


@dataclass(frozen=True, slots=True)
class Cells:
    """What was found, as one table."""

    all: pa.Table

    def by_period(self, rows: Rows) -> pa.Table:
        """Count by grouping."""
        return _counted(_of(self.all, rows), ["TIME_PERIOD", ORIGINATOR])

    def table(self, rows: Rows = EVERY, period: str | None = None) -> pa.Table:
        """Filter."""
        found = _of(self.all, rows)
        return found if period is None else having(found, "TIME_PERIOD", period)


@dataclass(frozen=True, slots=True)
class Scanned:
    """Cells as one table, with `ORIGINATOR`; dimensions: those of their structure."""

    everything: pa.Table
    dimensions: tuple[str, ...]

    def tally(self, rows: Rows, chosen: Chosen | None = None) -> pa.Table:
        """Count by grouping what is left."""
        names = [*(name for name in self.dimensions if name not in NOT_SECTIONS), ORIGINATOR]
        return _counted(_of(_narrowed(self.everything, chosen or {}), rows), names)

    def found(self, chosen: Chosen, of: Collection[str] | None = None) -> Cells:
        """Filter."""
        found = _narrowed(self.everything, chosen)
        return Cells(found if of is None else among(found, "BUNDLE", of))


def _counted(table: pa.Table, names: Sequence[str]) -> pa.Table:
    value = table.column("OBS_VALUE")
    more = pc.or_(pc.is_null(value), pc.fill_null(pc.not_equal(value, pa.scalar(0)), pa.scalar(value=False)))
    grouped = table.append_column(TELLING, more.cast(pa.int64())).group_by(list(names), use_threads=False)
    return grouped.aggregate([([], "count_all"), (TELLING, "sum")]).rename_columns([*names, CELLS, TELLING])


def _of(table: pa.Table, rows: Rows) -> pa.Table:
    for name, codes in rows.areas:
        table = among(table, name, codes)
    return (
        table.filter(pc.equal(table.column(ORIGINATOR), table.column("REF_AREA"))) if rows.is_own else table
    )


def _narrowed(table: pa.Table, chosen: Chosen) -> pa.Table:
    for name, codes in chosen.items():
        table = among(table, name, [codes] if isinstance(codes, str) else codes)
    return table
