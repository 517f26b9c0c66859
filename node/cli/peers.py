"""`irac sync`, `irac peers` and `irac verify`: an operator's view of the exchange."""

from __future__ import annotations

from typing import Annotated

import typer

from node.cli.session import Json, opened_node, show
from node.services import indicators, sync, verify

EXIT_FAILED = 1


def add_to(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("sync")(sync_now)
    app.command("peers")(peers)
    app.command("verify")(verify_now)


def sync_now(
    peer: Annotated[str | None, typer.Argument(help="A member's code; all peers when left out.")] = None,
) -> None:
    """Synchronise now instead of waiting for the scheduler; exit status 1 when a peer failed."""
    with opened_node() as node:
        codes = [peer] if peer else sync.peers_due(node.context, node.now())
        outcomes = [
            sync.sync_peer(node.context, code, holder=node.process_name, now=node.now()) for code in codes
        ]
        indicators.recompute(node.context, node.now())
    for outcome in outcomes:
        result = f"{outcome.failure}: {outcome.detail}" if outcome.failure else "synchronised"
        typer.echo(
            f"{outcome.code}: {result}; {outcome.imported} bundles imported, {outcome.refused} refused"
        )
    if any(outcome.failure for outcome in outcomes):
        raise typer.Exit(EXIT_FAILED)


def peers(*, as_json: Json = False) -> None:
    """Show how far each peer is synchronised and whether it agrees with our indicators."""
    with opened_node() as node:
        rows = {row.code: row for row in indicators.agreement(node.context)}
        statuses = [node.context.peers.status(code) for code in sync.peers_due(node.context, node.now())]
        sizes = {status.code: node.context.peers.state(status.code).seen.frontier.size for status in statuses}
    document = [
        {
            "peer": status.code,
            "last_success_at": status.last_success_at,
            "failure": status.failure,
            "detail": status.detail,
            "log_size": sizes[status.code],
            "indicators": rows[status.code].verdict,
        }
        for status in statuses
    ]
    lines = [
        f"{status.code}: log of {sizes[status.code]} records, last success "
        f"{status.last_success_at or 'never'}, {status.failure or 'no failure'}, "
        f"indicators {rows[status.code].verdict}"
        for status in statuses
    ]
    show(document, as_json=as_json, lines=lines)


def verify_now(*, as_json: Json = False) -> None:
    """Verify everything this node holds, from bytes on disk to figures; exit status 1 when something is wrong."""
    with opened_node() as node:
        report = verify.verify(node.context)
    document = {
        "checked": report.checked,
        "findings": [{"where": finding.where, "what": finding.what} for finding in report.findings],
    }
    lines = [f"checked {count} {name}" for name, count in report.checked.items()]
    lines += [f"WRONG {finding.where}: {finding.what}" for finding in report.findings] or ["nothing wrong"]
    show(document, as_json=as_json, lines=lines)
    if report.findings:
        raise typer.Exit(EXIT_FAILED)
