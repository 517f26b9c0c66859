"""Exceptions to the rules of disclosure control that officers ask for."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Add the exceptions; nobody asked for one before."""
    with op.batch_alter_table("submissions") as table:
        table.add_column(sa.Column("exceptions_asked", sa.Text(), nullable=False, server_default="[]"))
