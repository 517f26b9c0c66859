"""Which rows of a statistics dataflow may become released cells at all.

Invariants: measures that are checked and stay at the node never leave; the same question is asked of what is compiled
here and of what a peer sends.
"""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pyarrow.compute

from schemas.structure import MEASURE, Dataflow

# The type stubs of pyarrow know no masks of chunked columns.
pc: Any = pyarrow.compute
Mask = Any


def releasable(table: pa.Table, dataflow: Dataflow) -> Mask:
    """Say of each row whether it may become a released cell (columns: the dimensions of the dataflow's cells)."""
    if not dataflow.inside:
        return pa.chunked_array([pa.repeat(pa.scalar(value=True), table.num_rows)])
    inside = pa.array(list(dataflow.inside), pa.string())
    return pc.fill_null(pc.invert(pc.is_in(table.column(MEASURE), value_set=inside)), pa.scalar(value=False))
