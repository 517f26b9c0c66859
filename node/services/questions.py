"""What has to be answered before a file counts as submitted, and who answers.

Invariants: errors and warnings are answered by the submitters, content by a reviewer who is somebody else;
every answer has a reason, which is kept; a file is submitted when no question is open, and not before; what
may never leave (a secrecy marking) is no question: only another file helps.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from node.access import Action, Actor
from node.audit import AuditEvent
from node.errors import Conflict, Invalid
from node.ports.submissions import Submission, SubmissionState
from node.services.context import Context
from node.services.permission import permit, permit_step
from schemas.findings import severity

MAX_REASON_CHARACTERS = 500


class Question(StrEnum):
    """What is open about a file."""

    READING = "reading"  # numbers that can be read in two ways: say which (`node.services.interpret`)
    REFUSED_ROWS = "refused_rows"  # rows that break a rule: correct the file, or say why they may be left out
    WARNINGS = "warnings"  # unusual, but possible: say why it is right
    CONTENT = "content"  # text that may name a person or an account: a reviewer looks at it


def open_questions(submission: Submission) -> tuple[Question, ...]:
    """Give the questions nobody has answered yet."""
    asked = (
        (Question.READING, _is_unsure(submission.recipe)),
        (Question.REFUSED_ROWS, submission.rows_refused > 0 and submission.leave_out_reason is None),
        (Question.WARNINGS, warnings(submission) > 0 and submission.warnings_reason is None),
        (Question.CONTENT, bool(submission.content_hits) and submission.content_cleared_by is None),
    )
    return tuple(question for question, is_open in asked if is_open)


def warnings(submission: Submission) -> int:
    """Count the findings that refuse nothing but want a reason."""
    totals = submission.violation_totals.items()
    return sum(count for rule, count in totals if severity(rule) == "warning")


def may_leave(submission: Submission) -> bool:
    """False if the content gate found what no reviewer can clear: a secret, or more than can be read."""
    return all(hit["clearable"] for hit in submission.content_hits)


def settled(submission: Submission) -> Submission:
    """Give the submission in the state its open questions put it."""
    state = SubmissionState.FAULTY if open_questions(submission) else SubmissionState.SUBMITTED
    return replace(submission, state=state)


def leave_out(ctx: Context, actor: Actor, submission_id: int, *, reason: str, now: datetime) -> Submission:
    """Answer for refused rows: they stay out of the figures, and the reason is kept inside.

    Raises:
        Denied, NotFound; Invalid without a reason or when no row would be left; Conflict when it is no question.
    """
    permit(actor, Action.SUBMIT)
    submission = _asked(ctx, submission_id, Question.REFUSED_ROWS)
    reason = stated_reason(reason)
    if submission.rows_refused >= submission.rows:
        raise Invalid(
            "No row would be left",
            detail=f"All {submission.rows} rows of {submission.file_name} were refused",
            hint="Correct the file and upload it again.",
        )
    event = AuditEvent(
        "submission.rows_left_out", actor.login, str(submission_id), now, {"rows": submission.rows_refused}
    )
    return _answered(ctx, replace(submission, leave_out_reason=reason), event)


def confirm_warnings(
    ctx: Context, actor: Actor, submission_id: int, *, reason: str, now: datetime
) -> Submission:
    """Answer for warnings: the values are right, and the reason is kept inside.

    Raises:
        Denied, NotFound; Invalid without a reason; Conflict when it is no question.
    """
    permit(actor, Action.SUBMIT)
    submission = _asked(ctx, submission_id, Question.WARNINGS)
    reason = stated_reason(reason)
    event = AuditEvent(
        "submission.warnings_confirmed", actor.login, str(submission_id), now,
        {"warnings": warnings(submission)},
    )  # fmt: skip
    return _answered(ctx, replace(submission, warnings_reason=reason), event)


def clear_content(
    ctx: Context, actor: Actor, submission_id: int, *, reason: str, now: datetime
) -> Submission:
    """Answer for text that looked like a person or an account: a reviewer read it, and it is none.

    Raises:
        Denied: not a reviewer, or the submitter. NotFound. Invalid without a reason, or for a marking that
            may never leave. Conflict when it is no question.
    """
    submission = ctx.submissions.get(submission_id)
    permit_step(actor, Action.CLEAR_CONTENT, submission)
    submission = _asked(ctx, submission_id, Question.CONTENT)
    reason = stated_reason(reason)
    if not may_leave(submission):
        raise Invalid(
            "Some of this text can be cleared by nobody",
            detail="It carries a secrecy marking, or is more than can be looked through",
            hint="Withdraw the submission and upload a file without that text.",
        )
    event = AuditEvent(
        "submission.content_cleared", actor.login, str(submission_id), now,
        {"hits": len(submission.content_hits), "reason": reason},
    )  # fmt: skip
    cleared = replace(
        submission, content_reason=reason, content_cleared_by=actor.login, content_cleared_at=now
    )
    return _answered(ctx, cleared, event)


def stated_reason(reason: str) -> str:
    """Give the reason without surrounding space; raises Invalid when there is none or it is too long."""
    stated = reason.strip()
    if not stated or len(stated) > MAX_REASON_CHARACTERS:
        raise Invalid(
            "A reason is needed",
            detail=f"1 to {MAX_REASON_CHARACTERS} characters, got {len(stated)}",
            hint="Write in a sentence why; it is kept.",
        )
    return stated


def _is_unsure(recipe: Mapping[str, Any]) -> bool:
    """True if a column can be read in two ways and nobody has said which."""
    columns = [column for column in recipe.get("columns", ()) if isinstance(column, Mapping)]
    return not recipe.get("confirmed", False) and any(column.get("is_unsure", False) for column in columns)


def _asked(ctx: Context, submission_id: int, question: Question) -> Submission:
    submission = ctx.submissions.get(submission_id)
    if submission.state is not SubmissionState.FAULTY or question not in open_questions(submission):
        raise Conflict(
            "Somebody else took this step",
            detail=f"Submission {submission_id} is {submission.state}; this question is not open",
            hint="Open the submission again and look at its state.",
        )
    return submission


def _answered(ctx: Context, submission: Submission, event: AuditEvent) -> Submission:
    answered = settled(submission)
    ctx.submissions.move(answered, leaving=SubmissionState.FAULTY, event=event)
    return answered
