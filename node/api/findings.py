"""What is wrong with a file, in its own rows: as a table, and as a workbook to correct."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from starlette.responses import Response

from node.access import Action
from node.api.dependencies import context, moment
from node.api.languages import reading_language
from node.api.models_submissions import FileRows, PlacedFinding, RowLine
from node.api.routing import Entry, family
from node.api.session import SignedIn, current, require
from node.api.steps import SubmissionId
from node.services import annotated
from node.services.context import Context
from node.services.located import Finding
from node.services.views.file_table import FileTable, file_table
from schemas.messages import message

WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MOST_PAGES = 999_999
AS_WORKBOOK = (
    ("response_class", Response),
    ("responses", {200: {"content": {WORKBOOK: {"schema": {"type": "string", "format": "binary"}}}}}),
)

Name = Annotated[str, Query(max_length=64)]


def routes() -> APIRouter:
    """Give the routes."""
    reads = require(Action.READ_FILE)
    one = "/submissions/{submission_id}"
    return family(
        "submissions",
        (
            Entry("GET", f"{one}/rows", rows, reads, "The rows of the file around what is wrong in it"),
            Entry(
                "GET", f"{one}/findings.xlsx", workbook, reads, "The file with its findings", more=AS_WORKBOOK
            ),
        ),
    )


def rows(
    submission_id: SubmissionId,
    *,
    rule: Name = "",
    field: Name = "",
    page: Annotated[int, Query(ge=1, le=MOST_PAGES)] = 1,
    lang: str | None = None,
    ctx: Context = Depends(context),
    person: SignedIn = Depends(current),
) -> FileRows:
    """Give a page of the rows around what was found, by kind (`rule`) and column (`field`)."""
    found = ctx.submissions.get(submission_id)
    table = file_table(ctx, person.account.actor, found, rule=rule, field=field, page=page)
    language = reading_language(person, lang)
    return FileRows(
        submission_id=submission_id,
        columns=list(table.columns),
        rows=[RowLine(number=row.number, cells=[cell.text for cell in row.cells]) for row in table.rows],
        findings=[_placed(one, language) for one in _on_page(table)],
        rules={one.name: one.count for one in table.rules},
        fields={one.name: one.count for one in table.fields},
        listed=table.listed,
        page=table.page,
        pages=table.pages,
    )


def workbook(
    submission_id: SubmissionId,
    lang: str | None = None,
    ctx: Context = Depends(context),
    now: datetime = Depends(moment),
    person: SignedIn = Depends(current),
) -> Response:
    """Give the file as an XLSX workbook with each finding at its cell; a long file is cut, and says so."""
    content = annotated.annotated(
        ctx, person.account.actor, submission_id, language=reading_language(person, lang), now=now
    )
    name = f"{submission_id}-findings.xlsx"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return Response(content, media_type=WORKBOOK, headers=headers)


def _on_page(table: FileTable) -> list[Finding]:
    inside = [
        one for row in table.rows for found in (*(cell.findings for cell in row.cells), row.findings)
        for one in found
    ]  # fmt: skip
    return [*table.whole, *inside]


def _placed(one: Finding, language: str) -> PlacedFinding:
    violation = one.violation
    return PlacedFinding(
        rule=violation.rule,
        severity=violation.severity,
        row=violation.row,
        column=violation.column,
        value=violation.value,
        params=dict(violation.params),
        message=message(violation, language),
        number=one.number,
        place=one.place,
    )
