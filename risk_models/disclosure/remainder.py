"""Secondary suppression: the remainder that pools the withheld counterparts of a block.

Invariants: a remainder is shown only if it satisfies the primary rules itself, pools enough counterparts and
passes the audit; cover is added from the cheapest shown cell upwards, so the choice is a function of the
records alone; cover that buys no remainder is given back, because without a remainder there is no relation.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from risk_models.disclosure import audit
from risk_models.disclosure.cells import Block, Cell, Compiled
from risk_models.disclosure.policy import Policy
from risk_models.disclosure.pool import Pool
from risk_models.disclosure.rules import primary_status
from schemas.status import ValueStatus


@dataclass(frozen=True, slots=True)
class Remainder:
    """The released values of a remainder: distinct reports, transactions and US cents.

    n_txn None: missing because a record does not state it, or withheld if `hides_transactions`.
    """

    reports: int
    n_txn: int | None
    v_txn: int
    hides_transactions: bool


@dataclass(frozen=True, slots=True)
class Protection:
    """The status of each withheld counterpart of a block, and their remainder if it may be shown."""

    withheld: Mapping[str, ValueStatus]
    remainder: Remainder | None


def protect(block: Block, compiled: Compiled, policy: Policy) -> Protection:
    """Decide which counterparts of a block are withheld and whether their remainder may be shown."""
    pool = Pool()
    shown: list[Cell] = []
    for cell in block.cells:
        status = primary_status(cell.profile, policy)
        if status is None:
            shown.append(cell)
        else:
            pool.add(cell.counterpart, cell.profile, status, compiled.contributions(cell))
    primary = dict(pool.withheld)
    if not primary:
        return Protection({}, None)
    is_safe = _is_safe(pool, policy)
    for cell in _cheapest_first(shown):
        if is_safe:
            break
        pool.add(cell.counterpart, cell.profile, ValueStatus.SECONDARY, compiled.contributions(cell))
        is_safe = _is_safe(pool, policy)
    if not is_safe:
        return Protection(primary, None)
    return Protection(dict(pool.withheld), _remainder(pool, policy))


def _cheapest_first(cells: Iterable[Cell]) -> list[Cell]:
    """Cells in order of what is lost by withholding them: smallest amount first, then by code."""
    return sorted(cells, key=lambda cell: (cell.profile.v_txn, cell.counterpart))


def _is_safe(pool: Pool, policy: Policy) -> bool:
    if len(pool.withheld) < policy.min_pooled:
        return False
    # Transactions are judged apart: too few of them hide their own number, not the whole remainder.
    if primary_status(replace(pool.profile(), n_txn=None), policy) is not None:
        return False
    pooled = pool.pooled(policy.min_reports)
    return audit.amounts_are_safe(pooled, policy) and audit.reports_are_safe(pooled, policy)


def _remainder(pool: Pool, policy: Policy) -> Remainder:
    profile = pool.profile()
    pooled = pool.pooled(policy.min_reports)
    hides = not audit.transactions_are_safe(pooled, policy)
    return Remainder(profile.reports, None if hides else profile.n_txn, profile.v_txn, hides)
