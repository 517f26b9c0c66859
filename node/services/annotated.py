"""The report as a workbook: the analyst's own file with every finding at its cell, to be corrected and sent again.

Invariants: a file that fits comes whole, with every row where it was; of a longer one only the rows around what was
found, and the workbook says so and that it is not to be sent.
"""

from __future__ import annotations

from datetime import datetime

from node.access import Action, Actor
from node.errors import Invalid
from node.ports.annotated import AnnotatedFile, Remark
from node.ports.reading import FileRow, Recipe
from node.ports.submissions import Submission
from node.services.context import Context
from node.services.located import Finding, findings
from node.services.permission import permit
from node.services.structure_words import word, words
from schemas import registry
from schemas.messages import column_name, message

MOST_ROWS = 20_000
MOST_CELLS = 400_000
AROUND = 1


def annotated(ctx: Context, actor: Actor, submission_id: int, *, language: str, now: datetime) -> bytes:
    """Write a submission's file with its findings, in a language of the house.

    Raises:
        Denied, NotFound, Damaged; Invalid: no such language, or the kept file cannot be read any more.
    """
    permit(actor, Action.READ_FILE)
    if language not in registry.LANGUAGES:
        raise Invalid(
            "The node does not speak this language", hint="One of: " + ", ".join(registry.LANGUAGES)
        )
    found = ctx.submissions.get(submission_id)
    recipe = Recipe.from_document(found.recipe)
    listed = findings(found, recipe)
    rows, is_whole = _rows(ctx, found, recipe, listed)
    total = sum(found.violation_totals.values())
    return ctx.annotations.workbook(
        AnnotatedFile(
            title=word("annotated_title", language, number=str(submission_id), file=found.file_name),
            header=tuple(column.header for column in recipe.columns),
            header_first=max(1, recipe.header_first),
            header_last=max(1, recipe.header_last),
            rows=rows,
            remarks=tuple(_remark(one, recipe, language) for one in listed),
            is_cut=not is_whole,
            cut=(
                *([] if is_whole else [word("rows_cut", language, shown=str(len(rows)))]),
                *(
                    [word("findings_cut", language, listed=str(len(listed)), total=str(total))]
                    if total > len(listed)
                    else []
                ),
            ),
            words=words(language),
            made_at=now,
        )
    )


def _rows(
    ctx: Context, found: Submission, recipe: Recipe, listed: tuple[Finding, ...]
) -> tuple[tuple[FileRow, ...], bool]:
    """Give the rows to write, and whether they are all rows of the file: one more than fits is asked for."""
    most = min(MOST_ROWS, MOST_CELLS // max(1, len(recipe.columns)))
    path = ctx.objects.verified(found.file_digest)
    first = range(recipe.first_row, recipe.first_row + most + 1)
    rows = ctx.reader.rows(path, found.file_name, recipe, first)
    if len(rows) <= most:
        return rows, True
    places = (one.violation.row for one in listed if one.violation.row is not None)
    around = sorted({place + step for place in places for step in range(-AROUND, AROUND + 1)})
    return ctx.reader.rows(path, found.file_name, recipe, around[:most]), False


def _remark(one: Finding, recipe: Recipe, language: str) -> Remark:
    violation = one.violation
    headers = {column.position: column.header for column in recipe.columns}
    column = "" if one.place is None else headers[one.place]
    return Remark(
        row=violation.row,
        place=one.place,
        column=column or column_name(violation.column, language),
        value=violation.value or "",
        severity=violation.severity,
        rule=violation.rule,
        text=message(violation, language),
    )
