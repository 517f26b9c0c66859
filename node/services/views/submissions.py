"""The workspace: files on their way, and what each person may do with them.

Invariants: a step is offered exactly when the use case would take it; a step that is not offered says why.
"""

from __future__ import annotations

from dataclasses import dataclass

from node.access import ALLOWED, Action, Actor, decide, separate
from node.ports.submissions import Submission, SubmissionState
from node.services.context import Context
from node.services.permission import permit
from node.services.questions import Question, may_leave, open_questions, warnings


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
