"""What the exchange page says of each peer: what it took in of ours, what we owe it, what ends soon, its history."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from exchange.membership import MemberStatus
from node.services import receipts, sync
from node.services.views.answers import Answers
from node.services.views.bundle import bundle
from node.services.views.exchange import PeerRow, exchange_status
from node.services.views.member import member
from tests.support.federation import START, Nodes, federation, release_rows, trade


@pytest.fixture
def nodes(tmp_path: Path) -> Iterator[Nodes]:
    """KZ and RU; KZ has released."""
    with federation(tmp_path / "nodes", ("KZ", "RU")) as built:
        release_rows(built, "KZ", "DECLARED_FLOW", [trade("KZ", "RU", "OUT", "1")], tmp_path)
        yield built


def look(nodes: Nodes, reader: str, peer: str) -> None:
    """Let one node synchronise with another."""
    outcome = sync.sync_peer(nodes[reader], peer, holder="test", now=nodes.clock.now())
    assert outcome.failure is None, outcome


def peer_of(nodes: Nodes, code: str) -> PeerRow:
    """Give the only peer on the exchange page of a member."""
    (row,) = exchange_status(nodes[code], nodes.clock.now()).peers
    return row


def test_a_release_counts_as_taken_in_only_by_a_receipt(nodes: Nodes) -> None:
    """Read by RU is not enough: RU owes the receipt until it is written, and KZ knows once it has read it."""
    assert peer_of(nodes, "KZ").answers == Answers(addressed=1, taken=0, refused=0, owed=0)

    look(nodes, "RU", "KZ")
    assert peer_of(nodes, "KZ").answers.taken == 0
    assert peer_of(nodes, "RU").answers == Answers(addressed=0, taken=0, refused=0, owed=1)

    receipts.answer(nodes["RU"], nodes.clock.now())
    look(nodes, "KZ", "RU")
    assert peer_of(nodes, "KZ").answers == Answers(addressed=1, taken=1, refused=0, owed=0)
    assert peer_of(nodes, "RU").answers.owed == 0


def test_nothing_waits_where_everything_was_read(nodes: Nodes) -> None:
    """No backlog after a look that read to the end."""
    look(nodes, "RU", "KZ")

    row = peer_of(nodes, "RU")
    assert (row.waiting, row.shelved, row.log_size > 0) == (0, 0, True)


def test_a_certificate_that_ends_soon_is_said_with_its_urgency(nodes: Nodes) -> None:
    """Made for a year: silence in its first months, then by steps, our own among them."""
    assert exchange_status(nodes["KZ"], nodes.clock.now()).certificates == ()

    nodes.clock.at = START + timedelta(days=365 - 20)
    found = exchange_status(nodes["KZ"], nodes.clock.now()).certificates

    assert [(one.role, one.level) for one in found] == [("KZ", "warning"), ("RU", "warning")]


def test_a_members_page_has_its_history_its_coverage_and_who_witnessed(nodes: Nodes) -> None:
    """As the registry says it; a member that shared nothing has no coverage to show."""
    look(nodes, "RU", "KZ")
    now = nodes.clock.now()

    page = member(nodes["RU"], "KZ", now)
    assert page.membership is not None
    assert [change.status for change in page.membership.history] == [MemberStatus.ACTIVE]
    assert [(row.dataflow, row.newest, row.behind) for row in page.coverage] == [("DECLARED_FLOW", "2012", 0)]
    assert page.evidence.fewest_witnesses == 1
    assert member(nodes["RU"], "RU", now).coverage == ()

    digest = page.bundles[0].digest
    assert bundle(nodes["RU"], digest, now).witnessed_by == ("RU",)
    assert bundle(nodes["KZ"], digest, now).witnessed_by == ()
