"""The whole suite on one release: AT1 to AT12, in this order.

Invariants: every attack leaves at least one result, run or not; the same release gives the same results. Source:
methodology 3.6.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

import pyarrow as pa

from risk_models.disclosure.attacks.absence import Key, absence
from risk_models.disclosure.attacks.derived import Figures, derived_figures
from risk_models.disclosure.attacks.digests import Sealed, digests
from risk_models.disclosure.attacks.exposed import Budget, Exposed
from risk_models.disclosure.attacks.insiders import Contributions, own_contributions
from risk_models.disclosure.attacks.ranks import ranks
from risk_models.disclosure.attacks.singletons import single_contributors
from risk_models.disclosure.attacks.statuses import Alarm, Shipped, statuses
from risk_models.disclosure.attacks.unions import (
    elimination,
    intervals,
    judging,
    over_audiences,
    over_rollups,
    over_vintages,
)
from risk_models.disclosure.linear.attack import Attacker
from risk_models.disclosure.report import Attack


@dataclass(frozen=True, slots=True)
class Unions:
    """What this release is attacked together with; None where there is nothing to join it with.

    audiences: views that differ. vintages: what was released before, `joined` of it and `left_out` as too old.
    recodes: equations between old and new codes. One union may be given for several.
    """

    audiences: Exposed | None = None
    vintages: Exposed | None = None
    joined: int = 0
    left_out: int = 0
    recodes: Exposed | None = None

    def widest(self, release: Exposed) -> Exposed:
        """Return the union with most cells; the release itself if there is none."""
        given = [union for union in (self.vintages, self.audiences) if union is not None]
        return max([release, *given], key=lambda union: union.system.cells)


@dataclass(frozen=True, slots=True)
class Inside:
    """What only the releasing member knows of its cells, by cell of the release.

    contributions: entity to cell to its own part, of all entities. percent: the p of the p% rule, by cell that it
    judges. alone: hidden cell to who contributed all of it. follows: value and the count that it belongs to.
    """

    contributions: Contributions = field(default_factory=dict, hash=False)
    percent: Mapping[int, int] = field(default_factory=dict, hash=False)
    alone: Mapping[int, str] = field(default_factory=dict, hash=False)
    follows: Sequence[tuple[int, int]] = ()


@dataclass(frozen=True, slots=True)
class Shown:
    """What leaves beside the equations.

    table: as released, with its `dimensions` and the `columns` of its dataflow. dense: the keys of the view, found
    without looking at values. intervals: what ships for every hidden cell. sealed: None until it is packed.
    """

    table: pa.Table
    dimensions: tuple[str, ...]
    columns: tuple[str, ...]
    intervals: Shipped = field(hash=False)
    dense: Collection[Key] | None = None
    figures: Figures | None = None
    alarms: Sequence[Alarm] = ()
    sealed: Sealed | None = None


def run(
    release: Exposed,
    unions: Unions,
    inside: Inside,
    *,
    readers: Sequence[Attacker],
    shown: Shown,
    budget: Budget,
) -> tuple[Attack, ...]:
    """Run every attack within its budget.

    release: with its attackers, the outsider first (AT2). readers: those who know what statuses imply (AT9).
    Attacks that leave someone out say so in a result of their own.
    """
    judge = judging(budget)
    return (
        *elimination(release),
        *intervals(release, budget),
        *over_audiences(unions.audiences, judge),
        *over_vintages(unions.vintages, unions.joined, unions.left_out, judge),
        *over_rollups(unions.recodes, unions.widest(release), judge),
        *own_contributions(release, inside.contributions, inside.percent, budget),
        *single_contributors(release, inside.alone, budget),
        *derived_figures(release, inside.follows, shown.figures),
        *statuses(release, readers, shown.intervals, budget, shown.alarms),
        *digests(shown.sealed),
        *ranks(shown.table, shown.dimensions, shown.columns),
        *absence(shown.table, shown.dimensions, shown.dense),
    )
