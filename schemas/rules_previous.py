"""Figures against the live ones: a new figure of quite another size is asked about.

Invariants: a figure is compared with the one live cell of its key; a withheld live cell says nothing; small
figures may jump.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pyarrow as pa

from schemas.arrow import INTEGER_KINDS
from schemas.columns import is_money
from schemas.findings import Finding
from schemas.keys import keys
from schemas.masks import Cells, Mask, Places, all_places, both, either, pc, places_of, sure
from schemas.numbers import MINOR_PER_UNIT
from schemas.rows import Rows
from schemas.structure import MEASURE, TOTAL
from schemas.vectors import Vector, vector

RULE = "jump.previous"
# Ten times as much, or a tenth, and a hundred apart: a unit or a digit was mistaken, or the world changed.
FACTOR = 10
LEAST_DIFFERENCE = 100


def jumps(rows: Rows, previous: pa.Table, judged: Mask) -> list[Finding]:
    """Return where a figure is ten times the live one or more, or a tenth of it or less."""
    if not any(rule.id == "key.duplicate" for rule in rows.structure.rules):
        return []
    dimensions = [name for name in rows.structure.dimensions if name in previous.column_names]
    for name in rows.structure.dimensions:
        if name not in dimensions:
            # what is live has no such cut, so only the whole can be compared with it
            column = rows.columns[name]
            judged = both(judged, sure(column.spread(pc.equal(column.distinct, TOTAL))))
    return [
        finding
        for column in rows.structure.columns
        if column.kind in INTEGER_KINDS - {"coded"} and column.id in previous.column_names
        for finding in _jumps(rows, previous, dimensions, column.id, judged)
    ]


def _jumps(rows: Rows, previous: pa.Table, dimensions: list[str], value: str, judged: Mask) -> list[Finding]:
    places = places_of(both(judged, rows.complete([*dimensions, value])))
    joined = [_joined(rows.columns[name], previous.column(name)) for name in dimensions]
    key = keys(joined, all_places(len(rows) + previous.num_rows))
    live = key.slice(len(rows))
    counted = pc.value_counts(live)
    alone = counted.field("values").filter(pc.equal(counted.field("counts"), 1))
    wanted = key.take(places)
    match = pc.if_else(
        pc.is_in(wanted, value_set=alone), pc.index_in(wanted, value_set=live), pa.scalar(None, pa.int32())
    )
    old = _whole(previous.column(value)).take(match)
    given = rows.columns[value].cells.take(places)
    is_jump = either(
        sure(pc.greater_equal(given, pc.multiply(old, FACTOR))),
        sure(pc.less_equal(pc.multiply(given, FACTOR), old)),
    )
    apart = pc.greater_equal(pc.abs(pc.subtract(given, old)), _least(rows, value, places))
    broken = both(is_jump, sure(apart))
    return _named(rows, value, places.filter(broken), old.filter(broken))


def _named(rows: Rows, value: str, places: Places, old: Cells) -> list[Finding]:
    shown = rows.figures(value, places, rows.columns[value].cells.take(places))
    before = rows.figures(value, places, old)

    def named(place: int, _value: object) -> Mapping[str, Any]:
        return {"previous": before[place].as_py()}

    return rows.found(RULE, value, places, shown=shown, detail=named)


def _least(rows: Rows, value: str, places: Places) -> Cells:
    """Return the least difference that counts, in the unit of each row."""
    kind = rows.structure.column(value).kind
    in_money, in_units = LEAST_DIFFERENCE * MINOR_PER_UNIT, LEAST_DIFFERENCE
    if kind != "amount":
        return pa.scalar(in_money if kind == "money" else in_units, pa.int64())
    list_id = rows.structure.column(MEASURE).codelist or ""
    measures = rows.columns[MEASURE].cells.take(places)
    return pc.if_else(is_money(list_id).take(measures), in_money, in_units).cast(pa.int64())


def _joined(column: Vector, live: Any) -> Vector:
    """Return a column of the table and then of the live cells, under the same words."""
    if column.words is None:
        return Vector(pa.concat_arrays([column.cells, _whole(live).cast(column.cells.type)]))
    other = vector(live)
    place = other.spread(pc.index_in(other.distinct, value_set=column.words))
    # a live code that the list no longer has equals nothing here; one word more stands for all of them
    strange = pa.scalar(len(column.words), pa.int32())
    place = pc.if_else(pc.is_valid(other.cells), pc.fill_null(place, strange), pa.scalar(None, pa.int32()))
    words = pa.concat_arrays([column.words, pa.array([""], column.words.type)])
    return Vector(pa.concat_arrays([column.cells, place]), words)


def _whole(column: Any) -> Cells:
    return column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
