"""The log's tree for all sizes: the frontier is as defined, proofs verify, and no mutation of them does."""

from __future__ import annotations

from hashlib import sha256

from hypothesis import given
from hypothesis import strategies as st

from exchange.merkle import (
    Frontier,
    LeafDigest,
    consistency_proof,
    inclusion_proof,
    leaf_digest,
    verify_consistency,
    verify_inclusion,
)

entries = st.lists(st.binary(max_size=8), min_size=1, max_size=70)
grown_logs = st.lists(st.integers(min_value=0, max_value=30), min_size=1, max_size=6)


def root_by_definition(content: list[bytes]) -> bytes:
    """MTH of RFC 6962, section 2.1, written as the definition is: split at the largest power of two."""
    if not content:
        return sha256(b"").digest()
    if len(content) == 1:
        return sha256(b"\x00" + content[0]).digest()
    split = max(2**power for power in range(7) if 2**power < len(content))
    left, right = root_by_definition(content[:split]), root_by_definition(content[split:])
    return sha256(b"\x01" + left + right).digest()


def digests(content: list[bytes]) -> list[LeafDigest]:
    """Return the leaf digests of entries."""
    return [leaf_digest(entry) for entry in content]


@given(st.lists(st.binary(max_size=8), max_size=70))
def test_the_frontiers_root_is_the_one_of_the_definition(content: list[bytes]) -> None:
    """Whatever the entries, equal ones included."""
    assert Frontier.empty().extend(digests(content)).root() == root_by_definition(content)


@given(grown_logs)
def test_it_does_not_matter_in_which_portions_a_log_grows(portions: list[int]) -> None:
    """Appending in portions, through storage in between, gives the frontier of appending at once."""
    content = [leaf_digest(number.to_bytes(2, "big")) for number in range(sum(portions))]
    frontier = Frontier.empty()
    for portion in portions:
        grown = frontier.extend(content[frontier.size : frontier.size + portion])
        frontier = Frontier.from_hex(grown.size, grown.to_hex())

    assert frontier == Frontier.empty().extend(content)
    assert len(frontier.peaks) == frontier.size.bit_count()


@given(st.data(), entries)
def test_an_inclusion_proof_verifies_and_no_mutation_of_it(data: st.DataObject, content: list[bytes]) -> None:
    """Another leaf, index, size, root or any changed bit of the proof fails."""
    leaves = digests(content)
    index = data.draw(st.integers(0, len(leaves) - 1))
    proof, root = inclusion_proof(leaves, index), root_by_definition(content)
    assert verify_inclusion(leaves[index], index, len(leaves), proof, root)

    assert not verify_inclusion(LeafDigest(flipped(data, leaves[index])), index, len(leaves), proof, root)
    assert not verify_inclusion(leaves[index], index, len(leaves), proof, flipped(data, root))
    assert not any(
        verify_inclusion(leaves[index], index, len(leaves), broken, root) for broken in mutations(data, proof)
    )


@given(st.data(), entries)
def test_a_leaf_is_included_at_its_own_index_only(data: st.DataObject, content: list[bytes]) -> None:
    """A proof for one index is none for another, unless the leaf stands there too."""
    leaves = digests(content)
    index, other = (data.draw(st.integers(0, len(leaves) - 1)) for _ in range(2))
    claimed = verify_inclusion(
        leaves[index], other, len(leaves), inclusion_proof(leaves, index), root_by_definition(content)
    )

    assert claimed <= (leaves[index] == leaves[other])


@given(st.data(), entries)
def test_a_consistency_proof_verifies_and_no_mutation_of_it(
    data: st.DataObject, content: list[bytes]
) -> None:
    """Other roots or any changed bit of the proof fail, as does the same claim backwards."""
    size = len(content)
    old_size = data.draw(st.integers(1, size))
    proof = consistency_proof(digests(content), old_size)
    old_root, root = root_by_definition(content[:old_size]), root_by_definition(content)
    assert verify_consistency(old_size, old_root, size, root, proof)

    assert not verify_consistency(old_size, flipped(data, old_root), size, root, proof)
    assert not verify_consistency(old_size, old_root, size, flipped(data, root), proof)
    assert not any(
        verify_consistency(old_size, old_root, size, root, broken) for broken in mutations(data, proof)
    )
    if old_size < size:
        assert not verify_consistency(size, root, old_size, old_root, proof)


@given(st.data(), entries)
def test_a_rewritten_history_is_never_consistent(data: st.DataObject, content: list[bytes]) -> None:
    """A log that changed an old entry cannot prove that it did not, with the proof of either history."""
    old_size = data.draw(st.integers(1, len(content)))
    at = data.draw(st.integers(0, old_size - 1))
    rewritten = [*content[:at], content[at] + b"!", *content[at + 1 :]]
    old_root, new_root = root_by_definition(content[:old_size]), root_by_definition(rewritten)

    for history in (content, rewritten):
        proof = consistency_proof(digests(history), old_size)
        assert not verify_consistency(old_size, old_root, len(content), new_root, proof)


def flipped(data: st.DataObject, digest: bytes) -> bytes:
    """Return the digest with one bit changed."""
    bit = data.draw(st.integers(0, 8 * len(digest) - 1))
    return (int.from_bytes(digest, "big") ^ 1 << bit).to_bytes(len(digest), "big")


def mutations(data: st.DataObject, proof: list[bytes]) -> list[list[bytes]]:
    """Every way of breaking a proof: one bit, one digest more at any place, one less, one cut short."""
    stray = data.draw(st.binary(min_size=32, max_size=32))
    broken = [[*proof[:at], stray, *proof[at:]] for at in range(len(proof) + 1)]
    for at, digest in enumerate(proof):
        broken.append([*proof[:at], flipped(data, digest), *proof[at + 1 :]])
        broken.append([*proof[:at], *proof[at + 1 :]])
        broken.append([*proof[:at], digest[:-1], *proof[at + 1 :]])
    return broken
