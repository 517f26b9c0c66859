"""Parts against their total: the children of a code in its list, within one group of all other dimensions.

Invariants: only what was given is compared: a code without a row of its own has no total to exceed; parts that
are not all known can be too much and never too little; a measure that cannot be added up is left alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pyarrow as pa

from schemas.columns import chosen
from schemas.findings import Finding
from schemas.keys import dense, keys
from schemas.masks import Cells, Mask, Places, both, is_one_of, only_where, pc, places_of, sure
from schemas.registry import codelist
from schemas.rows import Rows
from schemas.structure import MEASURE, Rule

NOT_APPLICABLE = "_Z"
# A median of parts is not a part of the median, and a level or a rating is no quantity.
UNITS_NOT_ADDED = ("day", "level", "rating", "score", "percent", "ratio")


def balance(rule: Rule, rows: Rows, judged: Mask) -> list[Finding]:
    """Compare every total with the sum of its parts."""
    cut, value = rule.columns
    others = [name for name in rows.structure.dimensions if name != cut]
    judged = both(judged, rows.complete([*others, cut]), _is_added(rule, rows))
    places = places_of(judged)
    own, parent = _keys(rule, rows, others, places)
    values = rows.columns[value].cells.take(places)
    sums = _sums(parent, values)
    total = pc.index_in(sums.column("parent"), value_set=only_where(pc.is_valid(values), own))
    sums = sums.append_column("total", total).filter(pc.is_valid(total))
    given = values.take(sums.column("total")).cast(pa.decimal128(19, 0))
    is_over = pc.greater(sums.column("sum"), given)
    is_under = both(pc.less(sums.column("sum"), given), pc.equal(sums.column("known"), sums.column("parts")))
    return [
        finding
        for name, broken in (("balance.exceeds_total", is_over), ("balance.below_total", is_under))
        for finding in _named(name, rows, value, places=places, parent=parent, broken=sums.filter(broken))
    ]


def _named(
    rule: str, rows: Rows, value: str, *, places: Places, parent: Cells, broken: pa.Table
) -> list[Finding]:
    """Return one finding with the row of every broken total; each names the rows of its parts."""
    if broken.num_rows == 0:
        return []
    broken = broken.combine_chunks().sort_by("total").combine_chunks()
    totals = places.take(broken.column("total").chunk(0))
    group = pc.index_in(parent, value_set=broken.column("parent").chunk(0))
    members = pa.table({"group": group, "place": places}).filter(pc.is_valid(group))
    listed = members.group_by("group", use_threads=False).aggregate([("place", "list")]).sort_by("group")
    parts = listed.column("place_list").combine_chunks()
    given = rows.figures(value, totals, rows.columns[value].cells.take(totals))
    measured = rows.figures(value, totals, broken.column("sum").chunk(0))

    def named(place: int, _value: object) -> Mapping[str, Any]:
        involved = pa.concat_arrays([totals.slice(place, 1), parts[place].values])
        return {**rows.named(involved.take(pc.sort_indices(involved))), "sum": measured[place].as_py()}

    return rows.found(rule, value, totals, shown=given, detail=named)


def _keys(rule: Rule, rows: Rows, others: list[str], places: Places) -> tuple[Places, Cells]:
    """Return for every row the key of its own code in its group, and the key of its code's parent there."""
    (total,) = rule.params["total"]
    cut = rule.columns[0]
    group = dense(keys([rows.columns[name] for name in others], places))
    codes = codelist(rows.structure.column(cut).codelist or "")
    place_of = {code_id: place for place, code_id in enumerate(codes.ids)}
    parents = [
        None if code.id in {total, NOT_APPLICABLE} else place_of.get(code.parent or total) for code in codes
    ]
    # a group's key times the length of the list stays far below 2**63: keys without gaps number the rows
    first_of_group = pc.multiply(group, len(codes))
    code = rows.columns[cut].cells.take(places).cast(pa.int64())
    return pc.add(first_of_group, code), pc.add(first_of_group, pa.array(parents, pa.int64()).take(code))


def _sums(parent: Cells, values: Cells) -> pa.Table:
    """Return the sum of the parts of every parent, how many there are, and of how many the value is known."""
    parts = pa.table({"parent": parent, "value": values.cast(pa.decimal128(19, 0))})
    sums = parts.filter(pc.is_valid(parent)).group_by("parent", use_threads=False)
    counted: Any = [("value", "sum"), ("value", "count"), ("value", "count", pc.CountOptions(mode="all"))]
    return sums.aggregate(counted).rename_columns(["parent", "sum", "known", "parts"])


def _is_added(rule: Rule, rows: Rows) -> Mask:
    """True where the row's measure can be added up; all are, where there is one measure only."""
    if MEASURE not in rows.columns:
        return pa.repeat(pa.scalar(value=True), len(rows))
    list_id = rows.structure.column(MEASURE).codelist or ""
    named = rule.params.get("measures", ())
    added = chosen(list_id, lambda code: code.attributes.get("unit") not in UNITS_NOT_ADDED)
    if named:
        added = both(added, is_one_of(pa.array(codelist(list_id).ids), named))
    return sure(rows.columns[MEASURE].spread(added))
