"""What is behind the cells of compiled records, asked when an insider is imagined.

Invariants: entities are numbers of one compilation; contributions are read for the cells that are asked about only.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping

import pyarrow as pa

from risk_models.disclosure.insight import Insight, Key
from risk_models.typologies.compilation import Cells, Compilation
from risk_models.typologies.facets import KEY
from schemas.structure import MEASURE, Dataflow


def insight_of(compilation: Compilation, cells: Cells, dataflow: Dataflow) -> Insight:
    """Return what is known of the records while their compilation lasts."""
    dimensions, measures = dataflow.cells.dimensions, dataflow.cells.column(MEASURE).only

    def behind(keys: Collection[Key]) -> Mapping[str, Mapping[Key, int]]:
        """Every reporting entity's own part of each of these cells."""
        found: dict[str, dict[Key, int]] = defaultdict(dict)
        rows = compilation.behind(_asked(keys, dimensions)).to_pylist()
        wanted = frozenset(keys)
        for row in rows:
            for measure in measures:
                key = _key(row, measure, dimensions)
                if key in wanted and row[measure]:
                    found[str(row["ENTITY"])][key] = row[measure]
        return found

    alone = {
        _key(row, measure, dimensions): str(row["ENTITY"])
        for row in cells.singles.to_pylist()
        if row["ENTITY"] is not None
        for measure in measures
    }
    return Insight(alone, behind)


def _asked(keys: Collection[Key], dimensions: tuple[str, ...]) -> pa.Table:
    places = [dimensions.index(name) for name in KEY]
    rows = sorted({tuple(key[place] for place in places) for key in keys})
    columns = list(zip(*rows, strict=True)) or [()] * len(KEY)
    return pa.table({name: pa.array(column, pa.string()) for name, column in zip(KEY, columns, strict=True)})


def _key(row: Mapping[str, object], measure: str, dimensions: tuple[str, ...]) -> Key:
    named = {**row, MEASURE: measure}
    return tuple(str(named[name]) for name in dimensions)
