"""What a receiver can verify of a release without seeing a record.

Invariants: a finding names a rule and a cell, and never repairs; the thresholds are the packaged ones of the
dataflow's class, so a sender may be stricter and never laxer; what cannot be seen from cells (subjects,
reporting entities, concentration) is not claimed to be verified.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

import pyarrow as pa

from risk_models.disclosure.findings import Finding, Seen, seen_rows
from risk_models.disclosure.policy import WITHOUT_POLICY, Policy, policy_for
from risk_models.disclosure.relations.received import received_findings
from risk_models.disclosure.rows import register_counts
from risk_models.disclosure.statistics import is_count
from risk_models.releasable import releasable
from schemas.release import Certificate
from schemas.status import ValueStatus
from schemas.structure import Dataflow

__all__ = ["Finding", "recheck"]


def recheck(
    table: pa.Table, certificate: Certificate, dataflow: Dataflow, held: Iterable[pa.Table] = ()
) -> tuple[Finding, ...]:
    """Return every rule that the received cells break; empty if none.

    Verified: status pairs are known; exact rows have value = lower = upper; withheld and missing rows have no
    value and lower <= upper, withheld ones more than one possible value; no count from 1 to n - 1 is shown, and no
    value without its count; parts and wholes agree, by their bounds, as far as the certificate or the structure says
    that they add up; no withheld cell follows from what is shown, here and in the tables `held` of the same
    originator and dataflow, which are taken only where something may be withheld; no measure that stays at home
    stands in it; the counts of the certificate are those of
    the table. A register shows nothing but
    statements: only its number of rows is verified.
    """
    if dataflow.disclosure == "register":
        return tuple(_register_findings(table, certificate))
    rows = list(seen_rows(table, dataflow))
    policy = None if dataflow.disclosure in WITHOUT_POLICY else policy_for(dataflow)
    findings = [finding for row in rows for finding in _row_findings(row, policy)]
    if policy is not None:
        findings.extend(_value_findings(rows, policy))
        findings.extend(_part_findings(rows, table, dataflow))
    others = [] if policy is None else [list(seen_rows(other, dataflow)) for other in held]
    findings.extend(received_findings(rows, others, certificate, dataflow))
    findings.extend(_certificate_findings(rows, certificate))
    return tuple(sorted(findings, key=_place))


def _place(finding: Finding) -> tuple[str, list[str], str]:
    """Order findings by rule and cell; a key that a peer left open is ordered as well."""
    return finding.rule, [str(code) for code in finding.key], finding.detail


def _row_findings(row: Seen, policy: Policy | None) -> Iterator[Finding]:
    if row.status is None:
        yield Finding("status.unknown", "No value status has this pair of codes.", row.key)
    elif row.status.has_value:
        if row.value is None or not row.value == row.lower == row.upper:
            yield Finding("value.not_its_bounds", "A shown value must equal both of its bounds.", row.key)
    elif row.value is not None:
        yield Finding("withheld.has_value", "A withheld or missing cell shows a value.", row.key)
    elif row.is_withheld and row.upper is not None and row.lower == row.upper:
        yield Finding("withheld.has_one_value", "The bounds of a withheld cell leave one value.", row.key)
    if row.lower is None or row.lower < 0 or (row.upper is not None and row.upper < row.lower):
        yield Finding("bounds.reversed", "Bounds must satisfy 0 <= lower <= upper.", row.key)
    if policy is not None and _is_small_count(row, policy):
        yield Finding("count.small", "A count this small must not be shown.", row.key)


def _is_small_count(row: Seen, policy: Policy) -> bool:
    if row.value is None or not is_count(row.named["MEASURE"]):
        return False
    return 0 < row.value < policy.least_count(row.named)


def _value_findings(rows: list[Seen], policy: Policy) -> Iterator[Finding]:
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


def _beside(row: Seen, measure: str) -> tuple[str, ...]:
    return tuple({**row.named, "MEASURE": measure}.values())


def _part_findings(rows: list[Seen], table: pa.Table, dataflow: Dataflow) -> Iterator[Finding]:
    """Measures that stay at home are no cells."""
    for row, may_be_cell in zip(rows, releasable(table, dataflow).to_pylist(), strict=True):
        if not may_be_cell:
            yield Finding("row.not_releasable", "A measure stands here that stays at its node.", row.key)


def _register_findings(table: pa.Table, certificate: Certificate) -> Iterator[Finding]:
    if dict(certificate.counts) != register_counts(table):
        yield Finding("certificate.counts", "The certificate counts another number of entries.")


def _certificate_findings(rows: list[Seen], certificate: Certificate) -> Iterator[Finding]:
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
