"""Tables to Parquet bytes and back: one writer profile, and bounded reading.

* The same table gives the same bytes for one version of the writer, and may give others for the next: the
  bytes that were published are what is signed, the logical digest is what is compared across writers.
* The library is handed nothing whose footer and page headers have not been read and added up before; text
  stays dictionary-encoded until its expanded size is known. Bytes that went through this once, and are known to be
  the same by their digest, do not go through it again.
* No exception of the Parquet library leaves this module: what cannot be read is `Refused`.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from exchange.errors import ExchangeError
from exchange.limits import Limits
from exchange.parquet_digest import logical_digest, plain_table
from exchange.parquet_footer import Footer, malformed, over_limit, read_footer, unexpected_column

__all__ = ["logical_digest", "read", "read_again", "write"]

_ROWS_PER_GROUP = 1_000_000


def write(table: pa.Table) -> bytes:
    """Return `table` as Parquet bytes in the writer profile of the protocol, rows in ascending order.

    Raises:
        TypeError: a column is neither text nor a whole number of at most 64 bits.
    """
    plain = plain_table(table)
    sink = io.BytesIO()
    pq.write_table(
        plain.sort_by([(name, "ascending") for name in plain.column_names]),
        sink,
        version="2.6",
        row_group_size=_ROWS_PER_GROUP,
        use_dictionary=True,
        compression="zstd",
        compression_level=3,
        data_page_version="2.0",
        write_page_checksum=True,
        store_schema=False,
    )
    return sink.getvalue()


def read(
    content: bytes, limits: Limits, *, columns: Sequence[str] | None = None, is_coded: bool = False
) -> pa.Table:
    """Return the table in `content`, text columns as `string` and numbers as `int64`.

    Args:
        content: one Parquet file.
        limits: bounds on rows, columns, uncompressed bytes and the ratio of uncompressed to compressed bytes.
        columns: when given, the names the file must have, in this order.
        is_coded: text columns stay dictionaries, for readers that work on codes.

    Raises:
        Refused: `parquet_malformed` when it cannot be read, `parquet_over_limit` when a claim exceeds a
            limit, `parquet_unexpected_column` when names or types are not the expected ones.
    """
    footer = read_footer(content, limits)
    names = [column.name for column in footer.columns]
    if columns is not None and names != list(columns):
        unexpected_column(f"expected {', '.join(columns)}; found {', '.join(names)[:200]!a}")
    try:
        return _decode(content, footer, limits, is_coded=is_coded)
    except ExchangeError:
        raise
    # the library raises many kinds of error, and each of them means "cannot be read"
    except Exception as error:  # noqa: BLE001
        malformed(f"{type(error).__name__}: {str(error)[:200]}")


def read_again(content: bytes, *, is_coded: bool = False) -> pa.Table:
    """Return the table in bytes that `write` made or `read` gave a table of; the caller knows so by their digest.

    Raises:
        Refused: `parquet_malformed`, which no such bytes are.
    """
    source = pa.BufferReader(content)
    try:
        metadata = pq.read_metadata(source)
        columns = [metadata.schema.column(place) for place in range(metadata.num_columns)]
        texts = [column.name for column in columns if column.physical_type == "BYTE_ARRAY"]
        file = pq.ParquetFile(source, metadata=metadata, read_dictionary=texts)
        return _typed(file.read(use_threads=False), texts, is_coded=is_coded)
    # the library raises many kinds of error, and each of them means "cannot be read"
    except Exception as error:  # noqa: BLE001
        malformed(f"{type(error).__name__}: {str(error)[:200]}")


def _decode(content: bytes, footer: Footer, limits: Limits, *, is_coded: bool) -> pa.Table:
    """Read text as dictionaries first: one long value referred to a million times is a bomb of few bytes."""
    texts = [column.name for column in footer.columns if column.is_text]
    encoded = pq.ParquetFile(
        pa.BufferReader(content), read_dictionary=texts, page_checksum_verification=True
    ).read(use_threads=False)
    encoded.validate(full=True)  # UTF-8, offsets and dictionary indices: the library itself does not look
    if encoded.num_rows != footer.rows:
        malformed(f"{encoded.num_rows} rows were decoded, {footer.rows} claimed")
    expanded = sum(_text_bytes(encoded[name]) for name in texts)
    if expanded > limits.max_uncompressed_bytes:
        over_limit("bytes of text", expanded, limits.max_uncompressed_bytes)
    for field in encoded.schema:
        if field.name not in texts and field.type != pa.int64():
            unexpected_column(f"column {field.name[:80]!a} is {field.type}, not a 64-bit whole number")
    return _typed(encoded, texts, is_coded=is_coded)


def _typed(encoded: pa.Table, texts: Sequence[str], *, is_coded: bool) -> pa.Table:
    """Return the table without what the library adds, its texts expanded unless they are to stay codes."""
    if is_coded:
        return encoded.replace_schema_metadata(None)
    schema = pa.schema(
        [(name, pa.string() if name in texts else pa.int64()) for name in encoded.column_names]
    )
    return encoded.replace_schema_metadata(None).cast(schema)


def _text_bytes(column: Any) -> int:
    """Return the bytes the column has once every reference is replaced by its text."""
    total = 0
    for chunk in column.chunks:
        lengths: Any = pc.binary_length(chunk.dictionary).cast(pa.int64())
        total += pc.sum(lengths.take(chunk.indices)).as_py() or 0
    return total
