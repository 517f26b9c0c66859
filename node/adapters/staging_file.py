"""The staged file: accepted rows as typed Parquet with the row numbers of the table they came from.

Invariants: one frozen writer profile and row groups of one length, so the same accepted rows give the same
bytes however they arrived; rows are in ascending order of their numbers; a file appears under its name whole.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import pyarrow as pa
import pyarrow.compute
import pyarrow.parquet as pq

from node.adapters.durable import named_refusals
from schemas.structure import DataStructure
from schemas.typed import recoded, typed_schema

pc: Any = pyarrow.compute
# Beside the columns of any structure, whose ids begin with a letter.
ROW = "_ROW"
_ROWS_PER_GROUP = 1 << 20
_BATCH_ROWS = 1 << 17


def staged_schema(structure: DataStructure) -> pa.Schema:
    """Give the schema of a staged file: the typed columns, then the row numbers."""
    return typed_schema(structure).append(pa.field(ROW, pa.int64(), nullable=False))


class StagedWriter:
    """Writes typed chunks, in the order they come, into row groups of one length."""

    def __init__(self, path: Path, structure: DataStructure) -> None:
        self._path = path
        self._schema = staged_schema(structure)
        self._waiting: list[pa.Table] = []
        self._waiting_rows = 0
        self.rows = 0
        with named_refusals(path):
            self._writer = _writer(path, self._schema, structure)

    def write(self, typed: pa.Table, rows: Any) -> None:
        """Add typed rows with their numbers; raises Unavailable when the disk refuses."""
        if typed.num_rows == 0:
            return
        self._waiting.append(pa.table([*typed.columns, rows], schema=self._schema))
        self._waiting_rows += typed.num_rows
        self.rows += typed.num_rows
        while self._waiting_rows >= _ROWS_PER_GROUP:
            self._write_group(_ROWS_PER_GROUP)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with named_refusals(self._path):
            if kind is None and self._waiting_rows:
                self._write_group(self._waiting_rows)
            self._writer.close()

    def _write_group(self, rows: int) -> None:
        waiting = pa.concat_tables(self._waiting)
        with named_refusals(self._path):
            self._writer.write_table(waiting.slice(0, rows), row_group_size=rows)
        rest = waiting.slice(rows)
        self._waiting, self._waiting_rows = ([rest], rest.num_rows) if rest.num_rows else ([], 0)


def staged_chunks(path: Path, structure: DataStructure) -> Iterator[pa.Table]:
    """Give a staged file in chunks, texts as plain strings."""
    with named_refusals(path), pq.ParquetFile(path) as file:
        for batch in file.iter_batches(batch_size=_BATCH_ROWS, columns=staged_schema(structure).names):
            yield pa.Table.from_batches([batch])


def staged_rows(path: Path) -> int:
    """Give the number of rows of a staged file."""
    with named_refusals(path):
        return int(pq.read_metadata(path).num_rows)


def staged_table(path: Path, structure: DataStructure) -> tuple[pa.Table, Any]:
    """Give all typed rows of a staged file, and their numbers."""
    with named_refusals(path), pq.ParquetFile(path) as file:
        table = file.read(columns=staged_schema(structure).names).combine_chunks()
    return recoded(table.drop_columns([ROW]), structure), pa.concat_arrays(table.column(ROW).chunks)


def _writer(path: Path, schema: pa.Schema, structure: DataStructure) -> pq.ParquetWriter:
    numbers = [field.name for field in schema if pa.types.is_integer(field.type) or field.type == pa.date32()]
    # nearly every identifier is another one, so a dictionary of them would be begun and thrown away
    names = {column.id for column in structure.columns if column.kind == "identifier"}
    writer: Any = pq.ParquetWriter  # the stubs know no lists of columns
    return writer(  # type: ignore[no-any-return]
        path,
        schema,
        version="2.6",
        compression="zstd",
        compression_level=1,
        data_page_version="2.0",
        write_page_checksum=True,
        write_statistics=[ROW],
        store_schema=False,
        use_dictionary=[name for name in schema.names if name not in names.union(numbers)],
        column_encoding=dict.fromkeys(numbers, "DELTA_BINARY_PACKED"),
    )
