"""The schedule: APScheduler is the clock only; what is due, and who does it, is decided by rows and leases.

Invariants: one run of a job at a time per process, missed runs are coalesced into one, and a lease row keeps a
second scheduler from doing the same peer; a job that fails is written into the visible history and tried again; the
job that looks which peers are due waits for none of them, so that a slow peer delays nobody but itself.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Lock

import structlog
from apscheduler.schedulers.background import BackgroundScheduler

from exchange.errors import ExchangeError
from exchange.membership import Member
from node.errors import NodeError
from node.ports.reruns import RerunOutcome
from node.ports.work import JobRun, Said
from node.services import arranged, gossip, indicators, pace, receipts, registry, reruns, sync, witness
from node.services.context import Context

PEERS_AT_ONCE = 4
# How often it is looked which peers are due.
TICK_S = 5
REGISTRY_INTERVAL_S = 3_600
SESSIONS_INTERVAL_S = 3_600
# Imports are arranged as they come; this is for own releases, and for what was lost.
ARRANGE_INTERVAL_S = 3_600
# How often it is looked whether a round of past results is due.
RERUN_TICK_S = 600
STOPPED, OTHERWISE = "stopped", "came_out_otherwise"
FAILED = frozenset({STOPPED, OTHERWISE})

Clock = Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class Jobs:
    """The jobs of one node; `holder` names this process in leases. `close` it before the process ends."""

    context: Context
    now: Clock
    holder: str
    _pool: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(PEERS_AT_ONCE, "peer"))
    _asking: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(PEERS_AT_ONCE, "witness"))
    _under_way: set[str] = field(default_factory=set)
    _asked: dict[str, tuple[int, datetime]] = field(default_factory=dict)
    _gathering: set[str] = field(default_factory=set)
    _computing: Lock = field(default_factory=Lock)
    _arranging: Lock = field(default_factory=Lock)

    def synchronise(self) -> None:
        """Begin to synchronise with every peer that is due, at most four at once."""
        for code in pace.due(self.context, self.now()):
            if code not in self._under_way:
                self._under_way.add(code)
                self._pool.submit(self._synchronise_one, code)

    def gather_cosignatures(self) -> None:
        """Have our newest checkpoint witnessed by every member that has not: once at once, then at each interval."""
        now = self.now()
        head = self.context.ledger.head()
        try:
            members = witness.unasked(self.context, now)
        except NodeError:
            return  # no valid registry: the job that refreshes it says so
        for member in members:
            size = head.size if head else 0
            asked_size, asked_at = self._asked.get(member.code, (-1, now))
            is_due = asked_size != size or now - asked_at >= timedelta(seconds=self.context.sync_interval_s)
            if is_due and member.code not in self._gathering:
                self._asked[member.code] = size, now
                self._gathering.add(member.code)
                self._asking.submit(self._gather_one, member)

    def compare_checkpoints(self) -> None:
        """Compare with all peers what each has seen of every log."""
        self._visible("gossip", self.context.member, lambda: gossip.compare_round(self.context, self.now()))

    def recompute(self) -> None:
        """Compute the indicators of the present view, if that was not done yet, and answer what peers sent."""
        with self._computing:
            self._visible("recompute", self.context.member, self._recompute)
            if self.context.records.owed():
                self._visible("receipts", self.context.member, self._answer)

    def arrange(self) -> None:
        """Arrange the cells of every bundle for the pages, so that no reader waits for it."""
        with self._arranging:
            self._visible("arrange", self.context.member, lambda: arranged.arrange_all(self.context))

    def rerun(self, rounds: reruns.Rounds) -> None:
        """Compute past results again, drawn by lot, if a round is due."""
        if reruns.is_due(self.context, rounds, self.now()):
            self._visible("rerun", self.context.member, lambda: self._rerun(rounds.results))

    def close(self) -> None:
        """Wait for the peers that are being read or asked; those that wait are left to the next start."""
        for pool in (self._pool, self._asking):
            pool.shutdown(wait=True, cancel_futures=True)

    def refresh_registry(self) -> None:
        """Refresh the mirror of the registry; the keeper's node also renews what is about to expire."""
        self._visible("registry", self.context.member, lambda: registry.refresh(self.context, self.now()))

    def forget_sessions(self) -> None:
        """Forget expired sessions."""
        self._visible(
            "sessions",
            self.context.member,
            lambda: Said("forgotten", {"sessions": self.context.accounts.close_sessions_before(self.now())}),
        )

    def _synchronise_one(self, code: str) -> None:
        try:
            self._visible("sync", code, lambda: self._outcome(code))
        finally:
            self._under_way.discard(code)

    def _gather_one(self, member: Member) -> None:
        try:
            self._visible("witness", member.code, lambda: witness.collect(self.context, member))
        finally:
            self._gathering.discard(member.code)

    def _outcome(self, code: str) -> Said:
        outcome = sync.sync_peer(self.context, code, holder=self.holder, now=self.now())
        if outcome.imported or outcome.retracted:
            self.arrange()
        if outcome.imported or outcome.retracted or outcome.refused:
            self.recompute()
        if outcome.failure:
            return Said(STOPPED, {"error": outcome.failure, "detail": outcome.detail})
        counts = {
            "bundles": outcome.imported,
            "attestations": outcome.attested,
            "retractions": outcome.retracted,
            "receipts": outcome.receipts,
            "notices": outcome.notices,
            "typologies": outcome.typologies,
            "refused": outcome.refused,
        }
        return Said("read", counts) if any(counts.values()) else Said("nothing_new")

    def _recompute(self) -> Said:
        fresh = indicators.recompute(self.context, self.now())
        if not fresh:
            return Said("unchanged")
        models = ", ".join(run.model_id for run in fresh)
        return Said("computed", {"models": models, "view": fresh[0].view_id})

    def _rerun(self, results: int) -> Said:
        found = Counter[RerunOutcome]()
        for run in reruns.chosen(self.context, results):
            with self._computing:  # what is new is computed between two of the past
                found[reruns.rerun(self.context, run, self.now()).outcome] += 1
        is_incident = any(outcome.is_incident for outcome in found)
        counts = {outcome.value: found[outcome] for outcome in RerunOutcome}
        return Said(OTHERWISE if is_incident else "computed_again", counts)

    def _answer(self) -> Said:
        return Said("answered", {"receipts": receipts.answer(self.context, self.now())})

    def _visible(self, job: str, subject: str, work: Callable[[], Said]) -> None:
        """Run a job and keep its outcome where operators see it; a failure is a row, not the end of the process."""
        started = self.now()
        try:
            detail = work()
            outcome = "failed" if detail.code in FAILED else "done"
        except (NodeError, ExchangeError) as error:
            detail, outcome = Said(STOPPED, {"error": _name(error), "detail": str(error)}), "failed"
        except Exception as error:  # noqa: BLE001 - the last resort of a process that must go on
            # A defect of ours: the trace goes to the operator's log, the history gets its name, the next run comes.
            structlog.get_logger().exception("job.crashed", job=job, subject=subject)
            detail, outcome = Said("crashed", {"error": type(error).__name__}), "crashed"
        self.context.jobs.record(JobRun(job, subject, started, self.now(), outcome, detail))


def _name(error: NodeError | ExchangeError) -> str:
    return error.code if isinstance(error, NodeError) else error.name


def build_scheduler(jobs: Jobs, *, sync_interval_s: int, rounds: reruns.Rounds) -> BackgroundScheduler:
    """Build the schedule; the caller starts it and shuts it down."""
    scheduler = BackgroundScheduler(
        timezone="UTC", job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None}
    )
    first = jobs.now()
    for work, every in (
        (jobs.refresh_registry, REGISTRY_INTERVAL_S),
        (jobs.synchronise, min(TICK_S, sync_interval_s)),
        (jobs.gather_cosignatures, min(TICK_S, sync_interval_s)),
        (jobs.compare_checkpoints, sync_interval_s),
        (jobs.arrange, ARRANGE_INTERVAL_S),
        (jobs.recompute, sync_interval_s),
        (jobs.forget_sessions, SESSIONS_INTERVAL_S),
    ):
        scheduler.add_job(work, "interval", seconds=every, id=work.__name__, next_run_time=first)
    scheduler.add_job(
        jobs.rerun, "interval", [rounds], seconds=RERUN_TICK_S, id=jobs.rerun.__name__, next_run_time=first
    )
    return scheduler
