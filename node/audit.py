"""What happened, as a chain: each entry carries the digest of the one before.

A removed or altered entry is found by reading the chain once.

Invariants: entries hold identifiers only, never an observation's value, a key or a secret.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from schemas.canonical import canonical_json
from schemas.digest import sha256_hex

FIRST_LINK = sha256_hex(b"irac audit log")


@dataclass(frozen=True, slots=True)
class AuditEvent:
    """Something a person or a process did. `kind` is a constant of the form subject.action."""

    kind: str
    actor: str
    subject: str
    at: datetime
    details: Mapping[str, str | int | bool] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """An event in its place in the chain."""

    sequence: int
    event: AuditEvent
    previous: str
    digest: str


def link(previous: str, sequence: int, event: AuditEvent) -> AuditEntry:
    """Place an event after the entry whose digest is `previous`."""
    content = {
        "sequence": sequence,
        "previous": previous,
        "kind": event.kind,
        "actor": event.actor,
        "subject": event.subject,
        "at": event.at.isoformat(),
        "details": dict(event.details),
    }
    return AuditEntry(sequence, event, previous, sha256_hex(canonical_json(content)))


def first_broken(entries: Iterable[AuditEntry]) -> int | None:
    """Give the sequence number of the first entry that does not follow from the one before, or None."""
    previous = FIRST_LINK
    for expected, entry in enumerate(entries, start=1):
        if entry != link(previous, expected, entry.event):
            return expected
        previous = entry.digest
    return None
