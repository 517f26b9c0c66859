"""An analyst's file from upload to release, step by step; each step is one function of the services."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from node.access import Action
from node.api import steps, tables
from node.api.dependencies import Wiring, context, moment, wiring
from node.api.languages import reading_language
from node.api.listings import Listing, list_entry, listing
from node.api.models_submissions import (
    ChangeLine,
    CheckedFile,
    DifferenceWhole,
    HitLine,
    NarrowedChanges,
    StepLine,
    SubmissionLine,
    SubmissionWhole,
    ViolationLine,
)
from node.api.routing import Entry, family
from node.api.session import SignedIn, current, require
from node.api.steps import SubmissionId
from node.api.uploads import plain_name, received
from node.errors import Conflict
from node.ports.submissions import Submission, UploadMode
from node.services import corrections, questions, release, submit
from node.services.context import Context
from node.services.uploads import LONGEST_TICKET, Tell, Upload, quiet, upload_once
from node.services.views import submissions as views
from node.services.views.changes import changes
from schemas.check import Violation, message

UPLOAD_PATHS = ("/submissions", "/checks")
PREVIEWED_ROWS = 1000
# the file is the body itself and goes straight to the disk: a form would have to be taken apart first
FILE_AS_BODY = (
    (
        "openapi_extra",
        {
            "requestBody": {
                "required": True,
                "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
            }
        },
    ),
)

Dataflow = Annotated[str, Query(min_length=1, max_length=64, description="The dataflow the file is for")]
Ticket = Annotated[
    str,
    Query(
        max_length=LONGEST_TICKET,
        pattern="^[0-9A-Za-z]*$",
        description="Letters and digits of your own, to ask how far the upload is; none is needed",
    ),
]
Corrects = Annotated[
    int | None,
    Query(ge=1, lt=2**31, description="A submission with open questions that is withdrawn for this one"),
]
Kind = Annotated[str, Query(pattern="^(|gone|changed|new)$", description="Only what happens like this")]
FileName = Annotated[
    str, Query(min_length=1, max_length=255, description="The file's name; its ending says the format")
]


def routes() -> APIRouter:
    """Give the routes."""
    mine, read = require(Action.SUBMIT), require(Action.READ_SUBMISSIONS)
    review, approval, last = (
        require(action) for action in (Action.CLEAR_CONTENT, Action.APPROVE, Action.RELEASE)
    )
    one = "/submissions/{submission_id}"
    return family(
        "submissions",
        (
            Entry("POST", "/submissions", upload, mine, "Send a file", 201, FILE_AS_BODY),
            Entry("POST", "/checks", check, mine, "Check a file, keeping nothing", more=FILE_AS_BODY),
            list_entry("/submissions", submissions, read, "All submissions, newest first", SubmissionLine),
            Entry("GET", one, submission, read, "One submission, with what is wrong in it"),
            Entry("GET", f"{one}/preview", preview, read, "What every peer would receive"),
            Entry("GET", f"{one}/difference", difference, read, "What a release would change, cell by cell"),
            Entry(
                "POST", f"{one}/recipe", steps.read_again, mine, "Read the file again by a corrected recipe"
            ),
            Entry(
                "POST", f"{one}/leave-out", steps.leave_out, mine, "Answer for refused rows: they stay out"
            ),
            Entry("POST", f"{one}/confirm-warnings", steps.confirm_warnings, mine, "Answer for warnings"),
            Entry(
                "POST",
                f"{one}/clear-content",
                steps.clear_content,
                review,
                "Answer for text that looked personal",
            ),
            Entry("POST", f"{one}/withdraw", steps.withdraw, mine, "Take it back"),
            Entry("POST", f"{one}/approve", steps.approve, approval, "Approve: the first signature"),
            Entry("POST", f"{one}/send-back", steps.send_back, approval, "Undo an approval"),
            Entry("POST", f"{one}/release", steps.make_release, last, "Release: the second signature"),
        ),
    )


async def upload(
    request: Request,
    *,
    dataflow: Dataflow,
    mode: UploadMode,
    file_name: FileName,
    ticket: Ticket = "",
    corrects: Corrects = None,
    lang: str | None = None,
    wired: Wiring = Depends(wiring),
    person: SignedIn = Depends(current),
) -> SubmissionWhole:
    """Send a file as the body of the request: it is checked, kept, and acknowledged with what was found."""
    ctx, actor, name = wired.ctx, person.account.actor, plain_name(file_name)
    async with received(request, wired.staging, ctx.random) as path:

        def work(tell: Tell) -> Submission:
            taken = submit.upload(
                ctx, actor, path, file_name=name, dataflow_id=dataflow, mode=mode, now=wired.now(), tell=tell
            )
            if corrects is not None:
                corrections.corrects(ctx, actor, corrects, taken, now=wired.now())
            return taken

        if not ticket:
            taken = await run_in_threadpool(work, quiet)
        else:
            begun = Upload(actor.login, ticket, name, path.stat().st_size, wired.now())
            done = await run_in_threadpool(upload_once, ctx.uploads, actor, begun, work)
            if not done.is_over:
                raise Conflict(
                    "This upload is worked on already",
                    detail=f"Its ticket is {ticket}",
                    hint="Ask how far it is at /uploads/{ticket}; send another file under a ticket of its own.",
                )
            taken = ctx.submissions.get(done.submission_id)
    return _whole(taken, person, reading_language(person, lang))


async def check(
    request: Request,
    *,
    dataflow: Dataflow,
    file_name: FileName,
    lang: str | None = None,
    wired: Wiring = Depends(wiring),
    person: SignedIn = Depends(current),
) -> CheckedFile:
    """Check a file, sent as the body of the request, as an upload would; nothing is kept."""
    name = plain_name(file_name)
    async with received(request, wired.staging, wired.ctx.random) as path:
        report = await run_in_threadpool(
            submit.check_only,
            wired.ctx,
            path,
            file_name=name,
            dataflow_id=dataflow,
            against=submit.today(wired.ctx, dataflow, wired.now()),
        )
    result = report.result
    listed = [_violation(violation, reading_language(person, lang)) for violation in result.violations]
    return CheckedFile(
        dataflow=report.dataflow.id,
        recipe=report.read.recipe,
        rows=result.rows,
        rows_refused=result.rows_refused,
        is_clean=result.is_clean,
        is_fatal=result.is_fatal,
        violation_totals=dict(result.totals),
        violations=listed,
        violations_complete=_is_complete(listed, result.totals),
    )


def submissions(asked: Listing = Depends(listing), ctx: Context = Depends(context)) -> Response:
    """Give all submissions, newest first."""
    return asked.answer(
        "submissions", ctx.submissions.all, SubmissionLine.of, lambda one: (-one.submission_id,), (int,)
    )


def submission(
    submission_id: SubmissionId,
    lang: str | None = None,
    ctx: Context = Depends(context),
    person: SignedIn = Depends(current),
) -> SubmissionWhole:
    """Give one submission, its violations in the reader's language, and the steps open to the reader."""
    return _whole(ctx.submissions.get(submission_id), person, reading_language(person, lang))


def preview(
    submission_id: SubmissionId,
    limit: Annotated[int, Query(ge=0, le=tables.MOST_JSON_ROWS)] = PREVIEWED_ROWS,
    ctx: Context = Depends(context),
    now: datetime = Depends(moment),
    person: SignedIn = Depends(current),
) -> dict[str, Any]:
    """Give the cells, the certificate and the audience of what a release would say, and what it changes."""
    prepared = release.preview(ctx, person.account.actor, submission_id, now)
    manifest = prepared.packed.manifest
    return {
        "submission_id": submission_id,
        "dataflow": prepared.dataflow.id,
        "manifest_digest": manifest.digest,
        "audience": list(manifest.audience),
        "vintage": manifest.vintage,
        "supersedes": list(manifest.supersedes),
        "certificate": prepared.released.certificate.to_dict(),
        "difference": prepared.difference.counts,
        "staying": prepared.staying,
        "cells": tables.as_document(prepared.released.table, offset=0, limit=limit),
    }


def difference(
    submission_id: SubmissionId,
    *,
    change: Kind = "",
    at_least: Annotated[int, Query(ge=0, le=1_000_000, description="Per cent; see the answer")] = 0,
    page: Annotated[int, Query(ge=1, le=999_999)] = 1,
    ctx: Context = Depends(context),
    now: datetime = Depends(moment),
    person: SignedIn = Depends(current),
) -> DifferenceWhole:
    """Give the cells that would be gone, changed or new against what is released; the list may be cut.

    With `change` or `at_least`, `narrowed` is a page of the cells that fit: gone and new ones, and those changed by at
    least so many per cent or without a number to compare.
    """
    prepared = release.preview(ctx, person.account.actor, submission_id, now)
    found, names = prepared.difference, prepared.dataflow.cells.dimensions
    fitting = None
    if change or at_least:
        fitting = changes(
            ctx, person.account.actor, submission_id, now, change=change, at_least=at_least, page=page
        )
    return DifferenceWhole(
        submission_id=submission_id,
        counts=found.counts,
        supersedes=[bundle.digest for bundle in prepared.supersedes],
        changes=[
            ChangeLine(
                change=one.change.value,
                dimensions=dict(zip(names, one.dimensions, strict=True)),
                before=one.before,
                after=one.after,
            )
            for one in found.changes
        ],
        changes_complete=not found.is_cut,
        narrowed=NarrowedChanges.of(fitting) if fitting else None,
    )


def _whole(found: Submission, person: SignedIn, language: str) -> SubmissionWhole:
    listed = [_violation(_stored(entry), language) for entry in found.violations]
    return SubmissionWhole.of(
        found,
        violations=listed,
        violations_complete=_is_complete(listed, found.violation_totals),
        open_questions=[question.value for question in questions.open_questions(found)],
        content_hits=[HitLine.of(hit, language) for hit in found.content_hits],
        steps=[StepLine.of(step) for step in views.steps(found, person.account.actor)],
    )


def _stored(entry: Mapping[str, Any]) -> Violation:
    """Give a violation from the document it was kept as."""
    return Violation(
        rule=entry["rule"],
        severity=entry["severity"],
        row=entry["row"],
        column=entry["column"],
        value=entry["value"],
        params=entry["params"],
    )


def _violation(violation: Violation, language: str) -> ViolationLine:
    return ViolationLine(
        rule=violation.rule,
        severity=violation.severity,
        row=violation.row,
        column=violation.column,
        value=violation.value,
        params=dict(violation.params),
        message=message(violation, language),
    )


def _is_complete(listed: Iterable[ViolationLine], totals: Mapping[str, int]) -> bool:
    return sum(1 for _ in listed) == sum(totals.values())
