"""Alembic's environment: the connection and its transaction come from the caller, settings from nowhere."""  # noqa: INP001

from __future__ import annotations

from alembic import context

from node.adapters.sqlite.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    # SQLite can undo table changes; without this each statement would stand alone
    transactional_ddl=True,
)
context.run_migrations()
