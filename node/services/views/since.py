"""What happened here since a person was last here: releases, revisions, retractions, evidence.

Invariants: the last visit is the last time the person signed in before the session that asks, as the audit log says;
without one nothing is called new.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from node.ports.ledger import Bundle
from node.services.context import Context

ENTRIES_SEARCHED = 500
SIGNED_IN = "session.opened"


@dataclass(frozen=True, slots=True)
class Since:
    """What changed since a moment. arrived: bundles in order of arrival; revised: those of them that replace others."""

    moment: datetime
    arrived: tuple[Bundle, ...]
    retracted: int
    evidence: int

    @property
    def revised(self) -> int:
        """How many of the arrived bundles replace an earlier vintage."""
        return sum(bool(one.supersedes) for one in self.arrived)

    @property
    def members(self) -> tuple[str, ...]:
        """Whose bundles arrived, in order of code."""
        return tuple(sorted({one.originator for one in self.arrived}))


def last_visit(ctx: Context, login: str, session_began: datetime) -> datetime | None:
    """Give when the person signed in before this session, if the newest entries of the audit log say it."""
    for entry in ctx.audit.entries(newest_first=True, limit=ENTRIES_SEARCHED):
        event = entry.event
        if event.kind == SIGNED_IN and event.actor == login and event.at < session_began:
            return event.at
    return None


def since(ctx: Context, moment: datetime | None) -> Since | None:
    """Give what changed since a moment, or None without one."""
    if moment is None:
        return None
    arrived = [one for one in ctx.ledger.bundles() if one.committed_at > moment]
    retractions = [one for one in ctx.records.retractions() if one.committed_at > moment]
    found = [one for one in ctx.evidence.all() if one.found_at > moment]
    arrived.sort(key=lambda one: one.committed_at)
    return Since(moment, tuple(arrived), len(retractions), len(found))
