"""A corrected file in place of one with open questions, so that nobody leaves a question behind that is answered."""

from __future__ import annotations

from datetime import datetime

from node.access import Actor
from node.ports.submissions import Submission, SubmissionState
from node.services.context import Context
from node.services.submit import withdraw


def corrects(
    ctx: Context, actor: Actor, earlier_id: int, corrected: Submission, *, now: datetime
) -> Submission | None:
    """Withdraw the faulty submission that another one was uploaded in place of; None if it is none any more.

    Whoever corrects a file leaves no question open behind it; what was submitted meanwhile, or is of another
    dataflow, stays.

    Raises:
        Denied, NotFound; Conflict when somebody takes a step of it at this moment.
    """
    earlier = ctx.submissions.get(earlier_id)
    is_open = earlier.state is SubmissionState.FAULTY and earlier.dataflow_id == corrected.dataflow_id
    if not is_open or earlier_id == corrected.submission_id:
        return None
    reason = f"Corrected by submission {corrected.submission_id}"
    return withdraw(ctx, actor, earlier_id, reason=reason, now=now)
