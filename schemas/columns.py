"""One column under check: its texts read by its kind, every bad cell found.

Invariants: a cell has at most one problem of its own; a cell with a problem is empty in the typed column; no
function here looks at a single cell in Python; a text that stands in many cells is read once.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, lru_cache
from typing import Any

import pyarrow as pa

from schemas.dates import dates, known_periods, periods
from schemas.findings import Detail, Finding
from schemas.masks import Cells, Mask, both, but_not, is_one_of, matches, only_where, pc, places_of, sure
from schemas.numbers import (
    MAX_COUNT,
    MAX_MINOR_UNITS,
    MINOR_PER_UNIT,
    Numbers,
    amounts,
    counts,
    integers,
    money,
)
from schemas.registry import codelist
from schemas.sheet import Sheet
from schemas.structure import MEASURE, Column
from schemas.vectors import Vector

Read = tuple[Vector, list[Finding]]
# The units of CL_MEASURE that are money; every other unit is counted.
MONEY_UNITS = ("USD",)
_LIMITS = {
    "count.too_large": {"limit": str(MAX_COUNT)},
    "money.too_large": {"limit": str(MAX_MINOR_UNITS // MINOR_PER_UNIT)},
}


def check_column(column: Column, sheet: Sheet) -> list[Finding]:
    """Read one column into `sheet.typed`; return what is wrong with its cells."""
    sheet.typed[column.id], findings = _KINDS[column.kind](column, sheet)
    cells = sheet.text[column.id].cells
    if column.required and cells.null_count:
        findings += sheet.found_where("value.required", column.id, pc.is_null(cells))
    return findings


@cache
def code_ids(codelist_id: str) -> Cells:
    """Return the ids of a code list; a typed column of codes holds their places in it."""
    return pa.array(codelist(codelist_id).ids, pa.string())


def chosen(codelist_id: str, wanted: Callable[[Any], bool]) -> Mask:
    """Return for every code of a list whether it is wanted."""
    return pa.array([wanted(code) for code in codelist(codelist_id)], pa.bool_())


def is_money(codelist_id: str) -> Mask:
    """Return for every measure of a list whether its unit is money."""
    return chosen(codelist_id, lambda code: code.attributes.get("unit") in MONEY_UNITS)


def _code(column: Column, sheet: Sheet) -> Read:
    text, list_id = sheet.text[column.id], column.codelist or ""
    ids, is_taken = _taken(list_id, column.only, column.excluded)
    place = pc.index_in(text.distinct, value_set=ids.cast(text.distinct.type))
    accepted = sure(is_taken.take(place))
    typed = text.spread(only_where(accepted, place))
    unread, is_known = text.unread(typed), pc.is_valid(place)
    params = {"codelist": list_id}
    return Vector(typed, ids), [
        *sheet.found(
            "code.unknown",
            column.id,
            text.among(unread, pc.invert(is_known)),
            params=params,
            detail=_suggester(list_id, ids.filter(is_taken)),
        ),
        *sheet.found("code.not_allowed", column.id, text.among(unread, is_known), params=params),
    ]


@cache
def _taken(list_id: str, only: tuple[str, ...], excluded: tuple[str, ...]) -> tuple[Cells, Mask]:
    """Return the ids of a list, and which of them a column takes."""
    ids = code_ids(list_id)
    is_taken = is_one_of(ids, only) if only else pc.is_valid(ids)
    return ids, but_not(is_taken, is_one_of(ids, excluded))


def _coded(column: Column, sheet: Sheet) -> Read:
    """Read codes as the number each of them stands for."""
    accepted, findings = _code(column, sheet)
    numbers = [int(code.attributes["numeric"]) for code in codelist(column.codelist or "")]
    return Vector(accepted.spread(pa.array(numbers, pa.int64()))), findings


def _text(column: Column, sheet: Sheet) -> Read:
    text = sheet.text[column.id]
    findings: list[Finding] = []
    sound = pc.is_valid(text.distinct)
    if column.max_length is not None:
        too_long = _longer(text.distinct, column.max_length)
        params = {"max_length": column.max_length}
        findings += sheet.found("text.too_long", column.id, text.places(too_long), params=params)
        sound = but_not(sound, too_long)
    if column.pattern is not None:
        misshapen = but_not(sound, matches(text.distinct, column.pattern))
        places = text.places(misshapen)
        findings += sheet.found("text.pattern", column.id, places, params={"pattern": column.pattern})
        sound = but_not(sound, misshapen)
    return Vector(text.spread(only_where(sound, text.distinct)) if findings else text.plain), findings


def _longer(cells: Cells, limit: int) -> Mask:
    """True where a text has more characters; where no text has more bytes, characters are not counted."""
    if (pc.max(pc.binary_length(cells)).as_py() or 0) <= limit:
        return pa.repeat(pa.scalar(value=False), len(cells))
    return sure(pc.greater(pc.utf8_length(cells), limit))


def _period(column: Column, sheet: Sheet) -> Read:
    text, known = sheet.text[column.id], known_periods()
    typed, misshapen, unaccepted = periods(text.distinct, column.only)
    place = text.spread(pc.index_in(typed, value_set=known.cast(typed.type)))
    unread, params = text.unread(place), {"accepted": list(column.only)}
    return Vector(place, known), [
        *sheet.found("period.invalid", column.id, text.among(unread, misshapen)),
        *sheet.found("period.frequency", column.id, text.among(unread, unaccepted), params=params),
    ]


def _date(column: Column, sheet: Sheet) -> Read:
    text = sheet.text[column.id]
    typed, _ = dates(text.distinct)
    days = text.spread(typed)
    return Vector(days), sheet.found("date.invalid", column.id, text.unread(days))


def _count(column: Column, sheet: Sheet) -> Read:
    return _numbers(column, sheet, counts(sheet.text[column.id].distinct))


def _money(column: Column, sheet: Sheet) -> Read:
    return _numbers(column, sheet, money(sheet.text[column.id].distinct))


def _numbers(column: Column, sheet: Sheet, numbers: Numbers) -> Read:
    text = sheet.text[column.id]
    findings = [
        finding
        for rule, mask in numbers.problems.items()
        for finding in sheet.found(rule, column.id, text.places(mask), params=_LIMITS.get(rule))
    ]
    return Vector(text.spread(numbers.values)), findings


def _amount(column: Column, sheet: Sheet) -> Read:
    """Read each number in the unit of its row's measure; a row of no accepted measure is not read."""
    text, measures = sheet.text[column.id], sheet.typed[MEASURE]
    measured_in_money = is_money(sheet.structure.column(MEASURE).codelist or "")
    of_money = sure(measures.spread(measured_in_money))
    of_count = sure(measures.spread(pc.invert(measured_in_money)))
    if sheet.structure.literal:
        read = integers(text.cells, of_money, of_count)
    elif text.words is None:
        read = amounts(text.cells, of_money, of_count)
    else:
        read = _amounts_of_words(text, of_money, of_count)
    findings = [
        finding
        for rule, mask in read.problems.items()
        for finding in sheet.found(rule, column.id, places_of(mask), params=_LIMITS.get(rule))
    ]
    return Vector(read.values), findings


def _amounts_of_words(text: Vector, of_money: Mask, of_count: Mask) -> Numbers:
    """Read every word both ways; each cell takes the reading that its row asks for."""
    as_money, as_count = money(text.distinct), counts(text.distinct)
    counted = only_where(of_count, text.spread(as_count.values))
    problems = {rule: both(of_money, sure(text.spread(mask))) for rule, mask in as_money.problems.items()}
    problems |= {rule: both(of_count, sure(text.spread(mask))) for rule, mask in as_count.problems.items()}
    return Numbers(pc.if_else(of_money, text.spread(as_money.values), counted), problems)


_KINDS: dict[str, Callable[[Column, Sheet], Read]] = {
    "code": _code,
    "coded": _coded,
    "text": _text,
    "identifier": _text,
    "period": _period,
    "date": _date,
    "count": _count,
    "money": _money,
    "amount": _amount,
}


def _suggester(list_id: str, accepted: Cells) -> Detail:
    taken = cache(lambda: frozenset(accepted.to_pylist()))

    def suggested(_place: int, written: str) -> dict[str, str]:
        code = _suggestion(list_id, written)
        return {} if code is None or code not in taken() else {"suggestion": code}

    return suggested


@lru_cache(maxsize=10_000)
def _suggestion(list_id: str, written: str) -> str | None:
    return codelist(list_id).suggestion(written)
