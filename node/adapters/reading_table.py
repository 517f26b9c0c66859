"""A file as a table of the structure: chunks named by concept, by the recipe.

Invariants: columns come in the order of the file; a column that the recipe does not name must be blank, or the
file is refused; every row of every chunk has a place in the file.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pyarrow as pa

from node.adapters.reading_evidence import nameless
from node.adapters.reading_formats import FileFormat, Wanted
from node.adapters.reading_layout import Layout
from node.adapters.reading_limits import ReadingLimits
from node.adapters.reading_names import NUMERIC_KINDS, NameBook
from node.adapters.reading_normal import Normaliser
from node.adapters.reading_shape import Cells, check_cells, pc, without_last_blank_rows
from node.adapters.reading_wide import lengthened, wide_name
from node.errors import Invalid
from node.ports.reading import FileCell, Recipe


class TableStream:
    """Reads one file by one recipe, as often as it is asked."""

    def __init__(self, file: FileFormat, recipe: Recipe, book: NameBook, limits: ReadingLimits) -> None:
        self._file, self._recipe, self._book, self._limits = file, recipe, book, limits
        self._columns = tuple(column for column in recipe.columns if column.concept)
        self._is_wide = recipe.is_wide
        self._headers = {column.position: column.header for column in self._columns}
        # of a wide table: for every row of the long form, the file's row and column
        self._rows: list[np.ndarray] = []
        self._sources: list[np.ndarray] = []

    def chunks(self) -> Iterator[pa.Table]:
        """Give the chunks, at least one; raises Invalid or TooLarge."""
        self._rows, self._sources = [], []
        normaliser = Normaliser(self._columns, self._book, has_typed=self._recipe.format == "xlsx")
        row = self._recipe.first_row
        is_empty = True
        raw = self._file.chunks(Layout.of(self._recipe), self._wanted())
        for chunk in without_last_blank_rows(raw):
            self._check(chunk, row)
            columns = [
                normaliser.cells(column, chunk.column(column.position), row) for column in self._columns
            ]
            yield self._shaped(columns, row)
            row += chunk.num_rows
            is_empty = False
        if is_empty:
            yield self._shaped([pa.chunked_array([], pa.string()) for _ in self._columns], row)

    def place(self, row: int | None, concept: str) -> FileCell:
        """Give the cell of the file that a cell of the chunks came from, once they were read so far."""
        header = next((column.header for column in self._columns if column.concept == concept), concept)
        if row is None or not self._is_wide:
            return FileCell(row, header)
        place = row - self._recipe.first_row
        for rows, sources in zip(self._rows, self._sources, strict=True):
            if place < len(rows):
                carrying = any(
                    concept == column.concept or concept in column.carries
                    for column in self._columns
                    if column.carries
                )
                source = int(sources[place])
                return FileCell(int(rows[place]), self._headers[source] if carrying else header)
            place -= len(rows)
        return FileCell(None, header)

    def _wanted(self) -> Wanted:
        kinds = {column.id: column.kind for column in self._book.structure.columns}
        return Wanted(
            repeated=tuple(
                column.position for column in self._columns if self._book.is_repeated(column.concept)
            ),
            filled=tuple(
                column.position
                for column in self._columns
                if not column.carries and kinds.get(column.concept, "count") not in NUMERIC_KINDS
            ),
        )

    def _check(self, chunk: pa.Table, row: int) -> None:
        width = chunk.num_columns
        known = {column.position for column in self._recipe.columns}
        if max(known, default=0) >= width:
            raise _other_file(width)
        for place in set(range(width)) - known:
            texts = pc.utf8_trim_whitespace(chunk.column(place).cast(pa.string()))
            if pc.any(pc.not_equal(texts, "")).as_py():
                raise nameless(place)
        headers = [self._headers.get(place, "") for place in range(width)]
        check_cells(chunk, row, headers, self._limits)

    def _shaped(self, columns: list[Cells], row: int) -> pa.Table:
        if not self._is_wide:
            return pa.Table.from_arrays(columns, names=[column.concept for column in self._columns])
        names = [wide_name(column) if column.carries else column.concept for column in self._columns]
        long, rows, sources = lengthened(pa.Table.from_arrays(columns, names=names), self._columns)
        self._rows.append(rows.to_numpy(zero_copy_only=False) + row)
        self._sources.append(sources.to_numpy(zero_copy_only=False))
        return long


def _other_file(width: int) -> Invalid:
    return Invalid(
        "The recipe does not fit the file",
        detail=f"The file has {width} columns, the recipe names more.",
        hint="Let the node find out anew how the file is to be read.",
    )
