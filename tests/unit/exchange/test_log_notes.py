"""Notes of a log whose key was replaced: which key counts for which size, and how the registry says it."""

from __future__ import annotations

import dataclasses

import pytest

from exchange import checkpoint, log_notes
from exchange.checkpoint import Checkpoint
from exchange.errors import Refused
from exchange.keys import KeySigner
from exchange.limits import DEFAULT
from exchange.membership import FormerLogKey, LogKey, Membership
from exchange.membership_document import encode, parse
from tests.support.peer_simulator import FEDERATION, a_member, a_signer

ORIGIN = "irac/test/KZ"
PRESENT, FORMER, FIRST, STRANGER = (a_signer(name) for name in ("present", "former", "first", "stranger"))
KEY = LogKey(
    ORIGIN, PRESENT.public_key, (FormerLogKey(FIRST.public_key, 3), FormerLogKey(FORMER.public_key, 7))
)


def note(signer: KeySigner, size: int) -> bytes:
    """Give a checkpoint of this size."""
    return checkpoint.sign(Checkpoint(ORIGIN, size, bytes(32)), signer).encode()


@pytest.mark.parametrize(
    ("signer", "size"), [(PRESENT, 9), (PRESENT, 1), (FORMER, 7), (FIRST, 3), (FIRST, 0)]
)
def test_a_key_counts_within_its_bound(signer: KeySigner, size: int) -> None:
    """The present one for every size."""
    assert log_notes.said(note(signer, size), KEY, DEFAULT).size == size
    assert log_notes.counts(note(signer, size), KEY, DEFAULT)
    assert log_notes.alone(note(signer, size), KEY, DEFAULT).encode() == note(signer, size)


@pytest.mark.parametrize(("signer", "size"), [(FORMER, 8), (FIRST, 4), (FIRST, 2**62)])
def test_a_former_key_counts_for_no_more(signer: KeySigner, size: int) -> None:
    """It did sign, which is all that evidence needs."""
    with pytest.raises(Refused) as caught:
        log_notes.said(note(signer, size), KEY, DEFAULT)

    assert caught.value.name == "checkpoint_former_key"
    assert not log_notes.counts(note(signer, size), KEY, DEFAULT)
    log_notes.require_signed(note(signer, size), KEY, DEFAULT)


def test_a_strangers_note_is_nobodys() -> None:
    """Neither said nor evidence."""
    with pytest.raises(Refused) as caught:
        log_notes.said(note(STRANGER, 1), KEY, DEFAULT)

    assert caught.value.name == "checkpoint_unsigned"
    with pytest.raises(Refused, match="no signature"):
        log_notes.require_signed(note(STRANGER, 1), KEY, DEFAULT)


def test_a_line_of_a_former_key_that_does_not_verify_refuses_the_note() -> None:
    """A claim of any known key is checked."""
    altered = note(FORMER, 5).replace(b"\n5\n", b"\n6\n")

    with pytest.raises(Refused) as caught:
        log_notes.said(altered, KEY, DEFAULT)

    assert caught.value.name == "checkpoint_bad_signature"


@pytest.mark.parametrize(
    ("index", "signers"), [(0, {PRESENT, FORMER, FIRST}), (3, {PRESENT, FORMER}), (7, {PRESENT})]
)
def test_a_record_is_signed_by_a_key_that_counts_at_its_index(index: int, signers: set[KeySigner]) -> None:
    """Entry 6 is the last of seven."""
    assert set(KEY.keys_at(index)) == {signer.keyid for signer in signers}


def test_former_keys_come_in_the_order_of_what_they_count_for() -> None:
    """A log only grows."""
    with pytest.raises(ValueError, match="one after the other"):
        LogKey(ORIGIN, PRESENT.public_key, KEY.former[::-1])
    with pytest.raises(ValueError, match="one after the other"):
        LogKey(ORIGIN, PRESENT.public_key, (FormerLogKey(FIRST.public_key, -1),))


def test_the_registry_names_former_keys_and_says_nothing_where_there_are_none() -> None:
    """A membership without them keeps its bytes; with them it comes back as it was."""
    plain = a_member("KZ")
    assert plain.log_key is not None
    former = (FormerLogKey(FIRST.public_key, 3),)
    replaced = dataclasses.replace(plain, log_key=dataclasses.replace(plain.log_key, former=former))

    assert b"former" not in encode(Membership(FEDERATION, (plain,)))
    assert parse(encode(Membership(FEDERATION, (replaced,))), DEFAULT).members[0].log_key == replaced.log_key


def test_a_former_key_is_nobody_elses() -> None:
    """A key belongs to one member and one purpose, also when it is in use no more."""
    kz, ru = a_member("KZ"), a_member("RU")
    assert kz.log_key is not None
    assert ru.log_key is not None
    stolen = dataclasses.replace(kz.log_key, former=(FormerLogKey(ru.log_key.key, 3),))

    with pytest.raises(ValueError, match="a key appears twice"):
        Membership(FEDERATION, (dataclasses.replace(kz, log_key=stolen), ru))
