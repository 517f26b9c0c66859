"""Which rows of a statistics dataflow may become released cells at all.

Invariants: the rows that may leave add up to no other row that may leave, because totals and their parts are
not protected together yet: of a cut only the whole leaves, of a dimension kept apart only its codes of one
level; the same question is asked of what is compiled here and of what a peer sends.
"""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pyarrow.compute

from schemas.codelist import Codelist
from schemas.registry import codelist
from schemas.structure import MEASURE, Dataflow

# The type stubs of pyarrow know no masks of chunked columns.
pc: Any = pyarrow.compute
Mask = Any


def releasable(table: pa.Table, dataflow: Dataflow) -> Mask:
    """Say of each row whether it may become a released cell (columns: the dimensions of the dataflow's cells)."""
    mask: Mask = pa.chunked_array([pa.repeat(pa.scalar(value=True), table.num_rows)])
    for dimension in dataflow.cuts:
        mask = pc.and_(mask, pc.equal(table.column(dimension), dataflow.whole(dimension)))
    for dimension, level in dataflow.apart.items():
        mask = pc.and_(mask, _stands_apart(table, dimension, level, dataflow))
    if dataflow.inside:
        mask = pc.and_(mask, pc.invert(_is_in(table.column(MEASURE), dataflow.inside)))
    return pc.fill_null(mask, pa.scalar(value=False))


def _stands_apart(table: pa.Table, dimension: str, level: int, dataflow: Dataflow) -> Mask:
    """True for a code of the level, and for the whole of a measure that has no parts."""
    codes, whole = table.column(dimension), dataflow.whole(dimension)
    by_code = _is_in(codes, _level(codelist(dataflow.cells.column(dimension).codelist or ""), level, whole))
    split = dataflow.split_measures(dimension)
    if split is None:
        return by_code
    return pc.if_else(_is_in(table.column(MEASURE), split), by_code, pc.equal(codes, whole))


def _level(codes: Codelist, level: int, whole: str) -> list[str]:
    """The codes of one level, and those above it that have no parts; no two of them overlap."""
    parents = {code.parent for code in codes}
    chosen = []
    for code in codes:
        depth, above = 1, code.parent
        while above not in {None, whole}:
            depth, above = depth + 1, codes.code(above or "").parent
        if code.id != whole and (depth == level or (depth < level and code.id not in parents)):
            chosen.append(code.id)
    return chosen


def _is_in(cells: Any, values: Any) -> Mask:
    return pc.is_in(cells, value_set=pa.array(list(values), pa.string()))
