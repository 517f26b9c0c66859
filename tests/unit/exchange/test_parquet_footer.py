"""What page headers claim, added up without decompressing anything, and the Thrift reader beneath."""

from __future__ import annotations

import io
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from exchange.errors import Refused
from exchange.limits import DEFAULT
from exchange.parquet_footer import Column, Footer, claimed_bytes, read_footer
from exchange.thrift import Reader, UnreadableThriftError

AT_MOST = 1 << 40


def number(value: int) -> bytes:
    """Return a non-negative i32 in the Thrift compact protocol: zigzag, then seven bits a byte."""
    value <<= 1
    octets = bytearray()
    while value > 0x7F:
        octets.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*octets, value])


def page(uncompressed: int, compressed: int, *, rest: bytes = b"") -> bytes:
    """Return a page: header fields 1 to 3 (type, sizes), `rest`, the end mark, and that many zero bytes."""
    sizes = b"\x15\x00\x15" + number(uncompressed) + b"\x15" + number(compressed)
    return sizes + rest + b"\x00" + bytes(compressed)


def test_the_claims_of_all_pages_are_added() -> None:
    """A dictionary page and a data page of one column chunk."""
    chunk = page(1000, 10) + page(2**30, 3)

    assert claimed_bytes(memoryview(chunk), at_most=AT_MOST) == 1000 + 2**30


def test_adding_stops_once_the_bound_is_passed() -> None:
    """What comes after need not even be readable."""
    chunk = page(1000, 0) + b"\xff" * 20

    assert claimed_bytes(memoryview(chunk), at_most=999) == 1000


def test_real_page_headers_are_stepped_over() -> None:
    """Both page versions, with dictionary, statistics and checksum: the sum is what the footer says."""
    for version in ("1.0", "2.0"):
        sink = io.BytesIO()
        table = pa.table({"X": [f"code {at % 50}" for at in range(5000)]})
        pq.write_table(table, sink, data_page_version=version, write_page_checksum=True, data_page_size=500)
        content = sink.getvalue()
        column = pq.ParquetFile(pa.BufferReader(content)).metadata.row_group(0).column(0)
        start = column.dictionary_page_offset
        chunk = memoryview(content)[start : start + column.total_compressed_size]

        claimed = claimed_bytes(chunk, at_most=AT_MOST)

        # the footer counts the page headers too
        assert 0 < column.total_uncompressed_size - claimed < 2000


@pytest.mark.parametrize(
    "chunk",
    [
        b"\x15",
        b"\x15\x00\x00",
        b"\x15" + b"\xff" * 30,
        page(10, 10)[:-1],
        page(10, 1)[:-2] + b"\x18\xff\x01",
        page(1, 0, rest=b"\x1b\x00"),
        page(1, 0, rest=b"\x19\xf5\xff\xff\xff\x0f"),
        page(1, 0, rest=b"\x19\x19" * 20),
        page(1, 0, rest=b"\x05\x02\x00"),
        page(1, 0, rest=b"\x1c" * 20),
        page(1, 0, rest=b"\x1d"),
    ],
    ids=[
        "cut",
        "no sizes",
        "endless number",
        "page cut",
        "text cut",
        "map",
        "long list",
        "deep list",
        "field twice",
        "too deep",
        "unknown kind",
    ],
)
def test_what_is_not_a_sequence_of_pages_is_refused(chunk: bytes) -> None:
    """Each way a header can be wrong ends the walk."""
    with pytest.raises((Refused, UnreadableThriftError)):
        claimed_bytes(memoryview(chunk), at_most=AT_MOST)


def test_a_negative_size_is_refused() -> None:
    """Zigzag 1 is minus one: it would walk backwards."""
    with pytest.raises(Refused, match="not a size"):
        claimed_bytes(memoryview(b"\x15\x00\x15\x01\x15\x01\x00"), at_most=AT_MOST)


def test_fields_of_every_scalar_kind_are_stepped_over() -> None:
    """A later version of the format may add them: true, byte, i64, double, binary, struct, long field id."""
    rest = b"\x11" + b"\x13\x07" + b"\x16\x02" + b"\x17" + bytes(8) + b"\x18\x02ab"
    rest += b"\x1c\x21\x00" + b"\x19\x21\x01\x02" + b"\x05\x40\x02"

    assert claimed_bytes(memoryview(page(5, 0, rest=rest)), at_most=AT_MOST) == 5


def test_a_struct_is_read_by_field_number() -> None:
    """Worked by hand: field 1 i32 -1, field 3 true, field 4 text, field 20 list of two i64."""
    content = b"\x15\x01" + b"\x21" + b"\x18\x02hi" + b"\x09\x28\x26\x02\x04" + b"\x00rest"
    reader = Reader(memoryview(content), max_values=10)

    assert reader.struct() == {1: -1, 3: True, 4: b"hi", 20: [1, 2]}
    assert content[reader.position :] == b"rest"


def test_more_values_than_allowed_are_refused() -> None:
    """The number is counted over the whole document."""
    with pytest.raises(UnreadableThriftError, match="too many"):
        Reader(memoryview(b"\x15\x00\x15\x00\x00"), max_values=1).struct()


# One column X of text, one row group, one chunk of one page of three bytes at offset 4; by the field ids of
# parquet.thrift: FileMetaData 2 schema, 3 num_rows, 4 row_groups; SchemaElement 1 type, 3 repetition, 4 name,
# 5 num_children, 6 converted_type, 10 logicalType; RowGroup 1 columns, 3 num_rows; ColumnChunk 1 file_path,
# 3 meta_data; ColumnMetaData 4 codec, 7 total_compressed_size, 9 data_page_offset.
PAGE = page(10, 3)
ROOT: dict[int, Any] = {4: b"schema", 5: 1}
TEXT: dict[int, Any] = {1: 6, 3: 1, 4: b"X", 6: 0}
META: dict[int, Any] = {4: 6, 7: len(PAGE), 9: 4}
GROUP: dict[int, Any] = {1: [{3: META}], 3: 1}
FILE: dict[int, Any] = {2: [ROOT, TEXT], 3: 1, 4: [GROUP]}


def encoded(value: Any) -> tuple[int, bytes]:
    """Return kind and bytes of a value in the compact protocol: i64, binary, list or struct."""
    if isinstance(value, int):
        return 6, number(value)
    if isinstance(value, bytes):
        return 8, bytes([len(value)]) + value
    if isinstance(value, list):
        items = [encoded(item) for item in value]
        kind = items[0][0] if items else 12
        return 9, bytes([len(value) << 4 | kind]) + b"".join(content for _, content in items)
    fields = b"".join(
        bytes([encoded(item)[0]]) + number(field) + encoded(item)[1] for field, item in value.items()
    )
    return 12, fields + b"\x00"


def a_file(footer: dict[int, Any]) -> bytes:
    """Return the page and a footer of any content in the frame of a Parquet file."""
    content = encoded(footer)[1]
    return b"PAR1" + PAGE + content + len(content).to_bytes(4, "little") + b"PAR1"


def test_a_footer_written_by_hand_is_read() -> None:
    """The base of the cases below is right, so that each is refused for its own change alone."""
    assert read_footer(a_file(FILE), DEFAULT) == Footer(1, (Column("X", is_text=True),))


@pytest.mark.parametrize(
    ("footer", "name"),
    [
        ({2: [ROOT, TEXT], 4: [GROUP]}, "parquet_malformed"),
        (FILE | {3: 2}, "parquet_malformed"),
        (FILE | {4: 1}, "parquet_malformed"),
        (FILE | {4: [1]}, "parquet_malformed"),
        (FILE | {4: [GROUP | {1: [{3: META}, {3: META}]}]}, "parquet_malformed"),
        (FILE | {4: [GROUP | {1: [{1: b"/etc/passwd", 3: META}]}]}, "parquet_malformed"),
        (FILE | {4: [GROUP | {1: [{2: 0}]}]}, "parquet_malformed"),
        (FILE | {4: [GROUP | {1: [{3: META | {4: 4}}]}]}, "parquet_malformed"),
        (FILE | {4: [GROUP | {1: [{3: META | {4: [1]}}]}]}, "parquet_malformed"),
        (FILE | {4: [GROUP | {1: [{3: META | {9: 0}}]}]}, "parquet_malformed"),
        (FILE | {4: [GROUP | {1: [{3: META | {7: 9999}}]}]}, "parquet_malformed"),
        (FILE | {4: [GROUP | {1: [{3: META | {7: len(PAGE) - 1}}]}]}, "parquet_malformed"),
        (FILE | {2: []}, "parquet_unexpected_column"),
        (FILE | {2: [ROOT | {5: 2}, TEXT]}, "parquet_unexpected_column"),
        (FILE | {2: [ROOT, TEXT | {5: 1}]}, "parquet_unexpected_column"),
        (FILE | {2: [ROOT, TEXT | {3: 2}]}, "parquet_unexpected_column"),
        (FILE | {2: [ROOT, {1: 6, 4: b"X"}]}, "parquet_unexpected_column"),
        (FILE | {2: [ROOT, TEXT | {4: 7}]}, "parquet_unexpected_column"),
        (FILE | {2: [ROOT | {5: 2}, TEXT, TEXT]}, "parquet_unexpected_column"),
        (FILE | {3: 60_000_000}, "parquet_over_limit"),
    ],
)
def test_an_impossible_claim_is_refused(footer: dict[int, Any], name: str) -> None:
    """Each field that is relied on, missing, of another kind, or out of its range."""
    with pytest.raises(Refused) as caught:
        read_footer(a_file(footer), DEFAULT)

    assert caught.value.name == name
