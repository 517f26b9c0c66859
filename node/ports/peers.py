"""What this node knows of each peer: how far its log was witnessed, how the last sync went, what was refused.

Invariants: a peer's head only grows; refused bytes are kept as evidence and never become a bundle.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from exchange.sync import PeerState
from node.audit import AuditEvent
from node.ports.ledger import Bundle, HeldAttestation
from node.ports.records import HeldNotice, HeldReceipt, HeldRetraction, Owed
from node.ports.typologies import HeldTypology


class Standing(StrEnum):
    """The ladder of trust in a peer's freshness."""

    FRESH = "fresh"
    LATE = "late"
    FROZEN = "frozen"
    QUARANTINED = "quarantined"
    NEVER = "never"  # not synchronised yet


@dataclass(frozen=True, slots=True)
class PeerStatus:
    """The last attempt and the last success, with the reason in words. `failure` is an exchange error name.

    failures: passing failures in a row. next_at: when this peer is looked at next; None is at once. clock_skew_s: the
    peer's clock minus ours in seconds, when it last said what time it has.
    """

    code: str
    last_attempt_at: datetime | None = None
    last_success_at: datetime | None = None
    failure: str | None = None
    failure_class: str | None = None
    detail: str = ""
    hint: str = ""
    failures: int = 0
    next_at: datetime | None = None
    clock_skew_s: int | None = None


@dataclass(frozen=True, slots=True)
class HeldRefusal:
    """A record or a state of a peer's log that was refused. `evidence` is an object digest.

    kind, subject: what kind of record it was and the digest of its payload, where that could be read.
    """

    code: str
    log_index: int | None
    error: str
    detail: str
    evidence: str | None
    refused_at: datetime
    kind: str | None = None
    subject: str | None = None


@dataclass(frozen=True, slots=True)
class Brought:
    """Everything that one look at a peer brought, and what the peer is owed an answer about."""

    bundles: Sequence[Bundle] = ()
    attestations: Sequence[HeldAttestation] = ()
    retractions: Sequence[HeldRetraction] = ()
    receipts: Sequence[HeldReceipt] = ()
    notices: Sequence[HeldNotice] = ()
    typologies: Sequence[HeldTypology] = ()
    refusals: Sequence[HeldRefusal] = ()
    owed: Sequence[Owed] = ()


class PeerStore(Protocol):
    """Peers' heads, statuses and refusals. Commits are atomic and durable on return."""

    def state(self, code: str) -> PeerState:
        """Give how far this peer's log was witnessed; the empty state for a new peer."""

    def commit_import(
        self,
        code: str,
        *,
        leaving: PeerState,
        state: PeerState,
        brought: Brought,
        event: AuditEvent,
    ) -> None:
        """Commit one sync cycle if the stored state is still `leaving`, else raise Conflict (nothing changed)."""

    def status(self, code: str) -> PeerStatus:
        """Give the last outcome; an empty one for a new peer."""

    def put_status(self, status: PeerStatus) -> None:
        """Store the outcome of an attempt."""

    def look_next(self, code: str, at: datetime) -> None:
        """Have a peer that was looked at before looked at again at `at`; no error for one that never was."""

    def add_refusal(self, refusal: HeldRefusal) -> None:
        """Keep evidence that did not come with a commit (an alarm that stopped the cycle)."""

    def refusals(self, code: str | None = None) -> list[HeldRefusal]:
        """Give refusals, newest first."""

    def refusal_of(self, subject: str) -> HeldRefusal | None:
        """Give the first refusal of a record whose payload has this digest, or None."""
