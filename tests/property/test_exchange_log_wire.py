"""The log's wire forms for all contents: what is written is read back, and what is changed is refused."""

from __future__ import annotations

import json
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange import checkpoint
from exchange.checkpoint import Checkpoint
from exchange.envelope import assemble, pae, sign, verify
from exchange.errors import Refused
from exchange.jsondoc import parse_json
from exchange.keys import KeySigner
from exchange.limits import DEFAULT
from exchange.records import Record, decode_records, encode_records
from exchange.tiles import Bundle, bundles_covering, decode_bundle, encode_bundle
from schemas.canonical import canonical_json

LOG = KeySigner.from_seed(b"l" * 32)
OFFICERS = [KeySigner.from_seed(bytes([number]) * 32) for number in range(1, 5)]
KEYS = {officer.keyid: officer.public_key for officer in OFFICERS}

salts = st.binary(min_size=32, max_size=32)
exact_integers = st.integers(-(2**53) + 1, 2**53 - 1)
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=10)
documents = st.dictionaries(
    texts,
    st.recursive(
        st.none() | st.booleans() | exact_integers | texts,
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
        max_leaves=8,
    ),
    max_size=4,
)
checkpoints = st.builds(
    Checkpoint,
    origin=st.from_regex(r"[a-z]{1,8}(/[A-Za-z0-9.-]{1,8}){0,3}", fullmatch=True),
    size=st.integers(0, 2**63 - 1),
    root=st.binary(min_size=32, max_size=32),
)


@given(documents)
def test_what_is_written_canonically_is_read_back_equal(document: dict[str, object]) -> None:
    """Writing and reading are each other's inverse, and writing again gives the same bytes."""
    data = canonical_json(document)

    read = parse_json(data, max_bytes=len(data), max_depth=64)

    assert read == document
    assert canonical_json(read) == data


@given(documents, st.sampled_from(["1.5", "NaN", "Infinity", "1E2", "-0.0", "9007199254740993"]))
def test_an_inexact_number_is_refused_wherever_it_stands(document: dict[str, object], number: str) -> None:
    """Deep or shallow, first or last."""
    marked = json.dumps([document, "@number@"]).replace('"@number@"', number)

    with pytest.raises(Refused) as caught:
        parse_json(b'{"a":' + marked.encode() + b"}", max_bytes=100_000, max_depth=64)

    assert caught.value.name == "document_inexact_number"


@given(documents.filter(bool))
def test_a_key_written_twice_is_refused_wherever_it_stands(document: dict[str, object]) -> None:
    """Even when both say the same."""
    members = canonical_json(document)[1:-1].decode()

    with pytest.raises(Refused) as caught:
        parse_json(f'{{"a":[{{{members},{members}}}]}}'.encode(), max_bytes=100_000, max_depth=64)

    assert caught.value.name == "document_duplicate_key"


@given(st.integers(1, 40), st.integers(1, 40))
def test_depth_is_counted_exactly(depth: int, limit: int) -> None:
    """A document of a depth is read under every limit from that depth on, and under none below."""
    data = b'{"a":' * (depth - 1) + b"{}" + b"}" * (depth - 1)

    if depth <= limit:
        assert parse_json(data, max_bytes=1000, max_depth=limit) is not None
    else:
        with pytest.raises(Refused, match="levels"):
            parse_json(data, max_bytes=1000, max_depth=limit)


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    """No exception of a library leaves the reader."""
    try:
        document = parse_json(data, max_bytes=100, max_depth=4)
    except Refused:
        return
    assert isinstance(document, dict)


@given(st.tuples(texts, st.binary(max_size=40)), st.tuples(texts, st.binary(max_size=40)))
def test_no_two_pairs_are_signed_as_the_same_bytes(one: tuple[str, bytes], two: tuple[str, bytes]) -> None:
    """The encoding under the signature is unambiguous."""
    assert (pae(*one) == pae(*two)) == (one == two)


@given(st.binary(min_size=1, max_size=40), st.sets(st.sampled_from(range(4))), st.integers(1, 5))
def test_the_threshold_counts_officers(payload: bytes, signing: set[int], threshold: int) -> None:
    """An envelope is verified exactly when at least `threshold` distinct known keys signed it."""
    signers = [OFFICERS[number] for number in sorted(signing)]
    envelope = assemble("text/x", payload, [sign("text/x", payload, signer) for signer in signers])

    result = verify(envelope, KEYS, threshold, DEFAULT)

    assert result.payload == payload
    assert result.is_verified == (len(signing) >= threshold)
    assert set(result.signed) == {signer.keyid for signer in signers}
    assert set(result.signed) | set(result.unsigned) == set(KEYS)


@given(checkpoints)
def test_a_signed_checkpoint_is_read_back(head: Checkpoint) -> None:
    """Every checkpoint that can be made can be signed and verified."""
    note = checkpoint.sign(head, LOG).encode()

    assert checkpoint.verify(note, origin=head.origin, public_key=LOG.public_key, limits=DEFAULT) == head


@given(checkpoints, st.data())
def test_a_checkpoint_with_any_byte_changed_is_refused(head: Checkpoint, data: st.DataObject) -> None:
    """There is no byte of a note, signature line included, that a relay could change unnoticed."""
    note = bytearray(checkpoint.sign(head, LOG).encode())
    at = data.draw(st.integers(0, len(note) - 1))
    note[at] ^= data.draw(st.integers(1, 255))

    with pytest.raises(Refused):
        checkpoint.verify(bytes(note), origin=head.origin, public_key=LOG.public_key, limits=DEFAULT)


@given(st.binary(max_size=300))
def test_any_bytes_are_a_checkpoint_or_refused(data: bytes) -> None:
    """No exception of a library leaves the reader."""
    with pytest.raises(Refused):
        checkpoint.verify(data, origin="log", public_key=LOG.public_key, limits=DEFAULT)


@given(st.lists(st.binary(min_size=32, max_size=32), min_size=1, max_size=256))
def test_a_bundle_is_read_back(entries: list[bytes]) -> None:
    """For every width, partial or full."""
    encoded = encode_bundle(entries)

    assert decode_bundle(encoded, width=len(entries), entry_bytes=32) == tuple(entries)


@given(st.integers(0, 10**12), st.integers(1, 256))
def test_a_bundle_is_found_by_its_path(index: int, width: int) -> None:
    """Path and bundle name each other."""
    assert Bundle.from_path(Bundle(index, width).path) == Bundle(index, width)


@given(st.integers(0, 2000), st.integers(0, 2000))
def test_bundles_cover_the_new_entries_without_gap_or_overlap(start: int, more: int) -> None:
    """They follow one another, begin at or before the first new entry, and end with the tree."""
    bundles = bundles_covering(start, start + more)

    assert all(one.end == two.start for one, two in pairwise(bundles))
    if more:
        assert bundles[0].start <= start < bundles[0].end
        assert bundles[-1].end == start + more
    else:
        assert bundles == ()


@given(st.dictionaries(st.integers(0, 255), st.tuples(salts, st.binary(min_size=1, max_size=20)), max_size=8))
def test_records_are_read_back_whoever_sorted_them(content: dict[int, tuple[bytes, bytes]]) -> None:
    """Salt and envelope arrive as the bytes they are, so every commitment holds."""
    records = [Record(index, salt, envelope) for index, (salt, envelope) in content.items()]

    read = decode_records(encode_records(records), DEFAULT, start=0, end=256)

    assert read == tuple(sorted(records, key=lambda record: record.index))
    assert {record.commitment for record in read} == {record.commitment for record in records}
