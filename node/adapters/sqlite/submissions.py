"""Submissions as rows.

Invariants: a submission and the audit event about it are one commit; a change names the state it leaves, and
of two changes made from one revision the second is refused.
"""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from node.adapters.sqlite.audit import append_event
from node.adapters.sqlite.database import Database
from node.adapters.sqlite.tables import submissions
from node.audit import AuditEvent
from node.errors import Conflict, NotFound
from node.ports.exceptions import RuleException
from node.ports.submissions import Submission, SubmissionState, UploadMode


class SqliteSubmissions:
    """The SubmissionStore port."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, submission: Submission, event: AuditEvent) -> Submission:
        """Store a new submission under an id given here, whatever id it came with; audit event included."""
        values = _values(submission)
        del values["submission_id"]
        with self._database.write() as connection:
            key = connection.execute(insert(submissions).values(values)).inserted_primary_key
            stored = replace(submission, submission_id=int(key[0]) if key else 0)
            append_event(connection, replace(event, subject=event.subject or str(stored.submission_id)))
        return stored

    def get(self, submission_id: int) -> Submission:
        """Give one; raises NotFound."""
        query = select(submissions).where(submissions.c.submission_id == submission_id)
        with self._database.read() as connection:
            row = connection.execute(query).first()
        if row is None:
            raise NotFound(
                "There is no such submission",
                detail=f"No submission {submission_id}.",
                submission_id=submission_id,
            )
        return _submission(row)

    def find_by_file(self, dataflow_id: str, file_digest: str) -> Submission | None:
        """Give the newest submission of this very file that was not withdrawn, or None."""
        query = (
            select(submissions)
            .where(submissions.c.dataflow_id == dataflow_id, submissions.c.file_digest == file_digest)
            .where(submissions.c.state != SubmissionState.WITHDRAWN.value)
            .order_by(submissions.c.submission_id.desc())
            .limit(1)
        )
        with self._database.read() as connection:
            row = connection.execute(query).first()
        return _submission(row) if row else None

    def all(self) -> list[Submission]:
        """Give all, newest first."""
        query = select(submissions).order_by(submissions.c.submission_id.desc())
        with self._database.read() as connection:
            return [_submission(row) for row in connection.execute(query)]

    def move(self, changed: Submission, *, leaving: SubmissionState, event: AuditEvent) -> None:
        """Store the changed submission if its stored state is still `leaving`, else raise Conflict."""
        with self._database.write() as connection:
            move_submission(connection, changed, leaving=leaving)
            append_event(connection, event)


def move_submission(connection: Connection, changed: Submission, *, leaving: SubmissionState) -> None:
    """Change a submission of this revision inside a writing transaction, from state `leaving`; raises Conflict."""
    values = _values(changed) | {"revision": changed.revision + 1}
    del values["submission_id"]
    moved = connection.execute(
        update(submissions)
        .where(submissions.c.submission_id == changed.submission_id, submissions.c.state == leaving.value)
        .where(submissions.c.revision == changed.revision)
        .values(values)
    )
    if moved.rowcount != 1:
        raise Conflict(
            "Somebody else took this step",
            detail=f"Submission {changed.submission_id} was changed meanwhile, or is no longer {leaving.value}.",
            hint="Open the submission again and look at its state.",
            submission_id=changed.submission_id,
        )


def _values(submission: Submission) -> dict[str, Any]:
    values = {field.name: getattr(submission, field.name) for field in fields(submission)}
    return values | {
        "mode": submission.mode.value,
        "state": submission.state.value,
        "exceptions_asked": [one.to_document() for one in submission.exceptions_asked],
    }


def _submission(row: Row[Any]) -> Submission:
    values = dict(row._mapping)  # noqa: SLF001 - public in spite of its name
    read = {
        "mode": UploadMode(values["mode"]),
        "state": SubmissionState(values["state"]),
        "exceptions_asked": tuple(map(RuleException.from_document, values["exceptions_asked"])),
    }
    return Submission(**values | read)
