"""Past results that were computed again: what came out beside what was stored.

Invariants: a row is written once and never changed or deleted; the result that it speaks of stays as it was.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol


class RerunOutcome(StrEnum):
    """same: the digest that was stored. differs: another one. no_model: this node no longer has the model's version.

    unreadable: a bundle, or what was stored of the result, is gone or damaged.
    """

    SAME = "same"
    DIFFERS = "differs"
    NO_MODEL = "no_model"
    UNREADABLE = "unreadable"

    @property
    def is_incident(self) -> bool:
        """True if somebody must find out why."""
        return self in {RerunOutcome.DIFFERS, RerunOutcome.UNREADABLE}


@dataclass(frozen=True, slots=True)
class Rerun:
    """One past result, computed again at `rerun_at`.

    model_id, model_version, spec_digest, view_id, run_at: of the past result. stored: its digest as it was kept.
    found: the digest that came out now, "" where nothing could be computed. detail: why, where it could not.
    """

    model_id: str
    model_version: str
    spec_digest: str
    view_id: str
    run_at: datetime
    stored: str
    found: str
    outcome: RerunOutcome
    detail: str
    rerun_at: datetime

    @property
    def result(self) -> tuple[str, str, str]:
        """What names the past result."""
        return self.model_id, self.model_version, self.view_id


class RerunStore(Protocol):
    """What was computed again, newest last; durable on return."""

    def record(self, rerun: Rerun) -> None:
        """Keep one."""

    def newest(self, limit: int) -> list[Rerun]:
        """Give the newest, newest first."""

    def incidents(self) -> list[Rerun]:
        """Give the newest rerun of each result where that is an incident, the oldest incident first."""
