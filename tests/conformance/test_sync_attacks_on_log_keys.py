"""A log's key is replaced: honest readers follow, and whoever kept the old key can say nothing new with it."""

from __future__ import annotations

import dataclasses

import pytest

from exchange import checkpoint
from exchange.checkpoint import Checkpoint
from exchange.keys import KeySigner
from exchange.merkle import Frontier, leaf_digest
from tests.support.peer_simulator import PeerSimulator, a_signer
from tests.support.reading_node import ReadingNode, the_log_is_refused, the_record_is_refused


@pytest.fixture
def peer() -> PeerSimulator:
    """A peer with a release and an attestation."""
    simulator = PeerSimulator("RU")
    simulator.release([1, 2, 3])
    simulator.attest()
    return simulator


@pytest.fixture
def node() -> ReadingNode:
    """The node of KZ, which has seen nothing yet."""
    return ReadingNode("KZ")


def note(peer: PeerSimulator, entries: list[bytes], signer: KeySigner) -> bytes:
    """Give a checkpoint over any entries, signed by any key."""
    frontier = Frontier.empty().extend(map(leaf_digest, entries))
    return checkpoint.sign(Checkpoint(peer.head.origin, frontier.size, frontier.root()), signer).encode()


def test_a_reader_follows_a_replaced_key(peer: PeerSimulator, node: ReadingNode) -> None:
    """Before the node changed over its last checkpoint is that of the old key, and counts; then the log goes on."""
    node.look(peer)
    peer.replace_log_key()
    assert node.look(peer).nothing_new

    peer.attest(model_version="2")
    found = node.look(peer)

    assert ([one.index for one in found.attestations], found.refused) == ([2], ())


def test_a_newcomer_reads_what_the_old_key_signed_in_its_time(peer: PeerSimulator, node: ReadingNode) -> None:
    """The whole history, across two changes of the key."""
    peer.replace_log_key()
    peer.attest(model_version="2")
    peer.log_signer, third = a_signer("RU third log"), peer.log_signer
    held = peer.log_key
    former = (*held.former, dataclasses.replace(held.former[0], key=third.public_key, entries=peer.head.size))
    log_key = dataclasses.replace(held, key=peer.log_signer.public_key, former=former)
    peer.member = dataclasses.replace(peer.member, log_key=log_key)
    peer.attest(model_version="3")

    found = node.look(peer)

    assert ([one.index for one in found.attestations], found.refused) == ([1, 2, 3], ())


def test_checkpoint_of_a_former_key(peer: PeerSimulator, node: ReadingNode) -> None:
    """Whoever kept the old key makes the log longer with it."""
    node.look(peer)
    old = peer.replace_log_key()
    peer.append(b"\x07" * 32)
    peer.note = note(peer, peer.entries_of_log, old)

    the_log_is_refused(node, peer, "checkpoint_former_key")


def test_another_history_of_a_former_key(peer: PeerSimulator, node: ReadingNode) -> None:
    """As long as it counts for: it contradicts what was seen, as before."""
    node.look(peer)
    old = peer.replace_log_key()
    peer.note = note(peer, [b"\x07" * 32, b"\x08" * 32], old)

    the_log_is_refused(node, peer, "log_equivocated")


def test_attestation_of_a_former_key(peer: PeerSimulator, node: ReadingNode) -> None:
    """A record behind the entries that the old key counts for, properly in the log."""
    old = peer.replace_log_key()
    peer.attest(signer=old, model_version="2")

    the_record_is_refused(node, peer, "threshold_not_met")
