"""Every write of a retraction, of its import and of its receipt fails, before and after it took effect.

After each fault the steps are repeated with the real stores: the release is taken back once, answered once, and
nothing of it is shown from the moment anybody was told so.
"""

from __future__ import annotations

import contextlib
from dataclasses import replace
from pathlib import Path

import pytest

from exchange.retraction import RetractionReason
from node.errors import Conflict, NodeError, Unavailable
from node.ports.ledger import Bundle
from node.ports.records import ProposalState
from node.services import indicators, receipts, retract, sync, verify
from node.services.context import Context
from node.services.views.effect import Effect, effect
from tests.support.failing import Trap, Trapped
from tests.support.federation import (
    APPROVER,
    PASSWORD,
    RELEASER,
    Nodes,
    federation,
    release_rows,
    trade,
)

ROWS = [trade("KZ", "RU", "OUT", "100")]
WRITES = {
    "objects": ("put",),
    "ledger": ("publish",),
    "records": ("propose", "move"),
    "peers": ("commit_import", "put_status"),
    "indicators": ("add",),
}
MOST_WRITES = 40


def trapped(ctx: Context, trap: Trap) -> Context:
    """Give the context with every writing port behind the trap."""
    return replace(
        ctx, **{name: Trapped(getattr(ctx, name), writes, trap) for name, writes in WRITES.items()}
    )


def take_back(ctx: Context, nodes: Nodes, bundle: Bundle) -> None:
    """Propose and confirm, continuing from wherever an earlier attempt stopped."""
    now = nodes.clock.now
    if not ctx.records.proposals():
        retract.propose(
            ctx,
            APPROVER,
            bundle.digest,
            reason=RetractionReason.ERROR,
            text="wrong product",
            replacement=None,
            password=PASSWORD,
            now=now(),
        )
    (proposal,) = ctx.records.proposals()
    if proposal.state is ProposalState.WAITING:
        retract.confirm(ctx, RELEASER, proposal.number, password=PASSWORD, now=now())


def read_and_answer(ctx: Context, nodes: Nodes) -> None:
    """Synchronise with KZ, recompute and answer; a failed look is the next one's to repeat."""
    outcome = sync.sync_peer(ctx, "KZ", holder="test", now=nodes.clock.now())
    if outcome.failure:
        raise Unavailable(outcome.failure)
    indicators.recompute(ctx, nodes.clock.now())
    receipts.answer(ctx, nodes.clock.now())


@pytest.mark.parametrize("after_effect", [False, True], ids=["without_effect", "although_it_took_effect"])
def test_a_release_is_taken_back_once_whatever_write_fails(tmp_path: Path, *, after_effect: bool) -> None:
    """The log has one retraction, its proposal is decided, and the bundle is shown before or not at all."""
    for place in range(3):  # the proposal, the envelope, the publication
        with federation(tmp_path / f"{place}", ["KZ", "RU"]) as nodes:
            bundle = release_rows(nodes, "KZ", "DECLARED_FLOW", ROWS, tmp_path / f"{place}")
            trap = Trap(place, after_effect)
            with pytest.raises((Unavailable, Conflict)):
                take_back(trapped(nodes["KZ"], trap), nodes, bundle)
            assert verify.verify(nodes["KZ"]).findings == ()
            take_back(nodes["KZ"], nodes, bundle)

            assert [one.retraction.bundle for one in nodes["KZ"].records.retractions()] == [bundle.digest]
            assert nodes["KZ"].ledger.bundles(live_only=True) == []
            assert nodes["KZ"].ledger.head().size == 2
            assert verify.verify(nodes["KZ"]).findings == ()
            assert len(trap.seen) == place + 1


@pytest.mark.parametrize("after_effect", [False, True], ids=["without_effect", "although_it_took_effect"])
def test_a_retraction_is_applied_and_answered_once_whatever_write_fails(
    tmp_path: Path, *, after_effect: bool
) -> None:
    """The originator learns that it was taken out, from a peer that no longer shows it."""
    place: int | None = None  # first a run in which nothing fails and the writes are counted
    writes = 0
    while place is None or place < writes:
        with federation(tmp_path / f"{place}", ["KZ", "RU"]) as nodes:
            bundle = release_rows(nodes, "KZ", "DECLARED_FLOW", ROWS, tmp_path / f"{place}")
            read_and_answer(nodes["RU"], nodes)
            take_back(nodes["KZ"], nodes, bundle)
            trap = Trap(place, after_effect)
            with contextlib.suppress(NodeError):
                read_and_answer(trapped(nodes["RU"], trap), nodes)
            read_and_answer(nodes["RU"], nodes)
            sync.sync_peer(nodes["KZ"], "RU", holder="test", now=nodes.clock.now())

            (row,) = effect(nodes["KZ"], bundle.digest, nodes.clock.now())
            assert row.effect is Effect.RETRACTED
            assert len(nodes["KZ"].records.receipts(1)) == 1
            assert nodes["RU"].ledger.bundles(live_only=True) == []
            assert nodes["RU"].records.owed() == []
            assert verify.verify(nodes["RU"]).findings == ()
            place, writes = (0, len(trap.seen)) if place is None else (place + 1, writes)
    assert 7 <= writes <= MOST_WRITES
