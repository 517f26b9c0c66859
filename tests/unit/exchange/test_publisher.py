"""The log's next head: entries are added at the end, and nothing contradictory is ever signed."""

from __future__ import annotations

import dataclasses
from hashlib import sha256

import pytest

from exchange import checkpoint
from exchange.errors import Misconfigured
from exchange.limits import DEFAULT
from exchange.merkle import Frontier, leaf_digest
from exchange.publisher import LogHead, first_head, next_publication
from tests.support.peer_simulator import a_signer

SIGNER = a_signer("log")
ORIGIN = "irac/test/KZ"
ENTRIES = [sha256(bytes([number])).digest() for number in range(5)]


def said(head: LogHead) -> tuple[int, bytes]:
    """Return size and root that the head's checkpoint says, once its signature is verified."""
    note = head.checkpoint.encode()
    found = checkpoint.verify(note, origin=ORIGIN, public_key=SIGNER.public_key, limits=DEFAULT)
    return found.size, found.root


def test_a_new_log_says_that_it_is_empty() -> None:
    """Size 0 and, from RFC 6962, the digest of nothing."""
    assert said(first_head(ORIGIN, SIGNER)) == (0, sha256(b"").digest())


def test_entries_follow_the_head_in_their_order() -> None:
    """Two publications; the last root worked out from RFC 6962, section 2.1, for three leaves."""
    first = next_publication(first_head(ORIGIN, SIGNER), ENTRIES[:1], SIGNER, limits=DEFAULT)
    second = next_publication(first.head, ENTRIES[1:3], SIGNER, limits=DEFAULT)
    one, two, three = (sha256(b"\x00" + entry).digest() for entry in ENTRIES[:3])
    root = sha256(b"\x01" + sha256(b"\x01" + one + two).digest() + three).digest()

    assert (first.first_index, second.first_index) == (0, 1)
    assert second.entries == tuple(ENTRIES[1:3])
    assert second.leaves == (two, three)
    assert said(second.head) == (3, root)
    assert second.head.size == 3


def test_publishing_again_after_a_crash_signs_the_same_words() -> None:
    """Ed25519 is deterministic: recovery repeats the step without a second statement."""
    head = first_head(ORIGIN, SIGNER)

    assert next_publication(head, ENTRIES, SIGNER, limits=DEFAULT) == next_publication(
        head, ENTRIES, SIGNER, limits=DEFAULT
    )


@pytest.mark.parametrize("entries", [[], [b"short"], [*ENTRIES, b""]])
def test_only_commitments_are_published(entries: list[bytes]) -> None:
    """At least one, of 32 bytes each."""
    with pytest.raises(ValueError, match="32 bytes"):
        next_publication(first_head(ORIGIN, SIGNER), entries, SIGNER, limits=DEFAULT)


def test_a_head_that_contradicts_its_checkpoint_is_not_continued() -> None:
    """A row restored from an old copy, an altered tree, or the wrong key: each would fork the log."""
    head = next_publication(first_head(ORIGIN, SIGNER), ENTRIES[:2], SIGNER, limits=DEFAULT).head
    shorter = Frontier.empty().append(leaf_digest(ENTRIES[0]))
    other = Frontier.empty().extend(leaf_digest(entry) for entry in ENTRIES[2:4])
    damaged = [
        (dataclasses.replace(head, frontier=shorter), SIGNER),
        (dataclasses.replace(head, frontier=other), SIGNER),
        (dataclasses.replace(head, origin="irac/test/RU"), SIGNER),
        (dataclasses.replace(head, checkpoint="not a note"), SIGNER),
        (head, a_signer("another log")),
    ]

    for contradictory, signer in damaged:
        with pytest.raises(Misconfigured) as caught:
            next_publication(contradictory, ENTRIES[4:], signer, limits=DEFAULT)
        assert caught.value.name == "log_head_inconsistent"
