"""The workspace: files on their way, what each person may do with them, and what would leave.

Invariants: a step is offered exactly when the use case would take it; a step that is not offered says why.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from node.access import ALLOWED, Action, Actor, decide, separate
from node.ports.submissions import Submission, SubmissionState
from node.services import release
from node.services.context import Context
from node.services.permission import permit
from node.services.questions import Question, may_leave, open_questions, warnings
from node.services.views.figure import Figure, Kind, figure

PREVIEWED_CELLS = 300


@dataclass(frozen=True, slots=True)
class Step:
    """Something that can be done next. `obstacle` is "" when this person may do it, else why not.

    Obstacles: "role" (the person lacks it), "submitter" and "approver" (the person took that step before).
    """

    name: str
    action: Action
    obstacle: str

    @property
    def is_open(self) -> bool:
        """True if this person may take the step now."""
        return not self.obstacle

    @property
    def role(self) -> str:
        """The role whose step it is."""
        return min(ALLOWED[self.action])


@dataclass(frozen=True, slots=True)
class SubmissionPage:
    """One submission with the steps its state allows."""

    submission: Submission
    steps: tuple[Step, ...]

    @property
    def warnings(self) -> int:
        """Count the findings that refuse nothing but want a reason."""
        return warnings(self.submission)


@dataclass(frozen=True, slots=True)
class PreviewCell:
    """One cell that would leave: its dimensions and its figure."""

    dimensions: tuple[str, ...]
    figure: Figure


@dataclass(frozen=True, slots=True)
class Preview:
    """What every peer in the audience would receive, withheld cells first.

    `counts` are cells by value status; `cells` is cut at PREVIEWED_CELLS of `total`.
    """

    submission: Submission
    audience: tuple[str, ...]
    rules: tuple[str, ...]
    counts: dict[str, int]
    dimensions: tuple[str, ...]
    cells: tuple[PreviewCell, ...]
    total: int
    digest: str
    vintage: int
    supersedes: tuple[str, ...]
    difference: dict[str, int]


ANSWERS = {
    Question.REFUSED_ROWS: ("leave_out", Action.SUBMIT),
    Question.WARNINGS: ("confirm_warnings", Action.SUBMIT),
    Question.CONTENT: ("clear_content", Action.CLEAR_CONTENT),
}
STEPS = {
    SubmissionState.FAULTY: (("withdraw", Action.SUBMIT),),
    SubmissionState.SUBMITTED: (("approve", Action.APPROVE), ("withdraw", Action.SUBMIT)),
    SubmissionState.APPROVED: (
        ("release", Action.RELEASE),
        ("send_back", Action.APPROVE),
        ("withdraw", Action.SUBMIT),
    ),
}
SEPARATED = frozenset({"clear_content", "approve", "release"})


def submissions(ctx: Context, actor: Actor) -> tuple[SubmissionPage, ...]:
    """Give all submissions, newest first, with what this person may do."""
    permit(actor, Action.READ_SUBMISSIONS)
    return tuple(SubmissionPage(one, steps(one, actor)) for one in ctx.submissions.all())


def submission(ctx: Context, actor: Actor, submission_id: int) -> SubmissionPage:
    """Give one submission; raises NotFound."""
    permit(actor, Action.READ_SUBMISSIONS)
    found = ctx.submissions.get(submission_id)
    return SubmissionPage(found, steps(found, actor))


def steps(found: Submission, actor: Actor) -> tuple[Step, ...]:
    """Give the steps of the submission's state, each open to this person or with its obstacle."""
    offered = (*_answers(found), *STEPS.get(found.state, ()))
    return tuple(Step(name, action, _obstacle(found, actor, name, action)) for name, action in offered)


def preview(ctx: Context, actor: Actor, submission_id: int, now: datetime) -> Preview:
    """Give what would leave; raises what release.preview raises."""
    prepared = release.preview(ctx, actor, submission_id, now)
    table, manifest = prepared.released.table, prepared.packed.manifest
    names = prepared.dataflow.cells.dimensions
    cells = [_cell(row, names) for row in table.to_pylist()]
    cells.sort(key=lambda cell: (cell.figure.kind is not Kind.WITHHELD, cell.dimensions))
    difference = prepared.difference
    return Preview(
        submission=ctx.submissions.get(submission_id),
        audience=manifest.audience,
        rules=tuple(prepared.released.certificate.rules),
        counts=dict(sorted(Counter(cell.figure.status for cell in cells).items())),
        dimensions=names,
        cells=tuple(cells[:PREVIEWED_CELLS]),
        total=len(cells),
        digest=manifest.digest,
        vintage=manifest.vintage,
        supersedes=manifest.supersedes,
        difference={
            "new": difference.new,
            "changed": difference.changed,
            "unchanged": difference.unchanged,
            "gone": difference.gone,
        },
    )


def _cell(row: dict[str, Any], names: tuple[str, ...]) -> PreviewCell:
    return PreviewCell(tuple(row[name] for name in names), figure(row))


def _answers(found: Submission) -> tuple[tuple[str, Action], ...]:
    """Give the questions that have an answer; where there is none, only a corrected file helps."""
    if found.state is not SubmissionState.FAULTY or found.rows_refused >= found.rows or not may_leave(found):
        return ()
    return tuple(ANSWERS[question] for question in open_questions(found))


def _obstacle(found: Submission, actor: Actor, name: str, action: Action) -> str:
    if not decide(actor, action).allowed:
        return "role"
    if name not in SEPARATED:
        return ""
    people = separate(actor, action, submitted_by=found.submitted_by, approved_by=found.approved_by)
    if people.allowed:
        return ""
    return "submitter" if actor.login == found.submitted_by else "approver"
