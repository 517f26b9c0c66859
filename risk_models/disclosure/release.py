"""From compiled cells to the one table type that may leave the node.

Invariants: a `ReleasedTable` is made here and nowhere else; its certificate's counts are counted from the very rows
that leave; every attack of the suite was made or is said not to have been; what fails one of them, or the receiver's
own re-check, does not leave.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import pyarrow as pa

from risk_models.disclosure import flows, statistics
from risk_models.disclosure.candidate import Candidate, Unsafe
from risk_models.disclosure.differences import with_small_counts
from risk_models.disclosure.identical import with_identical
from risk_models.disclosure.insight import Insight
from risk_models.disclosure.ledger.held import Held
from risk_models.disclosure.memory import Memory
from risk_models.disclosure.policy import WITHOUT_POLICY, Policy, policy_for
from risk_models.disclosure.protection import Protection, protect
from risk_models.disclosure.recheck import recheck
from risk_models.disclosure.report import BY_OFFICER, Attack, Report
from risk_models.disclosure.reporting import report_of, without_protection
from risk_models.disclosure.rows import Row, counts_by_status, register_counts, table_of
from risk_models.disclosure.trial import attacked
from risk_models.errors import RiskModelError
from schemas.release import Certificate, ReleasedTable
from schemas.status import ValueStatus
from schemas.structure import Dataflow

Key = tuple[str, ...]
FLOW_RULES = (
    "minimum_subjects",
    "minimum_reporting_entities",
    "minimum_reports_and_transactions",
    "concentration_among_reporting_entities",
    "dense_over_member_areas",
    "cover_over_all_relations",
)
STATISTICS_RULES = (
    "minimum_count",
    "strict_minimum_for_sensitive_crimes",
    "value_follows_its_count",
    "no_group_of_one_sensitive_kind",
    "cover_over_all_relations",
)


@dataclass(frozen=True, slots=True)
class Orders:
    """What officers decided beside the rules.

    shown: cells that no least number hides, to be shown all the same. withheld: cells to be withheld though no rule
    asks. exceptions: what of it stands in the certificate.
    """

    shown: frozenset[Key] = frozenset()
    withheld: frozenset[Key] = frozenset()
    exceptions: Sequence[Mapping[str, object]] = ()


@dataclass(frozen=True, slots=True)
class Protected:
    """A release and what officers must know of it before they sign.

    candidates: the cells as they truly are. held: revisions that must wait; such a release may not be signed unless
    officers order it.
    """

    released: ReleasedTable
    report: Report
    candidates: tuple[Candidate, ...] = field(repr=False, default=())
    held: tuple[Held, ...] = ()


def release(
    compiled: pa.Table,
    dataflow: Dataflow,
    policy: Policy | None = None,
    *,
    memory: Memory | None = None,
    insight: Insight | None = None,
    orders: Orders | None = None,
) -> Protected:
    """Protect compiled cells and certify what was done.

    compiled: `typologies.cells(...)` for a dataflow of records, `typologies.statistics(...)` for any other.
    policy: the packaged policy of the dataflow's class unless a stricter one is given; an open dataflow and a
    register have none. memory: what was released before. insight: what is known of the records behind the cells.

    Raises:
        Unprotectable: no cover protects some cells.
        RiskModelError: the result would not pass the receiver's re-check (a fault of this package).
    """
    orders = orders or Orders()
    if dataflow.disclosure == "register":
        return _register(compiled, dataflow)
    candidates = candidates_of(compiled, dataflow, policy, orders)
    if dataflow.disclosure in WITHOUT_POLICY:
        return _open(candidates, dataflow)
    policy = policy or policy_for(dataflow)
    insight = insight or Insight()
    memory = with_small_counts(memory or Memory(), candidates, dataflow, policy)
    shown = frozenset(candidate.key for candidate in candidates if candidate.is_ordered)
    protection = protect(candidates, dataflow, policy, memory, insight, shown=shown)
    candidates = list(protection.candidates)
    table = table_of(_rows(candidates, protection), dataflow)
    attacks = attacked(
        candidates, table, protection, dataflow=dataflow, policy=policy, memory=memory, insight=insight
    )
    released = ReleasedTable(dataflow.id, table, _certificate(table, dataflow, protection, attacks, orders))
    _require_sound(released, dataflow, attacks, protection)
    report = report_of(candidates, protection, attacks, orders.exceptions, dataflow)
    return Protected(released, report, tuple(candidates), protection.held)


def candidates_of(
    compiled: pa.Table, dataflow: Dataflow, policy: Policy | None = None, orders: Orders | None = None
) -> list[Candidate]:
    """Return the cells of a release as they truly are, in canonical order, with what makes each unsafe."""
    if dataflow.disclosure not in WITHOUT_POLICY:
        policy = policy or policy_for(dataflow)
    if dataflow.is_record_level:
        found = flows.candidates(compiled, dataflow, policy or policy_for(dataflow))
    else:
        found = statistics.candidates(compiled, dataflow, policy)
    ordered = sorted(found, key=lambda candidate: candidate.key)
    if orders is None:
        return ordered
    orders = replace(orders, shown=with_identical(orders.shown, ordered, dataflow))
    return [_ordered(candidate, orders) for candidate in ordered]


def _ordered(candidate: Candidate, orders: Orders) -> Candidate:
    """Apply what officers decided about one cell."""
    if candidate.key in orders.shown:
        return candidate.shown()
    if candidate.key in orders.withheld and candidate.unsafe is None and candidate.value is not None:
        return candidate.withheld(Unsafe((BY_OFFICER,), ValueStatus.SECONDARY))
    return candidate


def _rows(candidates: Sequence[Candidate], protection: Protection) -> list[Row]:
    found = []
    answers = zip(protection.hidden.tolist(), protection.lower, protection.upper, strict=True)
    for candidate, (is_hidden, lower, upper) in zip(candidates, answers, strict=True):
        if candidate.value is None:
            found.append(Row(candidate.key, None, 0, None, candidate.status))
        elif is_hidden:
            status = candidate.unsafe.status if candidate.unsafe else ValueStatus.SECONDARY
            found.append(Row(candidate.key, None, lower, upper, status))
        else:
            found.append(_shown(candidate))
    return found


def _shown(candidate: Candidate) -> Row:
    value = candidate.value or 0
    return Row(candidate.key, value, value, value, candidate.status, candidate.notes)


def _certificate(
    table: pa.Table,
    dataflow: Dataflow,
    protection: Protection,
    attacks: Sequence[Attack],
    orders: Orders,
) -> Certificate:
    """What is told with the release; never a threshold, a percentage, or how many attackers there were to try."""
    has_failed = any(attack.outcome == "failed" for attack in attacks)
    audited: dict[str, object] = {
        "outcome": "failed" if has_failed else "passed",
        "cover": protection.pattern.method,
        "attacks": [{"id": one.id, "outcome": one.outcome, "detail": one.detail} for one in attacks],
    }
    rules = FLOW_RULES if dataflow.is_record_level else STATISTICS_RULES
    relations = protection.linked.statements
    return Certificate(rules, counts_by_status(table), relations, audited, tuple(orders.exceptions))


def _require_sound(
    released: ReleasedTable, dataflow: Dataflow, attacks: Sequence[Attack], protection: Protection
) -> None:
    """Refuse what an attack broke, held revisions apart, and what a receiver would quarantine."""
    failed = [] if protection.held else [attack for attack in attacks if attack.outcome == "failed"]
    findings = recheck(released.table, released.certificate, dataflow)
    if not failed and not findings:
        return
    first = f"{failed[0].id}: {failed[0].detail}" if failed else f"{findings[0].rule}: {findings[0].detail}"
    raise RiskModelError(
        "The release does not pass its own attacks and re-check.",
        detail=first,
        hint="Nothing was released. Report this as a fault of the disclosure rules.",
        context={
            "rules": sorted({*(attack.id for attack in failed), *(finding.rule for finding in findings)})
        },
    )


def _open(candidates: Sequence[Candidate], dataflow: Dataflow) -> Protected:
    """Published figures: all of them as they came."""
    rows = [
        Row(one.key, None, 0, None, one.status) if one.value is None else _shown(one) for one in candidates
    ]
    table = table_of(rows, dataflow)
    audited: dict[str, object] = {"outcome": "not_applicable", "cover": "none", "attacks": []}
    certificate = Certificate(("open",), counts_by_status(table), [], audited)
    return Protected(
        ReleasedTable(dataflow.id, table, certificate), without_protection(table), tuple(candidates)
    )


def _register(compiled: pa.Table, dataflow: Dataflow) -> Protected:
    """Statements in words and codes: nothing is counted, so nothing is withheld; their text is scanned before."""
    table = compiled.sort_by([(name, "ascending") for name in dataflow.cells.dimensions]).combine_chunks()
    audited: dict[str, object] = {"outcome": "not_applicable", "cover": "none", "attacks": []}
    certificate = Certificate(("register",), register_counts(table), [], audited)
    return Protected(ReleasedTable(dataflow.id, table, certificate), without_protection(table))
