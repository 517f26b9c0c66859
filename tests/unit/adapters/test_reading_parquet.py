"""Parquet files."""

from __future__ import annotations

import datetime as dt
import io
from contextlib import suppress
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from node.errors import Invalid, TooLarge
from tests.support.files_read import whole_read


def packed(table: pa.Table, **options: Any) -> bytes:
    """Write a table as Parquet."""
    target = io.BytesIO()
    pq.write_table(table, target, **options)
    return target.getvalue()


def read(tmp_path: Path, content: bytes, **limits: int) -> Any:
    """Read content as an uploaded file."""
    place = tmp_path / "upload"
    place.write_bytes(content)
    return whole_read(place, "file.parquet", **limits)


def test_every_type_becomes_text_of_one_form(tmp_path: Path) -> None:
    """As the same value would come out of a workbook or be written in CSV."""
    noon = dt.datetime(2020, 2, 29, 12, tzinfo=dt.UTC)
    columns: dict[str, tuple[pa.Array[Any], str | None]] = {
        "text": (pa.array(["007"]), "007"),
        "empty": (pa.array([""]), None),
        "null": (pa.array([None], pa.int64()), None),
        "integer": (pa.array([2**60]), "1152921504606846976"),
        "float": (pa.array([12.0]), "12"),
        "fraction": (pa.array([0.1 + 0.2]), "0.3"),
        "decimal": (pa.array([Decimal("1234567890.50")]), "1234567890.50"),
        "date": (pa.array([dt.date(2020, 2, 29)]), "2020-02-29"),
        "moment": (pa.array([noon], pa.timestamp("us", "UTC")), "2020-02-29T12:00:00"),
        "midnight": (pa.array([noon.replace(hour=0)], pa.timestamp("ns")), "2020-02-29"),
        "zone": (pa.array([noon], pa.timestamp("ms", "+05:00")), "2020-02-29T17:00:00"),
        "category": (pa.array(["KZ"]).dictionary_encode(), "KZ"),
        "large": (pa.array(["x"], pa.large_string()), "x"),
        "bool": (pa.array([True]), "true"),
    }
    table = pa.table({name: array for name, (array, _) in columns.items()})

    result = read(tmp_path, packed(table))

    assert result.table.to_pylist() == [{name: text for name, (_, text) in columns.items()}]
    assert set(result.table.schema.types) == {pa.string()}


def test_rows_are_counted_as_if_there_were_a_header(tmp_path: Path) -> None:
    """So that a message means the same in every format."""
    result = read(tmp_path, packed(pa.table({"A": ["x"], "B": ["y"]})))

    assert result.first_row == 2
    assert (result.recipe["format"], result.recipe["encoding"]) == ("parquet", "")
    assert [column["header"] for column in result.recipe["columns"]] == ["A", "B"]


def test_many_row_groups_are_read_in_order(tmp_path: Path) -> None:
    """Over the borders of the batches."""
    numbers = list(range(10_000))

    result = read(tmp_path, packed(pa.table({"A": numbers, "B": numbers}), row_group_size=999))

    assert result.table.column("A").to_pylist() == [str(number) for number in numbers]


@pytest.mark.parametrize("value", [[["x"]], [{"a": 1}], [b"\xff"]])
def test_nested_and_binary_columns_are_invalid(tmp_path: Path, value: list[Any]) -> None:
    """A cell is text, a number or a date."""
    with pytest.raises(Invalid, match="Column A"):
        read(tmp_path, packed(pa.table({"A": value, "B": ["x"]})))


@pytest.mark.parametrize("share", [0.01, 0.3, 0.6, 0.9, 0.99, 0.999])
def test_a_cut_file_is_damaged(tmp_path: Path, share: float) -> None:
    """A download that stopped."""
    content = packed(pa.table({"A": list(range(1000)), "B": ["x"] * 1000}))

    with pytest.raises(Invalid):
        read(tmp_path, content[: int(len(content) * share)])


@pytest.mark.parametrize("place", [4, 30, 200, -30, -60, -9])
def test_a_changed_byte_never_raises_a_librarys_error(tmp_path: Path, place: int) -> None:
    """Invalid, or read where the byte means nothing."""
    content = bytearray(packed(pa.table({"A": list(range(100)), "B": ["x"] * 100})))
    content[place] ^= 0xFF

    with suppress(Invalid):
        read(tmp_path, bytes(content))


def test_what_unpacks_to_too_much_is_refused(tmp_path: Path) -> None:
    """By the footer where it says so, by counting where a dictionary hides it."""
    table = pa.table({"A": ["0" * 1000] * 100_000, "B": ["x"] * 100_000})
    zeros = packed(table, use_dictionary=False, compression="zstd")
    dictionary = packed(table)

    with pytest.raises(TooLarge, match="unpacked"):
        read(tmp_path, zeros)
    with pytest.raises(TooLarge, match="unpacked"):
        read(tmp_path, dictionary, max_uncompressed_bytes=10_000_000)


def test_rows_and_columns_are_bounded_before_reading(tmp_path: Path) -> None:
    """The footer says how many there are."""
    content = packed(pa.table({"A": list(range(11)), "B": list(range(11))}))

    for limit in ({"max_rows": 10}, {"max_columns": 1}):
        with pytest.raises(TooLarge):
            read(tmp_path, content, **limit)


def test_an_encrypted_file_is_said_to_be_encrypted(tmp_path: Path) -> None:
    """Its first bytes say so."""
    with pytest.raises(Invalid, match="encrypted") as caught:
        whole_read(_written(tmp_path, b"PARE1234PARE"), "file.pq")

    assert caught.value.hint


def _written(tmp_path: Path, content: bytes) -> Path:
    place = tmp_path / "file"
    place.write_bytes(content)
    return place
