"""The steps of a submission, each one function of the services, taken as the person signed in."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Annotated

from fastapi import Depends, Path

from node.api.dependencies import context, moment
from node.api.models import BundleLine, SentRecipe, Signature, Stated
from node.api.models_submissions import SubmissionLine
from node.api.session import SignedIn, current
from node.ports.reading import Recipe
from node.ports.submissions import Submission
from node.services import interpret, questions, release, submit
from node.services.context import Context

SubmissionId = Annotated[int, Path(ge=1, lt=2**63)]
Stepping = Callable[..., SubmissionLine]


def step(
    ctx: Context = Depends(context),
    now: datetime = Depends(moment),
    person: SignedIn = Depends(current),
) -> Stepping:
    """Give what takes a step of a submission as the person signed in."""

    def take(use_case: Callable[..., Submission], submission_id: int, **answer: object) -> SubmissionLine:
        return SubmissionLine.of(use_case(ctx, person.account.actor, submission_id, now=now, **answer))

    return take


def read_again(
    submission_id: SubmissionId, recipe: SentRecipe, stepping: Stepping = Depends(step)
) -> SubmissionLine:
    """Read the file again by this recipe, which the person signed in stands for, and check it anew."""
    return stepping(interpret.read_again, submission_id, recipe=Recipe.from_document(recipe.recipe))


def leave_out(
    submission_id: SubmissionId, sent: Stated, stepping: Stepping = Depends(step)
) -> SubmissionLine:
    """Leave the refused rows out; the reason is kept inside."""
    return stepping(questions.leave_out, submission_id, reason=sent.reason)


def confirm_warnings(
    submission_id: SubmissionId, sent: Stated, stepping: Stepping = Depends(step)
) -> SubmissionLine:
    """Confirm that unusual values are right; the reason is kept inside."""
    return stepping(questions.confirm_warnings, submission_id, reason=sent.reason)


def clear_content(
    submission_id: SubmissionId, sent: Stated, stepping: Stepping = Depends(step)
) -> SubmissionLine:
    """Clear what the content gate found, as a reviewer who did not submit it; the reason is kept inside."""
    return stepping(questions.clear_content, submission_id, reason=sent.reason)


def withdraw(submission_id: SubmissionId, sent: Stated, stepping: Stepping = Depends(step)) -> SubmissionLine:
    """Take a submission back before its release."""
    return stepping(submit.withdraw, submission_id, reason=sent.reason)


def approve(
    submission_id: SubmissionId, sent: Signature, stepping: Stepping = Depends(step)
) -> SubmissionLine:
    """Fix the bundle and sign it, as somebody other than the submitter."""
    return stepping(release.approve, submission_id, password=sent.password)


def send_back(
    submission_id: SubmissionId, sent: Stated, stepping: Stepping = Depends(step)
) -> SubmissionLine:
    """Undo an approval that was not released yet."""
    return stepping(release.send_back, submission_id, reason=sent.reason)


def make_release(
    submission_id: SubmissionId,
    sent: Signature,
    ctx: Context = Depends(context),
    now: datetime = Depends(moment),
    person: SignedIn = Depends(current),
) -> BundleLine:
    """Sign as the second officer and make the bundle part of the log, from where peers take it."""
    actor = person.account.actor
    return BundleLine.of(release.release(ctx, actor, submission_id, password=sent.password, now=now))
