"""Parquet bytes: one writer profile, and reading that refuses before it decodes."""

from __future__ import annotations

import contextlib
import io
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from exchange import parquet
from exchange.errors import Refused
from exchange.limits import DEFAULT, Limits
from exchange.parquet_footer import MAX_ROW_GROUPS

TABLE = pa.table(
    {
        "AREA": ["KZ", "BY", None, "BY"],
        "VALUE": pa.array([3, None, 1, 2], pa.int64()),
    }
)


def as_file(table: pa.Table, **settings: Any) -> bytes:
    """Return Parquet bytes in whatever settings a foreign writer may choose."""
    sink = io.BytesIO()
    pq.write_table(table, sink, **settings)
    return sink.getvalue()


def refusal(content: bytes, limits: Limits = DEFAULT, **arguments: Any) -> str:
    """Return the name under which reading refuses."""
    with pytest.raises(Refused) as caught:
        parquet.read(content, limits, **arguments)
    return caught.value.name


def test_rows_are_written_in_ascending_order_of_all_columns() -> None:
    """Nulls come last in each column."""
    expected = [("BY", 2), ("BY", None), ("KZ", 3), (None, 1)]

    found = parquet.read(parquet.write(TABLE), DEFAULT).to_pylist()

    assert [(row["AREA"], row["VALUE"]) for row in found] == expected


@pytest.mark.parametrize(
    "other",
    [
        TABLE.take([3, 2, 1, 0]),
        pa.concat_tables([TABLE.slice(0, 1), TABLE.slice(1)]),
        TABLE.set_column(0, "AREA", TABLE["AREA"].dictionary_encode()),
        TABLE.cast(pa.schema([("AREA", pa.large_string()), ("VALUE", pa.int32())])),
        TABLE.replace_schema_metadata({"pandas": "{}"}),
    ],
    ids=["other order", "two chunks", "dictionary", "other widths", "metadata"],
)
def test_one_content_has_one_sequence_of_bytes(other: pa.Table) -> None:
    """What a table looks like in memory leaves no trace in the file."""
    assert parquet.write(other) == parquet.write(TABLE)


def test_the_writer_profile_is_the_one_of_the_protocol() -> None:
    """Zstandard, dictionaries, no Arrow or pandas metadata."""
    metadata = pq.ParquetFile(pa.BufferReader(parquet.write(TABLE))).metadata
    column = metadata.row_group(0).column(0)

    assert metadata.metadata is None
    assert (column.compression, column.has_dictionary_page) == ("ZSTD", True)


def test_columns_come_back_as_text_and_64_bit_numbers() -> None:
    """Whatever integer width and text type were written."""
    found = parquet.read(parquet.write(TABLE), DEFAULT)

    assert found.schema.equals(pa.schema([("AREA", pa.string()), ("VALUE", pa.int64())]))


@pytest.mark.parametrize("kind", [pa.float64(), pa.date32(), pa.bool_(), pa.list_(pa.int64())], ids=str)
def test_a_column_that_is_neither_text_nor_whole_number_is_not_written(kind: pa.DataType) -> None:
    """There are no floats on a digest path."""
    with pytest.raises(TypeError, match="text or a whole number"):
        parquet.write(pa.table({"X": pa.array([None], kind)}))


def test_a_table_with_one_name_twice_is_not_written() -> None:
    """One of the two columns would be lost."""
    twice = pa.Table.from_arrays([pa.array([1]), pa.array([2])], names=["X", "X"])

    with pytest.raises(TypeError, match="one name"):
        parquet.write(twice)


def test_an_empty_table_is_written_and_read() -> None:
    """No rows is a content too."""
    assert parquet.read(parquet.write(TABLE.slice(0, 0)), DEFAULT).num_rows == 0


OTHER_WRITERS = pytest.mark.parametrize(
    "settings",
    [
        {"compression": "snappy"},
        {"compression": "none", "use_dictionary": False},
        {"data_page_version": "2.0", "row_group_size": 1},
    ],
    ids=["snappy", "plain", "small row groups"],
)


@OTHER_WRITERS
def test_another_writers_file_is_read(settings: dict[str, Any]) -> None:
    """A member may use another writer, within the codecs of the protocol."""
    assert parquet.read(as_file(TABLE, **settings), DEFAULT).to_pylist() == TABLE.to_pylist()


@OTHER_WRITERS
@pytest.mark.parametrize("is_coded", [False, True], ids=["texts", "codes"])
def test_bytes_that_were_read_before_give_the_same_table(settings: dict[str, Any], *, is_coded: bool) -> None:
    """Without the limits that they met once; other bytes are still refused, and not by the library's own error."""
    content = as_file(TABLE, **settings)

    again = parquet.read_again(content, is_coded=is_coded)

    assert again.equals(parquet.read(content, DEFAULT, is_coded=is_coded))
    with pytest.raises(Refused, match="cannot be read as Parquet"):
        parquet.read_again(content[:-9])


@pytest.mark.parametrize("content", [b"", b"PAR1", b"PAR1PAR1", b"PK\x03\x04" + b"\x00" * 40], ids=repr)
def test_bytes_that_are_not_parquet_are_refused(content: bytes) -> None:
    """Also those too short to hold a footer."""
    assert refusal(content) == "parquet_malformed"


def test_a_footer_longer_than_the_file_is_refused() -> None:
    """The length before the closing magic is a claim like any other."""
    content = parquet.write(TABLE)

    assert refusal(content[:-8] + (len(content)).to_bytes(4, "little") + b"PAR1") == "parquet_malformed"


def test_every_truncation_is_refused() -> None:
    """Whether the cut is in the pages or in the footer, with or without a closing magic."""
    content = parquet.write(TABLE)

    for end in range(4, len(content), 37):
        assert refusal(content[:end]) == "parquet_malformed"
        assert refusal(content[:end] + b"PAR1") in {"parquet_malformed", "parquet_over_limit"}


def test_a_changed_byte_in_a_page_is_noticed() -> None:
    """Page checksums are verified: the writer makes them, the reader asks for them."""
    table = pa.table({"VALUE": pa.array(range(1000), pa.int64())})
    content = bytearray(as_file(table, compression="none", use_dictionary=False, write_page_checksum=True))
    content[2000] ^= 1

    assert refusal(bytes(content)) == "parquet_malformed"


def test_no_changed_byte_anywhere_escapes_as_another_exception() -> None:
    """Reading a damaged file gives a table or a refusal; the library alone would end the process."""
    content = parquet.write(TABLE)
    for at in range(0, len(content), 3):
        damaged = bytearray(content)
        damaged[at] ^= 0x55
        with contextlib.suppress(Refused):
            parquet.read(bytes(damaged), DEFAULT)


@pytest.mark.parametrize(
    ("limits", "what"),
    [
        (Limits(max_rows=3), "rows"),
        (Limits(max_columns=1), "columns"),
        (Limits(max_uncompressed_bytes=10), "decoded bytes"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_claim_over_a_limit_is_refused_and_named(limits: Limits, what: str) -> None:
    """The footer is believed against the sender, never for him."""
    with pytest.raises(Refused) as caught:
        parquet.read(parquet.write(TABLE), limits)

    assert (caught.value.name, caught.value.context["limit"]) == ("parquet_over_limit", what)


def test_pages_larger_than_the_limit_are_refused() -> None:
    """One cell, but a long one."""
    content = parquet.write(pa.table({"X": ["x" * 100]}))

    with pytest.raises(Refused) as caught:
        parquet.read(content, Limits(max_uncompressed_bytes=99))

    assert caught.value.context["limit"] == "uncompressed bytes"


def test_too_many_row_groups_are_refused() -> None:
    """Each costs memory for its metadata alone."""
    rows = pa.table({"X": pa.array(range(MAX_ROW_GROUPS + 1), pa.int64())})

    assert refusal(as_file(rows, row_group_size=1)) in {"parquet_over_limit", "parquet_malformed"}


def test_pages_that_inflate_beyond_the_ratio_are_refused() -> None:
    """Three million zeros are 24 MB in sixteen kilobytes."""
    zeros = pa.table({"X": pa.array([0] * 3_000_000, pa.int64())})
    content = as_file(zeros, compression="zstd", use_dictionary=False, column_encoding="PLAIN")

    assert len(content) < 24_000
    assert refusal(content) == "parquet_over_limit"


def test_a_long_text_referred_to_many_times_is_refused() -> None:
    """One text of 100 000 bytes and 100 000 references to it would be 10 GB."""
    indices = pa.array([0] * 100_000, pa.int32())
    column = pa.DictionaryArray.from_arrays(indices, pa.array(["x" * 100_000]))
    content = as_file(pa.table({"X": column}), store_schema=False)

    with pytest.raises(Refused) as caught:
        parquet.read(content, DEFAULT)

    assert caught.value.context["limit"] == "bytes of text"


@pytest.mark.parametrize(
    "table",
    [
        pa.table({"X": pa.array([1.5])}),
        pa.table({"X": pa.array([[1]])}),
        pa.table({"X": pa.array([{"Y": 1}])}),
        pa.table({"X": pa.array([b"\xff"], pa.binary())}),
        pa.table({"X": pa.array([1], pa.int32())}),
        pa.table({"X": pa.array([1], pa.timestamp("us"))}),
        pa.table({"X": pa.array([1], pa.uint64())}),
        pa.table({"X": pa.array([1], pa.duration("s"))}),
        pa.Table.from_arrays([pa.array([1]), pa.array([2])], names=["X", "X"]),
    ],
    ids=["float", "list", "struct", "binary", "int32", "timestamp", "unsigned", "duration", "twice"],
)
def test_columns_of_other_kinds_are_refused(table: pa.Table) -> None:
    """Also those that an Arrow schema in the metadata gives to plain numbers."""
    assert refusal(as_file(table)) == "parquet_unexpected_column"


def test_other_columns_than_expected_are_refused() -> None:
    """Names and their order belong to the structure."""
    assert refusal(parquet.write(TABLE), columns=["VALUE", "AREA"]) == "parquet_unexpected_column"
    assert parquet.read(parquet.write(TABLE), DEFAULT, columns=["AREA", "VALUE"]).num_rows == 4


def test_a_codec_outside_the_protocol_is_refused() -> None:
    """Every decompressor is code that meets hostile bytes; three are enough."""
    assert refusal(as_file(TABLE, compression="gzip")) == "parquet_malformed"


def test_text_that_is_not_utf_8_is_refused() -> None:
    """The library itself does not look."""
    broken = pa.StringArray.from_buffers(
        1, pa.py_buffer(b"\x00\x00\x00\x00\x01\x00\x00\x00"), pa.py_buffer(b"\xff")
    )

    assert refusal(as_file(pa.table({"X": broken}))) == "parquet_malformed"


def test_the_malformed_files_of_the_parquet_project_are_refused(shared_data: Path) -> None:
    """parquet-testing/bad_data: files that have crashed readers before."""
    names = {
        refusal(path.read_bytes())
        for path in sorted((shared_data / "suites/parquet-testing/bad_data").glob("*.parquet"))
    }

    assert names <= {"parquet_malformed", "parquet_unexpected_column", "parquet_over_limit"}


def test_no_file_of_the_parquet_project_fails_in_another_way(shared_data: Path) -> None:
    """parquet-testing/data: every codec and encoding there is; each is read or refused."""
    for path in sorted((shared_data / "suites/parquet-testing/data").glob("*.parquet")):
        with contextlib.suppress(Refused):
            parquet.read(path.read_bytes(), DEFAULT)
