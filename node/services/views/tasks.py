"""What waits for a person: every step that is open to them, and what their role has to look after.

Invariants: what somebody else must do because this person took the step before is no task of theirs; what is urgent
comes first, then what waits longest; an empty list means that nothing waits.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from node.access import Action, Actor, decide
from node.errors import Damaged
from node.ports.peers import Standing
from node.ports.records import ProposalState
from node.ports.submissions import Submission, SubmissionState
from node.services.context import Context
from node.services.typologies import open_steps
from node.services.views.registry import registry_view
from node.services.views.standing import roll
from node.services.views.submissions import steps
from node.services.views.warnings import counts

MOST_TASKS = 100
_STEPS = ("approve", "release", "clear_content")


@dataclass(frozen=True, slots=True)
class Task:
    """One thing to do: its kind, where it is done, what it is about, who left it, since when.

    kind: `correct`, `approve`, `release`, `clear_content`, `exception`, `retraction`, `review_typology`,
    `share_typology`, `peer`, `registry`, `definitions`, `warnings`, `results`, `override`. subject: in the kind's own
    way a file's name, a typology's id, a member's code, a document's role or a count.
    """

    kind: str
    path: str
    subject: str
    dataflow_id: str = ""
    by: str = ""
    since: datetime | None = None
    is_urgent: bool = False


def tasks(ctx: Context, actor: Actor, now: datetime) -> tuple[Task, ...]:
    """Give what waits for this person, at most MOST_TASKS."""
    found = [
        *_of_submissions(ctx, actor),
        *_retractions(ctx, actor),
        *_overrides(ctx, actor),
        *_typologies(ctx, actor),
        *_of_operator(ctx, actor, now),
        *_of_analyst(ctx, actor),
    ]
    found.sort(key=lambda task: (not task.is_urgent, task.since or now))
    return tuple(found[:MOST_TASKS])


def _of_submissions(ctx: Context, actor: Actor) -> Iterator[Task]:
    for one in ctx.submissions.all():
        path = f"/workspace/{one.submission_id}"
        if one.state is SubmissionState.FAULTY and one.submitted_by == actor.login:
            yield _about("correct", path, one, one.submitted_at)
        for step in steps(one, actor):
            if step.is_open and step.name in _STEPS:
                yield _about(step.name, path, one, one.approved_at or one.submitted_at)
        if decide(actor, Action.MAKE_EXCEPTION).allowed and one.submitted_by != actor.login:
            for asked in one.exceptions_asked:
                if asked.state == "waiting" and asked.asked_by != actor.login:
                    yield Task(
                        "exception", f"{path}#exceptions", one.file_name, one.dataflow_id, asked.asked_by,
                        asked.asked_at,
                    )  # fmt: skip


def _about(kind: str, path: str, one: Submission, since: datetime) -> Task:
    by = one.approved_by if kind == "release" else one.submitted_by
    return Task(kind, path, one.file_name, one.dataflow_id, by or "", since)


def _retractions(ctx: Context, actor: Actor) -> Iterator[Task]:
    if not decide(actor, Action.RETRACT).allowed:
        return
    for one in ctx.records.proposals():
        if one.state is ProposalState.WAITING and one.proposed_by != actor.login:
            digest = one.retraction.bundle
            yield Task(
                "retraction", f"/bundles/{digest}#take-back", digest, by=one.proposed_by,
                since=one.proposed_at, is_urgent=True,
            )  # fmt: skip


def _overrides(ctx: Context, actor: Actor) -> Iterator[Task]:
    """Give the other levels of scores that a second officer is to agree to, or to refuse."""
    if not decide(actor, Action.APPROVE_OVERRIDE).allowed:
        return
    for one in ctx.reviews.all():
        if one.state == "waiting" and one.reviewed_by != actor.login:
            path = f"/assessment/{one.of.area}#reviews"
            yield Task("override", path, one.of.area, by=one.reviewed_by, since=one.reviewed_at)


def _typologies(ctx: Context, actor: Actor) -> Iterator[Task]:
    for entry in ctx.typologies.entries():
        newest, path = entry.newest, f"/typologies/register/{entry.typology}"
        for step in open_steps(actor, entry):
            if step == "review":
                yield Task("review_typology", path, entry.typology, by=newest.author, since=newest.written_at)
            elif step == "share":
                by, since = newest.reviewed_by or "", newest.reviewed_at
                yield Task("share_typology", path, entry.typology, by=by, since=since)


def _of_operator(ctx: Context, actor: Actor, now: datetime) -> Iterator[Task]:
    """Give what keeps the exchange going: peers that contradict themselves or are silent, and what ends soon."""
    if not decide(actor, Action.SYNCHRONISE).allowed:
        return
    present = roll(ctx, now)
    for code in present.peers:
        if present.standings[code] in {Standing.QUARANTINED, Standing.FROZEN}:
            is_alarm = present.standings[code] is Standing.QUARANTINED
            since = ctx.peers.status(code).last_success_at
            yield Task("peer", "/exchange", code, since=since, is_urgent=is_alarm)
    if incidents := ctx.reruns.incidents():
        since = incidents[0].rerun_at
        yield Task("results", "/exchange#reruns", str(len(incidents)), since=since, is_urgent=True)
    try:
        registry = registry_view(ctx, now)
    except Damaged:
        yield Task("registry", "/exchange", "damaged", is_urgent=True)
        return
    if registry is None:
        yield Task("registry", "/exchange", "none", is_urgent=True)
        return
    for one in registry.endings:
        yield Task("registry", "/exchange", one.role, is_urgent=one.level in {"urgent", "ended"})
    if registry.differences:
        yield Task("definitions", "/exchange", str(len(registry.differences)))


def _of_analyst(ctx: Context, actor: Actor) -> Iterator[Task]:
    if any(role.value == "analyst" for role in actor.roles) and (high := counts(ctx).high):
        yield Task("warnings", "/warnings", str(high))
