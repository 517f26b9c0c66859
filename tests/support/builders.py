"""Values with defaults, so that a test names only what it is about."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from exchange.attestation import Attestation
from exchange.checkpoint import Checkpoint, sign
from exchange.keys import KeySigner
from exchange.merkle import Frontier, leaf_digest
from exchange.publisher import LogHead
from exchange.records import commitment
from node.access import Role
from node.audit import AuditEvent
from node.ports.accounts import Account, Session
from node.ports.ledger import Bundle, LogRecord, Publication
from node.ports.submissions import Submission, SubmissionState, UploadMode
from node.ports.work import IndicatorRun, JobRun, Said
from schemas.digest import sha256_hex

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
ORIGIN = "irac/test/KZ"
_LOG_KEY = KeySigner.from_seed(b"l" * 32)


def an_event(kind: str = "test.happened", **changes: Any) -> AuditEvent:
    """Give an audit event."""
    return AuditEvent(**{"kind": kind, "actor": "aigul", "subject": "something", "at": NOON, **changes})


def an_account(login: str = "aigul", **changes: Any) -> Account:
    """Give an account with two roles."""
    values: dict[str, Any] = {
        "login": login,
        "display_name": "Айгүл",
        "roles": frozenset({Role.SUBMITTER, Role.ANALYST}),
        "password_digest": "$argon2id$v=19$m=65536,t=3,p=4$c29tZXNhbHQ$digest",
        "language": "kk",
        "is_active": True,
        "release_keyid": None,
    }
    return Account(**{**values, **changes})


def a_session(token_digest: str = "sha256:token", **changes: Any) -> Session:
    """Give a session of one hour."""
    values: dict[str, Any] = {
        "token_digest": token_digest,
        "login": "aigul",
        "form_token": "form",
        "created_at": NOON,
        "expires_at": NOON.replace(hour=13),
    }
    return Session(**{**values, **changes})


def a_submission(**changes: Any) -> Submission:
    """Give a clean submission of declared flows, not yet stored."""
    values: dict[str, Any] = {
        "submission_id": 0,
        "dataflow_id": "DECLARED_FLOW",
        "mode": UploadMode.APPEND,
        "file_name": "торговля.csv",
        "file_digest": sha256_hex(b"file"),
        "file_bytes": 4,
        "state": SubmissionState.SUBMITTED,
        "submitted_by": "aigul",
        "submitted_at": NOON,
        "recipe_salt": "5a17",
        "recipe": {"format": "csv", "header_row": 1, "columns": ["TIME_PERIOD", "OBS_VALUE"]},
        "rows": 3,
        "rows_refused": 1,
        "violations": [{"rule": "code.unknown", "row": 2, "params": {"value": "ҚЗ"}}],
        "violation_totals": {"code.unknown": 1},
    }
    return Submission(**{**values, **changes})


def a_bundle(name: str = "first", **changes: Any) -> Bundle:
    """Give a bundle whose digests follow from its name."""
    values: dict[str, Any] = {
        "digest": sha256_hex(name.encode()),
        "originator": "KZ",
        "log_index": 0,
        "dataflow_id": "DECLARED_FLOW",
        "first_period": "2016",
        "last_period": "2018",
        "vintage": 1,
        "audience": ("KG", "RU"),
        "supersedes": (),
        "envelope": sha256_hex(f"{name} envelope".encode()),
        "manifest": sha256_hex(name.encode()),
        "parts": (sha256_hex(f"{name} part".encode()),),
        "signed_by": ("key one", "key two"),
        "released_at": NOON,
        "committed_at": NOON,
        "cells": {"A": 10, "L": 2},
    }
    return Bundle(**{**values, **changes})


def an_attestation(**changes: Any) -> Attestation:
    """Give the attestation of a run on no inputs."""
    values: dict[str, Any] = {
        "model_id": "CROSS_BORDER",
        "model_version": "1",
        "spec_digest": sha256_hex(b"spec"),
        "view_id": sha256_hex(b"view"),
        "inputs": (),
        "result_digest": sha256_hex(b"result"),
        "run_at": NOON,
    }
    return Attestation(**{**values, **changes})


def a_record(index: int = 0, **changes: Any) -> LogRecord:
    """Give a record of the own log with a salt that follows from its index."""
    salt = index.to_bytes(32, "big")
    values: dict[str, Any] = {
        "index": index,
        "kind": "release",
        "commitment": commitment(salt, b"envelope"),
        "salt": salt,
        "envelope": sha256_hex(b"envelope"),
        "audience": ("KG",),
    }
    return LogRecord(**{**values, **changes})


def a_head(*records: LogRecord) -> LogHead:
    """Give the head of a log of exactly these records."""
    frontier = Frontier.empty().extend(leaf_digest(record.commitment) for record in records)
    return LogHead(ORIGIN, frontier, sign(Checkpoint(ORIGIN, frontier.size, frontier.root()), _LOG_KEY))


def a_publication(*before: LogRecord, **changes: Any) -> Publication:
    """Give a publication of one more record after those named."""
    record = a_record(len(before))
    values: dict[str, Any] = {
        "leaving": a_head(*before) if before else None,
        "head": a_head(*before, record),
        "records": (record,),
        "event": an_event("release.published"),
    }
    return Publication(**{**values, **changes})


def a_run(**changes: Any) -> IndicatorRun:
    """Give an indicator run."""
    values: dict[str, Any] = {
        "model_id": "CROSS_BORDER",
        "model_version": "1",
        "spec_digest": sha256_hex(b"spec"),
        "view_id": sha256_hex(b"view"),
        "inputs": (sha256_hex(b"input"),),
        "result_digest": sha256_hex(b"result"),
        "results": sha256_hex(b"results"),
        "run_at": NOON,
    }
    return IndicatorRun(**{**values, **changes})


def a_job_run(**changes: Any) -> JobRun:
    """Give one run of a job."""
    values: dict[str, Any] = {
        "job": "sync",
        "subject": "KG",
        "started_at": NOON,
        "finished_at": NOON,
        "outcome": "ok",
        "detail": Said("read", {"bundles": 1}),
    }
    return JobRun(**{**values, **changes})
