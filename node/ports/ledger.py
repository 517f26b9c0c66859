"""This node's log and every bundle it holds, own and imported.

Invariants: there is one commit point for a publication and one for an import; each is a compare-and-swap on
the head it extends, and everything the step means is in that one commit. A bundle that is superseded or taken back
stays; it is shown and computed from no more.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from exchange.attestation import Attestation
from exchange.publisher import LogHead
from node.audit import AuditEvent
from node.ports.records import Answered, HeldNotice, HeldRetraction, RetractionProposal
from node.ports.submissions import Submission
from node.ports.typologies import Telling


@dataclass(frozen=True, slots=True)
class LogRecord:
    """An entry of this node's own log with what its audience may read. `envelope` is an object digest."""

    index: int
    kind: str
    commitment: bytes
    salt: bytes
    envelope: str
    audience: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Bundle:
    """A verified bundle. `digest` is the SHA-256 of its manifest bytes; parts and envelope are objects.

    superseded_by: digest of a later manifest. retracted_by: digest of the retraction's payload.
    """

    digest: str
    originator: str
    log_index: int
    dataflow_id: str
    first_period: str
    last_period: str
    vintage: int
    audience: tuple[str, ...]
    supersedes: tuple[str, ...]
    envelope: str
    manifest: str
    parts: tuple[str, ...]
    signed_by: tuple[str, ...]
    released_at: datetime
    committed_at: datetime
    cells: dict[str, int]
    superseded_by: str | None = None
    retracted_by: str | None = None


@dataclass(frozen=True, slots=True)
class HeldAttestation:
    """What a member (or this node) said it computed."""

    originator: str
    log_index: int
    attestation: Attestation


@dataclass(frozen=True, slots=True)
class Publication:
    """Everything one commit to the own log means."""

    leaving: LogHead | None
    head: LogHead
    records: tuple[LogRecord, ...]
    event: AuditEvent
    bundle: Bundle | None = None
    submission: Submission | None = None
    attestation: HeldAttestation | None = None
    retraction: HeldRetraction | None = None
    proposal: RetractionProposal | None = None
    notice: HeldNotice | None = None
    typology: Telling | None = None
    answered: Answered | None = None


class Ledger(Protocol):
    """Own log, bundles, attestations. Commits are atomic and durable on return."""

    def head(self) -> LogHead | None:
        """Give the committed head of the own log; None before the first commit."""

    def publish(self, publication: Publication) -> None:
        """Commit a publication if the stored head is still `leaving`, else raise Conflict (nothing changed).

        A submission that it carries must be in state approved, a proposal must wait, what it answers must be owed,
        and a typology must be open to the step (else Conflict).
        """

    def commitments(self, start: int, end: int) -> list[bytes]:
        """Give the log entries start..end-1 of the own log."""

    def records(self, start: int, end: int) -> list[LogRecord]:
        """Give the own records start..end-1, whatever their audience: the caller filters."""

    def bundle(self, digest: str) -> Bundle | None:
        """Give one bundle, or None."""

    def bundles(self, *, originator: str | None = None, live_only: bool = False) -> list[Bundle]:
        """Give bundles ordered by (originator, log_index)."""

    def attestations(self, originator: str | None = None) -> list[HeldAttestation]:
        """Give attestations ordered by (originator, log_index)."""

    def audience_of_part(self, part_digest: str) -> frozenset[str]:
        """Give the members any own release with this part is addressed to; empty for foreign or unknown."""


def live(bundles: Sequence[Bundle]) -> list[Bundle]:
    """Keep the bundles that no later one supersedes and nobody took back: all that is shown or computed from."""
    return [bundle for bundle in bundles if bundle.superseded_by is None and bundle.retracted_by is None]
