"""`irac witness` and `irac evidence …`: who has witnessed our log, and who has contradicted what they signed."""

from __future__ import annotations

from typing import Annotated

import typer

from exchange.errors import ExchangeError
from node.cli.session import As, Json, opened_node, show, signed_in
from node.errors import NotFound
from node.ports.witness import Evidence
from node.services import evidence, gossip, witness

EXIT_FAILED = 1
Number = Annotated[int, typer.Argument(help="The number of the evidence, as 'list' shows it.")]


def add_to(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("witness")(witness_now)
    kept = typer.Typer(help="Contradictions that a log's key has signed.", no_args_is_help=True)
    kept.command("list")(list_evidence)
    kept.command("show")(show_evidence)
    kept.command("settle")(settle)
    app.add_typer(kept, name="evidence")


def witness_now() -> None:
    """Have our newest checkpoint witnessed, and compare with all peers, now; exit status 1 when a member failed."""
    failed = False
    with opened_node() as node:
        for member in witness.unasked(node.context, node.now()):
            try:
                outcome = str(witness.collect(node.context, member))
            except ExchangeError as error:
                outcome, failed = f"{error.name}: {error.detail}", True
            typer.echo(f"{member.code}: {outcome}")
        typer.echo(str(gossip.compare_round(node.context, node.now())))
    if failed:
        raise typer.Exit(EXIT_FAILED)


def list_evidence(*, as_json: Json = False) -> None:
    """List every contradiction that is kept, newest first; exit status 1 while one is open."""
    with opened_node() as node:
        kept = node.context.evidence.all()
    lines = [
        f"{one.evidence_id}: {one.code}, {one.error}, {one.detail}; shown by {one.reporter} on {one.found_at}; "
        + (f"settled: {one.settled_reason}" if one.settled_at else "OPEN")
        for one in kept
    ]
    show([_document(one) for one in kept], as_json=as_json, lines=lines or ["nothing contradicts itself"])
    if any(one.settled_at is None for one in kept):
        raise typer.Exit(EXIT_FAILED)


def show_evidence(number: Number, *, as_json: Json = False) -> None:
    """Print both signed notes, byte for byte, to be handed to the other members."""
    with opened_node() as node:
        kept = [one for one in node.context.evidence.all() if one.evidence_id == number]
    if not kept:
        raise NotFound(
            "There is no such evidence", detail=str(number), hint="Look at the list: irac evidence list."
        )
    one = kept[0]
    lines = [f"{one.code}: {one.error}: {one.detail}", "", one.held.decode(), one.received.decode()]
    show(_document(one), as_json=as_json, lines=lines)


def settle(
    number: Number,
    login: As,
    reason: Annotated[str, typer.Option(help="What the peer answered, in one sentence; it is written down.")],
) -> None:
    """Decide, as an operator, that the member's log counts again; the evidence stays."""
    with opened_node() as node:
        actor, _ = signed_in(node, login)
        evidence.settle(node.context, actor, number, reason=reason, now=node.now())
    typer.echo("settled")


def _document(one: Evidence) -> dict[str, object]:
    return {
        "number": one.evidence_id,
        "member": one.code,
        "error": one.error,
        "detail": one.detail,
        "held": one.held.decode("utf-8", "replace"),
        "received": one.received.decode("utf-8", "replace"),
        "shown_by": one.reporter,
        "found_at": one.found_at,
        "told_at": one.told_at,
        "settled_at": one.settled_at,
        "settled_reason": one.settled_reason,
    }
