"""Rules over the cells of one row, declared with a structure.

Invariants: codes are compared by their places in their list and never letter by letter; a list whose codes
carry no dates costs nothing to judge by date.
"""

from __future__ import annotations

from typing import Any

import pyarrow as pa

from schemas.columns import chosen, code_ids
from schemas.dates import period_days
from schemas.findings import Finding
from schemas.masks import Cells, Mask, both, either, is_one_of, only_where, pc, sure
from schemas.registry import codelist
from schemas.sheet import Sheet
from schemas.structure import TOTAL, Rule


def not_reporter(rule: Rule, sheet: Sheet) -> list[Finding]:
    """The row belongs to the state of this node."""
    (column,) = rule.columns
    areas = sheet.typed[column]
    places = areas.places(sure(pc.not_equal(areas.distinct, sheet.reporter)))
    return sheet.found(rule.id, column, places, params={"reporter": sheet.reporter})


def domestic(rule: Rule, sheet: Sheet) -> list[Finding]:
    """A flow crosses a border."""
    counterpart, reporter = rule.columns
    one, other = sheet.typed[counterpart], sheet.typed[reporter]
    same_list = _list_id(sheet, counterpart) == _list_id(sheet, reporter)
    mask = pc.equal(one.cells, other.cells) if same_list else pc.equal(one.plain, other.plain)
    return sheet.found_where(rule.id, counterpart, mask)


def unsupported_currency(rule: Rule, sheet: Sheet) -> list[Finding]:
    """Amounts come in a currency that can be converted."""
    (column,) = rule.columns
    supported, codes = rule.params["supported"], sheet.typed[column]
    places = codes.places(pc.invert(is_one_of(codes.distinct, supported)))
    return sheet.found(rule.id, column, places, params={"supported": list(supported)})


def reversed_dates(rule: Rule, sheet: Sheet) -> list[Finding]:
    """An end is not before its beginning."""
    begin, end = rule.columns
    mask = pc.less(sheet.typed[end].cells, sheet.typed[begin].cells)
    written = sheet.text[begin]
    return sheet.found_where(rule.id, end, mask, detail=lambda place, _: {"begin": written.text(place)})


def neither(rule: Rule, sheet: Sheet) -> list[Finding]:
    """At least one of two columns is filled in (whether rightly, its own column says)."""
    column, other = rule.columns
    mask = both(pc.is_null(sheet.text[column].cells), pc.is_null(sheet.text[other].cells))
    return sheet.found_where(rule.id, column, mask, params={"other_column": other})


def reversed_codes(rule: Rule, sheet: Sheet) -> list[Finding]:
    """Two codes of one list stand in the order of the list (a level and its bounds)."""
    lower, upper = rule.columns
    mask = pc.less(sheet.typed[upper].cells, sheet.typed[lower].cells)
    written = sheet.text[lower]
    return sheet.found_where(
        rule.id,
        upper,
        mask,
        params={"other_column": lower},
        detail=lambda place, _: {"other": written.text(place)},
    )


def combination(rule: Rule, sheet: Sheet) -> list[Finding]:
    """Only some measures are cut by this column: every other one gives the whole."""
    measure, cut = rule.columns
    whole = rule.params.get("total", (TOTAL,))
    measures, cuts, written = sheet.typed[measure], sheet.typed[cut], sheet.text[measure]
    is_uncut = chosen(_list_id(sheet, measure), lambda code: code.id not in rule.params["measures"])
    uncut = measures.places(is_uncut)
    is_part = pc.invert(is_one_of(cuts.distinct, whole)).take(cuts.cells.take(uncut))
    return sheet.found(
        rule.id,
        cut,
        uncut.filter(sure(is_part)),
        params={"supported": list(whole)},
        detail=lambda place, _: {"measure": written.text(place)},
    )


def disagreement(rule: Rule, sheet: Sheet) -> list[Finding]:
    """Two codes of one row share an attribute (a rating and what is rated)."""
    column, other = rule.columns
    (attribute,) = rule.params["attribute"]
    mask = pc.not_equal(_attribute(sheet, column, attribute), _attribute(sheet, other, attribute))
    written = sheet.text[other]
    return sheet.found_where(
        rule.id,
        column,
        mask,
        params={"other_column": other},
        detail=lambda place, _: {"other": written.text(place)},
    )


def validity(rule: Rule, sheet: Sheet) -> list[Finding]:
    """A code with validity dates was valid on the row's day, or on some day of its period."""
    column, day = rule.columns
    codes = codelist(_list_id(sheet, column))
    dated = {place: code for place, code in enumerate(codes) if code.valid_from or code.valid_to}
    used = set(pc.unique(sheet.typed[column].cells).to_pylist()) & set(dated)
    if not used:
        return []
    begins, ends = _days(sheet, day)
    outside = [
        both(
            sure(pc.equal(sheet.typed[column].cells, place)),
            either(*(sure(mask) for mask in _outside(dated[place], begins, ends))),
        )
        for place in sorted(used)
    ]
    written = sheet.typed[day]
    return sheet.found_where(
        rule.id, column, either(*outside), detail=lambda place, _: {"day": str(written.text(place))}
    )


def _days(sheet: Sheet, column: str) -> tuple[Cells, Cells]:
    """Return the first and the last day of each cell: of a date the day itself, of a period its ends."""
    cells = sheet.typed[column]
    if cells.words is None:
        return cells.cells, cells.cells
    begins, ends = period_days()
    return begins.take(cells.cells), ends.take(cells.cells)


def _outside(code: Any, begins: Cells, ends: Cells) -> list[Mask]:
    before = [] if code.valid_from is None else [pc.less(ends, pa.scalar(code.valid_from))]
    after = [] if code.valid_to is None else [pc.greater(begins, pa.scalar(code.valid_to))]
    return before + after


def _attribute(sheet: Sheet, column: str, attribute: str) -> Cells:
    list_id = _list_id(sheet, column)
    values = pa.array([code.attributes.get(attribute) for code in codelist(list_id)], pa.string())
    if sheet.structure.column(column).kind == "code":
        return sheet.typed[column].spread(values)
    # a coded column is typed by what its codes stand for, so its codes are read again
    text = sheet.text[column]
    place = pc.index_in(text.distinct, value_set=code_ids(list_id).cast(text.distinct.type))
    sound = only_where(pc.is_valid(sheet.typed[column].cells), text.spread(place))
    return values.take(sound)


def _list_id(sheet: Sheet, column: str) -> str:
    return sheet.structure.column(column).codelist or ""
