"""What a Parquet file claims, read and added up before its library sees the file.

* The footer is one claim and the page headers are another: both are read, because a bomb hides in whichever
  nobody adds up.
* Only flat columns of text or 64-bit whole numbers, in one of three codecs, inside the file itself.
* Every size claimed is checked to be a size, to lie within the file, and to stay within the limits.

Source: Apache Parquet, parquet.thrift (FileMetaData, PageHeader): field ids and enums below are its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NoReturn

from exchange.errors import Refused
from exchange.limits import Limits
from exchange.thrift import Reader, Struct, UnreadableThriftError

_MIB = 1024 * 1024
# Bounds of the format profile, fixed by the protocol rather than set by a node (docs/protocol.md, Limits).
MAX_FOOTER_BYTES = 4 * _MIB
MAX_ROW_GROUPS = 1024
# a small part may compress better than any ratio: up to this many bytes the ratio says nothing
RATIO_APPLIES_ABOVE_BYTES = 16 * _MIB

_MAGIC = b"PAR1"
_TRAILER_BYTES = 8
_BYTES_PER_CELL = 8
_MAX_VALUES = 2_000_000
_MAX_PAGE_HEADER_VALUES = 200

_FILE_SCHEMA, _FILE_ROWS, _FILE_GROUPS = 2, 3, 4
_ELEMENT_TYPE, _ELEMENT_REPETITION, _ELEMENT_NAME, _ELEMENT_CHILDREN = 1, 3, 4, 5
_ELEMENT_CONVERTED, _ELEMENT_LOGICAL = 6, 10
_GROUP_COLUMNS, _GROUP_ROWS = 1, 3
_CHUNK_FILE, _CHUNK_META = 1, 3
_META_CODEC, _META_COMPRESSED, _META_DATA_PAGE, _META_DICTIONARY_PAGE = 4, 7, 9, 11
_PAGE_UNCOMPRESSED, _PAGE_COMPRESSED = 2, 3

_INT64, _BYTE_ARRAY = 2, 6
_REPEATED = 2
_CONVERTED_UTF8 = 0
_LOGICAL_STRING, _LOGICAL_INTEGER = 1, 10
_CODECS = {0: "uncompressed", 1: "snappy", 6: "zstd"}


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the file: text, or else a 64-bit whole number."""

    name: str
    is_text: bool


@dataclass(frozen=True, slots=True)
class Footer:
    """Claims that have been found possible and within the limits."""

    rows: int
    columns: tuple[Column, ...]


def read_footer(content: bytes, limits: Limits) -> Footer:
    """Return what the file claims to hold.

    Raises:
        Refused: `parquet_malformed`, `parquet_over_limit`, `parquet_unexpected_column`.
    """
    try:
        footer = Reader(_footer_bytes(content), max_values=_MAX_VALUES).struct()
        columns = _columns(_structs(footer, _FILE_SCHEMA), limits)
        rows = _count(footer, _FILE_ROWS)
        _bound("rows", rows, limits.max_rows)
        # a column of nulls is a few bytes however many rows it claims
        _bound("decoded bytes", rows * len(columns) * _BYTES_PER_CELL, limits.max_uncompressed_bytes)
        groups = _structs(footer, _FILE_GROUPS)
        _bound("row groups", len(groups), MAX_ROW_GROUPS)
        if sum(_count(group, _GROUP_ROWS) for group in groups) != rows:
            malformed("the row groups have other rows than the file")
        _check_pages(groups, len(columns), content, limits)
    except UnreadableThriftError as error:
        malformed(str(error))
    return Footer(rows, columns)


def claimed_bytes(chunk: memoryview, *, at_most: int) -> int:
    """Return the bytes that the pages of one column chunk, dictionary page included, say they decompress to.

    Adding stops once `at_most` is exceeded.

    Raises:
        UnreadableThriftError: a page header cannot be read.
        Refused: `parquet_malformed`, a page has no sizes or reaches outside the chunk.
    """
    total, position = 0, 0
    while position < len(chunk) and total <= at_most:
        reader = Reader(chunk, position, max_values=_MAX_PAGE_HEADER_VALUES)
        header = reader.struct()
        compressed = _count(header, _PAGE_COMPRESSED)
        if compressed > len(chunk) - reader.position:
            malformed(f"a page of {compressed} bytes reaches outside its column chunk")
        total += _count(header, _PAGE_UNCOMPRESSED)
        position = reader.position + compressed
    return total


def malformed(detail: str) -> NoReturn:
    """Raise `parquet_malformed`."""
    raise Refused("parquet_malformed", title="A part cannot be read as Parquet", detail=detail)


def over_limit(what: str, value: int, limit: int) -> NoReturn:
    """Raise `parquet_over_limit`; `what` is named in the context."""
    raise Refused(
        "parquet_over_limit",
        title="A part is larger than agreed",
        detail=f"{what}: {value} claimed, at most {limit}",
        context={"limit": what, "claimed": value, "at_most": limit},
    )


def unexpected_column(detail: str) -> NoReturn:
    """Raise `parquet_unexpected_column`."""
    raise Refused(
        "parquet_unexpected_column", title="A part has other columns than its structure", detail=detail
    )


def _footer_bytes(content: bytes) -> memoryview:
    if len(content) < len(_MAGIC) + _TRAILER_BYTES or content[:4] != _MAGIC or content[-4:] != _MAGIC:
        malformed("the bytes do not begin and end as a Parquet file")
    length = int.from_bytes(content[-_TRAILER_BYTES:-4], "little")
    if length > len(content) - len(_MAGIC) - _TRAILER_BYTES:
        malformed(f"the footer claims {length} bytes, more than the file has")
    _bound("footer bytes", length, MAX_FOOTER_BYTES)
    end = len(content) - _TRAILER_BYTES
    return memoryview(content)[end - length : end]


def _columns(elements: Sequence[Struct], limits: Limits) -> tuple[Column, ...]:
    """Return the columns of the schema: a root, and its children one after another."""
    if not elements or elements[0].get(_ELEMENT_CHILDREN) != len(elements) - 1:
        unexpected_column("the columns are nested")
    _bound("columns", len(elements) - 1, limits.max_columns)
    columns = tuple(_column(element) for element in elements[1:])
    if len({column.name for column in columns}) != len(columns):
        unexpected_column("two columns have one name")
    return columns


def _column(element: Struct) -> Column:
    written = element.get(_ELEMENT_NAME)
    name = written.decode("utf-8", "replace") if isinstance(written, bytes) else ""
    logical = element.get(_ELEMENT_LOGICAL)
    logical_types = set(logical) if isinstance(logical, dict) else set()
    is_string = _LOGICAL_STRING in logical_types or element.get(_ELEMENT_CONVERTED) == _CONVERTED_UTF8
    is_text = element.get(_ELEMENT_TYPE) == _BYTE_ARRAY and is_string
    is_whole = element.get(_ELEMENT_TYPE) == _INT64 and logical_types <= {_LOGICAL_INTEGER}
    is_flat = _ELEMENT_CHILDREN not in element and element.get(_ELEMENT_REPETITION) != _REPEATED
    if not (name and is_flat and (is_text or is_whole)):
        unexpected_column(f"column {name[:80]!a} is neither text nor a 64-bit whole number")
    return Column(name, is_text)


def _check_pages(groups: Sequence[Struct], columns: int, content: bytes, limits: Limits) -> None:
    allowed = max(RATIO_APPLIES_ABOVE_BYTES, len(content) * limits.max_row_group_ratio)
    allowed = min(allowed, limits.max_uncompressed_bytes)
    total = 0
    for group in groups:
        chunks = _structs(group, _GROUP_COLUMNS)
        if len(chunks) != columns:
            malformed("a row group has other columns than the file")
        for chunk in chunks:
            total += claimed_bytes(_chunk_bytes(chunk, content), at_most=allowed)
            _bound("uncompressed bytes", total, allowed)


def _chunk_bytes(chunk: Struct, content: bytes) -> memoryview:
    meta = chunk.get(_CHUNK_META)
    if not isinstance(meta, dict) or _CHUNK_FILE in chunk:
        malformed("a column chunk lies in another file")
    codec = _count(meta, _META_CODEC)
    if codec not in _CODECS:
        malformed(f"codec {codec} is not one of {', '.join(_CODECS.values())}")
    # writers say 0, where the magic bytes are, for "no such page": no dictionary, or no row
    offsets = [_count(meta, number) for number in (_META_DATA_PAGE, _META_DICTIONARY_PAGE) if number in meta]
    start = min((offset for offset in offsets if offset), default=0)
    length = _count(meta, _META_COMPRESSED)
    if start < len(_MAGIC) or start + length > len(content) - _TRAILER_BYTES:
        malformed(f"a column chunk lies outside the file: {length} bytes from {start}")
    return memoryview(content)[start : start + length]


def _structs(struct: Struct, number: int) -> list[Struct]:
    values = struct.get(number)
    if not isinstance(values, list):
        malformed(f"field {number} is not a list")
    structs = [value for value in values if isinstance(value, dict)]
    return structs if len(structs) == len(values) else malformed(f"field {number} is not a list of structs")


def _count(struct: Struct, number: int) -> int:
    value = struct.get(number)
    if type(value) is not int or value < 0:
        malformed(f"field {number} is not a size")
    return value


def _bound(what: str, value: int, limit: int) -> None:
    if value > limit:
        over_limit(what, value, limit)
