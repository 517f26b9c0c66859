"""The audit chain's rows.

Invariants: an event is appended in the transaction of what it tells about; the writing lock of that
transaction is what makes "the last entry" one entry.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC

from sqlalchemy import Connection, Row, insert, select

from node.adapters.sqlite.database import Database
from node.adapters.sqlite.tables import audit_entries
from node.audit import FIRST_LINK, AuditEntry, AuditEvent, link


def append_event(connection: Connection, event: AuditEvent) -> AuditEntry:
    """Append an event inside a writing transaction; its moment is kept in UTC, as the digest covers it."""
    last = connection.execute(
        select(audit_entries.c.sequence, audit_entries.c.digest)
        .order_by(audit_entries.c.sequence.desc())
        .limit(1)
    ).first()
    previous, sequence = (last.digest, last.sequence + 1) if last else (FIRST_LINK, 1)
    entry = link(previous, sequence, replace(event, at=event.at.astimezone(UTC)))
    connection.execute(
        insert(audit_entries).values(
            sequence=entry.sequence,
            kind=entry.event.kind,
            actor=entry.event.actor,
            subject=entry.event.subject,
            at=entry.event.at,
            details=entry.event.details,
            previous=entry.previous,
            digest=entry.digest,
        )
    )
    return entry


class SqliteAuditLog:
    """The AuditLog port."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def append(self, event: AuditEvent) -> AuditEntry:
        """Append one event durably; raises Unavailable."""
        with self._database.write() as connection:
            return append_event(connection, event)

    def entries(
        self, *, newest_first: bool = False, limit: int | None = None, before: int | None = None
    ) -> list[AuditEntry]:
        """Give entries in order of sequence, or newest first, as they are stored (unverified)."""
        column = audit_entries.c.sequence
        query = select(audit_entries).order_by(column.desc() if newest_first else column).limit(limit)
        if before is not None:
            query = query.where(column < before)
        with self._database.read() as connection:
            return [_entry(row) for row in connection.execute(query)]


def _entry(row: Row[tuple[object, ...]]) -> AuditEntry:
    event = AuditEvent(kind=row.kind, actor=row.actor, subject=row.subject, at=row.at, details=row.details)
    return AuditEntry(row.sequence, event, row.previous, row.digest)
