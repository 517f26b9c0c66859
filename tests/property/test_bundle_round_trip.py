"""Bundles for all contents: what was packed is unpacked, and what is not that content is never accepted."""

from __future__ import annotations

from hashlib import sha256

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exchange import bundle, parquet
from exchange.errors import ExchangeError, Refused
from exchange.limits import DEFAULT
from schemas.digest import sha256_hex
from tests.support.peer_simulator import PeerSimulator, a_header, declared_flows
from tests.support.reading_node import ReadingNode

texts = st.none() | st.text(st.characters(exclude_categories=["Cs"]), max_size=5)
numbers = st.none() | st.integers(-(2**63), 2**63 - 1)
rows = st.lists(st.tuples(texts, numbers, texts), max_size=12)
HEADER = b'{"columns":[["A","string"],["N","int64"],["B","string"]],"version":"irac-logical-digest/1"}\n'


def a_table(cells: list[tuple[str | None, int | None, str | None]]) -> pa.Table:
    """Return the rows as a table of three columns."""
    schema = pa.schema([("A", pa.string()), ("N", pa.int64()), ("B", pa.string())])
    return pa.Table.from_pylist([dict(zip("ANB", row, strict=True)) for row in cells], schema=schema)


def written_out(cells: list[tuple[str | None, int | None, str | None]]) -> str:
    """Return the logical digest by the words of docs/protocol.md, cell by cell."""
    encoded = []
    for row in cells:
        text = [None if cell is None else str(cell).encode() for cell in row]
        encoded.append(b"".join(b"~" if cell is None else b"%d:%b" % (len(cell), cell) for cell in text))
    return sha256_hex(HEADER + b"".join(sorted(encoded)))


@given(rows, st.randoms(use_true_random=False), st.integers(1, 4))
def test_the_logical_digest_is_of_the_content_alone(
    cells: list[tuple[str | None, int | None, str | None]], order: st.random.Random, chunk: int
) -> None:
    """Equal to the written rule, in any order, in any chunks, and with dictionaries."""
    shuffled = list(cells)
    order.shuffle(shuffled)
    table = a_table(shuffled)
    chunked = pa.concat_tables([table.slice(at, chunk) for at in range(0, len(cells), chunk)] or [table])
    encoded = chunked.set_column(0, "A", chunked["A"].dictionary_encode())

    assert parquet.logical_digest(encoded) == written_out(cells)


@given(rows, rows)
def test_two_contents_have_two_digests(
    one: list[tuple[str | None, int | None, str | None]],
    two: list[tuple[str | None, int | None, str | None]],
) -> None:
    """Equal digests mean equal rows, as often as they occur."""
    same_rows = sorted(map(repr, one)) == sorted(map(repr, two))

    assert (parquet.logical_digest(a_table(one)) == parquet.logical_digest(a_table(two))) == same_rows


@given(rows)
def test_writing_then_reading_keeps_the_content(
    cells: list[tuple[str | None, int | None, str | None]],
) -> None:
    """And writing what was read gives the same bytes."""
    content = parquet.write(a_table(cells))

    found = parquet.read(content, DEFAULT)

    assert parquet.logical_digest(found) == written_out(cells)
    assert parquet.write(found) == content


@given(st.lists(st.integers(0, 2**62), min_size=1, max_size=20))
def test_a_bundle_is_unpacked_to_what_was_packed(values: list[int]) -> None:
    """Cell for cell."""
    released = declared_flows("RU", values)
    made = bundle.pack(released, a_header("RU"))

    found = bundle.unpack(made.manifest, made.parts.__getitem__, DEFAULT)

    assert found.sort_by("PRODUCT").equals(released.table.sort_by("PRODUCT"))


@given(st.data())
def test_a_changed_part_is_never_accepted(choice: st.DataObject) -> None:
    """Any byte of it, replaced by any other."""
    made = bundle.pack(declared_flows("RU", [1, 2, 3]), a_header("RU"))
    ((digest, content),) = made.parts.items()
    at = choice.draw(st.integers(0, len(content) - 1))
    changed = bytearray(content)
    changed[at] ^= choice.draw(st.integers(1, 255))

    with pytest.raises(Refused):
        bundle.unpack(made.manifest, {digest: bytes(changed)}.__getitem__, DEFAULT)


@settings(max_examples=200)
@given(st.binary(max_size=80), st.binary(max_size=80), st.integers(0, 90))
def test_noise_in_the_frame_of_parquet_is_refused_or_read(body: bytes, footer: bytes, length: int) -> None:
    """Whatever stands between the two magic words, the reader answers with a table or a refusal."""
    content = b"PAR1" + body + footer + length.to_bytes(4, "little") + b"PAR1"

    try:
        found = parquet.read(content, DEFAULT)
    except ExchangeError as error:
        found = error

    assert isinstance(found, pa.Table | Refused)


@settings(max_examples=50)
@given(st.lists(st.integers(0, 400), min_size=1, max_size=5))
def test_a_log_read_in_any_steps_is_the_same_log(growth: list[int]) -> None:
    """However often one looks, the right edge remembered is the originator's own."""
    peer, node = PeerSimulator("RU"), ReadingNode("KZ")
    for size in growth:
        if size:
            start = peer.head.size
            peer.append(*[sha256(b"%d" % at).digest() for at in range(start, start + size)])
        node.look(peer)

    assert node.state.seen.frontier == peer.head.frontier
    assert node.look(peer).nothing_new
