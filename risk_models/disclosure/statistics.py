"""Release of statistics that arrive as cells.

Invariants: a count above zero and below the least number is withheld as [0, least - 1]; a value that belongs
to a withheld count, or to none, is withheld without an upper bound; no row is dropped, zero stays zero, missing stays
missing. There is no additive relation among the rows of these dataflows (no code is a total of others).
"""

from __future__ import annotations

from collections.abc import Mapping

import pyarrow as pa

from risk_models.disclosure.policy import Policy
from risk_models.disclosure.rows import Row, exact_row, missing_row, withheld_row
from schemas.registry import codelist
from schemas.status import ValueStatus
from schemas.structure import Dataflow

_NOT_COUNTS = frozenset({"USD", "rating"})


def is_count(measure: str) -> bool:
    """True if the measure counts reports, cases, persons or the like."""
    return codelist("CL_MEASURE").code(measure).attributes["unit"] not in _NOT_COUNTS


def protected_statistics(cells: pa.Table, dataflow: Dataflow, policy: Policy | None) -> list[Row]:
    """Return the rows that may leave; without a policy (open dataflows) all of them as they are.

    cells: exact cells, as `typologies.statistics` returns them.
    """
    dimensions = dataflow.cells.dimensions
    keys = list(zip(*(cells.column(name).to_pylist() for name in dimensions), strict=True))
    values = dict(zip(keys, cells.column("OBS_VALUE").to_pylist(), strict=True))
    return [_row(key, value, values, dimensions, policy) for key, value in values.items()]


def _row(
    key: tuple[str, ...],
    value: int | None,
    values: Mapping[tuple[str, ...], int | None],
    dimensions: tuple[str, ...],
    policy: Policy | None,
) -> Row:
    if value is None:
        return missing_row(key)
    if policy is None:
        return exact_row(key, value)
    named = dict(zip(dimensions, key, strict=True))
    least = policy.least_count(named)
    if is_count(named["MEASURE"]):
        is_small = 0 < value < least
        return withheld_row(key, least - 1, ValueStatus.PRIM_SMALL) if is_small else exact_row(key, value)
    if _is_of_few(named, value, values, policy):
        return withheld_row(key, None, ValueStatus.SECONDARY)
    return exact_row(key, value)


def _is_of_few(
    named: Mapping[str, str], value: int, values: Mapping[tuple[str, ...], int | None], policy: Policy
) -> bool:
    """True if the count that this value belongs to is small, or not given beside a value above zero."""
    measure = policy.follows.get(named["MEASURE"])
    if measure is None:
        return False
    count = values.get(tuple({**named, "MEASURE": measure}.values()))
    if count is None:
        return value > 0
    return 0 < count < policy.least_count(named)
