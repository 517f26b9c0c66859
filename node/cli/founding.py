"""`irac registry …`: how a federation begins, and how a node takes part in it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from node.cli.doors import doors
from node.cli.session import Json, opened_node, show
from node.services import registry

Federation = Annotated[str, typer.Option(help="Lower-case name of the federation.")]
Folder = Annotated[Path, typer.Argument(file_okay=False)]


def build() -> typer.Typer:
    """Build the `registry` commands."""
    app = typer.Typer(help="Membership and keys of the federation.", no_args_is_help=True)
    app.command("card")(card)
    app.command("found")(found)
    app.command("join")(join)
    app.command("status")(status)
    app.command("refresh")(refresh)
    return app


def card(file: Annotated[Path, typer.Argument(dir_okay=False)], federation: Federation) -> None:
    """Write this node's public card (keys, certificate, address) for the founding; it holds no secret."""
    typer.echo(doors().write_card(federation, file))


def found(
    out: Folder,
    *,
    federation: Federation,
    threshold: Annotated[int, typer.Option(min=1, help="How many governance keys must sign.")],
    member_card: Annotated[list[Path], typer.Option("--card", help="One card a member.")],
    governance: Annotated[list[Path], typer.Option("--governance", help="A founding node's data folder.")],
    keeper: Annotated[Path, typer.Option(help="Data folder of the node that keeps the registry fresh.")],
    source: Annotated[str, typer.Option(help="The document the membership rests on.")],
) -> None:
    """Found a federation with the governance keys in one room; prints the fingerprint to read aloud."""
    typer.echo(
        doors().found(
            out,
            federation=federation,
            threshold=threshold,
            cards=member_card,
            governance=governance,
            keeper=keeper,
            source=source,
            passphrase_of_folder=_ask_passphrase,
        )
    )


def _ask_passphrase(folder: Path) -> str | None:
    """Ask for what a founding node's keys are encrypted under; nothing when they are not."""
    given = typer.prompt(
        f"Passphrase of the keys in {folder}", default="", show_default=False, hide_input=True
    )
    return str(given) or None


def join(
    registry_folder: Folder,
    fingerprint: Annotated[str, typer.Option(help="Fingerprint of the root, as read aloud.")],
) -> None:
    """Take the registry's files into this node, if the root has the fingerprint that was read aloud."""
    typer.echo(doors().join(registry_folder, fingerprint))


def status(*, as_json: Json = False) -> None:
    """Show the registry this node trusts: root fingerprint, versions, expiry, members."""
    document = doors().registry_status()
    show(document, as_json=as_json, lines=[f"{name}: {value}" for name, value in document.items()])


def refresh() -> None:
    """Refresh the mirror now."""
    with opened_node() as node:
        typer.echo(registry.refresh(node.context, node.now()))
