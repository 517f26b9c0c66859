"""`irac check`, `irac upload` and `irac submission …`: an analyst's and an officer's steps, usable in a script."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from node.cli import disclosure
from node.cli.session import As, Json, opened_node, show, signed_in
from node.errors import Invalid
from node.ports.reading import Recipe
from node.ports.submissions import Submission, SubmissionState, UploadMode
from node.services import gate, interpret, questions, release, submit
from node.services.difference import CellChange
from schemas.check import Violation, message

EXIT_VIOLATIONS = 1

Number = Annotated[int, typer.Argument(metavar="NUMBER", help="The submission's number.")]
Flow = Annotated[str, typer.Option("--dataflow", help="For example DECLARED_FLOW.")]
Reason = Annotated[str, typer.Option(help="Kept for good.")]
Language = Annotated[str, typer.Option(help="ru, kk or en.")]
RecipeFile = Annotated[
    Path | None,
    typer.Option(
        exists=True, dir_okay=False, help="How to read the file: the recipe of an earlier check, JSON."
    ),
]
File = Annotated[Path, typer.Argument(exists=True, dir_okay=False, readable=True)]


def add_to(app: typer.Typer) -> None:
    """Add `check` and `upload`."""
    app.command("check")(check)
    app.command("upload")(upload)


def build() -> typer.Typer:
    """Build the `submission` commands."""
    app = typer.Typer(help="Submissions on their way to a release.", no_args_is_help=True)
    app.command("list")(list_submissions)
    app.command("show")(show_one)
    app.command("diff")(difference)
    disclosure.add_to(app)
    app.command("read-again")(read_again)
    app.command("leave-out")(leave_out)
    app.command("confirm-warnings")(confirm_warnings)
    app.command("clear-content")(clear_content)
    app.command("approve")(approve)
    app.command("release")(release_one)
    app.command("send-back")(send_back)
    app.command("withdraw")(withdraw)
    return app


def check(
    file: File,
    dataflow: Flow,
    *,
    recipe: RecipeFile = None,
    language: Language = "en",
    as_json: Json = False,
) -> None:
    """Check a file without keeping anything; exit status 1 when a row breaks a rule."""
    with opened_node() as node:
        report = submit.check_only(
            node.context,
            file,
            file_name=file.name,
            dataflow_id=dataflow,
            recipe=_recipe(recipe),
            against=submit.today(node.context, dataflow, node.now()),
        )
    result = report.result
    document = {
        "file": file.name,
        "recipe": report.read.recipe,
        "rows": result.rows,
        "accepted": result.rows - result.rows_refused,
        "totals": dict(result.totals),
        "violations": [{**asdict(one), "message": message(one, language)} for one in result.violations],
    }
    lines = [f"{file.name}: {result.rows} rows, {result.rows - result.rows_refused} accepted"]
    lines += [_line(violation, language) for violation in result.violations]
    show(document, as_json=as_json, lines=lines)
    if result.rows_refused or result.is_fatal:
        raise typer.Exit(EXIT_VIOLATIONS)


def upload(
    file: File,
    dataflow: Flow,
    login: As,
    *,
    mode: Annotated[
        UploadMode, typer.Option(help="append: new cells only; replace: corrects; delete: takes rows out.")
    ] = UploadMode.APPEND,
    recipe: RecipeFile = None,
    as_json: Json = False,
) -> None:
    """Upload a file; exit status 1 when questions about it are open."""
    with opened_node() as node:
        actor, _ = signed_in(node, login)
        submission = submit.upload(
            node.context,
            actor,
            file,
            file_name=file.name,
            dataflow_id=dataflow,
            mode=mode,
            now=node.now(),
            recipe=_recipe(recipe),
        )
    show(_summary(submission), as_json=as_json, lines=_told(submission))
    if submission.state is SubmissionState.FAULTY:
        raise typer.Exit(EXIT_VIOLATIONS)


def list_submissions(*, as_json: Json = False) -> None:
    """List submissions, newest first."""
    with opened_node() as node:
        everything = node.context.submissions.all()
    show([_summary(one) for one in everything], as_json=as_json, lines=[_sentence(one) for one in everything])


def show_one(number: Number, *, language: Language = "en", as_json: Json = False) -> None:
    """Show one submission with its violations."""
    with opened_node() as node:
        submission = node.context.submissions.get(number)
    violations = [Violation(**one) for one in submission.violations]
    held = gate.violations(submission.content_hits)
    document = {
        **_summary(submission),
        "recipe": submission.recipe,
        "violations": submission.violations,
        "content_hits": [asdict(one) for one in held],
    }
    lines = [*_told(submission), *(_line(violation, language) for violation in (*held, *violations))]
    show(document, as_json=as_json, lines=lines)


def difference(number: Number, login: As, *, as_json: Json = False) -> None:
    """Show what a release would change against what is released: gone, changed, new."""
    with opened_node() as node:
        actor, _ = signed_in(node, login)
        prepared = release.preview(node.context, actor, number, node.now())
    found = prepared.difference
    names = prepared.dataflow.cells.dimensions
    changes = [
        {**asdict(one), "dimensions": dict(zip(names, one.dimensions, strict=True))} for one in found.changes
    ]
    lines = [", ".join(f"{count} {name}" for name, count in found.counts.items())]
    lines += [
        f"  {one.change}: {' / '.join(map(str, one.dimensions))}: {_said(one)}" for one in found.changes
    ]
    lines += ["  ... the list is cut; the counts are not"] if found.is_cut else []
    show({"counts": found.counts, "changes": changes, "is_cut": found.is_cut}, as_json=as_json, lines=lines)


def read_again(
    number: Number,
    login: As,
    recipe: Annotated[Path, typer.Option(exists=True, dir_okay=False, help="A recipe as JSON, corrected.")],
) -> None:
    """Read a submission's file again by a corrected recipe, and check it anew."""
    _step(interpret.read_again, number, login, recipe=_read_recipe(recipe))


def leave_out(number: Number, login: As, reason: Reason) -> None:
    """Answer for refused rows: they stay out of the figures."""
    _step(questions.leave_out, number, login, reason=reason)


def confirm_warnings(number: Number, login: As, reason: Reason) -> None:
    """Answer for warnings: the values are right."""
    _step(questions.confirm_warnings, number, login, reason=reason)


def clear_content(number: Number, login: As, reason: Reason) -> None:
    """Reviewer: the text that was held names no person and no account."""
    _step(questions.clear_content, number, login, reason=reason)


def approve(number: Number, login: As) -> None:
    """Second person: prepare the bundle and sign it."""
    with opened_node() as node:
        actor, password = signed_in(node, login)
        submission = release.approve(node.context, actor, number, password=password, now=node.now())
    typer.echo(_sentence(submission))


def release_one(number: Number, login: As) -> None:
    """Third person: sign the same bundle and release it."""
    with opened_node() as node:
        actor, password = signed_in(node, login)
        bundle = release.release(node.context, actor, number, password=password, now=node.now())
    typer.echo(f"Released as {bundle.digest}, record {bundle.log_index} of the log")


def send_back(number: Number, login: As, reason: Reason) -> None:
    """Undo an approval."""
    _step(release.send_back, number, login, reason=reason)


def withdraw(number: Number, login: As, reason: Reason) -> None:
    """Take a submission back before its release."""
    _step(submit.withdraw, number, login, reason=reason)


def _step(use_case: Callable[..., Submission], number: int, login: str, **answer: object) -> None:
    """Take a step as a person who signs in, and say where the submission stands then."""
    with opened_node() as node:
        actor, _ = signed_in(node, login)
        submission = use_case(node.context, actor, number, now=node.now(), **answer)
    for line in _told(submission):
        typer.echo(line)


def _summary(submission: Submission) -> dict[str, Any]:
    return {
        "number": submission.submission_id,
        "dataflow": submission.dataflow_id,
        "state": submission.state.value,
        "mode": submission.mode.value,
        "file": submission.file_name,
        "rows": submission.rows,
        "rows_refused": submission.rows_refused,
        "totals": submission.violation_totals,
        "open_questions": [question.value for question in questions.open_questions(submission)],
        "submitted_by": submission.submitted_by,
        "approved_by": submission.approved_by,
        "released_by": submission.released_by,
        "manifest": submission.manifest_digest,
    }


def _told(submission: Submission) -> list[str]:
    """Say where a submission stands and what is open about it."""
    asked = [f"  open: {question.value}" for question in questions.open_questions(submission)]
    return [_sentence(submission), *asked]


def _said(change: CellChange) -> str:
    """Say the value of a cell before and after."""
    before, after = (
        None if said is None else said.get("OBS_VALUE") for said in (change.before, change.after)
    )
    return f"{before} -> {after}"


def _recipe(path: Path | None) -> Recipe | None:
    return None if path is None else _read_recipe(path)


def _read_recipe(path: Path) -> Recipe:
    """Read a recipe, or the answer of `check --json` that holds one; raises Invalid."""
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise Invalid(
            "This is no recipe for reading a file",
            detail=f"{path.name} is no JSON: {error}",
            hint="Take the recipe of `irac check --json`, and change it.",
        ) from error
    return Recipe.from_document(document.get("recipe", document) if isinstance(document, dict) else {})


def _sentence(submission: Submission) -> str:
    refused = f", {submission.rows_refused} refused" if submission.rows_refused else ""
    return (
        f"Submission {submission.submission_id} {submission.state}: {submission.dataflow_id}, "
        f"{submission.file_name}, {submission.rows} rows{refused}"
    )


def _line(violation: Violation, language: str) -> str:
    place = f"row {violation.row}, " if violation.row else ""
    column = f"{violation.column}: " if violation.column else ""
    return f"  {violation.severity}: {place}{column}{message(violation, language)}"
