"""AT9: what a status, a shipped interval or an alarm tells of the value it stands for.

Invariants: the interval that ships is itself released, so it must leave open what no attacker may close; an alarm
on withheld cells says at most that something is possible, and never how much. Source: methodology 3.6.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from risk_models.disclosure.attacks.exposed import Budget, Exposed, audited, outcome
from risk_models.disclosure.linear.attack import Attacker, Need
from risk_models.disclosure.report import Attack

# What ships in place of a hidden cell: least and greatest value, None without a bound.
Shipped = Mapping[int, tuple[int, int | None]]
QUIET = frozenset({"", "possible"})


@dataclass(frozen=True, slots=True)
class Alarm:
    """An alarm as it is shown: `signal` of the figures, and whether a magnitude stands beside it."""

    rests_on_withheld: bool
    signal: str
    has_magnitude: bool


def statuses(
    release: Exposed,
    readers: Sequence[Attacker],
    shipped: Shipped,
    budget: Budget,
    alarms: Sequence[Alarm] = (),
) -> tuple[Attack, ...]:
    """AT9 on shipped intervals, alarms, and with `readers`, who know what every status implies.

    `count`: intervals and alarms checked, and readers tried.
    """
    wrong = _wrong_intervals(release, shipped)
    if wrong:
        return outcome("AT9", "shipped_intervals", wrong, 0)
    loud = sum(
        alarm.rests_on_withheld and (alarm.has_magnitude or alarm.signal not in QUIET) for alarm in alarms
    )
    if loud:
        return outcome("AT9", "alarms_on_withheld_cells", loud, 0)
    verdict = audited(release, readers, budget)
    checked = len(shipped) + len(alarms) + verdict.tried
    return outcome("AT9", "statuses_and_intervals", verdict.narrowed, checked, verdict.left_out)


def _wrong_intervals(release: Exposed, shipped: Shipped) -> int:
    """Count intervals without the truth, narrower than a need, or of a cell that is shown."""
    values, needs = release.system.values, {need.cell: need for need in release.needs}
    return sum(
        not release.hidden[cell] or not _is_open(int(values[cell]), lower, upper, needs.get(cell, Need(cell)))
        for cell, (lower, upper) in shipped.items()
    )


def _is_open(value: int, lower: int, upper: int | None, need: Need) -> bool:
    if not lower <= value or value - lower < need.lower:
        return False
    return upper is None or (upper - value >= need.upper and upper - lower >= need.width)
