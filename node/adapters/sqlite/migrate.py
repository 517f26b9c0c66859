"""Migrations: forward only, each recorded in the transaction that made it.

Invariants: a database written by a newer node is refused, not guessed at; the caller holds the migration lock
and an open writing transaction.
"""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util.exc import CommandError
from sqlalchemy import Connection

from node.errors import Unavailable

_SCRIPTS = Path(__file__).parent / "migrations"


def upgrade(connection: Connection) -> None:
    """Run what is missing on this connection, inside its transaction; raises Unavailable."""
    config = Config()
    config.set_main_option("script_location", str(_SCRIPTS))
    config.attributes["connection"] = connection
    _refuse_newer(connection, ScriptDirectory.from_config(config))
    command.upgrade(config, "head")


def _refuse_newer(connection: Connection, scripts: ScriptDirectory) -> None:
    for revision in MigrationContext.configure(connection).get_current_heads():
        try:
            scripts.get_revision(revision)
        except CommandError as error:
            raise Unavailable(
                "The database was written by a newer version of the node",
                detail=f"It is at revision {revision}, which this version does not know.",
                hint="Install the newer version again, or restore the copy made before it was installed.",
                revision=revision,
            ) from error
