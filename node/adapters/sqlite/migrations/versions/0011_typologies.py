"""The register of typologies: own entries with their versions, and what members shared."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Add the tables; nothing was described before."""
    op.create_table(
        "typologies",
        sa.Column("typology", sa.Text(), primary_key=True),
        sa.Column("retired_by", sa.Text()),
        sa.Column("retired_at", sa.Text()),
        sa.Column("retired_reason", sa.Text()),
    )
    op.create_table(
        "typology_versions",
        sa.Column("typology", sa.Text(), sa.ForeignKey("typologies.typology"), primary_key=True),
        sa.Column("number", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("change", sa.Text(), nullable=False),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("written_at", sa.Text(), nullable=False),
        sa.Column("reviewed_by", sa.Text()),
        sa.Column("reviewed_at", sa.Text()),
        sa.Column("shared_by", sa.Text()),
        sa.Column("shared_at", sa.Text()),
    )
    op.create_table(
        "typology_records",
        sa.Column("originator", sa.Text(), primary_key=True),
        sa.Column("log_index", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("typology", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("document", sa.LargeBinary(), nullable=False),
        sa.Column("envelope", sa.Text(), nullable=False),
        sa.Column("committed_at", sa.Text(), nullable=False),
    )
    op.create_index("ix_typology_records", "typology_records", ["typology"])
