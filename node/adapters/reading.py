"""Files people bring: found out how to read, then read by a recipe and nothing else.

Invariants: nothing of a file is parsed before its size is known to be allowed; every cell comes out as text
or null; the row of an error is the one the person sees in Excel; the same bytes and recipe give the same cells.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import pyarrow as pa

from node.adapters.reading_evidence import decide, gather
from node.adapters.reading_formats import Wanted, opened
from node.adapters.reading_header import no_header
from node.adapters.reading_layout import Layout
from node.adapters.reading_limits import DEFAULT_READING_LIMITS, ReadingLimits
from node.adapters.reading_names import PART, NameBook
from node.adapters.reading_notices import notices_of
from node.adapters.reading_precedent import coded_as, fitting, named_as
from node.adapters.reading_rows import rows_of
from node.adapters.reading_shape import check_width
from node.adapters.reading_table import TableStream
from node.adapters.reading_wide import carried
from node.ports.reading import ColumnReading, FileRow, Precedent, ReadFile, Recipe
from schemas.structure import DataStructure

_SAMPLED_ROWS = 200_000


class FileReader:
    """The TableReader port."""

    def __init__(self, limits: ReadingLimits = DEFAULT_READING_LIMITS) -> None:
        self._limits = limits

    def detect(
        self,
        path: Path,
        file_name: str,
        structure: DataStructure,
        *,
        sheet: str | None = None,
        encoding: str | None = None,
        like: Sequence[Precedent] = (),
    ) -> Recipe:
        """Find out how a file is to be read; raises Invalid, TooLarge, or Unavailable when the disk fails."""
        book = NameBook.of(structure)
        file = opened(path, file_name, self._limits)
        layout = file.survey(book, sheet=sheet, encoding=encoding)
        unaided = self._named(layout, book)
        precedent = fitting(unaided, like)
        columns = named_as(unaided, precedent)
        chunks = file.chunks(layout, Wanted(repeated=_repeated(columns, book)))
        evidence = gather(columns, book, chunks if layout.is_whole else _first_rows(chunks))
        decided = decide(evidence, layout)
        coded = coded_as(decided, precedent)
        return Recipe(
            format=layout.format,
            encoding=layout.encoding,
            separator=layout.separator,
            sheet=layout.sheet,
            header_first=layout.header_first,
            header_last=layout.header_last,
            last_row=layout.last_row,
            columns=coded,
            alternatives=layout.alternatives,
            columns_as_in=precedent.number if (columns, coded) != (unaided, decided) else 0,
        )

    def read(self, path: Path, file_name: str, recipe: Recipe, structure: DataStructure) -> ReadFile:
        """Read a file by a recipe; raises Invalid, TooLarge, or Unavailable when the disk fails."""
        book = NameBook.of(structure)
        file = opened(path, file_name, self._limits)
        stream = TableStream(file, recipe, book, self._limits)
        return ReadFile(
            recipe=recipe,
            first_row=recipe.first_row,
            notices=(*notices_of(recipe, book), *file.notices(recipe)),
            stream=stream.chunks,
            places=stream.place,
            around=file.around(recipe),
        )

    def rows(self, path: Path, file_name: str, recipe: Recipe, wanted: Sequence[int]) -> tuple[FileRow, ...]:
        """Give the wanted rows as they stand in the file; raises Invalid, TooLarge, or Unavailable."""
        return rows_of(opened(path, file_name, self._limits), recipe, wanted)

    def _named(self, layout: Layout, book: NameBook) -> tuple[ColumnReading, ...]:
        """Give every column its header and what it names; one that names nothing keeps its own name."""
        check_width(len(layout.parts), self._limits)
        if not any(layout.parts):
            raise no_header(layout.header_last)
        columns = tuple(
            ColumnReading(place, PART.join(parts), book.of_parts(parts) or PART.join(parts))
            for place, parts in enumerate(layout.parts)
        )
        return carried(columns, layout.parts, book)


def _repeated(columns: Sequence[ColumnReading], book: NameBook) -> tuple[int, ...]:
    return tuple(column.position for column in columns if book.is_repeated(column.concept))


def _first_rows(chunks: Iterator[pa.Table]) -> Iterator[pa.Table]:
    rows = 0
    for chunk in chunks:
        yield chunk
        rows += chunk.num_rows
        if rows >= _SAMPLED_ROWS:
            return
