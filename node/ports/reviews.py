"""What people say of a computed score: that they looked, that they accept it, hold it, or assess it otherwise.

Invariants: a review stands beside the score and never in its place; it is kept for ever, and changed only by a second
officer's agreement and by its end; of what it says of the computed score nothing is ever written anew.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from node.audit import AuditEvent


class Verdict(StrEnum):
    """What a person says of a score."""

    REVIEWED = "reviewed"
    ACCEPTED = "accepted"
    OVERRIDDEN = "overridden"
    HELD = "held"


class ReviewReason(StrEnum):
    """Why a score is assessed otherwise, or held."""

    NEW_INTELLIGENCE = "new_intelligence"
    DATA_ERROR = "data_error"
    DEFINITIONAL = "definitional"
    LEGAL = "legal"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class ScoreOfPeriod:
    """What a review is about: the score of one area, by one version of the method, for one period."""

    model_id: str
    area: str
    time_period: str


@dataclass(frozen=True, slots=True)
class ScoreReview:
    """One review. `number` counts from 1.

    computed: the levels that were possible when it was made, the lowest first; none where the score was not assessable.
    lower, upper: the computed risk as text, "" where there was none. result_digest: of that computation. assessed: the
    level in a person's judgement, "" unless overridden. last_period: the last period whose score it stands beside.
    is_shared: peers are told of it. role: the duty by which the person acted.
    """

    number: int
    of: ScoreOfPeriod
    verdict: Verdict
    computed: tuple[str, ...]
    lower: str
    upper: str
    result_digest: str
    assessed: str
    reason: ReviewReason | None
    text: str
    evidence: str
    last_period: str
    is_shared: bool
    needs_second: bool
    role: str
    reviewed_by: str
    reviewed_at: datetime
    approved_by: str | None = None
    approved_at: datetime | None = None
    ended_by: str | None = None
    ended_at: datetime | None = None
    ended_reason: str | None = None
    revision: int = 0

    @property
    def state(self) -> str:
        """One of "waiting" (for a second officer), "in_force" and "ended"."""
        if self.ended_at is not None:
            return "ended"
        return "waiting" if self.needs_second and self.approved_at is None else "in_force"

    @property
    def is_standing(self) -> bool:
        """True for another level or a hold in force: it counts until it ends, whatever is said later."""
        return self.state == "in_force" and self.verdict in {Verdict.OVERRIDDEN, Verdict.HELD}

    def speaks_of(self, one: ScoreOfPeriod) -> bool:
        """True if it stands beside this score: the same method and area, and a period from its own to its last."""
        is_same = (self.of.model_id, self.of.area) == (one.model_id, one.area)
        return is_same and self.of.time_period <= one.time_period <= self.last_period


class ReviewStore(Protocol):
    """Reviews; each change is one durable commit with its audit event. Nothing here is ever deleted."""

    def add(self, review: ScoreReview, event: AuditEvent) -> ScoreReview:
        """Store a new review under a number given here; raises Conflict while another of its score waits."""

    def move(self, changed: ScoreReview, event: AuditEvent) -> ScoreReview:
        """Store a review that a second officer agreed to, or that ended; raises Conflict if it changed meanwhile."""

    def get(self, number: int) -> ScoreReview:
        """Give one; raises NotFound."""

    def all(self) -> list[ScoreReview]:
        """Give all, newest first."""
