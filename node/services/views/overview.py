"""One page for the head of a unit: where exposure grows, who else sees it, how sure we are, what is new.

Invariants: what to look at is chosen by rule (`attention`); what is sure is counted from the bundles in force, and
who computed otherwise or nothing is named.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from node.access import Actor
from node.ports.ledger import Bundle, live
from node.services.context import Context
from node.services.indicators import CROSS_BORDER, AgreementRow, shown
from node.services.views.attention import Pointer, three
from node.services.views.evidence import Evidence, evidence
from node.services.views.exchange import agreements_by_code
from node.services.views.since import Since, since
from node.services.views.standing import Roll, roll
from node.services.views.tasks import tasks
from node.services.views.warnings import Counts, counts

NEWEST_SHOWN = 6


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
    """The first page. waiting: how many tasks the person has; their own page lists them.

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
    waiting: int


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
        waiting=len(tasks(ctx, actor, now)),
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
