"""An analyst's file on its way in: read, checked, kept, acknowledged.

Invariants: what is acknowledged is durable, file first, row second; a row that breaks a rule is never repaired
and never left out unless the submitter says so with a reason; which share was is signed with the release.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa

from node.access import Action, Actor
from node.audit import AuditEvent
from node.errors import Conflict, Invalid
from node.ports.exceptions import ended
from node.ports.reading import ReadFile, ReadTable, Recipe
from node.ports.submissions import Submission, SubmissionState, UploadMode
from node.services import gate
from node.services.cells import own_cells
from node.services.context import Context
from node.services.detected import counted, is_detected, with_definitions
from node.services.interpreted import reported_by, told
from node.services.permission import permit
from node.services.precedents import detected
from node.services.questions import settled, stated_reason
from node.services.sdmx_csv import RowAction, require_mode, without_format
from node.services.uploads import Stage, Tell, quiet
from risk_models.engine import ParquetFiles
from schemas import registry
from schemas.arrow import empty_table
from schemas.check import CheckResult, check
from schemas.structure import Dataflow

SALT_BYTES = 16


@dataclass(frozen=True, slots=True)
class CheckReport:
    """What the node understood of a file and what is wrong with it; `action` is what an SDMX-CSV asks for.

    staged: files with the accepted records, there as long as `result` is.
    """

    dataflow: Dataflow
    read: ReadTable
    result: CheckResult
    action: RowAction = RowAction.UNSAID
    staged: tuple[str, ...] = ()

    @property
    def records(self) -> pa.Table | ParquetFiles:
        """The accepted records where they were staged, to be read piece by piece."""
        return ParquetFiles(self.staged) if self.staged else self.result.accepted


@dataclass(frozen=True, slots=True)
class Today:
    """What a check compares with beside the file: the day, and this member's live cells of the dataflow."""

    day: date
    live: pa.Table | None


def today(ctx: Context, dataflow_id: str, now: datetime) -> Today:
    """Give what a new file is compared with; records have no cell of their own."""
    live = None if known_dataflow(dataflow_id).is_record_level else own_cells(ctx, dataflow_id)
    return Today(now.date(), live if live is not None and live.num_rows else None)


def check_only(
    ctx: Context,
    path: Path,
    *,
    file_name: str,
    dataflow_id: str,
    recipe: Recipe | None = None,
    against: Today | None = None,
    tell: Tell = quiet,
) -> CheckReport:
    """Read and check a file without keeping anything; with a recipe, read it by that and nothing else.

    A file that is read again for its release is compared with nothing, so that the day changes no byte. tell: is told
    how far it is.

    Raises:
        Invalid, TooLarge: the file cannot be read; the text says what to do.
    """
    dataflow = known_dataflow(dataflow_id)
    if recipe is None:
        tell(Stage.READING)
        recipe = detected(ctx, path, file_name, dataflow)
    tell(Stage.CHECKING)
    recipe = with_definitions(recipe, dataflow.upload)
    file = ctx.reader.read(path, file_name, recipe, dataflow.upload)
    if dataflow.is_record_level:
        return _check_records(ctx, file, dataflow, against)
    read, action = without_format(reported_by(ctx.member, file, dataflow.upload), dataflow)
    result = check(
        read.table,
        dataflow.upload,
        reporter=ctx.member,
        first_row=read.first_row,
        previous=against.live if against else None,
        as_of=against.day if against else None,
    )
    return CheckReport(dataflow, read, told(result, file, dataflow.upload), action)


def upload(
    ctx: Context,
    actor: Actor,
    path: Path,
    *,
    file_name: str,
    dataflow_id: str,
    mode: UploadMode,
    now: datetime,
    recipe: Recipe | None = None,
    tell: Tell = quiet,
) -> Submission:
    """Take a file in: check every cell, keep the bytes, and acknowledge with what was found.

    A clean file is submitted at once. A file with violations is kept as `faulty`: its submitter corrects it and
    uploads again, or answers what is open (`node.services.questions`).

    Raises:
        Denied, Invalid, TooLarge, Unavailable; Conflict when this very file was submitted before.
    """
    found = try_out(
        ctx, actor, path, file_name=file_name, dataflow_id=dataflow_id, mode=mode, now=now, recipe=recipe,
        tell=tell,
    )  # fmt: skip
    tell(Stage.KEEPING)
    file_digest = ctx.objects.put_file(path)
    _refuse_repetition(ctx, dataflow_id, file_digest)
    submission = replace(found, file_digest=file_digest)
    details: Mapping[str, str | int] = {
        "dataflow": dataflow_id, "file": file_digest, "rows": submission.rows,
        "rows_refused": submission.rows_refused,
    }  # fmt: skip
    return ctx.submissions.add(submission, AuditEvent("submission.received", actor.login, "", now, details))


def try_out(
    ctx: Context,
    actor: Actor,
    path: Path,
    *,
    file_name: str,
    dataflow_id: str,
    mode: UploadMode,
    now: datetime,
    recipe: Recipe | None = None,
    tell: Tell = quiet,
) -> Submission:
    """Give the submission that a file would become, with everything found in it; nothing is kept.

    Its number is 0 and it has no digest.

    Raises:
        Denied, Invalid, TooLarge, Unavailable.
    """
    permit(actor, Action.SUBMIT)
    against = today(ctx, dataflow_id, now)
    # how bytes are read is a person's choice; what is looked for in them is not
    recipe = replace(recipe, typologies=()) if recipe else None
    report = check_only(
        ctx, path, file_name=file_name, dataflow_id=dataflow_id, recipe=recipe, against=against, tell=tell
    )
    _refuse_deletion_of_records(report.dataflow, mode)
    require_mode(report.action, mode)
    tell(Stage.LOOKING)
    return settled(
        Submission(
            submission_id=0,
            dataflow_id=dataflow_id,
            mode=mode,
            file_name=Path(file_name).name[:200],
            file_digest="",
            file_bytes=path.stat().st_size,
            state=SubmissionState.FAULTY,
            submitted_by=actor.login,
            submitted_at=now,
            **examined(ctx, report, salt=ctx.random(SALT_BYTES).hex()),
        )
    )


def examined(ctx: Context, report: CheckReport, *, salt: str) -> dict[str, Any]:
    """Give the part of a submission that follows from reading and checking its file.

    Raises:
        Invalid: its transactions cannot be looked through for typologies.
    """
    result = report.result
    is_searched = is_detected(report.dataflow.upload)
    return {
        "recipe": report.read.recipe,
        "recipe_salt": salt,
        "rows": result.rows,
        "rows_refused": result.rows_refused,
        "violations": [asdict(violation) for violation in result.violations],
        "violation_totals": dict(result.totals),
        "content_hits": _content_hits(report, salt),
        "detected": counted(ctx, report.records, report.read.recipe["typologies"]) if is_searched else {},
    }


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
    exceptions = ended(submission.exceptions_asked, by=actor.login, at=now)
    withdrawn = replace(submission, state=SubmissionState.WITHDRAWN, exceptions_asked=exceptions)
    event = AuditEvent("submission.withdrawn", actor.login, str(submission_id), now, {"reason": reason})
    ctx.submissions.move(withdrawn, leaving=submission.state, event=event)
    return withdrawn


def known_dataflow(dataflow_id: str) -> Dataflow:
    """Give a dataflow that files are uploaded for; raises Invalid naming those there are."""
    offered = {flow.id: flow for flow in registry.dataflows() if flow.is_uploaded}
    if dataflow_id not in offered:
        raise Invalid(
            f"There is no dataflow {dataflow_id!r}",
            detail=f"The dataflows are: {', '.join(offered)}",
            hint="Choose one of them.",
        )
    return offered[dataflow_id]


def _check_records(ctx: Context, file: ReadFile, dataflow: Dataflow, against: Today | None) -> CheckReport:
    """Check records chunk by chunk: there may be more of them than memory holds."""
    day = against.day if against else None
    staged = ctx.stager.stage(file, dataflow.upload, reporter=ctx.member, as_of=day)
    found = staged.result
    result = CheckResult(
        violations=found.violations,
        totals=found.totals,
        rows=found.rows,
        refused_rows=frozenset(),
        rows_refused=found.rows_refused,
        take=staged.take,
        is_fatal=found.is_fatal,
    )
    read = ReadTable(empty_table(dataflow.upload), file.first_row, file.recipe.to_document(), file.notices)
    return CheckReport(dataflow, read, told(result, file, dataflow.upload), staged=staged.paths)


def _content_hits(report: CheckReport, salt: str) -> list[dict[str, Any]]:
    """Look through what may leave; records never do, so that their identifiers are no hits."""
    upload, read = report.dataflow.upload, report.read
    if report.dataflow.is_record_level:
        return []
    hits = gate.look_through(read.table, upload, around=read.around)
    return gate.documents(hits, first_row=read.first_row, salt=salt)


def _refuse_deletion_of_records(dataflow: Dataflow, mode: UploadMode) -> None:
    if mode is UploadMode.DELETE and dataflow.is_record_level:
        raise Invalid(
            "Records are not deleted one by one",
            detail=f"{dataflow.id} is compiled from records, which have no key",
            hint="Upload the complete file without them, in mode 'replace'.",
        )


def _refuse_repetition(ctx: Context, dataflow_id: str, file_digest: str) -> None:
    earlier = ctx.submissions.find_by_file(dataflow_id, file_digest)
    if earlier is not None and not _is_taken_back(ctx, earlier):
        raise Conflict(
            "This very file was uploaded before",
            detail=f"It is submission {earlier.submission_id} of {earlier.submitted_by}, now {earlier.state}",
            hint="Nothing was added. Withdraw that submission first if it must go in again.",
            submission_id=earlier.submission_id,
        )


def _is_taken_back(ctx: Context, submission: Submission) -> bool:
    """Whether its release was retracted: then the same figures may be released anew."""
    released = ctx.ledger.bundle(submission.manifest_digest) if submission.manifest_digest else None
    return released is not None and released.retracted_by is not None
