"""The schedule has our log witnessed by itself, and compares with the peers; a silent member is asked again later."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from threading import Event

import pytest

from node.jobs import Jobs, build_scheduler
from node.ports.work import JobRun, Said
from node.services import publishing
from node.services.reruns import Rounds
from tests.support.addressed import address
from tests.support.federation import Nodes, federation


@pytest.fixture
def nodes(tmp_path: Path) -> Iterator[Nodes]:
    """KZ has published."""
    with federation(tmp_path) as opened:
        address(opened["KZ"], opened.clock, "first", ("RU",))
        yield opened


def runs(nodes: Nodes, job: str) -> list[tuple[str, str]]:
    """Give subject and outcome of every run of a job, oldest first."""
    history: list[JobRun] = nodes["KZ"].jobs.history()
    return [(run.subject, run.outcome) for run in reversed(history) if run.job == job]


def gather(jobs: Jobs) -> None:
    """Run the job, and wait for everybody who is asked."""
    jobs.gather_cosignatures()
    while jobs._gathering:
        Event().wait(0.01)


def test_a_new_checkpoint_is_witnessed_once_by_everybody(nodes: Nodes) -> None:
    """Nobody is asked a second time about the same tree."""
    jobs = Jobs(nodes["KZ"], nodes.clock.now, "test")
    gather(jobs)
    jobs.close()
    assert sorted(runs(nodes, "witness")) == [("BY", "done"), ("RU", "done")]
    assert publishing.checkpoint(nodes["KZ"]).decode().count("/witness ") == 2

    jobs = Jobs(nodes["KZ"], nodes.clock.now, "test")
    gather(jobs)
    jobs.close()
    assert len(runs(nodes, "witness")) == 2


def test_a_silent_member_is_asked_again_after_the_interval_or_for_a_new_tree(nodes: Nodes) -> None:
    """Not at every tick; the failure is in the history, and the other member is not held up."""
    nodes.cut.add("BY")
    jobs = Jobs(nodes["KZ"], nodes.clock.now, "test")

    for _ in range(3):
        gather(jobs)
    assert sorted(runs(nodes, "witness")) == [("BY", "failed"), ("RU", "done")]

    nodes.clock.at += timedelta(seconds=nodes["KZ"].sync_interval_s)
    gather(jobs)
    assert runs(nodes, "witness").count(("BY", "failed")) == 2

    address(nodes["KZ"], nodes.clock, "second", ("RU",))
    gather(jobs)
    jobs.close()
    assert runs(nodes, "witness").count(("BY", "failed")) == 3


def test_comparing_is_one_line_in_the_history(nodes: Nodes) -> None:
    """However many peers there are."""
    jobs = Jobs(nodes["KZ"], nodes.clock.now, "test")
    jobs.compare_checkpoints()
    jobs.close()

    (run,) = [run for run in nodes["KZ"].jobs.history() if run.job == "gossip"]
    assert (run.outcome, run.detail) == (
        "done",
        Said("compared", {"answered": 2, "peers": 2, "compared": 0, "told": 0}),
    )


def test_both_jobs_stand_in_the_schedule(nodes: Nodes) -> None:
    """Witnessing at each tick, comparing at each interval."""
    jobs = Jobs(nodes["KZ"], nodes.clock.now, "test")
    scheduler = build_scheduler(jobs, sync_interval_s=900, rounds=Rounds(1, timedelta(days=1)))
    jobs.close()

    every = {job.id: job.trigger.interval for job in scheduler.get_jobs()}
    assert every["gather_cosignatures"] == timedelta(seconds=5)
    assert every["compare_checkpoints"] == timedelta(seconds=900)
    assert every["rerun"] == timedelta(minutes=10)
