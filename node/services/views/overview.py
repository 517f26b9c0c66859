"""One page for the head of a unit: where exposure grows, who else sees it, how sure we are, what is new.

Invariants: what to look at is chosen by rule (`attention`); what is sure is counted from the bundles in force, and
who computed otherwise or nothing is named.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from node.access import Action, Actor, decide
from node.ports.ledger import Bundle, live
from node.ports.submissions import SubmissionState
from node.services.context import Context
from node.services.indicators import CROSS_BORDER, AgreementRow, shown
from node.services.views.attention import Pointer, three
from node.services.views.evidence import Evidence, evidence
from node.services.views.exchange import agreements_by_code
from node.services.views.since import Since, since
from node.services.views.standing import Roll, roll
from node.services.views.warnings import Counts, counts

NEWEST_SHOWN = 6
WAITING = {
    Action.SUBMIT: SubmissionState.FAULTY,
    Action.APPROVE: SubmissionState.SUBMITTED,
    Action.RELEASE: SubmissionState.APPROVED,
}


@dataclass(frozen=True, slots=True)
class Confidence:
    """How sure we are: whose data, how old, how much of it withheld, and who computed the same."""

    evidence: Evidence
    cells: int
    withheld: int
    agreeing: tuple[str, ...]
    other_view: tuple[str, ...]
    diverging: tuple[str, ...]
    unknown: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Overview:
    """The first page. `waiting` counts the submissions that this person can take a step of, by action.

    behind: peers whose newest releases may not be here. since: what changed since the person's last visit, if there
    was one.
    """

    present: Roll
    newest: tuple[Bundle, ...]
    look_at: tuple[Pointer, ...]
    has_results: bool
    warnings: Counts
    confidence: Confidence
    since: Since | None
    waiting: dict[str, int]


def overview(ctx: Context, actor: Actor, now: datetime, *, last_visit: datetime | None = None) -> Overview:
    """Give the overview for one person, who was here before at `last_visit`."""
    present = roll(ctx, now)
    bundles = live(ctx.ledger.bundles())
    newest = sorted(bundles, key=lambda bundle: bundle.committed_at, reverse=True)
    return Overview(
        present=present,
        newest=tuple(newest[:NEWEST_SHOWN]),
        look_at=three(ctx),
        has_results=shown(ctx, CROSS_BORDER) is not None,
        warnings=counts(ctx),
        confidence=_confidence(bundles, present, agreements_by_code(ctx)),
        since=since(ctx, last_visit),
        waiting=_waiting(ctx, actor),
    )


def _confidence(bundles: list[Bundle], present: Roll, rows: dict[str, AgreementRow]) -> Confidence:
    def with_verdict(verdict: str) -> tuple[str, ...]:
        return tuple(code for code in present.peers if _verdict(rows, code) == verdict)

    counts = [(status, number) for bundle in bundles for status, number in bundle.cells.items()]
    return Confidence(
        evidence=evidence(bundles, present),
        cells=sum(number for _, number in counts),
        withheld=sum(number for status, number in counts if status.startswith(("prim", "secondary"))),
        agreeing=with_verdict("agree"),
        other_view=with_verdict("differs"),
        diverging=with_verdict("divergence"),
        unknown=with_verdict("unknown"),
    )


def _verdict(rows: dict[str, AgreementRow], code: str) -> str:
    return rows[code].verdict if code in rows else "unknown"


def _waiting(ctx: Context, actor: Actor) -> dict[str, int]:
    """Count what waits for this person, without what others must do because this person took a step."""
    counts: dict[str, int] = {}
    for action, state in WAITING.items():
        if not decide(actor, action).allowed:
            continue
        waiting = [one for one in ctx.submissions.all() if one.state is state]
        if action is Action.SUBMIT:
            mine = [one for one in waiting if one.submitted_by == actor.login]
        else:
            mine = [one for one in waiting if actor.login not in {one.submitted_by, one.approved_by}]
        if mine:
            counts[action.value] = len(mine)
    return counts
