"""The register of typologies: what this member's people wrote, version by version, and what members shared.

Invariants: a version is never altered; each step of an entry (written, reviewed, shared, retired) is taken once and
from the newest version; what was shared is a record of a log, and its row is written by the commit of that log.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from exchange.typology import Typology
from exchange.typology_wording import Description
from node.audit import AuditEvent


class EntryStatus(StrEnum):
    """Where an entry stands; the words are those of CL_TYPOLOGY_STATUS."""

    PROPOSED = "PROPOSED"
    REVIEWED = "REVIEWED"
    SHARED = "SHARED"
    RETIRED = "RETIRED"


@dataclass(frozen=True, slots=True)
class EntryVersion:
    """One version of an own entry. number: from 1. change: what is other than before, for colleagues only."""

    typology: str
    number: int
    description: Description
    change: str
    author: str
    written_at: datetime
    reviewed_by: str | None = None
    reviewed_at: datetime | None = None
    shared_by: str | None = None
    shared_at: datetime | None = None

    @property
    def status(self) -> EntryStatus:
        """Where this version stands."""
        if self.shared_at is not None:
            return EntryStatus.SHARED
        return EntryStatus.PROPOSED if self.reviewed_at is None else EntryStatus.REVIEWED


@dataclass(frozen=True, slots=True)
class Retirement:
    """Who took an entry out of use, when and why; nothing follows it."""

    by: str
    at: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class HeldTypology:
    """A record of a typology in a member's log, or our own. digest: of its payload; envelope: an object digest."""

    originator: str
    log_index: int
    digest: str
    typology: Typology
    envelope: str
    committed_at: datetime


@dataclass(frozen=True, slots=True)
class OwnEntry:
    """An entry of this member. versions: oldest first, one at least; told: its records in the own log, in order."""

    typology: str
    versions: tuple[EntryVersion, ...]
    retirement: Retirement | None = None
    told: tuple[HeldTypology, ...] = ()

    @property
    def newest(self) -> EntryVersion:
        """The newest version: the one that every step is taken from."""
        return self.versions[-1]

    @property
    def status(self) -> EntryStatus:
        """Where the entry stands."""
        return self.newest.status if self.retirement is None else EntryStatus.RETIRED

    @property
    def shared(self) -> EntryVersion | None:
        """The version that others have, the newest if several; None while nobody has any."""
        return next((one for one in reversed(self.versions) if one.shared_at is not None), None)

    @property
    def audience(self) -> tuple[str, ...]:
        """Every member that any version was ever sent to, sorted."""
        return tuple(sorted({code for held in self.told for code in held.typology.audience}))


@dataclass(frozen=True, slots=True)
class Telling:
    """What a commit of the own log means for an own entry: this record goes out, and `by` took the step."""

    held: HeldTypology
    by: str


class TypologyStore(Protocol):
    """Own entries with their versions, and records of typologies. Commits are atomic and durable on return."""

    def propose(self, first: EntryVersion, event: AuditEvent) -> OwnEntry:
        """Store a new entry under the next free number of its year; gives it with its id.

        first: version 1 with `typology` being the id without its number, such as `KZ-2026-`. The event's subject is
        set to the id. Raises Conflict when the year has no number left.
        """

    def write(self, version: EntryVersion, event: AuditEvent) -> None:
        """Store one more version; raises Conflict unless it follows the newest of an entry that is not retired."""

    def review(self, version: EntryVersion, event: AuditEvent) -> None:
        """Store who reviewed a version; raises Conflict unless it is the newest and nobody reviewed it yet."""

    def retire(self, typology: str, retirement: Retirement, event: AuditEvent) -> None:
        """Retire an entry that nobody else has; raises Conflict if it is retired, or was shared meanwhile."""

    def entry(self, typology: str) -> OwnEntry:
        """Give an own entry; raises NotFound."""

    def entries(self) -> Sequence[OwnEntry]:
        """Give all own entries, ordered by id."""

    def records(self, originator: str | None = None) -> Sequence[HeldTypology]:
        """Give records of typologies, own and imported, ordered by (originator, log_index)."""
