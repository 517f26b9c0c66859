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
from schemas import registry
from schemas.check import CheckResult, check
from schemas.errors import SchemaError
from schemas.structure import Dataflow

MAX_REASON_CHARACTERS = 500


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
    uploads again, or submits it without the refused rows and says why.

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
        state=SubmissionState.FAULTY
        if report.result.refused_rows or report.result.is_fatal
        else SubmissionState.SUBMITTED,
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
    return ctx.submissions.add(submission, AuditEvent("submission.received", actor.login, "", now, details))


def submit_without(
    ctx: Context, actor: Actor, submission_id: int, *, reason: str, now: datetime
) -> Submission:
    """Submit a faulty file without its refused rows; the reason is kept inside.

    Raises:
        Denied, NotFound; Invalid without a reason or when no row would be left; Conflict in another state.
    """
    permit(actor, Action.SUBMIT)
    submission = ctx.submissions.get(submission_id)
    reason = stated_reason(reason, "Say why these rows may be left out")
    if submission.rows_refused >= submission.rows:
        raise Invalid(
            "No row would be left",
            detail=f"All {submission.rows} rows of {submission.file_name} were refused",
            hint="Correct the file and upload it again.",
        )
    submitted = replace(submission, state=SubmissionState.SUBMITTED, leave_out_reason=reason)
    event = AuditEvent(
        "submission.submitted_without_rows", actor.login, str(submission_id), now,
        {"rows_refused": submission.rows_refused},
    )  # fmt: skip
    ctx.submissions.move(submitted, leaving=SubmissionState.FAULTY, event=event)
    return submitted


def withdraw(ctx: Context, actor: Actor, submission_id: int, *, reason: str, now: datetime) -> Submission:
    """Take a submission back before its release; the file and the row stay as a record.

    Raises:
        Denied, NotFound, Invalid without a reason; Conflict once it was released or withdrawn.
    """
    permit(actor, Action.SUBMIT)
    submission = ctx.submissions.get(submission_id)
    reason = stated_reason(reason, "Say why the submission is withdrawn")
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


def stated_reason(reason: str, request: str) -> str:
    """Give the reason without surrounding space; raises Invalid when there is none or it is too long."""
    stated = reason.strip()
    if not stated or len(stated) > MAX_REASON_CHARACTERS:
        raise Invalid(request, detail=f"1 to {MAX_REASON_CHARACTERS} characters, got {len(stated)}")
    return stated


def _refuse_repetition(ctx: Context, dataflow_id: str, file_digest: str) -> None:
    earlier = ctx.submissions.find_by_file(dataflow_id, file_digest)
    if earlier is not None:
        raise Conflict(
            "This very file was uploaded before",
            detail=f"It is submission {earlier.submission_id} of {earlier.submitted_by}, now {earlier.state}",
            hint="Nothing was added. Withdraw that submission first if it must go in again.",
            submission_id=earlier.submission_id,
        )
