"""`irac init`, `irac serve …`, `irac health` and `irac demo`."""

from __future__ import annotations

import urllib.error
import urllib.request
from pathlib import Path
from typing import Annotated

import typer

from node.cli.doors import doors
from node.errors import Unavailable

WithParent = Annotated[
    bool,
    typer.Option("--with-parent", help="Stop when standard input closes, that is when the starter ends."),
]
HEALTH_TIMEOUT_S = 5


def add_to(app: typer.Typer) -> None:
    """Add the commands."""
    serve = typer.Typer(help="The two processes of a node.", no_args_is_help=True)
    serve.command("web")(serve_web)
    serve.command("scheduler")(serve_scheduler)
    app.add_typer(serve, name="serve")
    app.command("init")(init)
    app.command("health")(health)
    app.command("demo")(demo)


def init() -> None:
    """Create this node's data folder, keys and database; what exists is kept."""
    typer.echo(doors().create_node())


def serve_web(*, with_parent: WithParent = False) -> None:
    """Serve people (pages and API) and peers (mutual TLS), until stopped."""
    doors().serve_web(with_parent)


def serve_scheduler(*, with_parent: WithParent = False) -> None:
    """Synchronise with the peers and recompute the indicators on schedule, until stopped."""
    doors().serve_scheduler(with_parent)


def health() -> None:
    """Ask the running web process whether it is ready; exit status 0 when it is."""
    url = f"{doors().web_address()}/readyz"
    try:
        with urllib.request.urlopen(url, timeout=HEALTH_TIMEOUT_S) as answer:  # noqa: S310 - our own http address
            typer.echo(answer.read().decode())
    except (OSError, urllib.error.URLError) as error:
        raise Unavailable(
            "The web process is not ready", detail=f"{url}: {error}", hint="Look at its log, or start it."
        ) from error


def demo(
    *,
    members: Annotated[int, typer.Option(min=2, max=10, help="How many nodes to run.")] = 3,
    once: Annotated[bool, typer.Option("--once", help="Run, print a JSON summary, stop.")] = False,
    folder: Annotated[Path, typer.Option(help="Where the demo's nodes live.")] = Path(".demo"),
) -> None:
    """Found a federation on this machine, load real open data, synchronise, and show that all nodes agree."""
    raise typer.Exit(doors().run_demo(members, once, folder))
