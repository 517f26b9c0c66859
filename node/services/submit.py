"""An analyst's file on its way in: read, checked, kept, acknowledged.

Invariants: what is acknowledged is durable, file first, row second; a row that breaks a rule is never repaired
and never left out unless the submitter says so with a reason; which share was is signed with the release.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path

from node.access import Action, Actor
from node.audit import AuditEvent
from node.errors import Conflict, Invalid
from node.ports.outside import ReadTable
from node.ports.submissions import Submission, SubmissionState, UploadMode
from node.services.context import Context
from node.services.permission import permit
from node.services.questions import settled, stated_reason
from schemas import registry
from schemas.check import CheckResult, check
from schemas.errors import SchemaError
from schemas.structure import Dataflow


@dataclass(frozen=True, slots=True)
class CheckReport:
    """What the node understood of a file and what is wrong with it."""

    dataflow: Dataflow
    read: ReadTable
    result: CheckResult


def check_only(ctx: Context, path: Path, *, file_name: str, dataflow_id: str) -> CheckReport:
    """Read and check a file without keeping anything.

    Raises:
        Invalid, TooLarge: the file cannot be read; the text says what to do.
    """
    dataflow = known_dataflow(dataflow_id)
    read = ctx.reader.read(path, file_name)
    result = check(read.table, dataflow.upload, reporter=ctx.member, first_row=read.first_row)
    return CheckReport(dataflow, read, result)


def upload(
    ctx: Context,
    actor: Actor,
    path: Path,
    *,
    file_name: str,
    dataflow_id: str,
    mode: UploadMode,
    now: datetime,
) -> Submission:
    """Take a file in: check every cell, keep the bytes, and acknowledge with what was found.

    A clean file is submitted at once. A file with violations is kept as `faulty`: its submitter corrects it and
    uploads again, or answers what is open (`node.services.questions`).

    Raises:
        Denied, Invalid, TooLarge, Unavailable; Conflict when this very file was submitted before.
    """
    permit(actor, Action.SUBMIT)
    report = check_only(ctx, path, file_name=file_name, dataflow_id=dataflow_id)
    file_digest = ctx.objects.put(path.read_bytes())
    _refuse_repetition(ctx, dataflow_id, file_digest)
    submission = Submission(
        submission_id=0,
        dataflow_id=dataflow_id,
        mode=mode,
        file_name=Path(file_name).name[:200],
        file_digest=file_digest,
        file_bytes=path.stat().st_size,
        state=SubmissionState.FAULTY,
        submitted_by=actor.login,
        submitted_at=now,
        recipe=report.read.recipe,
        rows=report.result.rows,
        rows_refused=report.result.rows - report.result.accepted.num_rows,
        violations=[asdict(violation) for violation in report.result.violations],
        violation_totals=dict(report.result.totals),
    )
    details: Mapping[str, str | int] = {
        "dataflow": dataflow_id, "file": file_digest, "rows": submission.rows,
        "rows_refused": submission.rows_refused,
    }  # fmt: skip
    return ctx.submissions.add(
        settled(submission), AuditEvent("submission.received", actor.login, "", now, details)
    )


def withdraw(ctx: Context, actor: Actor, submission_id: int, *, reason: str, now: datetime) -> Submission:
    """Take a submission back before its release; the file and the row stay as a record.

    Raises:
        Denied, NotFound, Invalid without a reason; Conflict once it was released or withdrawn.
    """
    permit(actor, Action.SUBMIT)
    submission = ctx.submissions.get(submission_id)
    reason = stated_reason(reason)
    if submission.state in {SubmissionState.RELEASED, SubmissionState.WITHDRAWN}:
        raise Conflict(
            f"Submission {submission_id} is {submission.state} already",
            hint="Released figures are corrected by a new file in mode 'replace'.",
        )
    withdrawn = replace(submission, state=SubmissionState.WITHDRAWN)
    event = AuditEvent("submission.withdrawn", actor.login, str(submission_id), now, {"reason": reason})
    ctx.submissions.move(withdrawn, leaving=submission.state, event=event)
    return withdrawn


def known_dataflow(dataflow_id: str) -> Dataflow:
    """Give a dataflow that files are uploaded for; raises Invalid naming those there are."""
    try:
        return registry.dataflow(dataflow_id)
    except SchemaError as error:
        known = ", ".join(flow.id for flow in registry.dataflows())
        raise Invalid(
            f"There is no dataflow {dataflow_id!r}",
            detail=f"The dataflows are: {known}",
            hint="Choose one of them.",
        ) from error


def _refuse_repetition(ctx: Context, dataflow_id: str, file_digest: str) -> None:
    earlier = ctx.submissions.find_by_file(dataflow_id, file_digest)
    if earlier is not None:
        raise Conflict(
            "This very file was uploaded before",
            detail=f"It is submission {earlier.submission_id} of {earlier.submitted_by}, now {earlier.state}",
            hint="Nothing was added. Withdraw that submission first if it must go in again.",
            submission_id=earlier.submission_id,
        )
