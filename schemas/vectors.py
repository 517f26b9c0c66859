"""A column of one chunk: its cells, or each of its distinct words once with the places where it stands.

Invariants: words are texts without nulls and an empty cell has no place, so that whatever asks about words
asks about written cells only; one question to a word answers it for every cell that holds it; spreading the
answers gives the same result as asking every cell.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import pyarrow as pa

from schemas.errors import InvalidTable
from schemas.masks import Cells, Mask, Places, all_places, only_where, pc, places_of

# A sample tells whether a column has few words; encoding one that has many costs more than it saves.
_SAMPLE_ROWS = 4096
_ROWS_PER_WORD = 2


@dataclass(frozen=True, slots=True)
class Vector:
    """The cells themselves (`words` None), or for each cell the place of its word in `words`."""

    cells: Cells
    words: Cells | None = None

    @property
    def distinct(self) -> Cells:
        """What there is to judge: each word once, or every cell."""
        return self.cells if self.words is None else self.words

    @property
    def plain(self) -> Cells:
        """Every cell as it is."""
        return self.cells if self.words is None else self.words.take(self.cells)

    def spread(self, answers: Cells) -> Cells:
        """Return for every cell the answer to what is `distinct`."""
        return answers if self.words is None else answers.take(self.cells)

    def places(self, mask: Mask) -> Places:
        """Return the positions of the cells whose word `mask` is true of, ascending."""
        if self.words is not None and len(self.words):
            # a column of one word, or of a few that stand together, need not be looked through
            ends = pc.min_max(self.cells).as_py()
            used = mask.slice(ends["min"] or 0, (ends["max"] or 0) - (ends["min"] or 0) + 1)
        else:
            used = mask
        if not pc.any(used, min_count=0).as_py():
            return pa.array([], pa.int64())
        return places_of(self.spread(mask))

    def unread(self, typed: Cells) -> Places:
        """Return the positions of the cells that hold something, and hold nothing once typed."""
        if typed.null_count == self.cells.null_count:
            return pa.array([], pa.int64())
        return places_of(pc.and_(pc.is_valid(self.cells), pc.is_null(typed)))

    def among(self, places: Places, mask: Mask) -> Places:
        """Return those of some positions whose word `mask` is true of."""
        if len(places) == 0:
            return places
        cells = places if self.words is None else self.cells.take(places)
        return places.filter(mask.take(cells))

    def texts(self, places: Places) -> list[Any]:
        """Return the cells at `places` as Python values."""
        cells = self.cells.take(places)
        return list((cells if self.words is None else self.words.take(cells)).to_pylist())

    def text(self, place: int) -> Any:
        """Return one cell as a Python value."""
        return self.texts(pa.array([place], pa.int64()))[0]


def empty_vector(rows: int) -> Vector:
    """Return a column of empty cells."""
    return Vector(pa.nulls(rows, pa.int32()), pa.array([], pa.string()))


def vector(column: Any, *, encodes: bool | None = None) -> Vector:
    """Return a chunked column as one vector; texts of few words are encoded.

    Args:
        column: texts, plain or dictionary-encoded; in a table of cells also other values.
        encodes: whether to encode plain texts; by default, if a sample of them has few words.

    Raises:
        InvalidTable: a dictionary holds something else than texts.
    """
    cells = _whole(column)
    if pa.types.is_dictionary(cells.type):
        return _of_dictionary(cells)
    if is_text(cells.type) and (_has_few_words(cells) if encodes is None else encodes):
        encoded = cells.dictionary_encode()
        return Vector(encoded.indices, encoded.dictionary)
    return Vector(cells)


def trimmed(texts: Vector, default: str | None) -> Vector:
    """Return texts without surrounding space; what is blank is empty, or `default` if there is one."""
    distinct = pc.utf8_trim_whitespace(texts.distinct)
    is_blank = pc.equal(distinct, "")
    if texts.words is None:
        if pc.any(is_blank, min_count=0).as_py():
            distinct = only_where(pc.invert(is_blank), distinct)
        return Vector(distinct if default is None else pc.fill_null(distinct, default))
    places = texts.cells
    if pc.any(is_blank, min_count=0).as_py():
        kept = only_where(pc.invert(is_blank), all_places(len(distinct)).cast(pa.int32()))
        places = kept.take(places)
    if default is not None and places.null_count:
        places = pc.fill_null(places, pa.scalar(len(distinct), pa.int32()))
        distinct = pa.concat_arrays([distinct, pa.array([default], distinct.type)])
    return replace(texts, cells=places, words=distinct)


def is_text(kind: pa.DataType) -> bool:
    """True of the Arrow types that hold texts as they are."""
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind))


def _whole(column: Any) -> Cells:
    """Return a chunked column in one piece."""
    if isinstance(column, pa.ChunkedArray):
        column = column.chunk(0) if column.num_chunks == 1 else column.combine_chunks()
    if pa.types.is_null(column.type) or pa.types.is_string_view(column.type):
        return column.cast(pa.string())
    return column


def _of_dictionary(cells: Any) -> Vector:
    """Return the vector of a dictionary-encoded column, without the words that this chunk does not use."""
    places, words = cells.indices.cast(pa.int32()), cells.dictionary
    if pa.types.is_null(words.type):
        words = words.cast(pa.string())
    if not is_text(words.type):
        raise InvalidTable(
            "A dictionary of an upload holds something else than texts.",
            detail=f"It holds {words.type}.",
            hint="Read every cell as text; this check does the conversion.",
            context={"type": str(words.type)},
        )
    if words.null_count:
        places = only_where(pc.is_valid(words), all_places(len(words)).cast(pa.int32())).take(places)
        words = pc.fill_null(words, "")
    if len(words) > len(places):
        used = places.dictionary_encode()
        places, words = used.indices, words.take(used.dictionary)
    return Vector(places, words)


def _has_few_words(cells: Cells) -> bool:
    """Judge by rows taken evenly from the whole chunk: a file is often sorted."""
    rows = len(cells)
    if rows <= _SAMPLE_ROWS:
        return True
    step = rows // _SAMPLE_ROWS
    sample = cells.take(pc.multiply(all_places(_SAMPLE_ROWS), step))
    return bool(pc.count_distinct(sample).as_py() * _ROWS_PER_WORD <= _SAMPLE_ROWS)
