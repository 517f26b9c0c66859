"""What this member owes: the next period of each dataflow, and the periods that are late.

Invariants: it is computed from what was released and the day alone; a file on its way is said beside a late period, and
is no release.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from node.access import Action, Actor
from node.ports.submissions import Submission, SubmissionState
from node.services.cells import own_cells
from node.services.context import Context
from node.services.permission import permit
from schemas import registry
from schemas.deadlines import Deadline
from schemas.period import TimePeriod

MISSING_SHOWN = 6
ON_ITS_WAY = frozenset({SubmissionState.FAULTY, SubmissionState.SUBMITTED, SubmissionState.APPROVED})


@dataclass(frozen=True, slots=True)
class Late:
    """A period that was not released in time: when it was due, and how many days ago that was."""

    period: str
    due: date
    days: int


@dataclass(frozen=True, slots=True)
class DataflowDeadline:
    """One dataflow: the last released period ("" for none), the next one due, and what is late, the newest first.

    days_left: until `next_due`; is_ready: the next period was released already. late_count counts all, `late` is cut.
    on_its_way: the submissions that are not released yet.
    """

    dataflow_id: str
    deadline: Deadline
    last: str
    next_period: str
    next_due: date
    days_left: int
    is_ready: bool
    late: tuple[Late, ...]
    late_count: int
    on_its_way: tuple[int, ...]


def deadlines(ctx: Context, actor: Actor, now: datetime) -> tuple[DataflowDeadline, ...]:
    """Give every dataflow that has a calendar, the late ones first, then by the next due date. Raises Denied."""
    permit(actor, Action.READ_SUBMISSIONS)
    submissions = ctx.submissions.all()
    rows = [
        _row(ctx, flow.id, rule, now.date(), submissions)
        for flow in registry.dataflows()
        if (rule := registry.deadline(flow.id)) is not None
    ]
    return tuple(sorted(rows, key=lambda row: (not row.late, row.next_due, row.dataflow_id)))


def _row(
    ctx: Context, dataflow_id: str, rule: Deadline, today: date, submissions: Sequence[Submission]
) -> DataflowDeadline:
    periods = own_cells(ctx, dataflow_id).column("TIME_PERIOD").unique()
    released = {str(one) for one in periods.to_pylist()}
    upcoming = rule.upcoming(today)
    missing = rule.missing(released, today)
    late = (Late(str(one), rule.due(one), (today - rule.due(one)).days) for one in missing[:MISSING_SHOWN])
    return DataflowDeadline(
        dataflow_id=dataflow_id,
        deadline=rule,
        last=str(max((TimePeriod.parse(one) for one in released), default="")),
        next_period=str(upcoming),
        next_due=rule.due(upcoming),
        days_left=(rule.due(upcoming) - today).days,
        is_ready=str(upcoming) in released,
        late=tuple(late),
        late_count=len(missing),
        on_its_way=tuple(
            one.submission_id
            for one in submissions
            if one.dataflow_id == dataflow_id and one.state in ON_ITS_WAY
        ),
    )
