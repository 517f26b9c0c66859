"""What a receiver sees of a table, and what it finds wrong with it.

Invariants: a finding names a rule and a cell, and never repairs; a row is taken as it came, whatever it says.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pyarrow as pa

from schemas.errors import InvalidValue
from schemas.status import ValueStatus
from schemas.structure import Dataflow

_OBSERVED = ("OBS_VALUE", "OBS_LOWER", "OBS_UPPER", "OBS_STATUS", "CONF_STATUS")


@dataclass(frozen=True, slots=True)
class Finding:
    """One broken rule: its id, what was seen, and the cell's dimension values (empty: the whole table)."""

    rule: str
    detail: str
    key: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Seen:
    """One row as received; `named` holds its dimension values, `status` is None for an unknown pair of codes."""

    key: tuple[str, ...]
    named: dict[str, str]
    value: int | None
    lower: int | None
    upper: int | None
    status: ValueStatus | None

    @property
    def is_withheld(self) -> bool:
        """True if the value exists and is suppressed."""
        return self.status is not None and self.status.is_withheld


def seen_rows(table: pa.Table, dataflow: Dataflow) -> Iterator[Seen]:
    """Give the rows of a table of the dataflow's cells, in its order."""
    dimensions = dataflow.cells.dimensions
    columns = (table.column(name).to_pylist() for name in (*dimensions, *_OBSERVED))
    for values in zip(*columns, strict=True):
        key = values[: len(dimensions)]
        value, lower, upper, obs_status, conf_status = values[len(dimensions) :]
        named = dict(zip(dimensions, key, strict=True))
        yield Seen(key, named, value, lower, upper, _status(obs_status, conf_status))


def _status(obs_status: str, conf_status: str) -> ValueStatus | None:
    try:
        return ValueStatus.from_codes(obs_status, conf_status)
    except InvalidValue:
        return None
