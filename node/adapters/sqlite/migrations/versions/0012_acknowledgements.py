"""Who has seen which signal."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"

_NAMED = ("model_version", "indicator", "ref_area", "counterpart_area", "facet", "time_period")


def upgrade() -> None:
    """Add the table; nobody acknowledged anything before."""
    op.create_table(
        "acknowledgements",
        sa.Column("acknowledgement_id", sa.Integer(), primary_key=True),
        sa.Column("model_id", sa.Text(), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in _NAMED),
        sa.Column("strength", sa.Integer(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("said_by", sa.Text(), nullable=False),
        sa.Column("said_at", sa.Text(), nullable=False),
    )
    op.create_index("ix_acknowledgements", "acknowledgements", ["model_id"])
