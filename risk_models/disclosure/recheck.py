"""What a receiver can verify of a release without seeing a record.

Invariants: a finding names a rule and a cell, and never repairs; the thresholds are the packaged ones of the
dataflow's class, so a sender may be stricter and never laxer; what cannot be seen from cells (subjects,
reporting entities, concentration) is not claimed to be verified.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

import pyarrow as pa

from risk_models.disclosure.cells import COUNTERPART
from risk_models.disclosure.flows import is_record_level
from risk_models.disclosure.policy import LEAST_POOLED, WITHOUT_POLICY, Policy, policy_for
from risk_models.disclosure.rows import register_counts
from risk_models.disclosure.statistics import is_count
from risk_models.releasable import releasable
from risk_models.typologies import REMAINDER_AREA
from schemas.errors import InvalidValue
from schemas.release import Certificate
from schemas.status import ValueStatus
from schemas.structure import Dataflow


@dataclass(frozen=True, slots=True)
class Finding:
    """One broken rule: its id, what was seen, and the cell's dimension values (empty: the whole table)."""

    rule: str
    detail: str
    key: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Seen:
    """One row as received; `named` holds its dimension values."""

    key: tuple[str, ...]
    named: dict[str, str]
    value: int | None
    lower: int | None
    upper: int | None
    status: ValueStatus | None


def recheck(table: pa.Table, certificate: Certificate, dataflow: Dataflow) -> tuple[Finding, ...]:
    """Return every rule that the received cells break; empty if none.

    Verified: status pairs are known; exact rows have value = lower = upper; withheld and missing rows have no
    value and lower <= upper; no count from 1 to n - 1 is shown, and no value without its count; every block
    with withheld counterparts has a remainder, it pools three or more if it is shown, and no withheld upper
    bound differs from it; no row stands that may not become a cell; the counts of the certificate are those of
    the table. A register shows nothing but statements: only its number of rows is verified.
    """
    if dataflow.disclosure == "register":
        return tuple(_register_findings(table, certificate))
    rows = list(_rows(table, dataflow))
    policy = None if dataflow.disclosure in WITHOUT_POLICY else policy_for(dataflow)
    findings = [finding for row in rows for finding in _row_findings(row, policy)]
    if policy is not None:
        findings.extend(_value_findings(rows, policy))
        findings.extend(_part_findings(rows, table, dataflow))
    if is_record_level(dataflow):
        findings.extend(_remainder_findings(rows, dataflow))
    findings.extend(_certificate_findings(rows, certificate))
    return tuple(sorted(findings, key=lambda finding: (finding.rule, finding.key, finding.detail)))


def _rows(table: pa.Table, dataflow: Dataflow) -> Iterator[_Seen]:
    dimensions = dataflow.cells.dimensions
    names = (*dimensions, "OBS_VALUE", "OBS_LOWER", "OBS_UPPER", "OBS_STATUS", "CONF_STATUS")
    for values in zip(*(table.column(name).to_pylist() for name in names), strict=True):
        key = values[: len(dimensions)]
        value, lower, upper, obs_status, conf_status = values[len(dimensions) :]
        named = dict(zip(dimensions, key, strict=True))
        yield _Seen(key, named, value, lower, upper, _status(obs_status, conf_status))


def _status(obs_status: str, conf_status: str) -> ValueStatus | None:
    try:
        return ValueStatus.from_codes(obs_status, conf_status)
    except InvalidValue:
        return None


def _row_findings(row: _Seen, policy: Policy | None) -> Iterator[Finding]:
    if row.status is None:
        yield Finding("status.unknown", "No value status has this pair of codes.", row.key)
    elif row.status.has_value:
        if row.value is None or not row.value == row.lower == row.upper:
            yield Finding("value.not_its_bounds", "A shown value must equal both of its bounds.", row.key)
    elif row.value is not None:
        yield Finding("withheld.has_value", "A withheld or missing cell shows a value.", row.key)
    if row.lower is None or row.lower < 0 or (row.upper is not None and row.upper < row.lower):
        yield Finding("bounds.reversed", "Bounds must satisfy 0 <= lower <= upper.", row.key)
    if policy is not None and _is_small_count(row, policy):
        yield Finding("count.small", "A count this small must not be shown.", row.key)


def _is_small_count(row: _Seen, policy: Policy) -> bool:
    if row.value is None or not is_count(row.named["MEASURE"]):
        return False
    return 0 < row.value < policy.least_count(row.named)


def _value_findings(rows: list[_Seen], policy: Policy) -> Iterator[Finding]:
    """A shown value above zero stands beside its own shown count, and beside no small one."""
    shown = {row.key for row in rows if row.value is not None}
    small = {row.key for row in rows if row.status is ValueStatus.PRIM_SMALL}
    for row in rows:
        if not row.value:
            continue
        measure = policy.follows.get(row.named["MEASURE"])
        if measure is not None and _beside(row, measure) not in shown:
            yield Finding("value.without_count", "A value is shown whose count is not.", row.key)
        elif any(_beside(row, other) in small for other in policy.beside.get(row.named["MEASURE"], ())):
            yield Finding("value.of_few", "A value is shown beside a count that is small.", row.key)


def _beside(row: _Seen, measure: str) -> tuple[str, ...]:
    return tuple({**row.named, "MEASURE": measure}.values())


def _part_findings(rows: list[_Seen], table: pa.Table, dataflow: Dataflow) -> Iterator[Finding]:
    """Parts of a total, totals beside their parts, and measures that stay at home are no cells."""
    for row, may_be_cell in zip(rows, releasable(table, dataflow).to_pylist(), strict=True):
        if not may_be_cell:
            yield Finding("row.not_releasable", "A part or a total is shown that may not leave.", row.key)


def _register_findings(table: pa.Table, certificate: Certificate) -> Iterator[Finding]:
    if dict(certificate.counts) != register_counts(table):
        yield Finding("certificate.counts", "The certificate counts another number of entries.")


def _remainder_findings(rows: list[_Seen], dataflow: Dataflow) -> Iterator[Finding]:
    blocks: dict[tuple[str, ...], list[_Seen]] = defaultdict(list)
    for row in rows:
        blocks[(*(row.named[name] for name in dataflow.block), row.named["MEASURE"])].append(row)
    for cells in blocks.values():
        yield from _block_findings(cells)


def _block_findings(cells: list[_Seen]) -> Iterator[Finding]:
    remainders = [row for row in cells if row.named[COUNTERPART] == REMAINDER_AREA]
    withheld = [
        row
        for row in cells
        if row.status is not None and row.status.is_withheld and row.named[COUNTERPART] != REMAINDER_AREA
    ]
    if not remainders:
        for row in withheld:
            yield Finding("remainder.absent", "A withheld cell stands in a block without remainder.", row.key)
        return
    remainder = remainders[0]
    if remainder.value is not None and len(withheld) < LEAST_POOLED:
        yield Finding("remainder.too_few", "A shown remainder must pool three cells or more.", remainder.key)
    if not withheld:
        yield Finding(
            "remainder.of_nothing", "A remainder stands in a block that withholds nothing.", remainder.key
        )
    for row in withheld:
        if row.upper != remainder.value:
            yield Finding(
                "remainder.inconsistent", "A withheld upper bound is not the remainder's value.", row.key
            )


def _certificate_findings(rows: list[_Seen], certificate: Certificate) -> Iterator[Finding]:
    counted: dict[str, int] = defaultdict(int)
    for row in rows:
        if row.status is not None:
            counted[row.status.value] += 1
    if dict(counted) != dict(certificate.counts):
        yield Finding(
            "certificate.counts",
            f"The certificate counts {dict(sorted(certificate.counts.items()))}, "
            f"the table has {dict(sorted(counted.items()))}.",
        )
