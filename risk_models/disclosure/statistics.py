"""Release of statistics that arrive as cells.

Invariants: a count above zero and below the least number is withheld as [0, least - 1]; a value that belongs
to a withheld count, or to none, is withheld without an upper bound; no row is dropped, zero stays zero, and a cell
that came without a value keeps the reason it came with. There is no additive relation among the rows of these
tables: totals beside their parts are left out before (`risk_models.releasable`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pyarrow as pa

from risk_models.disclosure.policy import Policy
from risk_models.disclosure.rows import Row, empty_row, note_columns, withheld_row
from schemas.registry import codelist
from schemas.status import ValueStatus
from schemas.structure import Dataflow

Key = tuple[str, ...]
_NOT_COUNTS = frozenset({"USD", "rating", "day", "level"})


def is_count(measure: str) -> bool:
    """True if the measure counts reports, cases, persons or the like."""
    return codelist("CL_MEASURE").code(measure).attributes["unit"] not in _NOT_COUNTS


def protected_statistics(cells: pa.Table, dataflow: Dataflow, policy: Policy | None) -> list[Row]:
    """Return the rows that may leave; without a policy (open dataflows) all of them as they are.

    cells: cells as `typologies.statistics` returns them.
    """
    given = list(_given(cells, dataflow))
    if policy is None:
        return given
    values = {row.key: row.value for row in given}
    return [_protected(row, values, dataflow.cells.dimensions, policy) for row in given]


def _given(cells: pa.Table, dataflow: Dataflow) -> Iterator[Row]:
    """Every cell as it was uploaded, with what was said beside it."""
    dimensions, notes = dataflow.cells.dimensions, note_columns(dataflow)
    for named in cells.select([*dimensions, "OBS_VALUE", "OBS_STATUS", "CONF_STATUS", *notes]).to_pylist():
        key = tuple(named[name] for name in dimensions)
        status = ValueStatus.from_codes(named["OBS_STATUS"], named["CONF_STATUS"])
        yield _row(key, named["OBS_VALUE"], status, {name: named[name] for name in notes})


def _row(key: Key, value: int | None, status: ValueStatus, notes: Mapping[str, Any]) -> Row:
    if value is None or not status.has_value:
        return empty_row(key, ValueStatus.MISSING if status.has_value else status)
    return Row(key, value, value, value, status, notes)


def _protected(
    row: Row, values: Mapping[Key, int | None], dimensions: tuple[str, ...], policy: Policy
) -> Row:
    if row.value is None:
        return row
    named = dict(zip(dimensions, row.key, strict=True))
    least = policy.least_count(named)
    if is_count(named["MEASURE"]) and 0 < row.value < least:
        return withheld_row(row.key, least - 1, ValueStatus.PRIM_SMALL)
    if _is_of_few(named, row.value, values, policy):
        return withheld_row(row.key, None, ValueStatus.SECONDARY)
    return row


def _is_of_few(
    named: Mapping[str, str], value: int, values: Mapping[Key, int | None], policy: Policy
) -> bool:
    """True if a count that this value belongs to is small, or the one it follows is not given at all."""
    least = policy.least_count(named)
    measure = policy.follows.get(named["MEASURE"])
    counts = [values.get(_key(named, beside)) for beside in policy.beside.get(named["MEASURE"], ())]
    if measure is not None:
        count = values.get(_key(named, measure))
        if count is None and value > 0:
            return True
        counts.append(count)
    return any(count is not None and 0 < count < least for count in counts)


def _key(named: Mapping[str, str], measure: str) -> Key:
    return tuple({**named, "MEASURE": measure}.values())
