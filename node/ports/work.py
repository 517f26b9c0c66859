"""Results of computation, the audit chain, leases and the visible history of jobs."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from node.audit import AuditEntry, AuditEvent


@dataclass(frozen=True, slots=True)
class IndicatorRun:
    """One computation of one model. `results` is an object digest (Parquet)."""

    model_id: str
    model_version: str
    spec_digest: str
    view_id: str
    inputs: tuple[str, ...]
    result_digest: str
    results: str
    run_at: datetime


@dataclass(frozen=True, slots=True)
class Said:
    """How a piece of work went, as a code and its facts; the words are chosen where a person reads it."""

    code: str
    facts: Mapping[str, int | str] = field(default_factory=dict)

    def __str__(self) -> str:
        """Give it as one plain line, for a terminal."""
        told = ", ".join(f"{name} {value}" for name, value in self.facts.items())
        return f"{self.code.replace('_', ' ')}: {told}" if told else self.code.replace("_", " ")


@dataclass(frozen=True, slots=True)
class JobRun:
    """One run of a job, as operators see it. outcome: done, failed or crashed; detail: what it did or met."""

    job: str
    subject: str
    started_at: datetime
    finished_at: datetime
    outcome: str
    detail: Said


class IndicatorStore(Protocol):
    """Runs of the indicator models."""

    def add(self, run: IndicatorRun) -> None:
        """Store a run durably; the same view and model twice replaces the row."""

    def latest(self, model_id: str) -> IndicatorRun | None:
        """Give the newest run of a model, whatever its version, or None."""

    def by_view(self, model_id: str, view_id: str) -> IndicatorRun | None:
        """Give the newest run of a model of this view, or None."""

    def runs(self, model_ids: Collection[str], limit: int) -> list[IndicatorRun]:
        """Give the newest runs of these models, newest first."""

    def count(self) -> int:
        """Give how many runs are kept."""

    def at(self, place: int) -> IndicatorRun:
        """Give the run at a place from 0, the one stored first at 0; raises NotFound beyond the last."""

    def used(self, bundle: str) -> tuple[str, ...]:
        """Give the models of which any run was computed from this bundle (a manifest digest), in order."""


class StateVersion(Protocol):
    """Whether anything has changed, without looking at what."""

    def version(self) -> int:
        """Give a number that changes with every commit to the stores, by whichever process.

        It is compared within one process only: after a restart it may be any other.
        """


class AuditLog(Protocol):
    """The append-only chain of audit.py."""

    def append(self, event: AuditEvent) -> AuditEntry:
        """Append one event durably."""

    def entries(
        self, *, newest_first: bool = False, limit: int | None = None, before: int | None = None
    ) -> list[AuditEntry]:
        """Give entries in order of sequence, or newest first; those of a smaller sequence than `before`."""


class JobStore(Protocol):
    """Leases and the history of runs."""

    def take_lease(self, name: str, holder: str, *, now: datetime, until: datetime) -> bool:
        """Take or renew a lease; False when somebody else holds it and it has not expired at `now`."""

    def give_lease(self, name: str, holder: str) -> None:
        """Give a lease back; not holding it is no error."""

    def record(self, run: JobRun) -> None:
        """Keep one run in the history (bounded: the newest 1,000 stay)."""

    def history(self, limit: int = 50) -> list[JobRun]:
        """Give runs, newest first."""
