"""How much rules found in files of transactions."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Add what was found; no file was looked through before."""
    with op.batch_alter_table("submissions") as table:
        table.add_column(sa.Column("detected", sa.Text(), nullable=False, server_default="{}"))
