"""Acknowledgements of signals as rows.

Invariants: rows are added with their audit event in one commit, and never changed.
"""

from __future__ import annotations

from dataclasses import asdict, fields
from typing import Any

from sqlalchemy import Row, insert, select

from node.adapters.sqlite.audit import append_event
from node.adapters.sqlite.database import Database
from node.adapters.sqlite.tables import acknowledgements
from node.audit import AuditEvent
from node.ports.signals import Acknowledgement, Signal

_NAMED = tuple(field.name for field in fields(Signal))


class SqliteSignals:
    """The SignalStore port."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, said: Acknowledgement, event: AuditEvent) -> None:
        """Store one durably, together with the audit event, in one commit."""
        values = asdict(said.signal) | {
            "strength": said.strength,
            "note": said.note,
            "said_by": said.said_by,
            "said_at": said.said_at,
        }
        with self._database.write() as connection:
            connection.execute(insert(acknowledgements).values(values))
            append_event(connection, event)

    def said(self, model_id: str) -> list[Acknowledgement]:
        """Give every acknowledgement of a model's signals, the newest first."""
        rows = acknowledgements.c
        query = select(acknowledgements).where(rows.model_id == model_id)
        with self._database.read() as connection:
            found = connection.execute(query.order_by(rows.acknowledgement_id.desc()))
            return [_acknowledgement(row) for row in found]


def _acknowledgement(row: Row[Any]) -> Acknowledgement:
    signal = Signal(**{name: getattr(row, name) for name in _NAMED})
    return Acknowledgement(signal, row.strength, row.note, row.said_by, row.said_at)
