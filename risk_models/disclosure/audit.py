"""The audit of a remainder: what could anyone work out about a counterpart that it pools?

Invariants: exact integers; the only relation that a release offers is the one of its remainders (no total is
released), so the interval an attacker can reach has a closed form and needs no solver; an attacker is given
more than it is likely to have, never less.

For cells x_c with publicly known least values m_c and a released sum T, a reader knows that x_t lies in
[m_t, T - sum of the other m_c], which is T - sum(m) wide, as long as two cells or more are open. Attackers:

- an outsider, who knows only the release and how statuses are given (m_c: a cell that is shown as withheld
  is not empty, and one that was added for cover, or withheld for concentration, has passed the frequency
  rule);
- each counterpart, given the exact value of its own cell (its own mirror of the corridor, at its best);
- each reporting entity, given all of its own contributions.

The number of reports is no sum: one report may name several counterparts, and the remainder counts it once.
It is audited as if no report did, which gives the narrowest interval; where that cannot be (the least values
exceed the remainder), a reader only knows that each cell is at most the remainder.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from risk_models.disclosure.policy import Policy

METHODS = ("exact_interval_of_one_sum", "concentration_among_pooled_counterparts")
ATTACKERS = ("outsider", "counterpart_with_own_mirror", "reporting_entity_with_own_contributions")
NOT_AUDITED = (
    "earlier_and_later_vintages",
    "different_tables_for_different_recipients",
    "collusion_of_attackers",
    "other_dataflows",
    "inference_from_the_order_of_choosing_cover",
)


@dataclass(frozen=True, slots=True)
class Pooled:
    """The pooled cells, aligned: true values, least values known to all, and who contributed what.

    reports, transactions, amounts: one number a cell (transactions None if any is unknown; amounts in US
    cents). floors: the least number of reports a reader may presume. total_reports: distinct in the pool.
    by_entity: for each reporting entity its own numbers a cell and its own distinct reports in the pool.
    """

    reports: tuple[int, ...]
    transactions: tuple[int, ...] | None
    amounts: tuple[int, ...]
    floors: tuple[int, ...]
    total_reports: int
    by_entity: tuple[EntityPart, ...]


@dataclass(frozen=True, slots=True)
class EntityPart:
    """One reporting entity's own contributions to each pooled cell."""

    reports: tuple[int, ...]
    transactions: tuple[int, ...]
    amounts: tuple[int, ...]


def amounts_are_safe(pool: Pooled, policy: Policy) -> bool:
    """True if no attacker's upper bound for a cell's amount comes within p % of what it does not know of it.

    With the least values at zero, the upper bound for a cell exceeds the truth by the rest of the pool, so
    the p% rule holds for counterparts as contributors, after anyone's own part is taken away.
    """
    return all(
        _amount_is_safe(pool.amounts, known, policy.concentration_percent)
        for known in _known(pool.amounts, [part.amounts for part in pool.by_entity])
    )


def reports_are_safe(pool: Pooled, policy: Policy) -> bool:
    """True if no attacker can pin a number of reports, presuming that no report names two counterparts."""
    spreads = _spreads(
        pool.total_reports, pool.reports, pool.floors, [part.reports for part in pool.by_entity]
    )
    return all(spread < 0 or spread >= least for spread, least in zip(spreads, _least(policy), strict=False))


def transactions_are_safe(pool: Pooled, policy: Policy) -> bool:
    """True if no attacker can pin a number of transactions, presuming at least one transaction a report.

    Unknown numbers are not shown, so there is nothing to pin.
    """
    if pool.transactions is None:
        return True
    own = [part.transactions for part in pool.by_entity]
    spreads = _spreads(sum(pool.transactions), pool.transactions, pool.floors, own)
    return all(spread >= least for spread, least in zip(spreads, _least(policy), strict=False))


def _known(values: tuple[int, ...], own: Sequence[tuple[int, ...]]) -> Iterator[tuple[int, ...]]:
    """What each attacker knows of each cell: the outsider first, then the counterparts, then the entities."""
    nothing = (0,) * len(values)
    yield nothing
    for position, value in enumerate(values):
        yield (*nothing[:position], value, *nothing[position + 1 :])
    yield from own


def _amount_is_safe(amounts: tuple[int, ...], known: tuple[int, ...], percent: int) -> bool:
    unknown = [amount - part for amount, part in zip(amounts, known, strict=True)]
    largest = max(unknown)
    cover = sum(unknown) - largest
    return cover >= 1 and 100 * cover >= percent * largest


def _spreads(
    total: int, values: tuple[int, ...], floors: tuple[int, ...], own: Sequence[tuple[int, ...]]
) -> Iterator[int]:
    """The width of the interval that each attacker can reach for any cell that is open to it."""
    for known in _known(values, own):
        yield total - sum(max(floor, part) for floor, part in zip(floors, known, strict=True))


def _least(policy: Policy) -> Iterator[int]:
    """The width required: an outsider cannot tell that a count is small; nobody can tell which one it is."""
    yield policy.min_reports - 1
    while True:
        yield max(1, policy.min_reports - 2)
