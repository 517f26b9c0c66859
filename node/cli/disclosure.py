"""`irac submission disclosure` and exceptions to the rules: what officers read and decide before they sign."""

from __future__ import annotations

from typing import Annotated

import typer

from node.cli.session import As, Json, opened_node, show, signed_in
from node.ports.exceptions import ExceptionKind, RuleException
from node.ports.submissions import Submission
from node.services import exceptions
from node.services.views.preview import Outgoing
from node.services.views.preview import disclosure as disclosed
from risk_models.disclosure.report import Report, Withheld
from schemas.registry import dataflow

BETWEEN = " / "

Number = Annotated[int, typer.Argument(metavar="NUMBER", help="The submission's number.")]
Which = Annotated[int, typer.Argument(metavar="EXCEPTION", help="The exception's number in the submission.")]
Reason = Annotated[
    str, typer.Option(help="Kept for good; it leaves with the release if more is shown by it.")
]
Cell = Annotated[
    str, typer.Option(help=f"The cell as `disclosure` prints it, its codes between {BETWEEN!r}.")
]


def add_to(app: typer.Typer) -> None:
    """Add the commands to `irac submission`."""
    app.command("disclosure")(disclosure)
    app.command("exceptions")(list_exceptions)
    app.command("ask-exception")(ask_exception)
    app.command("agree-exception")(agree_exception)
    app.command("end-exception")(end_exception)


def disclosure(
    number: Number,
    login: As,
    *,
    withheld: Annotated[bool, typer.Option("--withheld", help="List every withheld cell.")] = False,
    as_json: Json = False,
) -> None:
    """Show what a release would withhold and why, what is lost by it, and the attacks tried."""
    with opened_node() as node:
        actor, _ = signed_in(node, login)
        report, outgoing, names = disclosed(node.context, actor, number, node.now())
    document = report.to_dict() | {
        "dimensions": list(names),
        "outgoing": [
            {"name": file.name, "bytes": file.octets, "digest": file.digest, "rows": file.rows}
            for file in outgoing
        ],
    }
    if not withheld:
        del document["withheld"]
    lines = [*_told(report, outgoing), *(_cell(cell) for cell in report.withheld if withheld)]
    show(document, as_json=as_json, lines=lines)


def list_exceptions(number: Number, *, as_json: Json = False) -> None:
    """List the exceptions to the rules that were asked for."""
    with opened_node() as node:
        submission = node.context.submissions.get(number)
    asked = submission.exceptions_asked
    show([one.to_document() for one in asked], as_json=as_json, lines=[_sentence(one) for one in asked])


def ask_exception(
    number: Number,
    login: As,
    kind: Annotated[ExceptionKind, typer.Option(help="What the exception is for.")],
    reason: Reason,
    *,
    cell: Cell = "",
) -> None:
    """Officer: ask for an exception to the rules; one that withholds a cell is in force at once."""
    with opened_node() as node:
        actor, _ = signed_in(node, login)
        key = tuple(part.strip() for part in cell.split(BETWEEN.strip())) if cell else ()
        changed = exceptions.ask(
            node.context, actor, number, kind=kind, key=key, reason=reason, now=node.now()
        )
    _tell(changed)


def agree_exception(number: Number, which: Which, login: As) -> None:
    """Second officer: agree to an exception that another officer asked for."""
    with opened_node() as node:
        actor, _ = signed_in(node, login)
        changed = exceptions.agree(node.context, actor, number, number=which, now=node.now())
    _tell(changed)


def end_exception(number: Number, which: Which, login: As, reason: Reason) -> None:
    """Officer: take an exception back, or refuse it."""
    with opened_node() as node:
        actor, _ = signed_in(node, login)
        changed = exceptions.end(node.context, actor, number, number=which, reason=reason, now=node.now())
    _tell(changed)


def _tell(changed: Submission) -> None:
    names = dataflow(changed.dataflow_id).cells.dimensions
    typer.echo(f"Submission {changed.submission_id} {changed.state} ({BETWEEN.join(names)})")
    for one in changed.exceptions_asked:
        typer.echo(_sentence(one))


def _told(report: Report, outgoing: tuple[Outgoing, ...]) -> list[str]:
    return [
        f"{report.shown} of {report.cells} cells leave, {len(report.withheld)} are withheld",
        *(f"  {count} {rule}" for rule, count in report.by_reason.items()),
        *(
            f"{loss.measure}: {loss.cells} cells, {loss.primary} withheld by a rule, {loss.secondary} as cover"
            for loss in report.losses
        ),
        *(f"{attack.id} {attack.outcome}: {attack.detail} ({attack.count})" for attack in report.attacks),
        *(f"{file.name}: {file.octets} bytes, {file.digest}" for file in outgoing),
    ]


def _cell(cell: Withheld) -> str:
    bounds = f"at least {cell.lower}" if cell.upper is None else f"{cell.lower}..{cell.upper}"
    value = "" if cell.value is None else f", truly {cell.value}"
    return f"  {BETWEEN.join(cell.key)}: {bounds}{value} ({', '.join(cell.rules)})"


def _sentence(one: RuleException) -> str:
    agreed = f", agreed to by {one.agreed_by}" if one.agreed_by else ""
    about = f" {BETWEEN.join(one.key)}" if one.key else ""
    return f"  {one.number} {one.state}: {one.kind.value}{about}, asked for by {one.asked_by}{agreed}: {one.reason}"
