"""Rules over whole rows, declared with a structure and interpreted here.

Invariants: a rule judges cells that are sound by themselves: where a cell is empty or already refused by its
own column, the rule is silent; a duplicate names every row of its group, not only the later ones.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pyarrow as pa

from schemas.findings import Finding, found
from schemas.masks import (
    Cells,
    Mask,
    Places,
    all_places,
    both,
    but_not,
    either,
    is_one_of,
    only_where,
    pc,
    sure,
)
from schemas.registry import codelist
from schemas.sheet import Sheet
from schemas.status import ValueStatus
from schemas.structure import Rule

# A group of duplicates may be the whole file; a message needs no more rows than these.
MAX_NAMED_ROWS = 100


def check_rule(rule: Rule, sheet: Sheet) -> list[Finding]:
    """Return where a declared rule is broken; rules over accepted rows wait for `check_accepted`."""
    judge = _RULES.get(rule.id)
    return [] if judge is None else judge(rule, sheet)


def check_accepted(sheet: Sheet, refused: Places) -> list[Finding]:
    """Return where accepted rows are identical; `refused` holds the positions of the others."""
    if not any(rule.id == "row.duplicate" for rule in sheet.structure.rules):
        return []
    accepted = pc.invert(pc.is_in(all_places(sheet.rows), value_set=refused))
    return _duplicates("row.duplicate", sheet.structure.column_ids, sheet, accepted)


def _not_reporter(rule: Rule, sheet: Sheet) -> list[Finding]:
    (column,) = rule.columns
    mask = sure(pc.not_equal(sheet.typed[column], sheet.reporter))
    return found(rule.id, column, mask, sheet.text[column], params={"reporter": sheet.reporter})


def _domestic(rule: Rule, sheet: Sheet) -> list[Finding]:
    counterpart, reporter = rule.columns
    mask = sure(pc.equal(sheet.typed[counterpart], sheet.typed[reporter]))
    return found(rule.id, counterpart, mask, sheet.text[counterpart])


def _currency(rule: Rule, sheet: Sheet) -> list[Finding]:
    (column,) = rule.columns
    supported, codes = rule.params["supported"], sheet.typed[column]
    mask = but_not(pc.is_valid(codes), is_one_of(codes, supported))
    return found(rule.id, column, mask, sheet.text[column], params={"supported": list(supported)})


def _reversed_dates(rule: Rule, sheet: Sheet) -> list[Finding]:
    begin, end = rule.columns
    mask = sure(pc.less(sheet.typed[end], sheet.typed[begin]))
    return found(
        rule.id, end, mask, sheet.text[end], detail=lambda row: {"begin": sheet.text[begin][row].as_py()}
    )


def _validity(rule: Rule, sheet: Sheet) -> list[Finding]:
    """Judge codes with validity dates against the row's day; only such codes cost anything."""
    column, day = rule.columns
    codes, days = sheet.typed[column], sheet.typed[day]
    outside = [
        both(sure(pc.equal(codes, code.id)), either(*(sure(mask) for mask in _outside(code, days))))
        for code in codelist(sheet.structure.column(column).codelist or "")
        if code.valid_from or code.valid_to
    ]
    if not outside:
        return []
    return found(
        rule.id,
        column,
        either(*outside),
        sheet.text[column],
        detail=lambda row: {"day": days[row].as_py().isoformat()},
    )


def _outside(code: Any, days: Cells) -> list[Mask]:
    before = [] if code.valid_from is None else [pc.less(days, pa.scalar(code.valid_from))]
    after = [] if code.valid_to is None else [pc.greater(days, pa.scalar(code.valid_to))]
    return before + after


def _disagreement(rule: Rule, sheet: Sheet) -> list[Finding]:
    """Judge two codes of one row that must share an attribute (a rating and what is rated)."""
    column, other = rule.columns
    (attribute,) = rule.params["attribute"]
    mask = sure(pc.not_equal(_attribute(sheet, column, attribute), _attribute(sheet, other, attribute)))
    return found(
        rule.id,
        column,
        mask,
        sheet.text[column],
        params={"other_column": other},
        detail=lambda row: {"other": sheet.text[other][row].as_py()},
    )


def _attribute(sheet: Sheet, column: str, attribute: str) -> Cells:
    codes = codelist(sheet.structure.column(column).codelist or "")
    values = pa.array([code.attributes.get(attribute) for code in codes], pa.string())
    sound = only_where(pc.is_valid(sheet.typed[column]), sheet.text[column])
    places = pc.index_in(sound, value_set=pa.array(codes.ids))
    return pa.chunked_array([values.take(chunk) for chunk in places.chunks], pa.string())


def _status(rule: Rule, sheet: Sheet) -> list[Finding]:
    pairs = pc.binary_join_element_wise(*(sheet.typed[column] for column in rule.columns), "/")
    known = [f"{status.obs_status}/{status.conf_status}" for status in ValueStatus]
    mask = but_not(pc.is_valid(pairs), is_one_of(pairs, known))
    return found(rule.id, rule.columns[0], mask, pairs)


def _bounds(rule: Rule, sheet: Sheet) -> list[Finding]:
    """A value equals both its bounds; without a value, bounds are in order and the upper one may lack."""
    value, lower, upper = (sheet.text[column] for column in rule.columns[:3])
    status = sheet.typed[rule.columns[3]]
    has_value = is_one_of(status, sorted({known.obs_status for known in ValueStatus if known.has_value}))
    exact = both(sure(pc.equal(value, lower)), sure(pc.equal(value, upper)))
    ordered = pc.fill_null(pc.less_equal(lower, upper), pa.scalar(value=True))
    agrees = pc.if_else(has_value, exact, both(pc.is_null(value), ordered))
    judged = both(pc.is_valid(status), pc.is_valid(lower))
    texts = (cells.cast(pa.string()) for cells in (value, lower, upper))
    shown = pc.binary_join_element_wise(*texts, ", ", null_handling="replace", null_replacement="-")
    return found(
        rule.id,
        rule.columns[0],
        but_not(judged, agrees),
        shown,
        detail=lambda row: {"status": status[row].as_py()},
    )


def _duplicate_keys(rule: Rule, sheet: Sheet) -> list[Finding]:
    complete = both(*(pc.is_valid(sheet.typed[column]) for column in rule.columns))
    return _duplicates(rule.id, rule.columns, sheet, complete)


def _duplicates(rule: str, columns: tuple[str, ...], sheet: Sheet, judged: Mask) -> list[Finding]:
    """Return one finding with every row of every group of rows that are equal in `columns`."""
    names = list(columns)
    keys = pa.table({name: sheet.typed[name] for name in names})
    keys = keys.append_column("place", all_places(sheet.rows)).filter(judged)
    if keys.select(names).group_by(names, use_threads=False).aggregate([]).num_rows == keys.num_rows:
        return []
    places: Cells = (
        keys.group_by(names, use_threads=False).aggregate([("place", "list")]).column("place_list")
    )
    groups = places.filter(pc.greater(pc.list_value_length(places), 1)).combine_chunks()
    members, parents = pc.list_flatten(groups), pc.list_parent_indices(groups)
    order = pc.sort_indices(members)
    rows, parents = members.take(order), parents.take(order)

    def named(place: int) -> Mapping[str, Any]:
        group = groups[parents[place].as_py()].values
        shown = [row.as_py() + sheet.first_row for row in group[:MAX_NAMED_ROWS]]
        return {"rows": shown, "count": len(group), "columns": list(columns)}

    return [Finding(rule, columns[0] if rule == "key.duplicate" else None, rows, detail=named)]


_RULES: dict[str, Callable[[Rule, Sheet], list[Finding]]] = {
    "area.not_reporter": _not_reporter,
    "area.domestic": _domestic,
    "currency.unsupported": _currency,
    "dates.reversed": _reversed_dates,
    "code.not_valid_in_period": _validity,
    "codes.disagree": _disagreement,
    "cell.status": _status,
    "cell.bounds": _bounds,
    "key.duplicate": _duplicate_keys,
}
