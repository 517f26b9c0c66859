"""The schedule: who is due is begun at once, nobody waits for a slow peer, and every run is in the visible history."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from threading import Event

import pytest

from exchange.membership import Member
from exchange.ports import PeerChannel
from node.jobs import Jobs
from node.services.context import Context
from tests.support.federation import LocalDirectory, Nodes, federation

WAITS_S = 20


class Slow(LocalDirectory):
    """A directory in which one peer's channel opens only when it is let go."""

    slow = "RU"

    def channel(self, member: Member) -> PeerChannel:
        """Open a channel, to the slow peer only once it may."""
        if member.code == self.slow:
            assert self.may_go.wait(WAITS_S)
        return super().channel(member)

    may_go: Event


@pytest.fixture
def nodes(tmp_path: Path) -> Iterator[Nodes]:
    """Give three nodes."""
    with federation(tmp_path, ["KG", "KZ", "RU"]) as nodes:
        yield nodes


def with_a_slow_peer(nodes: Nodes) -> tuple[Context, Slow]:
    """Give KZ's node, for which RU does not answer yet."""
    directory = Slow("KZ", nodes)
    directory.may_go = Event()
    return replace(nodes["KZ"], directory=directory), directory


def until_looked_at(ctx: Context, code: str, *, times: int = 1) -> None:
    """Wait until so many looks at a peer are in the history."""
    waiting = Event()
    for _ in range(WAITS_S * 50):
        if [run.subject for run in ctx.jobs.history()].count(code) == times:
            return
        waiting.wait(0.02)
    raise AssertionError(f"{code} was not looked at {times} times within {WAITS_S} s")


def test_a_slow_peer_delays_nobody_else(nodes: Nodes) -> None:
    """KG is read while RU hangs; RU is not asked twice meanwhile, and is read once it answers."""
    ctx, directory = with_a_slow_peer(nodes)
    jobs = Jobs(ctx, nodes.clock.now, "test")

    jobs.synchronise()
    until_looked_at(ctx, "KG")
    jobs.synchronise()
    assert [run.subject for run in ctx.jobs.history()] == ["KG"]

    directory.may_go.set()
    jobs.close()
    assert sorted(run.subject for run in ctx.jobs.history()) == ["KG", "RU"]


def test_a_peer_is_not_asked_again_before_it_is_due(nodes: Nodes) -> None:
    """The second tick begins nothing; after the interval the next one does."""
    ctx = nodes["KZ"]
    jobs = Jobs(ctx, nodes.clock.now, "test")
    jobs.synchronise()
    until_looked_at(ctx, "KG")
    until_looked_at(ctx, "RU")

    jobs.synchronise()
    looked = len(ctx.jobs.history())
    nodes.clock.at += timedelta(seconds=2 * ctx.sync_interval_s)
    jobs.synchronise()
    until_looked_at(ctx, "KG", times=2)
    until_looked_at(ctx, "RU", times=2)
    jobs.close()

    assert (looked, len(ctx.jobs.history())) == (2, 4)


def test_a_defect_is_a_line_in_the_history_and_the_next_run_comes(
    nodes: Nodes, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A peer that makes us stumble is asked again; the process goes on."""
    ctx = nodes["KZ"]
    jobs = Jobs(ctx, nodes.clock.now, "test")

    def stumble(*_: object, **__: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("node.jobs.sync.sync_peer", stumble)
    jobs.synchronise()
    jobs.close()

    assert {(run.outcome, str(run.detail)) for run in ctx.jobs.history()} == {
        ("crashed", "crashed: error ZeroDivisionError")
    }


def test_a_look_that_was_stopped_is_a_failure_with_its_reason(nodes: Nodes) -> None:
    """A peer that cannot be reached is no success: the history has the code, and the facts beside it."""
    ctx = nodes["KZ"]
    nodes.cut.add("RU")
    jobs = Jobs(ctx, nodes.clock.now, "test")

    jobs.synchronise()
    jobs.close()

    told = {run.subject: (run.outcome, run.detail.code) for run in ctx.jobs.history()}
    assert told == {"RU": ("failed", "stopped"), "KG": ("done", "nothing_new")}
    (stopped,) = [run.detail for run in ctx.jobs.history() if run.subject == "RU"]
    assert stopped.facts["error"] == "peer_down"
