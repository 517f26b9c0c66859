"""`irac rerun`: past results, drawn by lot, computed again from the archived bundles."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer

from node.cli.session import Json, opened_node, show
from node.services import reruns

EXIT_DIFFERS = 1


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    app.command("rerun")(rerun)


def rerun(
    *,
    results: Annotated[int, typer.Option(min=1, help="How many past results to draw.")] = 1,
    as_json: Json = False,
) -> None:
    """Compute past results again, drawn by lot; exit status 1 when one came out otherwise or could not be read."""
    with opened_node() as node:
        ctx = node.context
        done = [reruns.rerun(ctx, run, node.now()) for run in reruns.chosen(ctx, results)]
    lines = [
        f"{one.outcome.value:10} {one.model_id} of {one.run_at}, view {one.view_id}: "
        f"stored {one.stored}, now {one.found or '-'} {one.detail}".rstrip()
        for one in done
    ]
    show([asdict(one) for one in done], as_json=as_json, lines=lines or ["nothing was computed yet"])
    if any(one.outcome.is_incident for one in done):
        raise typer.Exit(EXIT_DIFFERS)
