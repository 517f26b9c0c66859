"""First tables: accounts, submissions, the own log, bundles, peers, indicators, audit and jobs.

Written out, not taken from tables.py: a released migration never changes when the tables do.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def _text(name: str, *, null: bool = False, key: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=null, primary_key=key)


def _integer(name: str, *, null: bool = False, key: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.Integer(), nullable=null, primary_key=key, autoincrement=False)


def _row_number(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.Integer(), nullable=False, primary_key=True)


def upgrade() -> None:
    """Make the tables."""
    _people()
    _submissions()
    _own_log()
    _bundles()
    _peers()
    _work()


def _people() -> None:
    op.create_table(
        "accounts",
        _text("login", key=True),
        _text("display_name"),
        _text("roles"),
        _text("password_digest"),
        _text("language"),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        _text("release_keyid", null=True),
        _integer("failed_sign_ins"),
        _text("locked_until", null=True),
    )
    op.create_table(
        "sessions",
        _text("token_digest", key=True),
        sa.Column("login", sa.Text(), sa.ForeignKey("accounts.login"), nullable=False),
        _text("form_token"),
        _text("created_at"),
        _text("expires_at"),
    )


def _submissions() -> None:
    op.create_table(
        "submissions",
        _row_number("submission_id"),
        _text("dataflow_id"),
        _text("mode"),
        _text("file_name"),
        _text("file_digest"),
        _integer("file_bytes"),
        _text("state"),
        _text("submitted_by"),
        _text("submitted_at"),
        _text("recipe"),
        _integer("rows"),
        _integer("rows_refused"),
        _text("violations"),
        _text("violation_totals"),
        _text("leave_out_reason", null=True),
        _text("approved_by", null=True),
        _text("approved_at", null=True),
        _text("manifest_digest", null=True),
        _text("approver_signature", null=True),
        _text("released_by", null=True),
        _text("released_at", null=True),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_submissions_file", "submissions", ["dataflow_id", "file_digest"])


def _own_log() -> None:
    op.create_table(
        "log_heads",
        sa.Column("only", sa.Integer(), sa.CheckConstraint("only = 1", name="one_own_log"), primary_key=True),
        _text("head"),
    )
    op.create_table(
        "log_records",
        _integer("index", key=True),
        _text("kind"),
        sa.Column("commitment", sa.LargeBinary(), nullable=False),
        sa.Column("salt", sa.LargeBinary(), nullable=False),
        _text("envelope"),
        _text("audience"),
    )


def _bundles() -> None:
    op.create_table(
        "bundles",
        _text("digest", key=True),
        sa.Column("is_own", sa.Boolean(), nullable=False),
        _text("originator"),
        _integer("log_index"),
        _text("dataflow_id"),
        _text("first_period"),
        _text("last_period"),
        _integer("vintage"),
        _text("audience"),
        _text("supersedes"),
        _text("envelope"),
        _text("manifest"),
        _text("parts"),
        _text("signed_by"),
        _text("released_at"),
        _text("committed_at"),
        _text("cells"),
        _text("superseded_by", null=True),
        sa.UniqueConstraint("originator", "log_index", name="one_bundle_an_entry"),
    )
    op.create_table(
        "own_parts",
        _text("part", key=True),
        sa.Column("bundle", sa.Text(), sa.ForeignKey("bundles.digest"), nullable=False, primary_key=True),
    )
    op.create_table(
        "supersessions",
        _text("originator", key=True),
        _text("superseded", key=True),
        sa.Column("by", sa.Text(), sa.ForeignKey("bundles.digest"), nullable=False, primary_key=True),
    )
    op.create_table(
        "attestations",
        _text("originator", key=True),
        _integer("log_index", key=True),
        sa.Column("document", sa.LargeBinary(), nullable=False),
    )


def _peers() -> None:
    op.create_table("peer_states", _text("code", key=True), _text("state"))
    op.create_table(
        "peer_statuses",
        _text("code", key=True),
        _text("last_attempt_at", null=True),
        _text("last_success_at", null=True),
        _text("failure", null=True),
        _text("failure_class", null=True),
        _text("detail"),
        _text("hint"),
    )
    op.create_table(
        "refusals",
        _row_number("refusal_id"),
        _text("code"),
        _integer("log_index", null=True),
        _text("error"),
        _text("detail"),
        _text("evidence", null=True),
        _text("refused_at"),
    )
    op.create_index("ix_refusals_code", "refusals", ["code"])


def _work() -> None:
    op.create_table(
        "indicator_runs",
        _row_number("run_id"),
        _text("model_id"),
        _text("model_version"),
        _text("spec_digest"),
        _text("view_id"),
        _text("inputs"),
        _text("result_digest"),
        _text("results"),
        _text("run_at"),
        sa.UniqueConstraint("view_id", "model_id", "model_version", name="one_run_a_view"),
    )
    op.create_table(
        "audit_entries",
        _integer("sequence", key=True),
        _text("kind"),
        _text("actor"),
        _text("subject"),
        _text("at"),
        _text("details"),
        _text("previous"),
        _text("digest"),
    )
    op.create_table("leases", _text("name", key=True), _text("holder"), _text("until"))
    op.create_table(
        "job_runs",
        _row_number("run_id"),
        _text("job"),
        _text("subject"),
        _text("started_at"),
        _text("finished_at"),
        _text("outcome"),
        _text("detail"),
    )
