"""Parquet: the footer is checked against the limits before a page is read, then row groups become text.

Invariants: page checksums are verified where the file has them; what is decoded is counted and stopped at the
limit, because a dictionary page can make few bytes into many; every column becomes text in one form per type.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from node.adapters.durable import named_refusals
from node.adapters.reading_layout import Layout
from node.adapters.reading_limits import ReadingLimits
from node.adapters.reading_shape import Cells, check_rows, check_width, pc, repeated_texts
from node.adapters.reading_text import number_text
from node.errors import Invalid, TooLarge

_BATCH_ROWS = 1 << 16
_MOST_BATCH_BYTES = 1 << 26
_DAY_CHARACTERS = 10
# what a number of each width keeps of what a person typed; further digits are what binary leaves behind
_DIGITS = {pa.float16(): 3, pa.float32(): 7}


def survey_parquet(path: Path, limits: ReadingLimits) -> Layout:
    """Give the columns of a Parquet file; its rows are counted as if a header stood above them."""
    with _opened(path, limits, ()) as file:
        names = file.schema_arrow.names
        for name, kind in zip(names, file.schema_arrow.types, strict=True):
            _check_kind(kind, name)
        size = sum(
            file.metadata.row_group(group).total_byte_size for group in range(file.metadata.num_row_groups)
        )
    return Layout(
        "parquet",
        parts=tuple((name.strip(),) if name.strip() else () for name in names),
        is_whole=size <= limits.analysed_bytes,
    )


def parquet_chunks(path: Path, limits: ReadingLimits, repeated: Sequence[int]) -> Iterator[pa.Table]:
    """Give the rows as text columns "0", "1", ...; those of `repeated` as dictionaries where they are text."""
    with _opened(path, limits, repeated) as file:
        names = file.schema_arrow.names
        decoded = rows = 0
        for batch in file.iter_batches(batch_size=_batch_rows(file), use_threads=True):
            decoded += batch.nbytes
            rows += batch.num_rows
            if decoded > limits.max_uncompressed_bytes:
                raise _too_large(decoded)
            check_rows(rows, limits)
            columns = [
                _text(pa.chunked_array([column]), name)
                for name, column in zip(names, batch.columns, strict=True)
            ]
            yield pa.table(columns, names=[str(place) for place in range(len(names))])


@contextmanager
def _opened(path: Path, limits: ReadingLimits, repeated: Sequence[int]) -> Iterator[Any]:
    with named_refusals(path), path.open("rb") as handle:
        try:
            with pq.ParquetFile(handle) as file:
                _check_footer(file.metadata, path.stat().st_size, limits)
                texts = [
                    file.schema_arrow.names[place]
                    for place in repeated
                    if pa.types.is_string(file.schema_arrow.types[place])
                ]
                footer = file.metadata
            with pq.ParquetFile(
                handle,
                metadata=footer,
                read_dictionary=texts,
                pre_buffer=False,
                page_checksum_verification=True,
            ) as file:
                yield file
        except (pa.ArrowException, OSError, ValueError) as error:
            raise Invalid(
                "The Parquet file cannot be read",
                detail=f"It is damaged, cut short or of an unknown kind: {str(error)[:200]}",
                hint="Write the file again, or upload it as CSV.",
            ) from error


def _check_footer(footer: Any, file_bytes: int, limits: ReadingLimits) -> None:
    check_rows(footer.num_rows, limits)
    check_width(footer.num_columns, limits)
    groups = [footer.row_group(group).total_byte_size for group in range(footer.num_row_groups)]
    most = min(limits.max_uncompressed_bytes, file_bytes * limits.max_compression_ratio)
    if sum(groups) > most or max(groups, default=0) > limits.max_group_bytes:
        raise _too_large(sum(groups))


def _batch_rows(file: Any) -> int:
    """Give how many rows make a batch of bounded size, by what the footer says of the widest group."""
    widest = 1
    for number in range(file.metadata.num_row_groups):
        group = file.metadata.row_group(number)
        widest = max(widest, group.total_byte_size // max(1, group.num_rows))
    return max(1, min(_BATCH_ROWS, _MOST_BATCH_BYTES // widest))


def _too_large(size: int) -> TooLarge:
    return TooLarge(
        "The file is too large once unpacked",
        detail=f"It unpacks to {size} bytes or more, or one of its row groups is too large.",
        hint="Split it by period, or write smaller row groups.",
    )


def _check_kind(kind: pa.DataType, name: str) -> None:
    value = kind.value_type if pa.types.is_dictionary(kind) else kind
    if pa.types.is_nested(value) or isinstance(value, pa.BaseExtensionType):
        raise _no_cell(name, kind)


def _no_cell(name: str, kind: pa.DataType) -> Invalid:
    return Invalid(
        "A column holds something else than text, numbers or dates",
        detail=f"Column {name[:80]} is of type {str(kind)[:80]}.",
        hint="Write the column as text.",
    )


def _text(column: Cells, name: str) -> Cells:
    """Give a column as text: whole numbers without a fraction, dates and moments in ISO 8601; empty is null."""
    kind = column.type
    if kind == repeated_texts():
        return column
    if pa.types.is_dictionary(kind):
        return _text(column.cast(kind.value_type), name)
    if pa.types.is_floating(kind):
        return _floats(column)
    if pa.types.is_timestamp(kind):
        return _moments(column)
    if pa.types.is_binary(kind) or pa.types.is_large_binary(kind) or pa.types.is_fixed_size_binary(kind):
        return _of_bytes(column, name)
    texts = column.cast(pa.string())
    return pc.if_else(pc.equal(texts, ""), pa.scalar(None, pa.string()), texts)


def _floats(column: Cells) -> Cells:
    numbers = column.cast(pa.float64())
    is_whole = pc.and_(pc.equal(pc.floor(numbers), numbers), pc.less(pc.abs(numbers), 1e15))
    if pc.all(pc.fill_null(is_whole, fill_value=True)).as_py():
        return pc.floor(numbers).cast(pa.int64()).cast(pa.string())
    digits = _DIGITS.get(column.type, 15)
    texts = [None if value is None else number_text(value, digits) for value in numbers.to_pylist()]
    return pa.chunked_array([pa.array(texts, pa.string())])


def _of_bytes(column: Cells, name: str) -> Cells:
    """Older programs write text without saying that it is text."""
    try:
        texts = column.cast(pa.binary()).cast(pa.string())
    except pa.ArrowInvalid as error:
        raise _no_cell(name, column.type) from error
    if pc.any(pc.match_substring(texts, "\0")).as_py():
        raise _no_cell(name, column.type)
    return _text(texts, name)


def _moments(column: Cells) -> Cells:
    """Give a moment at midnight as a date (as other programs store dates), any other as date and time."""
    local = pc.local_timestamp(column) if column.type.tz else column
    is_day = pc.equal(local, pc.floor_temporal(local, unit="day"))
    moments = pc.strftime(local.cast(pa.timestamp("s"), safe=False), format="%Y-%m-%dT%H:%M:%S")
    return pc.if_else(is_day, pc.utf8_slice_codeunits(moments, 0, _DAY_CHARACTERS), moments)
