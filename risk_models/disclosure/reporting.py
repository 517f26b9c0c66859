"""The report of a release, told from the cells before and after disclosure control.

Invariants: the withheld cells are those of the released table, each with every rule that hides it; a value is
stated only where one cell of the compiled input has it; an attack that was not made is not reported as passed.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa

from risk_models.disclosure.cells import COUNTERPART, Profile, compiled
from risk_models.disclosure.flows import is_record_level
from risk_models.disclosure.policy import WITHOUT_POLICY, Policy, policy_for
from risk_models.disclosure.report import AT_SOURCE, ATTACKS, COVER, Attack, Loss, Report, Withheld
from risk_models.disclosure.rules import is_concentrated
from risk_models.engine import Engine
from risk_models.typologies import REMAINDER_AREA
from schemas.release import ReleasedTable
from schemas.status import ValueStatus
from schemas.structure import MEASURE, Dataflow

Key = tuple[str, ...]
_PRIMARY = frozenset(
    {ValueStatus.PRIM_SMALL, ValueStatus.PRIM_DOM1, ValueStatus.PRIM_DOM2, ValueStatus.PRIM_OTHER}
)
_OPEN = dict.fromkeys(ATTACKS, ("not_applicable", "nothing_is_protected"))
_LATER = {
    "AT3": ("not_applicable", "same_for_every_recipient"),
    "AT8": ("not_run", "indicators_are_not_released"),
    "AT9": ("not_run", "indicators_are_not_released"),
    "AT10": ("passed", "by_construction"),
    "AT11": ("not_run", "indicators_are_not_released"),
}
_FLOWS = _LATER | {
    "AT1": ("passed", "intervals_of_remainders"),
    "AT2": ("passed", "intervals_of_remainders"),
    "AT6": ("passed", "intervals_of_remainders"),
    "AT12": ("passed", "by_construction"),
}
_STATISTICS = _LATER | {"AT1": ("passed", "no_relation"), "AT2": ("passed", "no_relation")}
_NOT_RUN = ("not_run", "not_in_this_version")


@dataclass(slots=True)
class _Before:
    """What was known of the cells before protection: true values, and the rules that hide a cell."""

    values: dict[Key, int] = field(default_factory=dict)
    rules: dict[Key, tuple[str, ...]] = field(default_factory=dict)


def report_of(
    unprotected: pa.Table, released: ReleasedTable, dataflow: Dataflow, engine: Engine | None = None
) -> Report:
    """Report on a release.

    unprotected: the compiled cells that `disclosure.release` was given.
    """
    table = released.table
    if dataflow.disclosure == "register":
        return Report(table.num_rows, (), _attacks(_OPEN), (), "none", 0, None)
    policy = None if dataflow.disclosure in WITHOUT_POLICY else policy_for(dataflow)
    if policy is not None and is_record_level(dataflow):
        before, outcomes = _records(unprotected, dataflow, policy, engine or Engine()), _FLOWS
    else:
        before, outcomes = _statistics(unprotected, dataflow), _STATISTICS if policy else _OPEN
    rows = list(_rows(table, dataflow))
    withheld = tuple(_withheld(row, before, dataflow, policy) for row in rows if row["status"].is_withheld)
    cost = sum(1 for cell in withheld if cell.rules == (COVER,))
    return Report(
        cells=table.num_rows,
        withheld=withheld,
        attacks=_attacks(outcomes),
        losses=tuple(_losses(rows, before)),
        method="fast" if cost else "none",
        cost=cost,
        bound=None,
        exceptions=tuple(released.certificate.exceptions),
    )


def _rows(table: pa.Table, dataflow: Dataflow) -> Iterator[dict[str, Any]]:
    dimensions = dataflow.cells.dimensions
    for row in table.to_pylist():
        status = ValueStatus.from_codes(row["OBS_STATUS"], row["CONF_STATUS"])
        yield row | {"key": tuple(row[name] for name in dimensions), "status": status}


def _withheld(row: Mapping[str, Any], before: _Before, dataflow: Dataflow, policy: Policy | None) -> Withheld:
    key, status = row["key"], row["status"]
    rules = before.rules.get(key)
    if rules is None:
        rules = (_rule_of(dict(zip(dataflow.cells.dimensions, key, strict=True)), status, dataflow, policy),)
    return Withheld(key, status, rules, before.values.get(key), row["OBS_LOWER"], row["OBS_UPPER"])


def _rule_of(named: Mapping[str, str], status: ValueStatus, dataflow: Dataflow, policy: Policy | None) -> str:
    """The rule that a status alone tells, where the cell's records tell no more."""
    if policy is None:
        return AT_SOURCE
    if status is ValueStatus.PRIM_SMALL:
        is_strict = policy.least_count(named) != policy.min_reports
        return "strict_minimum" if is_strict else "minimum_count"
    return COVER if is_record_level(dataflow) else "follows_its_count"


def _statistics(unprotected: pa.Table, dataflow: Dataflow) -> _Before:
    before = _Before()
    for row in _rows(unprotected, dataflow):
        if row["status"].is_withheld:
            before.rules[row["key"]] = (AT_SOURCE,)
        elif row["OBS_VALUE"] is not None:
            before.values[row["key"]] = row["OBS_VALUE"]
    return before


def _records(contributions: pa.Table, dataflow: Dataflow, policy: Policy, engine: Engine) -> _Before:
    before = _Before()
    for block in compiled(contributions, dataflow.block, engine).blocks:
        for cell in block.cells:
            named = dict(zip(dataflow.block, block.key, strict=True)) | {COUNTERPART: cell.counterpart}
            rules = tuple(_unsafe(cell.profile, policy))
            for measure, value in _values(cell.profile).items():
                key = tuple((named | {MEASURE: measure})[name] for name in dataflow.cells.dimensions)
                if value is not None:
                    before.values[key] = value
                if rules:
                    before.rules[key] = rules
    return before


def _values(profile: Profile) -> dict[str, int | None]:
    return {"N_STR": profile.reports, "N_TXN": profile.n_txn, "V_TXN": profile.v_txn}


def _unsafe(profile: Profile, policy: Policy) -> Iterator[str]:
    """Every primary rule under which a group of records may not be shown."""
    few_transactions = profile.n_txn is not None and 0 < profile.n_txn < policy.min_reports
    if profile.subjects < policy.min_subjects:
        yield "minimum_subjects"
    if profile.entities < policy.min_entities:
        yield "minimum_reporting_entities"
    if profile.reports < policy.min_reports or few_transactions:
        yield "minimum_reports"
    if is_concentrated(profile.v_txn, profile.largest, policy.concentration_percent):
        yield "concentration"


def _losses(rows: list[dict[str, Any]], before: _Before) -> Iterator[Loss]:
    """Sums are of cells whose value is known here; a remainder repeats what it pools and is left out of them."""
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for row in rows:
        counted, status = counts[row[MEASURE]], row["status"]
        counted["cells"] += 1
        counted["primary"] += status in _PRIMARY
        counted["secondary"] += status.is_withheld and status not in _PRIMARY
        if row.get(COUNTERPART) != REMAINDER_AREA:
            counted["shown"] += row["OBS_VALUE"] or 0
            counted["total"] += before.values.get(row["key"], row["OBS_VALUE"] or 0)
    for measure, counted in sorted(counts.items()):
        yield Loss(
            measure, counted["cells"], counted["primary"], counted["secondary"], counted["shown"],
            counted["total"],
        )  # fmt: skip


def _attacks(outcomes: Mapping[str, tuple[str, str]]) -> tuple[Attack, ...]:
    return tuple(Attack(name, *outcomes.get(name, _NOT_RUN)) for name in ATTACKS)
