"""The workspace: files on their way, what each person may do with them, and what would leave.

Invariants: a step is offered exactly when the use case would take it; a step that is not offered says why.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pyarrow as pa

from node.access import ALLOWED, Action, Actor, decide, separate
from node.ports.submissions import Submission, SubmissionState
from node.services import release
from node.services.context import Context
from node.services.difference import Change, Difference
from node.services.permission import permit
from node.services.questions import Question, may_leave, open_questions, warnings
from node.services.views.figure import Figure, Kind, figure
from risk_models.disclosure.rows import OBSERVATION
from schemas.structure import Dataflow

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
    """One cell that would leave: its dimensions and what is said beside it, its measure, and its figure.

    An entry of a register has neither measure nor figure.
    """

    dimensions: tuple[str, ...]
    measure: str
    figure: Figure | None


@dataclass(frozen=True, slots=True)
class ChangedCell:
    """One cell that is not as it was released before; a figure is None on the side where the cell is not."""

    change: Change
    dimensions: tuple[str, ...]
    measure: str
    before: Figure | None
    after: Figure | None


@dataclass(frozen=True, slots=True)
class Preview:
    """What every peer in the audience would receive, withheld cells first.

    `counts` are cells by value status; `cells` is cut at PREVIEWED_CELLS of `total`; `staying` are accepted rows
    that do not leave, because they are parts of a total or a total of parts.
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
    difference: Difference
    changed: tuple[ChangedCell, ...]
    changed_dimensions: tuple[str, ...]
    staying: int


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
    names = _shown_columns(table, prepared.dataflow)
    cells = [_cell(row, names) for row in table.to_pylist()]
    cells.sort(
        key=lambda cell: (cell.figure is None or cell.figure.kind is not Kind.WITHHELD, cell.dimensions)
    )
    return Preview(
        submission=ctx.submissions.get(submission_id),
        audience=manifest.audience,
        rules=tuple(prepared.released.certificate.rules),
        counts=dict(prepared.released.certificate.counts),
        dimensions=names,
        cells=tuple(cells[:PREVIEWED_CELLS]),
        total=len(cells),
        digest=manifest.digest,
        vintage=manifest.vintage,
        supersedes=manifest.supersedes,
        difference=prepared.difference,
        changed=_changed(prepared.difference, prepared.dataflow) if prepared.supersedes else (),
        changed_dimensions=prepared.dataflow.cells.dimensions,
        staying=prepared.staying,
    )


def _changed(found: Difference, dataflow: Dataflow) -> tuple[ChangedCell, ...]:
    """Put the listed changes into figures; a first release changes nothing."""
    names = dataflow.cells.dimensions
    return tuple(
        ChangedCell(
            change.change,
            tuple(part or "" for part in change.dimensions),
            dict(zip(names, change.dimensions, strict=True)).get("MEASURE", ""),
            _figure(change.before),
            _figure(change.after),
        )
        for change in found.changes[:PREVIEWED_CELLS]
    )


def _figure(said: Mapping[str, Any] | None) -> Figure | None:
    return figure(dict(said)) if said is not None and "OBS_STATUS" in said else None


def _shown_columns(table: pa.Table, dataflow: Dataflow) -> tuple[str, ...]:
    """The dimensions, and every other column in which something is said that is no observation."""
    cells = dataflow.cells
    return tuple(
        name
        for name in cells.column_ids
        if name in cells.dimensions
        or (name not in OBSERVATION and table.column(name).null_count < table.num_rows)
    )


def _cell(row: dict[str, Any], names: tuple[str, ...]) -> PreviewCell:
    said = tuple(row[name] or "" for name in names)
    return PreviewCell(said, row.get("MEASURE", ""), figure(row) if "OBS_STATUS" in row else None)


def _answers(found: Submission) -> tuple[tuple[str, Action], ...]:
    """Give the questions that have an answer; where there is none, only a corrected file helps."""
    if found.state is not SubmissionState.FAULTY or found.rows_refused >= found.rows or not may_leave(found):
        return ()
    return tuple(ANSWERS[question] for question in open_questions(found) if question in ANSWERS)


def _obstacle(found: Submission, actor: Actor, name: str, action: Action) -> str:
    if not decide(actor, action).allowed:
        return "role"
    if name not in SEPARATED:
        return ""
    people = separate(actor, action, submitted_by=found.submitted_by, approved_by=found.approved_by)
    if people.allowed:
        return ""
    return "submitter" if actor.login == found.submitted_by else "approver"
