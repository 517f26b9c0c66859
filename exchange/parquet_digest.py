"""The digest of a table's content, the same whatever wrote it.

* Row order, chunks, dictionary encoding and the width of a whole number do not matter; column order,
  names, and every cell do, and so does how often a row occurs.
* A cell is a text or a 64-bit whole number, or null. There are no floats on a digest path.
* The work is done by columns: nothing here runs once per cell in Python.
"""

from __future__ import annotations

import hashlib
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from schemas.canonical import canonical_json

DIGEST_VERSION = "irac-logical-digest/1"
_NULL_CELL = "~"
_TEXT = pa.large_string()


def logical_digest(table: pa.Table) -> str:
    """Return `sha256:` and the digest of the content.

    Rule (docs/protocol.md, Logical digest): SHA-256 over the canonical JSON of version and columns (name and
    type, in order), a newline, then every row, rows in ascending order of their bytes. A row is its cells in
    column order; a cell is `~` for null, otherwise its text as a netstring without the final comma: the
    length in bytes, `:`, the bytes. Whole numbers are written in decimal.

    Raises:
        TypeError: a column is neither text nor a whole number of at most 64 bits.
    """
    plain = plain_table(table)
    columns = [[field.name, "int64" if field.type == pa.int64() else "string"] for field in plain.schema]
    digest = hashlib.sha256(canonical_json({"columns": columns, "version": DIGEST_VERSION}))
    digest.update(b"\n")
    if plain.num_rows:
        digest.update(_sorted_rows(plain))
    return f"sha256:{digest.hexdigest()}"


def plain_table(table: pa.Table) -> pa.Table:
    """Return the table with `large_string` and `int64` columns only, without metadata, in one chunk a column.

    Raises:
        TypeError: a column is neither text nor a whole number of at most 64 bits, or a name appears twice.
    """
    columns: dict[str, Any] = {}
    for field, column in zip(table.schema, table.columns, strict=True):
        columns[field.name] = column.cast(_plain_type(field)).combine_chunks()
    if len(columns) != table.num_columns:
        raise TypeError("two columns of the table have one name")
    return pa.table(columns)


def _plain_type(field: Any) -> pa.DataType:
    kind = field.type.value_type if pa.types.is_dictionary(field.type) else field.type
    if pa.types.is_string(kind) or pa.types.is_large_string(kind):
        return _TEXT
    if pa.types.is_integer(kind):
        return pa.int64()
    raise TypeError(f"column {field.name} is {field.type}; a released cell is a text or a whole number")


# Any below: the published type stubs describe neither large strings nor arrays mixed with scalars.
def _sorted_rows(plain: pa.Table) -> memoryview:
    cells = [_encoded(plain[name]) for name in plain.column_names]
    separator: Any = pa.scalar("", _TEXT)
    rows: Any = pc.binary_join_element_wise(*cells, separator)
    # as bytes, so that the order is the same for every reader of the rule
    unordered: Any = rows.combine_chunks().cast(pa.large_binary())
    ordered = unordered.take(pc.sort_indices(unordered))
    length = pc.sum(pc.binary_length(ordered)).as_py()
    return memoryview(ordered.buffers()[2])[:length]


def _encoded(column: Any) -> Any:
    text: Any = column.cast(_TEXT)
    length: Any = pc.binary_length(text).cast(_TEXT)
    separator: Any = pa.scalar(":", _TEXT)
    cells: Any = pc.binary_join_element_wise(length, text, separator)
    return pc.fill_null(cells, pa.scalar(_NULL_CELL, _TEXT))
