"""Cells that arrive as statistics: which of them may not be shown, and why.

Invariants: a count above zero and below the least number is unsafe, and where the class is strict a zero as well; an
amount that belongs to an unsafe count, or to none, is unsafe; no row is dropped, and a cell that came without a value
keeps the reason it came with.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pyarrow as pa

from risk_models.disclosure.candidate import Candidate, Unsafe, worth_of_amount, worth_of_count
from risk_models.disclosure.policy import Policy
from risk_models.disclosure.rows import note_columns
from schemas.registry import codelist
from schemas.status import ValueStatus
from schemas.structure import MEASURE, VALUE, Dataflow

Key = tuple[str, ...]
Values = Mapping[Key, int | None]
_NOT_COUNTS = frozenset({"USD", "rating", "day", "level"})


def is_count(measure: str) -> bool:
    """True if the measure counts reports, cases, persons or the like."""
    return codelist("CL_MEASURE").code(measure).attributes["unit"] not in _NOT_COUNTS


def candidates(cells: pa.Table, dataflow: Dataflow, policy: Policy | None) -> list[Candidate]:
    """Return every cell with the rules it breaks; without a policy (open dataflows) none does.

    cells: cells as `typologies.statistics` returns them.
    """
    given = list(_given(cells, dataflow))
    if policy is None:
        return [Candidate(key, value, status, notes=notes) for key, value, status, notes in given]
    values = {key: value for key, value, _, _ in given}
    return [
        _judged(key, values, status, notes, dataflow=dataflow, policy=policy)
        for key, _, status, notes in given
    ]


def _given(
    cells: pa.Table, dataflow: Dataflow
) -> Iterator[tuple[Key, int | None, ValueStatus, Mapping[str, Any]]]:
    """Every cell as it was uploaded, with what was said beside it."""
    dimensions, names = dataflow.cells.dimensions, note_columns(dataflow)
    for named in cells.select([*dimensions, VALUE, "OBS_STATUS", "CONF_STATUS", *names]).to_pylist():
        key = tuple(named[name] for name in dimensions)
        status = ValueStatus.from_codes(named["OBS_STATUS"], named["CONF_STATUS"])
        if named[VALUE] is None or not status.has_value:
            yield key, None, ValueStatus.MISSING if status.has_value else status, {}
        else:
            yield key, named[VALUE], status, {name: named[name] for name in names}


def _judged(
    key: Key,
    values: Values,
    status: ValueStatus,
    notes: Mapping[str, Any],
    *,
    dataflow: Dataflow,
    policy: Policy,
) -> Candidate:
    value = values[key]
    named = dict(zip(dataflow.cells.dimensions, key, strict=True))
    if value is None:
        return Candidate(key, None, status)
    if not is_count(named[MEASURE]):
        unsafe = _amount_of_few(named, value, values, policy)
        return Candidate(key, value, status, unsafe, worth=worth_of_amount(value), notes=notes)
    least = policy.least_count(named)
    smallest = 0 if policy.hides_zero(named) else 1
    is_small = smallest <= value < least
    unsafe = _small(value, least, policy, named) if is_small else _count_of_few(named, value, values, policy)
    floor, ceiling = (smallest, least - 1) if is_small else (0, None)
    return Candidate(key, value, status, unsafe, floor, ceiling, worth_of_count(value), notes)


def _small(value: int, least: int, policy: Policy, named: Mapping[str, str]) -> Unsafe:
    """Nobody may exclude a value that the status leaves open: 0 to the least count less one (methodology 3.4)."""
    rule = "strict_minimum" if policy.is_strict(named) else "minimum_count"
    return Unsafe((rule,), ValueStatus.PRIM_SMALL, below=value, above=least - 1 - value, width=least - 1)


def _count_of_few(named: Mapping[str, str], value: int, values: Values, policy: Policy) -> Unsafe | None:
    """A count is unsafe beside a small count of the same cases, and where it is all but all of a sensitive kind."""
    if _is_beside_few(named, values, policy):
        return Unsafe(("follows_its_count",), ValueStatus.SECONDARY, width=policy.least_count(named))
    if _tells_of_a_group(named, value, values, policy):
        return Unsafe(("group_disclosure",), ValueStatus.PRIM_OTHER, width=policy.least_count(named))
    return None


def _amount_of_few(named: Mapping[str, str], value: int, values: Values, policy: Policy) -> Unsafe | None:
    """An amount is unsafe if a count it belongs to is small, or if the one it follows is not given at all."""
    measure = policy.follows.get(named[MEASURE])
    count = None if measure is None else values.get(_beside(named, measure))
    is_uncounted = measure is not None and count is None and value > 0
    is_of_few = count is not None and _is_small(count, named, policy)
    if not (is_uncounted or is_of_few or _is_beside_few(named, values, policy)):
        return None
    level = 1 + value * policy.concentration_percent // 100
    return Unsafe(("follows_its_count",), ValueStatus.SECONDARY, below=min(level, value), above=level)


def _is_beside_few(named: Mapping[str, str], values: Values, policy: Policy) -> bool:
    counts = (values.get(_beside(named, measure)) for measure in policy.beside.get(named[MEASURE], ()))
    return any(count is not None and _is_small(count, named, policy) for count in counts)


def _is_small(count: int, named: Mapping[str, str], policy: Policy) -> bool:
    return (0 if policy.hides_zero(named) else 1) <= count < policy.least_count(named)


def _tells_of_a_group(named: Mapping[str, str], value: int, values: Values, policy: Policy) -> bool:
    """True if all of a shown whole, or all but one, is of one sensitive kind (methodology 3.2, k-coalition, k = 1)."""
    for dimension, codes in policy.strict_where.items():
        if named.get(dimension) in codes:
            whole = values.get(tuple({**named, dimension: "_T"}.values()))
            if whole is not None and 0 < whole <= value + 1:
                return True
    return False


def _beside(named: Mapping[str, str], measure: str) -> Key:
    return tuple({**named, MEASURE: measure}.values())
