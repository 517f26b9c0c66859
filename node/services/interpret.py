"""How a file is read, corrected by a person: the same bytes by another recipe, checked anew.

Invariants: a correction changes how bytes are read, never the bytes; it answers the question whether the file
was read rightly and takes every other answer back, because they were about other cells.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from node.access import Action, Actor
from node.audit import AuditEvent
from node.errors import Conflict, Invalid
from node.ports.exceptions import ended
from node.ports.reading import ColumnReading, Recipe
from node.ports.submissions import Submission, SubmissionState
from node.services.context import Context
from node.services.permission import permit
from node.services.precedents import detected
from node.services.questions import settled
from node.services.submit import check_only, examined, known_dataflow, today
from schemas.structure import DataStructure

BEFORE_APPROVAL = frozenset({SubmissionState.FAULTY, SubmissionState.SUBMITTED})
DECIMAL_MARKS = (".", ",")
THOUSANDS_MARKS = ("", " ", ".", ",", "'")
DATE_FORMS = ("", "iso", "dmy", "serial")


@dataclass(frozen=True, slots=True)
class ColumnCorrection:
    """What a person says of one column; None leaves it as it is. `codes` are added to those there are."""

    concept: str | None = None
    decimal: str | None = None
    thousands: str | None = None
    dates: str | None = None
    codes: Mapping[str, str] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True)
class Correction:
    """What a person says of a file, and of its columns by position; None leaves a part as it is.

    Another sheet or encoding is read from the beginning: what was said of rows and columns was about another
    table, and is not applied to it.
    """

    sheet: str | None = None
    encoding: str | None = None
    header_first: int | None = None
    header_last: int | None = None
    last_row: int | None = None
    columns: Mapping[int, ColumnCorrection] = field(default_factory=dict, hash=False)


def by_hand(
    ctx: Context, path: Path, file_name: str, dataflow_id: str, *, sheet: str = "", encoding: str = ""
) -> Recipe | None:
    """Find out how a file is read where a person names its sheet or its encoding; None where they name neither.

    Raises:
        Invalid, TooLarge: the file cannot be read so.
    """
    if not (sheet or encoding):
        return None
    dataflow = known_dataflow(dataflow_id)
    return detected(ctx, path, file_name, dataflow, sheet=sheet or None, encoding=encoding or None)


def correct(
    ctx: Context, actor: Actor, submission_id: int, correction: Correction, *, now: datetime
) -> Submission:
    """Read a submission's file again as a person says, and check it anew; nothing said confirms the reading.

    Raises:
        Denied, NotFound; Conflict once it was approved; Invalid for a correction that fits no file or structure.
    """
    permit(actor, Action.SUBMIT)
    submission = ctx.submissions.get(submission_id)
    recipe, dataflow = Recipe.from_document(submission.recipe), known_dataflow(submission.dataflow_id)
    if _is_another_table(recipe, correction):
        path = ctx.objects.verified(submission.file_digest)
        recipe = detected(
            ctx, path, submission.file_name, dataflow, sheet=correction.sheet, encoding=correction.encoding
        )
    else:
        recipe = corrected(recipe, correction, dataflow.upload)
    return read_again(ctx, actor, submission_id, recipe, now=now)


def read_again(
    ctx: Context, actor: Actor, submission_id: int, recipe: Recipe, *, now: datetime
) -> Submission:
    """Read a submission's file by this recipe, which a person stands for, and check it anew.

    Raises:
        Denied, NotFound, Damaged; Conflict once it was approved; Invalid if the recipe does not fit the file.
    """
    permit(actor, Action.SUBMIT)
    submission = ctx.submissions.get(submission_id)
    if submission.state not in BEFORE_APPROVAL:
        raise Conflict(
            "The file is approved already",
            detail=f"Submission {submission_id} is {submission.state}",
            hint="The officer sends it back first; then its reading can be corrected.",
        )
    report = check_only(
        ctx,
        ctx.objects.verified(submission.file_digest),
        file_name=submission.file_name,
        dataflow_id=submission.dataflow_id,
        recipe=replace(recipe, confirmed=True, typologies=()),
        against=today(ctx, submission.dataflow_id, now),
    )
    unanswered: dict[str, Any] = dict.fromkeys(
        ("leave_out_reason", "warnings_reason", "content_reason", "content_cleared_by", "content_cleared_at")
    )
    exceptions = ended(submission.exceptions_asked, by=actor.login, at=now)
    read = examined(ctx, report, salt=submission.recipe_salt)
    changed = settled(replace(submission, **read, **unanswered, exceptions_asked=exceptions))
    event = AuditEvent(
        "submission.reading_corrected", actor.login, str(submission_id), now, {"recipe": recipe.digest}
    )
    ctx.submissions.move(changed, leaving=submission.state, event=event)
    return changed


def corrected(recipe: Recipe, correction: Correction, structure: DataStructure) -> Recipe:
    """Give the recipe with what a person says put in.

    Raises:
        Invalid: a row, a mark or a column that cannot be.
    """
    header_first = recipe.header_first if correction.header_first is None else correction.header_first
    header_last = recipe.header_last if correction.header_last is None else correction.header_last
    last_row = recipe.last_row if correction.last_row is None else correction.last_row or None
    if not 0 <= header_first <= header_last or (last_row is not None and last_row <= header_last):
        raise Invalid(
            "These rows cannot be the header and the table",
            detail=f"Header {header_first} to {header_last}, table until {last_row or 'the end'}",
            hint="The header ends at or after its first row, and the table after the header.",
        )
    columns = tuple(
        _corrected(column, correction.columns.get(column.position), structure) for column in recipe.columns
    )
    named = [column.concept for column in columns if column.concept and not column.carries]
    doubled = sorted({concept for concept in named if named.count(concept) > 1})
    if doubled:
        raise Invalid(
            "Two columns are read as one",
            detail=", ".join(doubled),
            hint="Choose for each column what it holds, or that it is not read.",
        )
    return replace(
        recipe, header_first=header_first, header_last=header_last, last_row=last_row, columns=columns
    )


def _corrected(
    column: ColumnReading, correction: ColumnCorrection | None, structure: DataStructure
) -> ColumnReading:
    if correction is None:
        return column
    said = {
        name: value
        for name in ("concept", "decimal", "thousands", "dates")
        if (value := getattr(correction, name)) is not None
    }
    changed = replace(column, **said, codes={**column.codes, **correction.codes}, is_unsure=False)
    _check_marks(changed)
    if changed.concept and changed.concept not in structure.column_ids:
        raise Invalid(
            "There is no such column in this dataflow",
            detail=f"Column {column.header!r} is to be read as {changed.concept!r}",
            hint=f"One of: {', '.join(structure.column_ids)}",
        )
    return changed


def _check_marks(column: ColumnReading) -> None:
    known = (
        column.decimal in DECIMAL_MARKS
        and column.thousands in THOUSANDS_MARKS
        and column.dates in DATE_FORMS
        and column.decimal != column.thousands
    )
    if not known:
        raise Invalid(
            "Numbers or dates cannot be written like this",
            detail=f"Column {column.header!r}: decimal mark {column.decimal!r}, thousands {column.thousands!r}, "
            f"dates {column.dates!r}",
            hint="Choose two different marks for decimals and thousands.",
        )


def _is_another_table(recipe: Recipe, correction: Correction) -> bool:
    is_other_sheet = correction.sheet is not None and correction.sheet != recipe.sheet
    return is_other_sheet or (correction.encoding is not None and correction.encoding != recipe.encoding)
