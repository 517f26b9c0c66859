"""Attacks on what a release holds: parts and manifests, signed by two officers and still wrong.

Every test is named after its attack. The log moves on, nothing of the record becomes data, the others arrive.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator
from hashlib import sha256

import pyarrow as pa
import pytest

from exchange import parquet
from exchange.errors import Failure
from exchange.limits import DEFAULT, Limits
from schemas.canonical import canonical_json
from schemas.digest import sha256_hex
from tests.support.peer_simulator import PeerSimulator, a_signer, altered, declared_flows, packed
from tests.support.reading_node import ReadingNode, the_record_is_refused


@pytest.fixture
def peer() -> PeerSimulator:
    """An honest peer with one release, until a test makes it lie."""
    simulator = PeerSimulator("RU")
    simulator.release([1, 2, 3])
    return simulator


@pytest.fixture
def node() -> ReadingNode:
    """The node of KZ, which has seen nothing yet."""
    return ReadingNode("KZ")


def a_part_instead(peer: PeerSimulator, content: bytes, *, rows: int = 1) -> None:
    """Publish a properly signed release whose part is any bytes."""
    made = packed([1])
    part = dataclasses.replace(
        made.manifest.parts[0], length=len(content), digest=sha256_hex(content), rows=rows
    )
    peer.parts[part.digest] = content
    peer.publish_manifest(dataclasses.replace(made.manifest, parts=(part,)))


# parts


def test_swapped_parts(peer: PeerSimulator, node: ReadingNode) -> None:
    """Two true parts of one length, each served under the other's name."""
    first, second = (packed([value]) for value in (111, 222))
    for made in (first, second):
        peer.publish_manifest(made.manifest)
    (one,), (two,) = first.parts.items(), second.parts.items()
    assert len(one[1]) == len(two[1])
    peer.parts |= {one[0]: two[1], two[0]: one[1]}

    found = node.look(peer)

    assert [(r.index, r.name) for r in found.refused] == [
        (1, "part_digest_mismatch"),
        (2, "part_digest_mismatch"),
    ]
    assert [release.index for release in found.releases] == [0]
    assert not node.sink.unfinished
    assert node.state.pending == ()


def test_truncated_part(peer: PeerSimulator, node: ReadingNode) -> None:
    """It is kept, stays pending, stops no other release, and is continued once the rest comes."""
    manifest = peer.release([7])
    (part,) = manifest.parts
    whole = peer.parts[part.digest]
    peer.parts[part.digest] = whole[:500]
    peer.release([8])

    found = node.look(peer)

    assert [(r.index, r.name, r.failure) for r in found.refused] == [(1, "part_truncated", Failure.RETRY)]
    assert [release.index for release in found.releases] == [0, 2]
    assert [entry.index for entry in node.state.pending] == [1]
    assert node.sink.unfinished == {part.digest: whole[:500]}

    peer.parts[part.digest] = whole
    found = node.look(peer)

    assert [release.index for release in found.releases] == [1]
    assert node.state.pending == ()


def test_endless_part(peer: PeerSimulator, node: ReadingNode) -> None:
    """Never more than the announced length is taken."""
    (part,) = peer.release([7]).parts

    def endless(_offset: int) -> Iterator[bytes]:
        while True:
            yield b"\x00" * 1024

    peer.streams[part.digest] = endless

    the_record_is_refused(node, peer, "part_too_long")
    assert part.digest not in {*node.sink.finished, *node.sink.unfinished}


def test_wrong_part_digest(peer: PeerSimulator, node: ReadingNode) -> None:
    """One bit of the part differs; it is not kept and never parsed."""
    (part,) = peer.release([7]).parts
    content = bytearray(peer.parts[part.digest])
    content[100] ^= 1
    peer.parts[part.digest] = bytes(content)

    the_record_is_refused(node, peer, "part_digest_mismatch")
    assert part.digest not in {*node.sink.finished, *node.sink.unfinished}


@pytest.mark.parametrize(
    "content",
    [b"PAR1", b"PAR1" + b"\xff" * 100 + b"\x40\x00\x00\x00PAR1", b"{}"],
    ids=["magic only", "footer of noise", "no parquet"],
)
def test_malformed_parquet(content: bytes, peer: PeerSimulator, node: ReadingNode) -> None:
    """Signed by two officers, and still not a table."""
    a_part_instead(peer, content)

    the_record_is_refused(node, peer, "parquet_malformed")


def test_decompression_bomb_in_the_footer(peer: PeerSimulator) -> None:
    """The footer claims more rows than are agreed: nothing is decoded."""
    node = ReadingNode("KZ", Limits(max_rows=3))
    content = parquet.write(declared_flows("RU", [1, 2, 3, 4]).table)
    a_part_instead(peer, content, rows=1)

    the_record_is_refused(node, peer, "parquet_over_limit")


def test_decompression_bomb_of_one_long_text(peer: PeerSimulator) -> None:
    """A megabyte of text referred to by every row: few bytes in the file, many in memory."""
    node = ReadingNode("KZ", Limits(max_uncompressed_bytes=10_000_000))
    table = declared_flows("RU", list(range(100))).table
    long = pa.array(["x" * 1_000_000] * 100)
    at = table.column_names.index("PRODUCT")
    a_part_instead(peer, parquet.write(table.set_column(at, "PRODUCT", long)), rows=100)

    the_record_is_refused(node, peer, "parquet_over_limit")


def test_other_content_than_signed(peer: PeerSimulator, node: ReadingNode) -> None:
    """The bytes are those announced, the cells in them are not."""
    a_part_instead(peer, parquet.write(declared_flows("RU", [999]).table))

    the_record_is_refused(node, peer, "logical_digest_mismatch")


# manifests


def test_deep_json(peer: PeerSimulator, node: ReadingNode) -> None:
    """A certificate nested beyond the limit."""
    deep: object = 1
    for _ in range(50):
        deep = {"a": deep}
    peer.publish_manifest(altered(lambda document: document.update(certificate=deep)))

    the_record_is_refused(node, peer, "document_too_deep")


def test_oversized_manifest(peer: PeerSimulator, node: ReadingNode) -> None:
    """One byte over a megabyte is over."""
    filler = "x" * (DEFAULT.max_manifest_bytes + 1)
    peer.publish_manifest(altered(lambda document: document.update(filler=filler)))

    the_record_is_refused(node, peer, "document_too_large")


def test_oversized_record(peer: PeerSimulator, node: ReadingNode) -> None:
    """A record that fits no answer is refused by itself; those around it arrive."""
    peer.publish(b"x" * (DEFAULT.max_record_bytes + 1))
    peer.release([8])

    found = node.look(peer)

    assert [release.index for release in found.releases] == [0, 2]
    assert [(refusal.index, refusal.name) for refusal in found.refused] == [(1, "record_too_large")]


def test_announcement_over_the_limits(peer: PeerSimulator) -> None:
    """A part larger than agreed is not even asked for."""
    node = ReadingNode("KZ", Limits(max_part_bytes=4000))
    peer.publish_manifest(altered(lambda document: document["parts"][0].update(length=4001)))

    the_record_is_refused(node, peer, "manifest_over_limit")
    assert peer.requests["part"] == 1


def test_unknown_field_preserved(peer: PeerSimulator, node: ReadingNode) -> None:
    """A release of a later minor version is accepted, and its bytes are kept as they were signed."""
    made = packed([7])
    document = json.loads(made.manifest.to_bytes())
    raw = canonical_json({**document, "version": "1.1", "later": {"kept": True}})
    peer.parts.update(made.parts)
    peer.publish_manifest(raw)

    found = node.look(peer)

    assert [release.index for release in found.releases] == [0, 1]
    manifest = found.releases[1].manifest
    assert manifest.extra == {"later": {"kept": True}}
    assert (manifest.to_bytes(), manifest.digest) == (raw, f"sha256:{sha256(raw).hexdigest()}")


def test_unknown_major_version_refused(peer: PeerSimulator, node: ReadingNode) -> None:
    """It is not guessed at; the operator is told, and it is no alarm."""
    peer.publish_manifest(altered(lambda document: document.update(version="2.0")))

    refusal = the_record_is_refused(node, peer, "version_unknown")

    assert refusal.failure is Failure.OPERATOR


def test_unknown_payload_type_refused(peer: PeerSimulator, node: ReadingNode) -> None:
    """A kind of record from the future is for the operator too."""
    document = json.loads(peer.served[0].envelope)
    document["payloadType"] = "application/vnd.irac.release+json;v=2"
    peer.publish(canonical_json(document))

    refusal = the_record_is_refused(node, peer, "payload_type_unknown")

    assert refusal.failure is Failure.OPERATOR


@pytest.mark.parametrize("garbage", [b"null", b"\xff\xfe", b'{"payload": 1}', b"{" * 500])
def test_garbage_instead_of_an_envelope(garbage: bytes, peer: PeerSimulator, node: ReadingNode) -> None:
    """Whatever the log commits to, one record is one refusal."""
    peer.publish(garbage)

    found = node.look(peer)

    assert [release.index for release in found.releases] == [0]
    assert [refusal.index for refusal in found.refused] == [1]
    assert found.refused[0].evidence == garbage


def test_nothing_is_accepted_from_a_peer_without_a_good_record(node: ReadingNode) -> None:
    """The state of a node that was only lied to holds no part and no data."""
    liar = PeerSimulator("RU")
    liar.publish_manifest(packed([1]).manifest, signers=[a_signer("stranger")])

    found = node.look(liar)

    assert (found.releases, found.attestations, node.sink.finished) == ((), (), {})
    assert (node.state.seen.frontier.size, node.state.pending) == (1, ())
