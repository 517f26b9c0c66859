"""One node's look at a peer that misbehaves: evidence is kept, nothing false is shown, the peer's rung falls."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from exchange.publisher import first_head, next_publication
from node.ports.ledger import LogRecord
from node.ports.peers import HeldRefusal
from node.services import leases, sync
from node.services.cells import cells
from node.services.members import own_log
from tests.support.federation import Nodes, federation, release_rows, trade


@pytest.fixture
def nodes(tmp_path: Path) -> Iterator[Nodes]:
    """KZ has released something, and RU holds it."""
    with federation(tmp_path / "nodes", ["KZ", "RU"]) as built:
        release_rows(built, "KZ", "DECLARED_FLOW", [trade("KZ", "RU", "OUT", "100")], tmp_path)
        assert look(built).imported == 1
        yield built


def look(nodes: Nodes) -> sync.SyncOutcome:
    """Let RU synchronise with KZ."""
    return sync.sync_peer(nodes["RU"], "KZ", holder="test", now=nodes.clock.now())


def two_faced(nodes: Nodes) -> None:
    """Let KZ serve a second history of the same length, signed with its own log key."""
    ctx = nodes["KZ"]
    signer = ctx.keyring.log_signer()
    forged = next_publication(first_head(own_log(ctx).origin, signer), [bytes(32)], signer, limits=ctx.limits)

    class TwoFaced:
        def __getattr__(self, name: str) -> object:
            return getattr(ctx.ledger, name)

        def head(self) -> object:
            return forged.head

        def commitments(self, start: int, end: int) -> list[bytes]:
            return [bytes(32)][start:end]

        def records(self, start: int, end: int) -> list[LogRecord]:
            return []

    nodes.contexts["KZ"] = replace(ctx, ledger=TwoFaced())


def test_two_signed_histories_become_evidence_once(nodes: Nodes) -> None:
    """Both checkpoints are kept word for word; looking again adds nothing, and what was verified stays."""
    held = cells(nodes["RU"], "DECLARED_FLOW")
    two_faced(nodes)
    first, second = look(nodes), look(nodes)

    assert first.failure == second.failure == "log_equivocated"
    (refusal,) = nodes["RU"].peers.refusals("KZ")
    assert isinstance(refusal, HeldRefusal)
    evidence = json.loads(nodes["RU"].objects.get(refusal.evidence))
    assert set(evidence) == {"held", "received"}
    assert evidence["held"] != evidence["received"]
    assert cells(nodes["RU"], "DECLARED_FLOW") == held


def test_the_peer_state_does_not_move_on_an_alarm(nodes: Nodes) -> None:
    """After the alarm the state is the one before it, so that the true history is read on when it is back."""
    before = nodes["RU"].peers.state("KZ")
    honest = nodes["KZ"]
    two_faced(nodes)
    look(nodes)
    assert nodes["RU"].peers.state("KZ") == before

    nodes.contexts["KZ"] = honest
    assert look(nodes).failure is None
    assert nodes["RU"].peers.status("KZ").failure is None


def test_a_peer_that_is_cut_off_keeps_its_last_success(nodes: Nodes) -> None:
    """The status says what failed and when it last worked."""
    reached = nodes["RU"].peers.status("KZ").last_success_at
    nodes.cut.add("KZ")
    outcome = look(nodes)
    status = nodes["RU"].peers.status("KZ")

    assert outcome.failure == status.failure == "peer_down"
    assert status.failure_class == "retry"
    assert status.last_success_at == reached


def test_two_processes_never_synchronise_one_peer_at_once(nodes: Nodes) -> None:
    """While another process holds the lease, the cycle is left to it."""
    now = nodes.clock.now()
    assert nodes["RU"].jobs.take_lease("sync:KZ", "another process", now=now, until=now + leases.LEASE)

    assert look(nodes).failure == "in_progress"


def test_a_killed_process_holds_its_peer_up_for_a_minute_at_most(nodes: Nodes) -> None:
    """Its lease is not given back, and ends by itself."""
    now = nodes.clock.now()
    assert nodes["RU"].jobs.take_lease("sync:KZ", "killed since", now=now, until=now + leases.LEASE)

    outcome = sync.sync_peer(nodes["RU"], "KZ", holder="test", now=now + timedelta(minutes=1))

    assert outcome.failure is None
