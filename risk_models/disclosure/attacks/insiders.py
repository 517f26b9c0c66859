"""AT6: a reporting entity takes away what it reported itself, and looks at the rest.

Invariants: every entity's own part is taken away from every shown amount, whatever the budget; entities that know
most withheld cells are tried first. Source: methodology 3.2 (p%), 3.6.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

from risk_models.disclosure.attacks.attackers import reporting_entity
from risk_models.disclosure.attacks.exposed import Budget, Exposed, audited, outcome
from risk_models.disclosure.report import Attack

Contributions = Mapping[str, Mapping[int, int]]


def own_contributions(
    release: Exposed, insiders: Contributions, percent: Mapping[int, int], budget: Budget
) -> tuple[Attack, ...]:
    """AT6: no insider may estimate another's part of a shown amount too well, or find a withheld cell.

    insiders: entity to cell to its own part, all entities. percent: the p of the p% rule, by cell that the rule
    judges. `count`: entities tried.
    """
    if not insiders:
        return (Attack("AT6", "not_applicable", "no_contributions"),)
    shown = {cell: p for cell, p in percent.items() if not release.hidden[cell]}
    concentrated = concentrated_without_one(insiders, shown)
    if concentrated:
        return outcome("AT6", "rest_without_one_entity", len(concentrated), 0)
    looking = sorted(
        ((sum(bool(release.hidden[cell]) for cell in own), name) for name, own in insiders.items()),
        key=lambda pair: (-pair[0], pair[1]),
    )
    attackers = [
        reporting_entity(release.attackers[0], release.system, name, insiders[name])
        for knows, name in looking[: budget.affords(release.hidden)]
        if knows
    ]
    verdict = audited(release, attackers, budget)
    left_out = sum(knows > 0 for knows, _ in looking) - verdict.tried
    return outcome("AT6", "own_contributions_known", verdict.narrowed, len(looking) - left_out, left_out)


def concentrated_without_one(insiders: Contributions, percent: Mapping[int, int]) -> tuple[int, ...]:
    """Return the cells in which an insider would estimate another's part to within p percent.

    For a cell X, the insider's part x and the largest other part y: unsafe if 100 (X - x - y) < p y, in integers.
    """
    parts: dict[int, dict[str, int]] = defaultdict(dict)
    for name, own in insiders.items():
        for cell, part in own.items():
            if cell in percent:
                parts[cell][name] = part
    return tuple(cell for cell, every in sorted(parts.items()) if _is_concentrated(every, percent[cell]))


def _is_concentrated(parts: Mapping[str, int], percent: int) -> bool:
    total, ordered = sum(parts.values()), sorted(parts.values(), reverse=True)
    first, second = (*ordered, 0, 0)[:2]
    # the largest other part is the first one for everybody but its own contributor, also for who has no part
    looks = [(0, first), *((own, first) for own in ordered[1:]), (first, second)]
    return any(100 * (total - own - other) < percent * other for own, other in looks)
