"""What waits for whoever asks, and what this member owes."""

from __future__ import annotations

from datetime import date, datetime
from typing import Self

from fastapi import APIRouter, Depends

from node.access import Action
from node.api.dependencies import context, moment
from node.api.models import Written
from node.api.routing import Entry, family
from node.api.session import SignedIn, current, require
from node.services.context import Context
from node.services.views import deadlines as due
from node.services.views import tasks as waiting


class TaskLine(Written):
    """One thing that waits; `path` is the page where it is done."""

    kind: str
    path: str
    subject: str
    dataflow_id: str
    by: str
    since: datetime | None
    is_urgent: bool


class LateLine(Written):
    """A period that was not released in time."""

    period: str
    due: date
    days: int


class DeadlineLine(Written):
    """One dataflow with a calendar. `late` is cut, newest first; `late_count` is not."""

    dataflow: str
    frequency: str
    days: int
    last: str
    next_period: str
    next_due: date
    days_left: int
    is_ready: bool
    late: list[LateLine]
    late_count: int
    on_its_way: list[int]

    @classmethod
    def of(cls, row: due.DataflowDeadline) -> Self:
        """Describe a row of the view."""
        return cls(
            dataflow=row.dataflow_id,
            frequency=row.deadline.frequency,
            days=row.deadline.days,
            last=row.last,
            next_period=row.next_period,
            next_due=row.next_due,
            days_left=row.days_left,
            is_ready=row.is_ready,
            late=[LateLine(period=one.period, due=one.due, days=one.days) for one in row.late],
            late_count=row.late_count,
            on_its_way=list(row.on_its_way),
        )


def routes() -> APIRouter:
    """Give the routes."""
    return family(
        "start",
        (
            Entry("GET", "/tasks", tasks, require(Action.READ_DASHBOARD), "What waits for me"),
            Entry("GET", "/deadlines", deadlines, require(Action.READ_SUBMISSIONS), "What is due and late"),
        ),
    )


def tasks(
    ctx: Context = Depends(context), now: datetime = Depends(moment), person: SignedIn = Depends(current)
) -> list[TaskLine]:
    """Give what waits for whoever asks, the urgent first, at most a hundred."""
    found = waiting.tasks(ctx, person.account.actor, now)
    names = tuple(TaskLine.model_fields)
    return [TaskLine(**{name: getattr(one, name) for name in names}) for one in found]


def deadlines(
    ctx: Context = Depends(context), now: datetime = Depends(moment), person: SignedIn = Depends(current)
) -> list[DeadlineLine]:
    """Give every dataflow with a calendar, what is late first."""
    return [DeadlineLine.of(row) for row in due.deadlines(ctx, person.account.actor, now)]
