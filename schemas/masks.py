"""Columns of cells, and masks over them: the one door of this package to vectorised computing.

Invariants: every mask made here is true or false, never null; an empty cell is in no mask that asks about a
value.
"""

from __future__ import annotations

from functools import reduce
from typing import Any, TypeAlias

import pyarrow as pa
import pyarrow.compute

# The type stubs of pyarrow are several versions behind it (they know no chunked results and no arange), so
# these names say to people what a value is, and nothing to the type checker.
Cells: TypeAlias = Any  # a pa.ChunkedArray
Mask: TypeAlias = Any  # a pa.ChunkedArray of booleans without nulls
Places: TypeAlias = Any  # a pa.Array of row positions, int64
pc: Any = pyarrow.compute
_pyarrow: Any = pa


def sure(mask: Any) -> Mask:
    """Return `mask` with unknown read as false."""
    return pc.fill_null(mask, pa.scalar(value=False))


def matches(cells: Cells, pattern: str) -> Mask:
    """True where the text has the form of an RE2 pattern (anchor it to ask about the whole text)."""
    return sure(pc.match_substring_regex(cells, pattern))


def is_one_of(cells: Cells, values: list[str] | tuple[str, ...]) -> Mask:
    """True where the cell is one of `values`."""
    return pc.is_in(cells, value_set=pa.array(values, cells.type))


def both(*masks: Mask) -> Mask:
    """True where every mask is."""
    return reduce(pc.and_, masks)


def either(*masks: Mask) -> Mask:
    """True where any mask is."""
    return reduce(pc.or_, masks)


def but_not(mask: Mask, excluded: Mask) -> Mask:
    """True where `mask` is and `excluded` is not."""
    return pc.and_not(mask, excluded)


def only_where(mask: Mask, cells: Cells) -> Cells:
    """Return the cells where `mask` is true, empty elsewhere."""
    if pc.all(mask, min_count=0).as_py():
        return cells
    return pc.if_else(mask, cells, pa.scalar(None, cells.type))


def all_places(rows: int) -> Places:
    """Return the positions 0 to rows - 1 as int64."""
    return _pyarrow.arange(0, rows, 1)


def places_of(mask: Mask) -> Places:
    """Return the positions where `mask` is true, ascending, as int64."""
    return pc.indices_nonzero(mask).cast(pa.int64())


def mask_of(places: Places, rows: int) -> Mask:
    """Return the mask over `rows` rows that is true at distinct positions and nowhere else."""
    if len(places) == 0:
        return pa.repeat(pa.scalar(value=False), rows)
    return sure(pc.scatter(pa.repeat(pa.scalar(value=True), len(places)), places, max_index=rows - 1))
