"""One part on its way: counted, digested, resumed, and never kept beyond what was announced."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from exchange import transfer
from exchange.errors import Refused, Unreachable
from exchange.manifest import Part
from schemas.digest import sha256_hex
from tests.support.peer_simulator import PeerSimulator
from tests.support.reading_node import MemorySink

CONTENT = bytes(range(256)) * 10
PART = Part("cells.parquet", len(CONTENT), sha256_hex(CONTENT), sha256_hex(b""), 1)


@pytest.fixture
def peer() -> PeerSimulator:
    """A peer that serves the part."""
    simulator = PeerSimulator()
    simulator.parts[PART.digest] = CONTENT
    return simulator


@pytest.fixture
def sink() -> MemorySink:
    """An empty place for parts."""
    return MemorySink()


def test_a_part_arrives_whole(peer: PeerSimulator, sink: MemorySink) -> None:
    """In chunks, and nothing unfinished is left."""
    transfer.fetch(PART, peer, sink)

    assert sink.finished == {PART.digest: CONTENT}
    assert sink.unfinished == {}


def test_a_part_held_already_is_not_asked_for(peer: PeerSimulator, sink: MemorySink) -> None:
    """Parts are named by digest: two bundles may share one."""
    sink.finished[PART.digest] = CONTENT

    transfer.fetch(PART, peer, sink)

    assert peer.requests["part"] == 0


def test_a_part_is_continued_where_it_was_cut(peer: PeerSimulator, sink: MemorySink) -> None:
    """Only the missing bytes are asked for."""
    offsets: list[int] = []

    def cut_once(offset: int) -> Iterator[bytes]:
        offsets.append(offset)
        yield CONTENT[offset : offset + 1000] if len(offsets) == 1 else CONTENT[offset:]

    peer.streams[PART.digest] = cut_once
    with pytest.raises(Unreachable) as caught:
        transfer.fetch(PART, peer, sink)
    transfer.fetch(PART, peer, sink)

    assert caught.value.name == "part_truncated"
    assert offsets == [0, 1000]
    assert sink.finished[PART.digest] == CONTENT


def test_a_part_complete_but_unfinished_is_finished_without_asking(
    peer: PeerSimulator, sink: MemorySink
) -> None:
    """A crash between the last byte and the finish."""
    sink.unfinished[PART.digest] = CONTENT

    transfer.fetch(PART, peer, sink)

    assert peer.requests["part"] == 0
    assert sink.finished[PART.digest] == CONTENT


@pytest.mark.parametrize("kept", [b"wrong", b"x" * len(CONTENT), b"x" * (len(CONTENT) + 1)])
def test_wrong_bytes_kept_are_fetched_anew(kept: bytes, peer: PeerSimulator, sink: MemorySink) -> None:
    """A damaged half must not make a good part unreachable for ever."""
    sink.unfinished[PART.digest] = kept

    transfer.fetch(PART, peer, sink)

    assert sink.finished[PART.digest] == CONTENT


def test_another_content_is_refused_and_forgotten(peer: PeerSimulator, sink: MemorySink) -> None:
    """Fetched once: from the first byte there is nothing to doubt but the peer."""
    peer.parts[PART.digest] = CONTENT[::-1]

    with pytest.raises(Refused) as caught:
        transfer.fetch(PART, peer, sink)

    assert caught.value.name == "part_digest_mismatch"
    assert (sink.finished, sink.unfinished, peer.requests["part"]) == ({}, {}, 1)


def test_a_longer_part_is_cut_off_and_refused(peer: PeerSimulator, sink: MemorySink) -> None:
    """Not a byte more than announced is ever kept."""

    def endless(_offset: int) -> Iterator[bytes]:
        while True:
            yield b"x" * 1000

    peer.streams[PART.digest] = endless

    with pytest.raises(Refused) as caught:
        transfer.fetch(PART, peer, sink)

    assert caught.value.name == "part_too_long"
    assert sink.most_kept <= PART.length
    assert (sink.finished, sink.unfinished) == ({}, {})


def test_empty_chunks_end_the_attempt(peer: PeerSimulator, sink: MemorySink) -> None:
    """An endless row of nothing would never be too long; what came before is kept."""

    def stalling(_offset: int) -> Iterator[bytes]:
        yield CONTENT[:10]
        while True:
            yield b""

    peer.streams[PART.digest] = stalling

    with pytest.raises(Unreachable) as caught:
        transfer.fetch(PART, peer, sink)

    assert caught.value.name == "part_stalled"
    assert sink.unfinished == {PART.digest: CONTENT[:10]}


def test_a_peer_that_falls_silent_leaves_what_has_come(peer: PeerSimulator, sink: MemorySink) -> None:
    """The channel's own failure passes through."""

    def breaking(_offset: int) -> Iterator[bytes]:
        yield CONTENT[:10]
        raise Unreachable("peer_unreachable", title="gone", detail="reset")

    peer.streams[PART.digest] = breaking

    with pytest.raises(Unreachable, match="reset"):
        transfer.fetch(PART, peer, sink)

    assert sink.unfinished == {PART.digest: CONTENT[:10]}
