"""The `irac` command: noun, then verb; `--json` on every reading command; exit status 0 only on success.

Commands work on the node's own data folder through the same use cases as the web and the API; a person signs in
with --as LOGIN and a password from IRAC_PASSWORD_FILE or a prompt, never from the command line.
"""

from __future__ import annotations

import typer

from node.cli import (
    accounts,
    adversary,
    exchange_records,
    founding,
    maintenance,
    maps,
    model,
    nodes,
    peers,
    reruns,
    structures,
    submissions,
    witness,
)


def build_app() -> typer.Typer:
    """Build the command tree."""
    app = typer.Typer(
        name="irac",
        help="A member's node of the International Centre for ML/TF Risk Assessment.",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
    )
    nodes.add_to(app)
    app.add_typer(accounts.build(), name="account")
    app.add_typer(submissions.build(), name="submission")
    submissions.add_to(app)
    app.add_typer(structures.build_structures(), name="structure")
    app.add_typer(structures.build_codelists(), name="codelist")
    structures.add_to(app)
    app.add_typer(maps.build(), name="map")
    app.add_typer(model.build(), name="model")
    app.add_typer(founding.build(), name="registry")
    peers.add_to(app)
    witness.add_to(app)
    reruns.add_to(app)
    app.add_typer(exchange_records.build_bundle(), name="bundle")
    app.add_typer(exchange_records.build_notice(), name="notice")
    app.add_typer(maintenance.build(), name="maintenance")
    app.add_typer(adversary.build(), name="adversary")
    return app
