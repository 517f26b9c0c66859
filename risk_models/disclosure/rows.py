"""Cells as rows of a released table.

Invariants: a shown row has value = lower = upper; a withheld or missing row has no value, and nothing that a
person wrote beside it; rows are in the canonical order of the cells' dimensions, whatever order they were made in.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import pyarrow as pa

from schemas.arrow import arrow_schema
from schemas.status import ValueStatus
from schemas.structure import Dataflow

OBSERVATION = ("OBS_VALUE", "OBS_LOWER", "OBS_UPPER", "OBS_STATUS", "CONF_STATUS")


@dataclass(frozen=True, slots=True)
class Row:
    """One released cell: `key` in the order of the dataflow's dimensions; bounds in the measure's unit.

    notes: what is said beside the value, by column (`note_columns`).
    """

    key: tuple[str, ...]
    value: int | None
    lower: int
    upper: int | None
    status: ValueStatus
    notes: Mapping[str, str | None] = field(default_factory=dict, hash=False)


def note_columns(dataflow: Dataflow) -> tuple[str, ...]:
    """The columns of the cells that are neither key nor observation."""
    known = {*dataflow.cells.dimensions, *OBSERVATION}
    return tuple(name for name in dataflow.cells.column_ids if name not in known)


def table_of(rows: Iterable[Row], dataflow: Dataflow) -> pa.Table:
    """Return the rows as the dataflow's cells, sorted by their dimensions."""
    ordered = sorted(rows, key=lambda row: row.key)
    dimensions = dataflow.cells.dimensions
    columns: dict[str, list[object]] = {
        name: [row.key[position] for row in ordered] for position, name in enumerate(dimensions)
    }
    columns["OBS_VALUE"] = [row.value for row in ordered]
    columns["OBS_LOWER"] = [row.lower for row in ordered]
    columns["OBS_UPPER"] = [row.upper for row in ordered]
    columns["OBS_STATUS"] = [row.status.obs_status for row in ordered]
    columns["CONF_STATUS"] = [row.status.conf_status for row in ordered]
    for name in note_columns(dataflow):
        columns[name] = [row.notes.get(name) for row in ordered]
    schema = arrow_schema(dataflow.cells)
    return pa.table({name: columns[name] for name in schema.names}, schema=schema)


def counts_by_status(table: pa.Table) -> dict[str, int]:
    """Count the rows by value status, by the status's own name.

    Raises:
        InvalidValue: a row has a pair of status codes that is not in use.
    """
    pairs = Counter(
        zip(table.column("OBS_STATUS").to_pylist(), table.column("CONF_STATUS").to_pylist(), strict=True)
    )
    counts = {
        ValueStatus.from_codes(str(obs), str(conf)).value: count for (obs, conf), count in pairs.items()
    }
    return dict(sorted(counts.items()))


def register_counts(table: pa.Table) -> dict[str, int]:
    """Count the entries of a register: each is stated, none is withheld."""
    return {ValueStatus.EXACT.value: table.num_rows}
