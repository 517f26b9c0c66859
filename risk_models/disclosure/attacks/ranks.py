"""AT11: an exact rank or percentile narrows the value that it ranks, and so does the order of rows.

Invariants: a table holds the columns of its dataflow's cells and no other; its rows stand in the order of their keys,
which does not depend on a value. Source: methodology 3.6.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import pyarrow as pa

from risk_models.disclosure.attacks.exposed import outcome
from risk_models.disclosure.report import Attack

RANKING = re.compile(
    r"(^|_)(RANK|RANKING|PERCENTILE|PCTL|QUANTILE|QUARTILE|DECILE|POSITION|TOP)(_|$|\d)", re.IGNORECASE
)


def ranks(table: pa.Table, dimensions: Sequence[str], columns: Sequence[str]) -> tuple[Attack, ...]:
    """AT11 on a released table; `columns`: those of its dataflow's cells. `count`: columns and rows looked at."""
    stray = [name for name in table.column_names if name not in columns or RANKING.search(name)]
    if stray:
        return outcome("AT11", "columns_of_the_structure_only", len(stray), 0)
    keys = list(zip(*(table.column(name).to_pylist() for name in dimensions), strict=True))
    moved = sum(one != other for one, other in zip(keys, sorted(keys), strict=True))
    return outcome("AT11", "rows_in_order_of_their_keys", moved, len(keys) + table.num_columns)
