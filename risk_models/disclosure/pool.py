"""The cells that a remainder pools, while it is being put together.

Invariants: distinct reports and subjects are counted over the union of the pooled cells, never added up;
every number is kept by cell and by reporting entity, because the audit takes either away.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from risk_models.disclosure.audit import EntityPart, Pooled
from risk_models.disclosure.cells import Contribution, Profile
from schemas.status import ValueStatus


@dataclass(slots=True)
class _Part:
    """What one reporting entity contributed to one cell."""

    reports: set[str] = field(default_factory=set)
    transactions: int = 0
    amount: int = 0


@dataclass(slots=True)
class Pool:
    """Withheld counterparts with their statuses; grows one cell at a time."""

    withheld: dict[str, ValueStatus] = field(default_factory=dict)
    _profiles: list[Profile] = field(default_factory=list)
    _parts: list[dict[str, _Part]] = field(default_factory=list)
    _reports: set[str] = field(default_factory=set)
    _subjects: set[str] = field(default_factory=set)

    def add(
        self, counterpart: str, profile: Profile, status: ValueStatus, contributions: Iterable[Contribution]
    ) -> None:
        """Withhold one more counterpart and pool its contributions."""
        parts: dict[str, _Part] = defaultdict(_Part)
        for row in contributions:
            part = parts[row.entity]
            part.reports.add(row.report)
            part.transactions += row.n_txn or 0
            part.amount += row.v_txn
            self._reports.add(row.report)
            self._subjects.add(row.subject)
        self.withheld[counterpart] = status
        self._profiles.append(profile)
        self._parts.append(parts)

    def profile(self) -> Profile:
        """The profile of the union, to which the primary rules apply like to any cell."""
        amounts: dict[str, int] = defaultdict(int)
        for parts in self._parts:
            for entity, part in parts.items():
                amounts[entity] += part.amount
        transactions = self._transactions()
        return Profile(
            reports=len(self._reports),
            subjects=len(self._subjects),
            entities=len(amounts),
            n_txn=None if transactions is None else sum(transactions),
            v_txn=sum(amounts.values()),
            largest=tuple(sorted(amounts.values(), reverse=True)[:2]),
        )

    def pooled(self, min_reports: int) -> Pooled:
        """The aligned numbers that the audit needs.

        A cell withheld as small may hold one report; any other withheld cell has passed the frequency rule,
        and every reader knows so.
        """
        small = ValueStatus.PRIM_SMALL
        entities = sorted({entity for parts in self._parts for entity in parts})
        return Pooled(
            reports=tuple(profile.reports for profile in self._profiles),
            transactions=self._transactions(),
            amounts=tuple(profile.v_txn for profile in self._profiles),
            floors=tuple(1 if status is small else min_reports for status in self.withheld.values()),
            total_reports=len(self._reports),
            by_entity=tuple(self._entity_part(entity) for entity in entities),
        )

    def _transactions(self) -> tuple[int, ...] | None:
        known = [profile.n_txn for profile in self._profiles if profile.n_txn is not None]
        return tuple(known) if len(known) == len(self._profiles) else None

    def _entity_part(self, entity: str) -> EntityPart:
        nothing = _Part()
        parts = [cell.get(entity, nothing) for cell in self._parts]
        return EntityPart(
            reports=tuple(len(part.reports) for part in parts),
            transactions=tuple(part.transactions for part in parts),
            amounts=tuple(part.amount for part in parts),
        )
