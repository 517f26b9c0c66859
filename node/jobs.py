"""The schedule: APScheduler is the clock only; what is due, and who does it, is decided by rows and leases.

Invariants: one run of a job at a time per process, missed runs are coalesced into one, and a lease row keeps a
second scheduler from doing the same peer; a job that fails is written into the visible history and tried again.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

import structlog
from apscheduler.schedulers.background import BackgroundScheduler

from exchange.errors import ExchangeError
from node.errors import NodeError
from node.ports.work import JobRun
from node.services import indicators, registry, sync
from node.services.context import Context

PEERS_AT_ONCE = 4
REGISTRY_INTERVAL_S = 3_600
SESSIONS_INTERVAL_S = 3_600

T = TypeVar("T")
Clock = Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class Jobs:
    """The jobs of one node; `holder` names this process in leases."""

    context: Context
    now: Clock
    holder: str

    def synchronise(self) -> None:
        """Synchronise with every peer, at most four at once; a slow peer delays nobody but itself."""
        peers = sync.peers_due(self.context, self.now())
        if not peers:
            return
        with ThreadPoolExecutor(max_workers=min(PEERS_AT_ONCE, len(peers))) as pool:
            list(pool.map(self._synchronise_one, peers))
        self.recompute()

    def recompute(self) -> None:
        """Compute the indicators of the present view, if that was not done yet."""
        self._visible("recompute", self.context.member, self._recompute)

    def refresh_registry(self) -> None:
        """Refresh the mirror of the registry; the keeper's node also renews what is about to expire."""
        self._visible("registry", self.context.member, lambda: registry.refresh(self.context, self.now()))

    def forget_sessions(self) -> None:
        """Forget expired sessions."""
        self._visible(
            "sessions",
            self.context.member,
            lambda: f"{self.context.accounts.close_sessions_before(self.now())} forgotten",
        )

    def _synchronise_one(self, code: str) -> None:
        self._visible("sync", code, lambda: self._outcome(code))

    def _outcome(self, code: str) -> str:
        outcome = sync.sync_peer(self.context, code, holder=self.holder, now=self.now())
        if outcome.failure:
            return f"{outcome.failure}: {outcome.detail}"
        return f"{outcome.imported} bundles, {outcome.attested} attestations, {outcome.refused} refused"

    def _recompute(self) -> str:
        fresh = indicators.recompute(self.context, self.now())
        return "unchanged" if fresh is None else f"view {fresh.view_id}"

    def _visible(self, job: str, subject: str, work: Callable[[], str]) -> None:
        """Run a job and keep its outcome where operators see it; a failure is a row, not the end of the process."""
        started = self.now()
        try:
            detail, outcome = work(), "done"
        except (NodeError, ExchangeError) as error:
            detail, outcome = str(error), "failed"
        except Exception as error:  # noqa: BLE001 - the last resort of a process that must go on
            # A defect of ours: the trace goes to the operator's log, the history gets its name, the next run comes.
            structlog.get_logger().exception("job.crashed", job=job, subject=subject)
            detail, outcome = f"unexpected {type(error).__name__}; see the log", "crashed"
        self.context.jobs.record(JobRun(job, subject, started, self.now(), outcome, detail))


def build_scheduler(jobs: Jobs, *, sync_interval_s: int) -> BackgroundScheduler:
    """Build the schedule; the caller starts it and shuts it down."""
    scheduler = BackgroundScheduler(
        timezone="UTC", job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None}
    )
    first = jobs.now()
    for work, every in (
        (jobs.refresh_registry, REGISTRY_INTERVAL_S),
        (jobs.synchronise, sync_interval_s),
        (jobs.recompute, sync_interval_s),
        (jobs.forget_sessions, SESSIONS_INTERVAL_S),
    ):
        scheduler.add_job(work, "interval", seconds=every, id=work.__name__, next_run_time=first)
    return scheduler
