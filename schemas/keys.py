"""Rows as keys: equal numbers for equal cells, so that rows are compared by one integer each.

Invariants: keys are exact, never a digest: two rows have one key if and only if they are equal in every
column; an empty cell equals an empty cell.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

import pyarrow as pa

from schemas.masks import Mask, Places, pc, places_of
from schemas.parallel import side_by_side
from schemas.vectors import Vector

# Below this a key can be multiplied by the number of a column's words and stay an int64.
_MAX_KEYS = 1 << 62
_SLICE_ROWS = 1 << 17
_PARTS = 64


@dataclass(frozen=True, slots=True)
class _Digit:
    """One column as numbers below `base`; an empty cell, if there is one, is the last of them."""

    cells: Places
    base: int


def keys(columns: Sequence[Vector], places: Places) -> Places:
    """Return one number for each row at `places`, equal where the rows are equal in every column."""
    return _mixed([_digit(column, places) for column in columns], len(places))


def dense(key: Places) -> Places:
    """Return keys numbered from 0 without gaps."""
    return key.dictionary_encode().indices.cast(pa.int64())


def repeated(columns: Sequence[Vector], judged: Mask) -> tuple[Places, Places]:
    """Return the judged rows that equal another one in every column: their places, and a number per group.

    Texts go first, one by one: where no two records share a name, nothing else need be looked at.
    """
    places = places_of(judged)
    # of nearly all rows a key is sooner made than a selection of every column
    is_nearly_all = len(places) * 2 > len(judged)
    group = _Digit(pa.repeat(pa.scalar(0, pa.int64()), len(places)), 1)
    texts = [[column] for column in columns if column.words is None]
    for some in [*texts, [column for column in columns if column.words is not None]]:
        if is_nearly_all and some:
            key = _mixed([_digit(column) for column in some], len(judged)).filter(judged)
        else:
            key = _mixed([group, *(_digit(column, places) for column in some)], len(places))
        values = _repeated_values(key)
        if len(values) == 0:
            return pa.array([], pa.int64()), pa.array([], pa.int64())
        is_nearly_all, number = False, pc.index_in(key, value_set=values)
        kept = pc.is_valid(number)
        places, group = places.filter(kept), _Digit(number.filter(kept).cast(pa.int64()), len(values))
    return places, group.cells


def _digit(column: Vector, places: Places | None = None) -> _Digit:
    cells = column.cells if places is None else column.cells.take(places)
    if column.words is None:
        encoded = cells.dictionary_encode()
        return _Digit(encoded.indices, len(encoded.dictionary) + 1)
    return _Digit(cells, len(column.words) + 1)


def _mixed(digits: Sequence[_Digit], rows: int) -> Places:
    """Return the number that the digits write, in mixed bases; slice by slice, so that it stays in a cache."""
    together, size = 1, digits[0].base
    while together < len(digits) and size * digits[together].base < _MAX_KEYS:
        size *= digits[together].base
        together += 1
    slices = side_by_side(
        lambda start: _written(digits[:together], start), range(0, max(rows, 1), _SLICE_ROWS)
    )
    key = pa.concat_arrays(slices)
    if together == len(digits):
        return key
    shorter = dense(key)
    base = (pc.max(shorter).as_py() or 0) + 1
    return _mixed([_Digit(shorter, base), *digits[together:]], rows)


def _written(digits: Sequence[_Digit], start: int) -> Places:
    key = _filled(digits[0], start).cast(pa.int64())
    for digit in digits[1:]:
        key = pc.add(pc.multiply(key, digit.base), _filled(digit, start))
    return key


def _filled(digit: _Digit, start: int) -> Places:
    cells = digit.cells.slice(start, _SLICE_ROWS)
    return pc.fill_null(cells, digit.base - 1) if cells.null_count else cells


def _repeated_values(key: Places) -> Places:
    """Return the keys that stand there more than once; many keys are counted in parts that fit a cache."""
    if len(key) < _SLICE_ROWS:
        return _counted_twice(key)
    # the lowest digits often are one column of few words, so the part is taken from all of them
    part = pc.bit_wise_and(pc.bit_wise_xor(key, pc.shift_right(key, 9)), _PARTS - 1).cast(pa.uint8())
    ordered = key.take(pc.sort_indices(part))
    sizes = pc.value_counts(part)
    lengths = dict(zip(sizes.field("values").to_pylist(), sizes.field("counts").to_pylist(), strict=True))
    ends = list(accumulate(lengths[number] for number in sorted(lengths)))
    starts = [0, *ends[:-1]]
    spans = list(zip(starts, ends, strict=True))
    found = side_by_side(lambda span: _counted_twice(ordered.slice(span[0], span[1] - span[0])), spans)
    return pa.concat_arrays(found)


def _counted_twice(key: Places) -> Places:
    """Return the keys that stand there more than once: a key that is new gets a number above all before it."""
    number = key.dictionary_encode().indices
    highest = pc.cumulative_max(number)
    is_new = pc.greater(number.slice(1), highest.slice(0, max(len(key) - 1, 0)))
    return pc.unique(key.slice(1).filter(pc.invert(is_new)))
