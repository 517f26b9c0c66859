"""From compiled cells to the one table type that may leave the node.

Invariants: a `ReleasedTable` is made here and nowhere else; its certificate's counts are counted from the
very rows that leave; what fails the receiver's own re-check does not leave.
"""

from __future__ import annotations

import pyarrow as pa

from risk_models.disclosure import audit
from risk_models.disclosure.flows import is_record_level, protected_rows
from risk_models.disclosure.policy import WITHOUT_POLICY, Policy, policy_for
from risk_models.disclosure.recheck import recheck
from risk_models.disclosure.rows import counts_by_status, register_counts, table_of
from risk_models.disclosure.statistics import protected_statistics
from risk_models.engine import Engine
from risk_models.errors import RiskModelError
from schemas.release import Certificate, ReleasedTable
from schemas.structure import Dataflow

FLOW_RULES = (
    "minimum_subjects",
    "minimum_reporting_entities",
    "minimum_reports_and_transactions",
    "concentration_among_reporting_entities",
    "remainder_of_withheld_counterparts",
    "dense_over_member_areas",
)
STATISTICS_RULES = (
    "minimum_count",
    "strict_minimum_for_sensitive_crimes",
    "value_follows_its_count",
    "no_parts_beside_totals",
)


def release(
    compiled: pa.Table, dataflow: Dataflow, policy: Policy | None = None, engine: Engine | None = None
) -> ReleasedTable:
    """Protect compiled cells and certify what was done.

    compiled: `typologies.compile(...)` for a dataflow of records, `typologies.statistics(...)` for any other.
    policy: the packaged policy of the dataflow's class unless a stricter one is given; an open dataflow and a
    register have none. No grand total is released, so the only additive relation is one remainder a block: the withheld
    counterparts of a block sum to it (amounts and transactions), or are counted in it once (reports).

    Raises:
        RiskModelError: the result would not pass the receiver's re-check (a fault of this package).
    """
    if dataflow.disclosure not in WITHOUT_POLICY:
        policy = policy or policy_for(dataflow)
    if is_record_level(dataflow):
        released = _flows(compiled, dataflow, policy or policy_for(dataflow), engine or Engine())
    elif dataflow.disclosure == "register":
        released = _register(compiled, dataflow)
    else:
        released = _statistics(compiled, dataflow, policy)
    findings = recheck(released.table, released.certificate, dataflow)
    if findings:
        raise RiskModelError(
            "The release does not pass its own re-check.",
            detail=f"{findings[0].rule}: {findings[0].detail}",
            hint="Nothing was released. Report this as a fault of the disclosure rules.",
            context={"rules": sorted({finding.rule for finding in findings})},
        )
    return released


def _flows(compiled: pa.Table, dataflow: Dataflow, policy: Policy, engine: Engine) -> ReleasedTable:
    rows, shown, hidden = protected_rows(compiled, dataflow, policy, engine)
    table = table_of(rows, dataflow)
    audited: dict[str, object] = {
        "outcome": "passed",
        "methods": list(audit.METHODS),
        "attackers": list(audit.ATTACKERS),
        "remainders_shown": shown,
        "remainders_withheld": hidden,
        "not_audited": list(audit.NOT_AUDITED),
    }
    relations = [
        {"measure": "V_TXN", "kind": "sum", "statement": "remainder_is_sum_of_withheld", "blocks": shown},
        {"measure": "N_TXN", "kind": "sum", "statement": "remainder_is_sum_of_withheld", "blocks": shown},
        {
            "measure": "N_STR",
            "kind": "union",
            "statement": "remainder_counts_each_report_of_withheld_once_so_it_is_no_sum",
            "blocks": shown,
        },
    ]
    certificate = Certificate(FLOW_RULES, counts_by_status(table), relations, audited)
    return ReleasedTable(dataflow.id, table, certificate)


def _statistics(compiled: pa.Table, dataflow: Dataflow, policy: Policy | None) -> ReleasedTable:
    table = table_of(protected_statistics(compiled, dataflow, policy), dataflow)
    audited: dict[str, object] = {
        "outcome": "passed" if policy else "not_applicable",
        "methods": ["no_additive_relation"] if policy else [],
        "not_audited": list(audit.NOT_AUDITED) if policy else [],
    }
    rules = STATISTICS_RULES if policy else ("open",)
    return ReleasedTable(dataflow.id, table, Certificate(rules, counts_by_status(table), [], audited))


def _register(compiled: pa.Table, dataflow: Dataflow) -> ReleasedTable:
    """Statements in words and codes: nothing is counted, so nothing is withheld; their text is scanned before."""
    table = compiled.sort_by([(name, "ascending") for name in dataflow.cells.dimensions]).combine_chunks()
    audited: dict[str, object] = {"outcome": "not_applicable", "methods": [], "not_audited": []}
    certificate = Certificate(("register",), register_counts(table), [], audited)
    return ReleasedTable(dataflow.id, table, certificate)
