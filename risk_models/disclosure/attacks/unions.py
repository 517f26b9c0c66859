"""AT1 to AT5: elimination and intervals, on one release and on unions of releases.

Invariants: every union is attacked in the same two ways, by the equations alone and with what attackers know
besides; AT5 is never left out, since every union carries its roll-ups. Source: methodology 3.4 (5), 3.6.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from risk_models.disclosure.attacks.exposed import Budget, Exposed, Verdict, audited, eliminated, outcome
from risk_models.disclosure.report import Attack

Judge = Callable[[Exposed], Verdict]


def elimination(release: Exposed) -> tuple[Attack, ...]:
    """AT1: can the equations of this release alone give a protected cell away? `count`: protected cells."""
    return outcome("AT1", "elimination", eliminated(release), len(release.needs))


def intervals(release: Exposed, budget: Budget) -> tuple[Attack, ...]:
    """AT2: can anyone, with what they know besides, come too near to a protected cell? `count`: attackers."""
    return audited(release, release.attackers, budget).attacks("AT2", "intervals_with_prior_knowledge")


def over_audiences(union: Exposed | None, judge: Judge) -> tuple[Attack, ...]:
    """AT3: AT1 and AT2 on what all recipients have together; None: all of them received the same."""
    if union is None:
        return (Attack("AT3", "not_applicable", "same_for_every_recipient"),)
    return judge(union).attacks("AT3", "union_over_recipients")


def over_vintages(union: Exposed | None, vintages: int, left_out: int, judge: Judge) -> tuple[Attack, ...]:
    """AT4: AT1 and AT2 on this release with what was released before it.

    union: None if nothing was. vintages: how many earlier releases it holds; left_out: how many it does not,
    because they are older than the window.
    """
    if union is None:
        return (Attack("AT4", "not_applicable", "nothing_released_before"),)
    told = tuple(
        replace(attack, count=vintages) if attack.outcome == "passed" else attack
        for attack in judge(union).attacks("AT4", "union_over_vintages")
    )
    return (*told, Attack("AT4", "not_run", "older_than_the_window", left_out)) if left_out else told


def over_rollups(recodes: Exposed | None, widest: Exposed, judge: Judge) -> tuple[Attack, ...]:
    """AT5: AT1 and AT2 with every hierarchy of codes, and with equations between old and new codes if there are any.

    recodes: the union that has such equations. widest: else the widest union there is. `count` of a pass: the
    equations used.
    """
    union, detail = (widest, "rollups") if recodes is None else (recodes, "rollups_and_recodes")
    equations = union.system.starts.size - 1
    return tuple(
        replace(attack, count=equations) if attack.outcome == "passed" else attack
        for attack in judge(union).attacks("AT5", detail)
    )


def judging(budget: Budget) -> Judge:
    """Return what attacks a union in both ways, and remembers: one union is often several attacks' subject."""
    known: list[tuple[Exposed, Verdict]] = []

    def judge(union: Exposed) -> Verdict:
        for other, verdict in known:
            if other is union:
                return verdict
        verdict = replace(audited(union, union.attackers, budget), determined=eliminated(union))
        known.append((union, verdict))
        return verdict

    return judge
