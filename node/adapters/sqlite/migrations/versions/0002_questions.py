"""Questions a submission has to answer: warnings confirmed with a reason, content cleared by a reviewer.

The revision keeps two people who answer at once from overwriting each other.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Add the answers; submissions of before had no question of these kinds."""
    with op.batch_alter_table("submissions") as table:
        table.add_column(sa.Column("warnings_reason", sa.Text()))
        table.add_column(sa.Column("content_hits", sa.Text(), nullable=False, server_default="[]"))
        table.add_column(sa.Column("content_reason", sa.Text()))
        table.add_column(sa.Column("content_cleared_by", sa.Text()))
        table.add_column(sa.Column("content_cleared_at", sa.Text()))
        # files taken in before have no salt: their manifests hold no digest of a recipe
        table.add_column(sa.Column("recipe_salt", sa.Text(), nullable=False, server_default=""))
        table.add_column(sa.Column("revision", sa.Integer(), nullable=False, server_default="0"))
