"""Cells compiled from records: which of them may not be shown, and why.

Invariants: the measures of one key are judged together, because they are of the same persons; each member area has a
cell, so that a member without records is an exact zero and not an absence.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pyarrow as pa

from risk_models.disclosure.candidate import Candidate, Unsafe, worth_of_amount, worth_of_count
from risk_models.disclosure.policy import Policy
from risk_models.disclosure.rules import Profile, broken_rules, protection_level
from schemas.registry import codelist
from schemas.status import ValueStatus
from schemas.structure import MEASURE, Dataflow

AMOUNT = "V_TXN"
COUNTERPART = "COUNTERPART_AREA"
NO_RECORDS: Mapping[str, int] = {
    "N_STR": 0,
    "N_SUBJ": 0,
    "N_ENT": 0,
    "N_TXN": 0,
    "V_TXN": 0,
    "TOP1": 0,
    "TOP2": 0,
}


def candidates(cells: pa.Table, dataflow: Dataflow, policy: Policy) -> list[Candidate]:
    """Return every measure of every cell with the rules that the cell breaks.

    cells: a row a key without MEASURE, as `typologies.cells` compiles them.
    """
    rows = cells.to_pylist()
    found = [_measured(row, dataflow, policy) for row in rows]
    found += [_measured(row, dataflow, policy) for row in _without_records(rows, dataflow)]
    return [candidate for of_key in found for candidate in of_key]


def profile_of(row: Mapping[str, Any]) -> Profile:
    """Return what the rules must know of one compiled cell."""
    return Profile(
        reports=row["N_STR"],
        subjects=row["N_SUBJ"],
        entities=row["N_ENT"],
        n_txn=row["N_TXN"],
        v_txn=row["V_TXN"],
        largest=row["TOP1"],
        second=row["TOP2"],
    )


def _measured(row: Mapping[str, Any], dataflow: Dataflow, policy: Policy) -> list[Candidate]:
    profile = profile_of(row)
    rules = broken_rules(profile, policy) if profile.reports else ()
    dimensions, measures = dataflow.cells.dimensions, dataflow.cells.column(MEASURE).only
    found = []
    for measure in measures:
        named = {**row, MEASURE: measure}
        key = tuple(named[dimension] for dimension in dimensions)
        found.append(_candidate(key, measure, row[measure], profile, rules=rules, policy=policy))
    return found


def _candidate(
    key: tuple[str, ...],
    measure: str,
    value: int | None,
    profile: Profile,
    *,
    rules: tuple[str, ...],
    policy: Policy,
) -> Candidate:
    if value is None:
        return Candidate(key, None, ValueStatus.MISSING)
    unsafe = _unsafe(measure, value, profile, rules, policy) if rules else None
    if measure == AMOUNT:
        return Candidate(key, value, unsafe=unsafe, worth=worth_of_amount(value))
    floor = min(1, value) if rules else 0
    return Candidate(key, value, unsafe=unsafe, floor=floor, worth=worth_of_count(value))


def _unsafe(measure: str, value: int, profile: Profile, rules: tuple[str, ...], policy: Policy) -> Unsafe:
    is_small = any(rule.startswith("minimum") for rule in rules)
    status = ValueStatus.PRIM_SMALL if is_small else ValueStatus.PRIM_OTHER
    if measure != AMOUNT:
        return Unsafe(rules, status, width=max(policy.min_reports, policy.min_subjects))
    level = protection_level(profile, policy.concentration_percent)
    if is_small:
        # of few persons: all of the amount is theirs, whoever reported it
        level = max(level, 1 + value * policy.concentration_percent // 100)
    return Unsafe(rules, status, below=min(level, value), above=level)


def _without_records(rows: list[dict[str, Any]], dataflow: Dataflow) -> Iterator[dict[str, Any]]:
    """Every member area that has no records, beside each whole over all counterparts that no facet narrows."""
    dimensions = [name for name in dataflow.cells.dimensions if name != MEASURE]
    known = {tuple(row[name] for name in dimensions) for row in rows}
    members = sorted(code.id for code in codelist("CL_AREA").where("member", "cis"))
    facets = [name for name in dimensions if name in dataflow.cuts]
    for row in rows:
        is_whole = all(row[name] == dataflow.whole(name) for name in (COUNTERPART, *facets))
        for member in members if is_whole else ():
            empty = {**row, **NO_RECORDS, COUNTERPART: member}
            if member != row["REF_AREA"] and tuple(empty[name] for name in dimensions) not in known:
                yield empty
