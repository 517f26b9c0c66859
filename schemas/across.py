"""The rules that compare rows with one another, or with what is live, by id.

Invariants: a duplicate names every row of its group, not only the later ones; a row whose key is repeated
takes no part in any other comparison; identical rows are looked for among those that nothing else refuses.
"""

from __future__ import annotations

from collections.abc import Callable

import pyarrow as pa

from schemas.findings import Finding
from schemas.keys import repeated
from schemas.masks import Mask, Places, but_not, mask_of, pc
from schemas.rows import Rows
from schemas.rules_balance import balance
from schemas.rules_measures import measures_order, stock_flow
from schemas.rules_previous import jumps
from schemas.structure import DataStructure, Rule

_COMPARISONS: dict[str, Callable[[Rule, Rows, Mask], list[Finding]]] = {
    "balance": balance,
    "measures.order": measures_order,
    "stock.flow": stock_flow,
}


def check_across(rows: Rows, previous: pa.Table | None) -> list[Finding]:
    """Return where rows contradict one another or the live cells in `previous`."""
    found: list[Finding] = []
    judged = pa.repeat(pa.scalar(value=True), len(rows))
    refused = rows.is_refused
    for rule in rows.structure.rules:
        if rule.id == "key.duplicate":
            places, group = repeated(
                [rows.columns[name] for name in rule.columns], rows.complete(rule.columns)
            )
            found += _duplicates(rule.id, rule.columns, rows, places, group)
            judged = but_not(judged, mask_of(places, len(rows)))
            refused = pc.or_(refused, pc.invert(judged))
    for rule in rows.structure.rules:
        if rule.id in _COMPARISONS:
            found += _COMPARISONS[rule.id](rule, rows, judged)
        elif rule.id == "row.duplicate":
            names = rows.structure.column_ids
            places, group = repeated([rows.columns[name] for name in names], pc.invert(refused))
            found += _duplicates(rule.id, names, rows, places, group)
    return found + ([] if previous is None else jumps(rows, previous, judged))


def compares(structure: DataStructure) -> bool:
    """True if a rule of the structure sets figures against one another, duplicates aside."""
    return any(rule.id in _COMPARISONS for rule in structure.rules)


def compared_columns(structure: DataStructure, previous: pa.Table | None) -> tuple[str, ...]:
    """Return the columns that `check_across` looks at."""
    if any(rule.id == "row.duplicate" for rule in structure.rules):
        return structure.column_ids
    wanted = {name for rule in structure.rules if rule.id == "key.duplicate" for name in rule.columns}
    if previous is not None or compares(structure):
        wanted |= {column.id for column in structure.columns if column.role != "attribute"}
    return tuple(name for name in structure.column_ids if name in wanted)


def _duplicates(
    rule: str, columns: tuple[str, ...], rows: Rows, places: Places, group: Places
) -> list[Finding]:
    if len(places) == 0:
        return []
    table = pa.table({"group": group, "place": places}).group_by("group", use_threads=False)
    members = table.aggregate([("place", "list")]).sort_by("group").column("place_list").combine_chunks()

    def named(place: int, _value: object) -> dict[str, object]:
        return {**rows.named(members[group[place].as_py()].values), "columns": list(columns)}

    return rows.found(rule, columns[0] if rule == "key.duplicate" else None, places, detail=named)
