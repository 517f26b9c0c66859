"""What disclosure control did to a release, for those who sign it: every withheld cell with the rules that hid it.

Invariants: rules, attacks and outcomes are stable ids, and their words are the reader's; no parameter of a rule
stands here; what only officers may see (true values, and sums that give one back) is taken out by `outside`.
Source: methodology 3.2 (rules), 3.6 (attacks), 3.9 (the report).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

from risk_models.errors import InvalidInput
from schemas.status import ValueStatus

COVER = "cover"
AT_SOURCE = "withheld_at_source"
BY_OFFICER = "withheld_by_officer"
# In the order in which a cell that several rules hide is counted, the weightiest first.
RULES = (
    "minimum_subjects",
    "minimum_reporting_entities",
    "minimum_reports",
    "minimum_count",
    "strict_minimum",
    "follows_its_count",
    "concentration",
    "group_disclosure",
    AT_SOURCE,
    BY_OFFICER,
    COVER,
)
# Least numbers can only be raised (H-06), and what follows one would give it back; nobody here knows a value
# that came withheld; what an officer withheld is shown again when that officer's request ends.
EXCEPTABLE = frozenset({"concentration", "group_disclosure", COVER})
ATTACKS = tuple(f"AT{number}" for number in range(1, 13))
OUTCOMES = ("passed", "failed", "not_run", "not_applicable")
METHODS = ("none", "exact", "fast")


@dataclass(frozen=True, slots=True)
class Withheld:
    """A cell that is not shown: its key, what ships in its place, and why. `value` is for officers' eyes only.

    rules: ids of `RULES`, the weightiest first; cover has `COVER` alone. lower, upper: the interval that every
    reader sees, in the measure's unit, `upper` None without a bound.
    """

    key: tuple[str, ...]
    status: ValueStatus
    rules: tuple[str, ...]
    value: int | None
    lower: int
    upper: int | None

    def __post_init__(self) -> None:
        _require(self.rules != () and set(self.rules) <= set(RULES), "rule", ", ".join(self.rules) or "none")
        object.__setattr__(self, "rules", tuple(sorted(set(self.rules), key=RULES.index)))

    @property
    def reason(self) -> str:
        """The rule under which the cell is counted once: the weightiest."""
        return self.rules[0]

    @property
    def may_be_shown(self) -> bool:
        """True if two officers may let it be shown: no least number, nothing from the source, is in the way."""
        return set(self.rules) <= EXCEPTABLE

    def to_dict(self) -> dict[str, Any]:
        """Give plain JSON values."""
        return asdict(self) | {
            "key": list(self.key), "status": self.status.value, "rules": list(self.rules),
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Attack:
    """One attack on the release and how it ended.

    detail: a stable id of what was tried, or of why it was not. count: attackers, vintages or cells tried.
    """

    id: str
    outcome: str
    detail: str
    count: int = 0

    def __post_init__(self) -> None:
        _require(self.id in ATTACKS, "attack", self.id)
        _require(self.outcome in OUTCOMES, "outcome of an attack", self.outcome)


@dataclass(frozen=True, slots=True)
class Loss:
    """What one measure loses: cells by why they are hidden, and its sum in the measure's unit, shown and in all.

    Cells are all that exist, missing ones included. `value_total` minus `value_shown` is the sum of what is
    withheld, and of a single withheld cell its value: None for whoever may not see it.
    """

    measure: str
    cells: int
    primary: int
    secondary: int
    value_shown: int
    value_total: int | None


@dataclass(frozen=True, slots=True)
class Report:
    """The whole report of one release.

    cells: all that ship, shown or not. method: how cover was found, one of `METHODS`. cost: information lost by
    cover, None for whoever may not see it; bound: a proven least cost, None where the exact method did not run on
    everything. exceptions: those in force, as they stand in the certificate.
    """

    cells: int
    withheld: tuple[Withheld, ...]
    attacks: tuple[Attack, ...]
    losses: tuple[Loss, ...]
    method: str
    cost: int | None
    bound: int | None
    exceptions: tuple[Mapping[str, Any], ...] = ()

    def __post_init__(self) -> None:
        _require(self.method in METHODS, "method of suppression", self.method)

    @property
    def shown(self) -> int:
        """The number of cells that are not withheld (a missing or an empty one is none)."""
        return self.cells - len(self.withheld)

    @property
    def by_reason(self) -> dict[str, int]:
        """Withheld cells by their weightiest rule, each counted once, in the order of `RULES`."""
        return _in_order(cell.reason for cell in self.withheld)

    @property
    def by_rule(self) -> dict[str, int]:
        """Withheld cells by rule; a cell that several rules hide is counted under each."""
        return _in_order(rule for cell in self.withheld for rule in cell.rules)

    @property
    def has_failed(self) -> bool:
        """True if an attack succeeded: such a release must not be signed."""
        return any(attack.outcome == "failed" for attack in self.attacks)

    def outside(self) -> Report:
        """Give the report for people who may not see what is withheld: no true value, and nothing that gives one."""
        return replace(
            self,
            withheld=tuple(replace(cell, value=None) for cell in self.withheld),
            losses=tuple(replace(loss, value_total=None) for loss in self.losses),
            cost=None,
            bound=None,
        )

    def to_dict(self) -> dict[str, Any]:
        """Give plain JSON values."""
        return {
            "cells": self.cells,
            "shown": self.shown,
            "withheld": [cell.to_dict() for cell in self.withheld],
            "by_rule": self.by_rule,
            "by_reason": self.by_reason,
            "attacks": [asdict(attack) for attack in self.attacks],
            "losses": [asdict(loss) for loss in self.losses],
            "method": self.method,
            "cost": self.cost,
            "bound": self.bound,
            "exceptions": [dict(exception) for exception in self.exceptions],
        }


def _in_order(rules: Iterable[str]) -> dict[str, int]:
    counted = Counter(rules)
    return {rule: counted[rule] for rule in RULES if rule in counted}


def _require(is_known: bool, what: str, given: str) -> None:  # noqa: FBT001 - a claim, and what it is about
    if not is_known:
        raise InvalidInput(
            f"There is no such {what}.",
            detail=given,
            hint="This is a fault of disclosure control, not of the file.",
        )
