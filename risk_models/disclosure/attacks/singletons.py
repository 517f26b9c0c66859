"""AT7: the only contributor of one withheld cell knows it; whom does that uncover?

Invariants: a contributor is given all cells that are its own at once; no other protected cell may then have one
possible value; who contributed most cells alone is tried first. Source: methodology 3.4 (4), 3.6.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

from risk_models.disclosure.attacks.exposed import Budget, Exposed, audited, outcome
from risk_models.disclosure.report import Attack


def single_contributors(release: Exposed, alone: Mapping[int, str], budget: Budget) -> tuple[Attack, ...]:
    """AT7: two cells of one contributor each must not be each other's only cover.

    alone: hidden cell to the one who contributed all of it. `count`: contributors tried.
    """
    own: dict[str, list[int]] = defaultdict(list)
    for cell, name in sorted(alone.items()):
        if release.hidden[cell]:
            own[name].append(cell)
    if not own:
        return (Attack("AT7", "not_applicable", "no_single_contributor"),)
    most_first = sorted(own.items(), key=lambda pair: (-len(pair[1]), pair[0]))
    attackers = [
        release.attackers[0].knowing(name, cells, width=1)
        for name, cells in most_first[: budget.affords(release.hidden)]
    ]
    verdict = audited(release, attackers, budget)
    return outcome("AT7", "single_contributors", verdict.narrowed, verdict.tried, len(own) - verdict.tried)
