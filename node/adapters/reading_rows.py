"""Single rows of a file as they stand in it, for showing people what they brought.

Invariants: no convention of the recipe is applied to a cell: what is shown is what the person typed; nothing is read
after the last row asked for.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

import pyarrow as pa

from node.adapters.reading_formats import FileFormat, Wanted
from node.adapters.reading_layout import TYPED, Layout
from node.ports.reading import FileRow, Recipe


def rows_of(file: FileFormat, recipe: Recipe, wanted: Sequence[int]) -> tuple[FileRow, ...]:
    """Give the rows with these numbers, in the order of the file; raises Invalid or TooLarge."""
    numbers = sorted({number for number in wanted if number >= recipe.first_row})
    if not numbers:
        return ()
    found: list[FileRow] = []
    first = recipe.first_row
    for chunk in file.chunks(Layout.of(recipe), Wanted()):
        inside = [number for number in numbers if first <= number < first + chunk.num_rows]
        if inside:
            found += _taken(chunk, first, inside)
        first += chunk.num_rows
        if first > numbers[-1]:
            break
    return tuple(found)


def _taken(chunk: pa.Table, first: int, numbers: Sequence[int]) -> list[FileRow]:
    taken = chunk.take([number - first for number in numbers])
    columns = [column.cast(pa.string()).to_pylist() for column in taken.columns]
    return [
        FileRow(number, tuple(_cell(text) for text in cells))
        for number, cells in zip(numbers, zip(*columns, strict=True), strict=True)
    ]


def _cell(text: str | None) -> str | Decimal | None:
    if text is None or not text.startswith(TYPED):
        return text or None
    return Decimal(text.removeprefix(TYPED))
