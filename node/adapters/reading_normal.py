"""From the cells of a file to the cells of the check: by the recipe, and by nothing else.

Invariants: a cell that the recipe does not cover stays as it is written; a number that would silently become
another number is refused by its row; columns keep their order and rows their number.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

import pyarrow as pa

from node.adapters.reading_evidence import SERIAL
from node.adapters.reading_names import DATE_KINDS, NUMERIC_KINDS, NameBook
from node.adapters.reading_numbers import contradiction, written_with_point
from node.adapters.reading_shape import Cells, is_repeated, pc
from node.errors import Invalid
from node.ports.reading import ColumnReading

# day 1 of Excel's calendar, moved by the leap day of 1900 that it counts and that never was
_DAY_ZERO = dt.date(1899, 12, 30)
_ONE_DIGIT_DAY, _ONE_DIGIT_MONTH = r"^\s*([0-9])\.", r"^(\s*[0-9]{2})\.([0-9])\."


class Normaliser:
    """Applies a recipe's columns to chunks of a file."""

    def __init__(self, columns: tuple[ColumnReading, ...], book: NameBook, *, has_typed: bool) -> None:
        self._columns = columns
        self._kinds = {column.id: column.kind for column in book.structure.columns}
        self._has_typed = has_typed

    def cells(self, column: ColumnReading, cells: Cells, first_row: int) -> Cells:
        """Give one column's cells as the check wants them; raises Invalid for a contradictory number."""
        kind = self._kinds.get(column.concept, "")
        if kind in NUMERIC_KINDS and (column.decimal, column.thousands) != (".", ""):
            cells = cells.cast(pa.string())
            place = contradiction(cells, column)
            if place is not None:
                raise _two_ways(first_row + place, column.header, cells[place].as_py())
            cells = written_with_point(cells, column)
        elif kind in DATE_KINDS and column.dates in {"serial", "dmy"}:
            cells = _dates(cells.cast(pa.string()), column.dates)
        if self._has_typed:
            cells = pc.utf8_ltrim(cells.cast(pa.string()), characters="\0")
        return _coded(cells, column.codes) if column.codes else cells


def _dates(texts: Cells, form: str) -> Cells:
    if form == "dmy":
        padded = pc.replace_substring_regex(texts, _ONE_DIGIT_DAY, r"0\1.")
        return pc.replace_substring_regex(padded, _ONE_DIGIT_MONTH, r"\1.0\2.")
    is_serial = pc.match_substring_regex(texts, SERIAL)
    digits = pc.utf8_trim(pc.if_else(is_serial, texts, pa.scalar(None, pa.string())), characters="\0 \t")
    zero = (_DAY_ZERO - dt.date(1970, 1, 1)).days
    days = pc.add(digits.cast(pa.int32()), pa.scalar(zero, pa.int32())).cast(pa.date32())
    return pc.if_else(is_serial, days.cast(pa.string()), texts)


def _coded(cells: Cells, codes: Mapping[str, str]) -> Cells:
    """Turn the texts that the recipe names into codes; each different text is looked up once."""
    column: Cells = cells if is_repeated(cells) else pc.dictionary_encode(cells)
    column = column if isinstance(column, pa.ChunkedArray) else pa.chunked_array([column])
    chunks: list[Cells] = []
    for chunk in column.chunks:
        texts = chunk.dictionary.to_pylist()
        turned = [text if text is None else codes.get(text.strip(), text) for text in texts]
        chunks.append(pa.array(turned, pa.string()).take(chunk.indices))
    return pa.chunked_array(chunks, pa.string())


def _two_ways(row: int, header: str, value: str) -> Invalid:
    return Invalid(
        "The numbers of a column are written in two ways",
        detail=f"Row {row}, column {header[:80]}: {value[:40]!r} does not fit how the others are written.",
        hint="Write the numbers of the column in one way, or choose the decimal mark of the column.",
        row=row,
    )
