"""The tables, as the newest migration leaves them (a test compares the two)."""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
)

from node.adapters.sqlite.columns import Document, Moment, SaidText, Texts

metadata = MetaData()

accounts = Table(
    "accounts",
    metadata,
    Column("login", Text, primary_key=True),
    Column("display_name", Text, nullable=False),
    Column("roles", Texts, nullable=False),
    Column("password_digest", Text, nullable=False),
    Column("language", Text, nullable=False),
    Column("is_active", Boolean, nullable=False),
    Column("release_keyid", Text),
    Column("failed_sign_ins", Integer, nullable=False),
    Column("locked_until", Moment),
)

sessions = Table(
    "sessions",
    metadata,
    Column("token_digest", Text, primary_key=True),
    Column("login", Text, ForeignKey("accounts.login"), nullable=False),
    Column("form_token", Text, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("expires_at", Moment, nullable=False),
)

submissions = Table(
    "submissions",
    metadata,
    Column("submission_id", Integer, primary_key=True),
    Column("dataflow_id", Text, nullable=False),
    Column("mode", Text, nullable=False),
    Column("file_name", Text, nullable=False),
    Column("file_digest", Text, nullable=False),
    Column("file_bytes", Integer, nullable=False),
    Column("state", Text, nullable=False),
    Column("submitted_by", Text, nullable=False),
    Column("submitted_at", Moment, nullable=False),
    Column("recipe", Document, nullable=False),
    Column("recipe_salt", Text, nullable=False, server_default=""),
    Column("rows", Integer, nullable=False),
    Column("rows_refused", Integer, nullable=False),
    Column("violations", Document, nullable=False),
    Column("violation_totals", Document, nullable=False),
    Column("leave_out_reason", Text),
    Column("warnings_reason", Text),
    Column("content_hits", Document, nullable=False, server_default="[]"),
    Column("content_reason", Text),
    Column("content_cleared_by", Text),
    Column("content_cleared_at", Moment),
    Column("approved_by", Text),
    Column("approved_at", Moment),
    Column("manifest_digest", Text),
    Column("approver_signature", Document),
    Column("released_by", Text),
    Column("released_at", Moment),
    Column("exceptions_asked", Document, nullable=False, server_default="[]"),
    Column("detected", Document, nullable=False, server_default="{}"),
    Column("revision", Integer, nullable=False, server_default="0"),
    # an id that was given is never given again: it stands in audit entries
    sqlite_autoincrement=True,
)
Index("ix_submissions_file", submissions.c.dataflow_id, submissions.c.file_digest)

compiled_results = Table(
    "compiled_results",
    metadata,
    Column("key", Text, primary_key=True),
    Column("digest", Text, nullable=False),
)

log_heads = Table(
    "log_heads",
    metadata,
    Column("only", Integer, CheckConstraint("only = 1", name="one_own_log"), primary_key=True),
    Column("head", Document, nullable=False),
)

log_records = Table(
    "log_records",
    metadata,
    Column("index", Integer, primary_key=True, autoincrement=False),
    Column("kind", Text, nullable=False),
    Column("commitment", LargeBinary, nullable=False),
    Column("salt", LargeBinary, nullable=False),
    Column("envelope", Text, nullable=False),
    Column("audience", Texts, nullable=False),
)

bundles = Table(
    "bundles",
    metadata,
    Column("digest", Text, primary_key=True),
    Column("is_own", Boolean, nullable=False),
    Column("originator", Text, nullable=False),
    Column("log_index", Integer, nullable=False),
    Column("dataflow_id", Text, nullable=False),
    Column("first_period", Text, nullable=False),
    Column("last_period", Text, nullable=False),
    Column("vintage", Integer, nullable=False),
    Column("audience", Texts, nullable=False),
    Column("supersedes", Texts, nullable=False),
    Column("envelope", Text, nullable=False),
    Column("manifest", Text, nullable=False),
    Column("parts", Texts, nullable=False),
    Column("signed_by", Texts, nullable=False),
    Column("released_at", Moment, nullable=False),
    Column("committed_at", Moment, nullable=False),
    Column("cells", Document, nullable=False),
    Column("superseded_by", Text),
    Column("retracted_by", Text),
    UniqueConstraint("originator", "log_index", name="one_bundle_an_entry"),
)

own_parts = Table(
    "own_parts",
    metadata,
    Column("part", Text, primary_key=True),
    Column("bundle", Text, ForeignKey("bundles.digest"), primary_key=True),
)

supersessions = Table(
    "supersessions",
    metadata,
    Column("originator", Text, primary_key=True),
    Column("superseded", Text, primary_key=True),
    Column("by", Text, ForeignKey("bundles.digest"), primary_key=True),
)

attestations = Table(
    "attestations",
    metadata,
    Column("originator", Text, primary_key=True),
    Column("log_index", Integer, primary_key=True, autoincrement=False),
    Column("document", LargeBinary, nullable=False),
)

peer_states = Table(
    "peer_states",
    metadata,
    Column("code", Text, primary_key=True),
    Column("state", Document, nullable=False),
)

peer_statuses = Table(
    "peer_statuses",
    metadata,
    Column("code", Text, primary_key=True),
    Column("last_attempt_at", Moment),
    Column("last_success_at", Moment),
    Column("failure", Text),
    Column("failure_class", Text),
    Column("detail", Text, nullable=False),
    Column("hint", Text, nullable=False),
    Column("failures", Integer, nullable=False, server_default="0"),
    Column("next_at", Moment),
    Column("clock_skew_s", Integer),
)

maintenance = Table(
    "maintenance",
    metadata,
    Column("reason", Text, nullable=False),
    Column("since", Moment, nullable=False),
    Column("until", Moment),
)

log_views = Table(
    "log_views",
    metadata,
    Column("code", Text, primary_key=True),
    Column("size", Integer, nullable=False),
    Column("root", LargeBinary, nullable=False),
    Column("note", LargeBinary, nullable=False),
    Column("cosigned_at", Integer, nullable=False),
)

hearsay = Table(
    "hearsay",
    metadata,
    Column("code", Text, primary_key=True),
    Column("reporter", Text, primary_key=True),
    Column("size", Integer, nullable=False),
    Column("root", LargeBinary, nullable=False),
    Column("note", LargeBinary, nullable=False),
    Column("is_checked", Boolean, nullable=False),
    Column("heard_at", Moment, nullable=False),
)

gossip_tags = Table(
    "gossip_tags",
    metadata,
    Column("reporter", Text, primary_key=True),
    Column("etag", Text),
)

cosignatures = Table(
    "cosignatures",
    metadata,
    Column("member", Text, primary_key=True),
    Column("size", Integer, nullable=False),
    Column("line", Text, nullable=False),
)

log_nodes = Table(
    "log_nodes",
    metadata,
    Column("height", Integer, primary_key=True, autoincrement=False),
    Column("index", Integer, primary_key=True, autoincrement=False),
    Column("digest", LargeBinary, nullable=False),
)

evidence = Table(
    "evidence",
    metadata,
    Column("evidence_id", Integer, primary_key=True),
    Column("pair", Text, nullable=False),
    Column("code", Text, nullable=False),
    Column("error", Text, nullable=False),
    Column("detail", Text, nullable=False),
    Column("held", LargeBinary, nullable=False),
    Column("received", LargeBinary, nullable=False),
    Column("reporter", Text, nullable=False),
    Column("found_at", Moment, nullable=False),
    Column("told_at", Moment),
    Column("settled_at", Moment),
    Column("settled_reason", Text),
    UniqueConstraint("pair", name="one_row_a_contradiction"),
    sqlite_autoincrement=True,
)

refusals = Table(
    "refusals",
    metadata,
    Column("refusal_id", Integer, primary_key=True),
    Column("code", Text, nullable=False),
    Column("log_index", Integer),
    Column("error", Text, nullable=False),
    Column("detail", Text, nullable=False),
    Column("evidence", Text),
    Column("refused_at", Moment, nullable=False),
    Column("kind", Text),
    Column("subject", Text),
)
Index("ix_refusals_code", refusals.c.code)
Index("ix_refusals_subject", refusals.c.subject)

retraction_proposals = Table(
    "retraction_proposals",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("bundle", Text, nullable=False),
    Column("document", LargeBinary, nullable=False),
    Column("signatures", Document, nullable=False),
    Column("proposed_by", Text, nullable=False),
    Column("proposed_at", Moment, nullable=False),
    Column("state", Text, nullable=False),
    Column("decided_by", Text),
    Column("decided_at", Moment),
    # a number that was given is never given again: it stands in audit entries
    sqlite_autoincrement=True,
)

retractions = Table(
    "retractions",
    metadata,
    Column("originator", Text, primary_key=True),
    Column("log_index", Integer, primary_key=True, autoincrement=False),
    Column("bundle", Text, nullable=False),
    Column("digest", Text, nullable=False),
    Column("document", LargeBinary, nullable=False),
    Column("envelope", Text, nullable=False),
    Column("signed_by", Texts, nullable=False),
    Column("committed_at", Moment, nullable=False),
)
Index("ix_retractions_bundle", retractions.c.bundle)
Index("ix_retractions_digest", retractions.c.digest)

receipts = Table(
    "receipts",
    metadata,
    Column("member", Text, primary_key=True),
    Column("receipt_index", Integer, primary_key=True, autoincrement=False),
    Column("log_index", Integer, primary_key=True, autoincrement=False),
    Column("at", Moment, nullable=False),
    Column("envelope", Text, nullable=False),
    Column("entry", Document, nullable=False),
)
Index("ix_receipts_record", receipts.c.log_index)

notices = Table(
    "notices",
    metadata,
    Column("originator", Text, primary_key=True),
    Column("log_index", Integer, primary_key=True, autoincrement=False),
    Column("digest", Text, nullable=False),
    Column("document", LargeBinary, nullable=False),
    Column("envelope", Text, nullable=False),
    Column("committed_at", Moment, nullable=False),
)

typologies = Table(
    "typologies",
    metadata,
    Column("typology", Text, primary_key=True),
    Column("retired_by", Text),
    Column("retired_at", Moment),
    Column("retired_reason", Text),
)

typology_versions = Table(
    "typology_versions",
    metadata,
    Column("typology", Text, ForeignKey("typologies.typology"), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("description", Document, nullable=False),
    Column("change", Text, nullable=False),
    Column("author", Text, nullable=False),
    Column("written_at", Moment, nullable=False),
    Column("reviewed_by", Text),
    Column("reviewed_at", Moment),
    Column("shared_by", Text),
    Column("shared_at", Moment),
)

typology_records = Table(
    "typology_records",
    metadata,
    Column("originator", Text, primary_key=True),
    Column("log_index", Integer, primary_key=True, autoincrement=False),
    Column("typology", Text, nullable=False),
    Column("digest", Text, nullable=False),
    Column("document", LargeBinary, nullable=False),
    Column("envelope", Text, nullable=False),
    Column("committed_at", Moment, nullable=False),
)
Index("ix_typology_records", typology_records.c.typology)

owed_receipts = Table(
    "owed_receipts",
    metadata,
    Column("code", Text, primary_key=True),
    Column("log_index", Integer, primary_key=True, autoincrement=False),
    Column("entry", Document, nullable=False),
    Column("answered_by", Integer),
)
# what is owed is a handful of rows among all that were ever answered
Index("ix_owed_receipts", owed_receipts.c.answered_by)

indicator_runs = Table(
    "indicator_runs",
    metadata,
    Column("run_id", Integer, primary_key=True),
    Column("model_id", Text, nullable=False),
    Column("model_version", Text, nullable=False),
    Column("spec_digest", Text, nullable=False),
    Column("view_id", Text, nullable=False),
    Column("inputs", Texts, nullable=False),
    Column("result_digest", Text, nullable=False),
    Column("results", Text, nullable=False),
    Column("run_at", Moment, nullable=False),
    UniqueConstraint("view_id", "model_id", "model_version", name="one_run_a_view"),
)

reruns = Table(
    "reruns",
    metadata,
    Column("rerun_id", Integer, primary_key=True),
    Column("model_id", Text, nullable=False),
    Column("model_version", Text, nullable=False),
    Column("spec_digest", Text, nullable=False),
    Column("view_id", Text, nullable=False),
    Column("run_at", Moment, nullable=False),
    Column("stored", Text, nullable=False),
    Column("found", Text, nullable=False),
    Column("outcome", Text, nullable=False),
    Column("detail", Text, nullable=False),
    Column("rerun_at", Moment, nullable=False),
)

score_reviews = Table(
    "score_reviews",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("model_id", Text, nullable=False),
    Column("area", Text, nullable=False),
    Column("time_period", Text, nullable=False),
    Column("verdict", Text, nullable=False),
    Column("computed", Texts, nullable=False),
    Column("lower", Text, nullable=False),
    Column("upper", Text, nullable=False),
    Column("result_digest", Text, nullable=False),
    Column("assessed", Text, nullable=False),
    Column("reason", Text),
    Column("text", Text, nullable=False),
    Column("evidence", Text, nullable=False),
    Column("last_period", Text, nullable=False),
    Column("is_shared", Boolean, nullable=False),
    Column("needs_second", Boolean, nullable=False),
    Column("role", Text, nullable=False),
    Column("reviewed_by", Text, nullable=False),
    Column("reviewed_at", Moment, nullable=False),
    Column("approved_by", Text),
    Column("approved_at", Moment),
    Column("ended_by", Text),
    Column("ended_at", Moment),
    Column("ended_reason", Text),
    Column("revision", Integer, nullable=False),
    # a number that was given is never given again: it stands in audit entries
    sqlite_autoincrement=True,
)
acknowledgements = Table(
    "acknowledgements",
    metadata,
    Column("acknowledgement_id", Integer, primary_key=True),
    Column("model_id", Text, nullable=False),
    Column("model_version", Text, nullable=False),
    Column("indicator", Text, nullable=False),
    Column("ref_area", Text, nullable=False),
    Column("counterpart_area", Text, nullable=False),
    Column("facet", Text, nullable=False),
    Column("time_period", Text, nullable=False),
    Column("strength", Integer, nullable=False),
    Column("note", Text, nullable=False),
    Column("said_by", Text, nullable=False),
    Column("said_at", Moment, nullable=False),
)
Index("ix_acknowledgements", acknowledgements.c.model_id)

audit_entries = Table(
    "audit_entries",
    metadata,
    Column("sequence", Integer, primary_key=True, autoincrement=False),
    Column("kind", Text, nullable=False),
    Column("actor", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("at", Moment, nullable=False),
    Column("details", Document, nullable=False),
    Column("previous", Text, nullable=False),
    Column("digest", Text, nullable=False),
)

leases = Table(
    "leases",
    metadata,
    Column("name", Text, primary_key=True),
    Column("holder", Text, nullable=False),
    Column("until", Moment, nullable=False),
)

job_runs = Table(
    "job_runs",
    metadata,
    Column("run_id", Integer, primary_key=True),
    Column("job", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("started_at", Moment, nullable=False),
    Column("finished_at", Moment, nullable=False),
    Column("outcome", Text, nullable=False),
    Column("detail", SaidText, nullable=False),
)
