"""The logical digest: the written rule, and nothing of how a table happens to be stored."""

from __future__ import annotations

import time
from hashlib import sha256

import numpy as np
import pyarrow as pa
import pytest

from exchange.limits import DEFAULT
from exchange.parquet import logical_digest, read, write

HEADER = b'{"columns":[["A","string"],["N","int64"]],"version":"irac-logical-digest/1"}\n'


def a_table(rows: list[tuple[str | None, int | None]]) -> pa.Table:
    """Return a table of one text and one number column."""
    return pa.table(
        {
            "A": pa.array([text for text, _ in rows], pa.string()),
            "N": pa.array([number for _, number in rows], pa.int64()),
        }
    )


def test_the_digest_is_the_one_of_the_written_rule() -> None:
    """Bytes spelled out from docs/protocol.md: netstrings without comma, `~` for null, rows in byte order."""
    table = a_table([("я", -7), (None, None), ("x", 7), ("x", 7), ("", None)])
    expected = sha256(HEADER + b"0:~" + b"1:x1:7" + b"1:x1:7" + b"2:\xd1\x8f2:-7" + b"~~")

    assert logical_digest(table) == f"sha256:{expected.hexdigest()}"


def test_an_empty_table_has_the_digest_of_its_header() -> None:
    """No rows add no bytes."""
    assert logical_digest(a_table([])) == f"sha256:{sha256(HEADER).hexdigest()}"


def test_a_slice_is_digested_as_what_it_shows() -> None:
    """An Arrow slice shares the buffers of the whole."""
    whole = a_table([("a", 1), ("b", 2), ("c", 3)])

    assert logical_digest(whole.slice(1, 1)) == logical_digest(a_table([("b", 2)]))


@pytest.mark.parametrize(
    "other",
    [
        a_table([("a", 1), ("b", 2), ("b", 2)]),
        a_table([("a", 1)]),
        a_table([("a", 2), ("b", 1)]),
        a_table([("a", 1), ("b", None)]),
        a_table([("a", 1), (None, 2)]),
        a_table([("a", 1), ("b", 2)]).rename_columns(["B", "N"]),
        a_table([("a", 1), ("b", 2)]).select(["N", "A"]),
        pa.table({"A": ["a", "b"], "N": ["1", "2"]}),
        a_table([("a1:1", 1), ("b", 2)]),
    ],
    ids=["twice", "fewer", "swapped", "null", "null text", "name", "order", "type", "separator in a text"],
)
def test_another_content_has_another_digest(other: pa.Table) -> None:
    """Every cell, name, type and repetition counts."""
    assert logical_digest(other) != logical_digest(a_table([("a", 1), ("b", 2)]))


@pytest.mark.slow
def test_a_million_rows_take_seconds() -> None:
    """The work is done by columns; the bound is ten times what it takes."""
    codes = [f"C{number}" for number in range(300)]
    picked = np.random.default_rng(7).integers(0, 300, (6, 1_000_000))
    table = pa.table(
        {
            f"D{at}": pa.DictionaryArray.from_arrays(pa.array(row, pa.int32()), codes)
            for at, row in enumerate(picked)
        }
        | {"V": pa.array(picked[0] * 1_000_003, pa.int64())}
    )
    begun = time.perf_counter()

    digest = logical_digest(table)

    assert time.perf_counter() - begun < 20
    assert logical_digest(read(write(table), DEFAULT)) == digest
