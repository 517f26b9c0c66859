"""What this node knows of every member's log beside what it read itself: what it cosigned, and what others say.

Invariants: the view of a log only grows, each step by compare-and-swap on the last, so that a slower request never
takes a witness back; what is cosigned is durable before the cosignature leaves; what peers say is kept apart from it,
one note for each peer and log, so that nobody can fill the disk.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from exchange.witness import View


@dataclass(frozen=True, slots=True)
class HeldView:
    """A view, and when this node cosigned the log last, in seconds since 1970; 0 for never."""

    view: View = field(default_factory=View)
    cosigned_at: int = 0


@dataclass(frozen=True, slots=True)
class Hearsay:
    """A tree of the log of `code` that `reporter` has seen. is_checked: it agrees with what this node knows."""

    code: str
    reporter: str
    view: View
    heard_at: datetime
    is_checked: bool = False


@dataclass(frozen=True, slots=True)
class HeldCosignature:
    """The newest line under this node's own checkpoint by another member, and the size it is about."""

    member: str
    size: int
    line: str


@dataclass(frozen=True, slots=True)
class Evidence:
    """Two notes that one key has signed and that contradict each other; kept for ever.

    pair: names the contradiction, so that it is kept once. reporter: who showed the second note. told_at: when the
    members were told. settled_at: when an operator decided that the log may be read again, and why.
    """

    pair: str
    code: str
    error: str
    detail: str
    held: bytes
    received: bytes
    reporter: str
    found_at: datetime
    evidence_id: int = 0
    told_at: datetime | None = None
    settled_at: datetime | None = None
    settled_reason: str | None = None


class WitnessStore(Protocol):
    """Views of logs, hearsay and cosignatures. Commits are atomic and durable on return."""

    def held(self, code: str) -> HeldView:
        """Give the largest tree of a member's log that is known to have only grown; the empty view of a new one."""

    def views(self) -> dict[str, View]:
        """Give every view by member code."""

    def advance(self, code: str, leaving: HeldView, held: HeldView) -> bool:
        """Store `held` if the stored view still has the size, root and moment of `leaving`; gives whether it had.

        Raises ValueError for a smaller view or an earlier moment, mistakes of the caller's.
        """

    def go_back(self, code: str, view: View, *, leaving: HeldView) -> bool:
        """Store the view this node read itself if the stored view is still `leaving`; gives whether it was.

        What was cosigned after it is void: an operator has decided so, or its key was replaced.
        """

    def hear(self, hearsay: Hearsay) -> None:
        """Keep what a peer says of a log, in place of what it said before."""

    def hearsay(self, code: str | None = None) -> list[Hearsay]:
        """Give what peers say, of one log or of all, ordered by code and reporter."""

    def etag(self, reporter: str) -> str | None:
        """Give the entity tag of the last answer that a peer's checkpoints came with."""

    def put_etag(self, reporter: str, etag: str | None) -> None:
        """Store that tag, once everything that came with it is kept."""

    def cosignatures(self) -> list[HeldCosignature]:
        """Give the newest cosignature of each member under our own checkpoints, ordered by member."""

    def keep_cosignature(self, cosignature: HeldCosignature) -> None:
        """Keep a cosignature unless a newer one, about a larger tree, is held."""

    def nodes(self, height: int, start: int, end: int) -> dict[int, bytes]:
        """Give the digests of our own tree that are kept at a height, from index `start` up to but without `end`."""

    def keep_nodes(self, height: int, nodes: Mapping[int, bytes]) -> None:
        """Keep digests of complete subtrees, which never change."""


class EvidenceStore(Protocol):
    """Contradictions; nothing here is ever deleted."""

    def keep(self, evidence: Evidence, *, at_most: int) -> bool:
        """Keep a contradiction once; False when it is held already, or `at_most` of its kind are held of the member."""

    def all(self, code: str | None = None) -> list[Evidence]:
        """Give them newest first."""

    def mark_told(self, evidence_id: int, at: datetime) -> None:
        """Note that the members were told."""

    def settle(self, evidence_id: int, reason: str, at: datetime) -> bool:
        """Note that an operator has decided; False when there is no such open evidence."""
