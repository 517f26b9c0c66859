"""The Merkle tree against published roots and against RFC 6962, section 2.1, written out with SHA-256."""

from __future__ import annotations

from hashlib import sha256

import pytest

from exchange.merkle import (
    EMPTY_ROOT,
    Frontier,
    LeafDigest,
    consistency_proof,
    inclusion_proof,
    leaf_digest,
    verify_consistency,
    verify_inclusion,
)

# The eight entries and roots in the tests of the Certificate Transparency reference implementation.
ENTRIES = [bytes.fromhex(text) for text in (
    "", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f",
)]  # fmt: skip
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
LEAVES = [leaf_digest(entry) for entry in ENTRIES]


def h(content: bytes) -> bytes:
    """Return SHA-256."""
    return sha256(content).digest()


def node(left: bytes, right: bytes) -> bytes:
    """Return the digest of an inner node."""
    return h(b"\x01" + left + right)


def test_the_empty_tree_has_the_digest_of_nothing_as_root() -> None:
    """MTH({}) = SHA-256()."""
    assert Frontier.empty().root() == EMPTY_ROOT
    assert EMPTY_ROOT.hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


@pytest.mark.parametrize("size", range(1, 9))
def test_roots_are_those_of_the_reference_implementation(size: int) -> None:
    """The eight published roots, appended one by one and all at once."""
    one_by_one = Frontier.empty()
    for leaf in LEAVES[:size]:
        one_by_one = one_by_one.append(leaf)

    assert one_by_one.root().hex() == ROOTS[size - 1]
    assert Frontier.empty().extend(LEAVES[:size]) == one_by_one


def test_a_tree_of_three_is_unbalanced_to_the_left() -> None:
    """MTH(3) = node(node(a, b), c), and the frontier holds those two subtrees."""
    a, b, c = LEAVES[:3]

    frontier = Frontier.empty().extend([a, b, c])

    assert frontier.peaks == (node(a, b), c)
    assert frontier.root() == node(node(a, b), c)


def test_leaves_and_nodes_are_digested_apart() -> None:
    """An entry that reads like an inner node has another digest than that node."""
    a, b = LEAVES[:2]

    assert leaf_digest(a + b) == h(b"\x00" + a + b)
    assert leaf_digest(a + b) != node(a, b)


def test_appending_does_not_change_the_frontier_before() -> None:
    """A frontier is a value: a publication that fails leaves the head as it was."""
    before = Frontier.empty().extend(LEAVES[:3])

    before.append(LEAVES[3])

    assert before == Frontier.empty().extend(LEAVES[:3])


def test_a_frontier_round_trips_through_hexadecimal() -> None:
    """What the store keeps is the same frontier again."""
    frontier = Frontier.empty().extend(LEAVES[:7])

    assert Frontier.from_hex(frontier.size, frontier.to_hex()) == frontier


@pytest.mark.parametrize(
    ("size", "peaks"), [(0, ["00" * 32]), (1, []), (3, ["00" * 32]), (1, ["00" * 31]), (-1, []), (1, ["zz"])]
)
def test_peaks_that_do_not_fit_the_size_are_no_frontier(size: int, peaks: list[str]) -> None:
    """One peak of 32 bytes for each one bit of the size."""
    with pytest.raises(ValueError, match=r"peak|hexadecimal"):
        Frontier.from_hex(size, peaks)


def test_the_proofs_of_rfc_6962_for_a_tree_of_seven() -> None:
    """The examples of section 2.1.3, written out: PATH(0), PATH(3), PATH(4), PATH(6), PROOF(3), (4), (6)."""
    d = LEAVES[:7]
    a, b, c, e, f, j = d[0], d[1], d[2], d[3], d[4], d[6]
    g, hh, i = node(a, b), node(c, e), node(f, d[5])
    k, ell = node(g, hh), node(i, j)

    assert inclusion_proof(d, 0) == [b, hh, ell]
    assert inclusion_proof(d, 3) == [c, g, ell]
    assert inclusion_proof(d, 4) == [d[5], j, k]
    assert inclusion_proof(d, 6) == [i, k]
    assert consistency_proof(d, 3) == [c, e, g, ell]
    assert consistency_proof(d, 4) == [ell]
    assert consistency_proof(d, 6) == [i, j, k]


def test_a_tree_is_consistent_with_itself_by_an_empty_proof() -> None:
    """Same size and same root need no proof, and accept none."""
    root = Frontier.empty().extend(LEAVES).root()

    assert consistency_proof(LEAVES, 8) == []
    assert verify_consistency(8, root, 8, root, [])
    assert not verify_consistency(8, root, 8, root, [root])
    assert not verify_consistency(8, root, 8, EMPTY_ROOT, [])


def test_digests_cannot_be_shifted_across_their_seam() -> None:
    """A proof whose digests are cut elsewhere has the same bytes in a row, and is refused."""
    root = Frontier.empty().extend(LEAVES[:2]).root()
    a, b = LEAVES[:2]

    assert verify_inclusion(a, 0, 2, [b], root)
    assert not verify_inclusion(LeafDigest(a + b[:1]), 0, 2, [b[1:]], root)
    assert not verify_inclusion(LeafDigest(b""), 0, 1, [], b"")


@pytest.mark.parametrize("index", [-1, 8])
def test_there_is_no_proof_for_a_leaf_outside_the_tree(index: int) -> None:
    """Asking for one is a mistake; claiming one is wrong."""
    with pytest.raises(IndexError):
        inclusion_proof(LEAVES, index)

    assert not verify_inclusion(LEAVES[0], index, 8, [], EMPTY_ROOT)


@pytest.mark.parametrize("old_size", [-1, 0, 9])
def test_there_is_no_consistency_proof_from_nothing_or_backwards(old_size: int) -> None:
    """Every tree begins with the empty one, and none with a larger one."""
    with pytest.raises(ValueError, match="old size"):
        consistency_proof(LEAVES, old_size)

    assert not verify_consistency(old_size, EMPTY_ROOT, 8, Frontier.empty().extend(LEAVES).root(), [])
