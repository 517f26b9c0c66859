"""`irac check`, `irac upload` and `irac submission …`: an analyst's and an officer's steps, usable in a script."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from node.cli.session import As, Json, opened_node, show, signed_in
from node.ports.submissions import Submission, UploadMode
from node.services import questions, release, submit
from schemas.check import Violation, message

EXIT_VIOLATIONS = 1

Number = Annotated[int, typer.Argument(metavar="NUMBER", help="The submission's number.")]
Flow = Annotated[str, typer.Option("--dataflow", help="For example DECLARED_FLOW.")]
Reason = Annotated[str, typer.Option(help="Kept for good.")]
Language = Annotated[str, typer.Option(help="ru, kk or en.")]
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
    app.command("leave-out")(leave_out)
    app.command("confirm-warnings")(confirm_warnings)
    app.command("clear-content")(clear_content)
    app.command("approve")(approve)
    app.command("release")(release_one)
    app.command("send-back")(send_back)
    app.command("withdraw")(withdraw)
    return app


def check(file: File, dataflow: Flow, *, language: Language = "en", as_json: Json = False) -> None:
    """Check a file without keeping anything; exit status 1 when a row breaks a rule."""
    with opened_node() as node:
        report = submit.check_only(node.context, file, file_name=file.name, dataflow_id=dataflow)
    result = report.result
    document = {
        "file": file.name,
        "recipe": report.read.recipe,
        "rows": result.rows,
        "accepted": result.accepted.num_rows,
        "totals": dict(result.totals),
        "violations": [{**asdict(one), "message": message(one, language)} for one in result.violations],
    }
    lines = [f"{file.name}: {result.rows} rows, {result.accepted.num_rows} accepted"]
    lines += [_line(violation, language) for violation in result.violations]
    show(document, as_json=as_json, lines=lines)
    if result.refused_rows or result.is_fatal:
        raise typer.Exit(EXIT_VIOLATIONS)


def upload(
    file: File,
    dataflow: Flow,
    login: As,
    *,
    mode: Annotated[
        UploadMode, typer.Option(help="append: new cells only; replace: corrects.")
    ] = UploadMode.APPEND,
    as_json: Json = False,
) -> None:
    """Upload a file; exit status 1 when it is kept as faulty."""
    with opened_node() as node:
        actor, _ = signed_in(node, login)
        submission = submit.upload(
            node.context, actor, file, file_name=file.name, dataflow_id=dataflow, mode=mode, now=node.now()
        )
    show(_summary(submission), as_json=as_json, lines=[_sentence(submission)])
    if submission.rows_refused:
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
    document = {**_summary(submission), "violations": submission.violations}
    lines = [_sentence(submission), *(_line(violation, language) for violation in violations)]
    show(document, as_json=as_json, lines=lines)


def leave_out(number: Number, login: As, reason: Reason) -> None:
    """Answer for refused rows: they stay out of the figures."""
    with opened_node() as node:
        actor, _ = signed_in(node, login)
        submission = questions.leave_out(node.context, actor, number, reason=reason, now=node.now())
    typer.echo(_sentence(submission))


def confirm_warnings(number: Number, login: As, reason: Reason) -> None:
    """Answer for warnings: the values are right."""
    with opened_node() as node:
        actor, _ = signed_in(node, login)
        submission = questions.confirm_warnings(node.context, actor, number, reason=reason, now=node.now())
    typer.echo(_sentence(submission))


def clear_content(number: Number, login: As, reason: Reason) -> None:
    """Reviewer: the text that was held names no person and no account."""
    with opened_node() as node:
        actor, _ = signed_in(node, login)
        submission = questions.clear_content(node.context, actor, number, reason=reason, now=node.now())
    typer.echo(_sentence(submission))


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
    with opened_node() as node:
        actor, _ = signed_in(node, login)
        submission = release.send_back(node.context, actor, number, reason=reason, now=node.now())
    typer.echo(_sentence(submission))


def withdraw(number: Number, login: As, reason: Reason) -> None:
    """Take a submission back before its release."""
    with opened_node() as node:
        actor, _ = signed_in(node, login)
        submission = submit.withdraw(node.context, actor, number, reason=reason, now=node.now())
    typer.echo(_sentence(submission))


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
        "submitted_by": submission.submitted_by,
        "approved_by": submission.approved_by,
        "released_by": submission.released_by,
        "manifest": submission.manifest_digest,
    }


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
