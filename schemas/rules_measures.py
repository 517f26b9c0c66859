"""Measures against one another: the smaller beside the larger, the stock beside what flowed in and out.

Invariants: figures are compared within one group of all other dimensions; where one of the figures that a
comparison needs was not given, there is no comparison.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa

from schemas.columns import chosen
from schemas.dates import periods_before
from schemas.findings import Finding
from schemas.keys import dense, keys
from schemas.masks import Cells, Mask, Places, both, pc, places_of, sure
from schemas.rows import Rows
from schemas.structure import Rule


def measures_order(rule: Rule, rows: Rows, judged: Mask) -> list[Finding]:
    """A measure does not exceed the measure that includes it."""
    measure, value = rule.columns
    found: list[Finding] = []
    for smaller, larger in zip(rule.params["smaller"], rule.params["larger"], strict=True):
        places = _places(rows, measure, value, (smaller, larger), judged)
        group = _groups(rows, (measure,), places)
        one, other = (_is_measure(rows, measure, name, places) for name in (smaller, larger))
        match = pc.index_in(group.filter(one), value_set=group.filter(other))
        given, limit = places.filter(one), places.filter(other).take(match)
        values = rows.columns[value].cells
        broken = sure(pc.greater(values.take(given), values.take(limit)))
        given, limit = given.filter(broken), limit.filter(broken)
        named = {"measure": smaller, "other": larger}
        found += _off(
            rule, rows, value, places=given, beside=[limit], expected=values.take(limit), params=named
        )
    return found


def stock_flow(rule: Rule, rows: Rows, judged: Mask) -> list[Finding]:
    """The stock at the end is the stock before it, plus what came in, minus what went out."""
    measure, period, value = rule.columns
    (stock,) = rule.params["stock"]
    signs = {stock: 0, **dict.fromkeys(rule.params["inflow"], 1), **dict.fromkeys(rule.params["outflow"], -1)}
    places = _places(rows, measure, value, tuple(signs), judged)
    values, time = rows.columns[value].cells, rows.columns[period].cells.take(places)
    group = pc.multiply(_groups(rows, (measure, period), places), len(periods_before()))
    now, before = pc.add(group, time), pc.add(group, periods_before().take(time))
    is_stock = _is_measure(rows, measure, stock, places)
    given, at = places.filter(is_stock), now.filter(is_stock)
    earlier = given.take(_match(before.filter(is_stock), at))
    expected, involved = values.take(earlier), [earlier]
    for name, sign in signs.items():
        if sign:
            is_flow = _is_measure(rows, measure, name, places)
            flow = places.filter(is_flow).take(_match(at, now.filter(is_flow)))
            expected = pc.add(expected, pc.multiply(values.take(flow), sign))
            involved.append(flow)
    broken = sure(pc.not_equal(values.take(given), expected))
    involved = [rows_beside.filter(broken) for rows_beside in involved]
    return _off(
        rule,
        rows,
        value,
        places=given.filter(broken),
        beside=involved,
        expected=expected.filter(broken),
        params={"measure": stock},
    )


def _places(rows: Rows, measure: str, value: str, wanted: Sequence[str], judged: Mask) -> Places:
    """Return the judged rows of the wanted measures that have a value."""
    is_wanted = chosen(_measures(rows, measure), lambda code: code.id in wanted)
    whole = rows.complete([*rows.structure.dimensions, value])
    return places_of(both(judged, whole, sure(rows.columns[measure].spread(is_wanted))))


def _is_measure(rows: Rows, measure: str, wanted: str, places: Places) -> Mask:
    is_wanted = chosen(_measures(rows, measure), lambda code: code.id == wanted)
    return is_wanted.take(rows.columns[measure].cells.take(places))


def _groups(rows: Rows, apart: Sequence[str], places: Places) -> Places:
    """Return the group of each row: equal numbers where all dimensions but those `apart` are equal."""
    others = [rows.columns[name] for name in rows.structure.dimensions if name not in apart]
    return dense(keys(others, places))


def _match(wanted: Cells, keyed: Cells) -> Places:
    """Return the place of every wanted key; empty where there is none, or none is wanted."""
    return pc.if_else(pc.is_valid(wanted), pc.index_in(wanted, value_set=keyed), pa.scalar(None, pa.int32()))


def _off(
    rule: Rule,
    rows: Rows,
    value: str,
    *,
    places: Places,
    beside: list[Places],
    expected: Cells,
    params: Mapping[str, Any],
) -> list[Finding]:
    """Return one finding at `places` that names the rows `beside` them and the figure that was expected."""
    order = pc.sort_indices(places)
    places = places.take(order)
    given = rows.figures(value, places, rows.columns[value].cells.take(places))
    wanted = rows.figures(value, places, expected.take(order))
    others = [other.take(order) for other in beside]

    def named(place: int, _value: object) -> Mapping[str, Any]:
        involved = pa.concat_arrays([column.slice(place, 1) for column in (places, *others)])
        shown = rows.named(involved.take(pc.sort_indices(involved)))
        return {**params, **shown, "expected": wanted[place].as_py()}

    return rows.found(rule.id, value, places, shown=given, detail=named)


def _measures(rows: Rows, measure: str) -> str:
    return rows.structure.column(measure).codelist or ""
