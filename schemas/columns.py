"""One column under check: its texts read by its kind, every bad cell found.

Invariants: a cell has at most one problem of its own; a cell with a problem is empty in the typed column; no
function here looks at a single cell in Python.
"""

from __future__ import annotations

from collections.abc import Callable

import pyarrow as pa

from schemas.codelist import Codelist
from schemas.dates import dates, periods
from schemas.findings import Finding, found
from schemas.masks import Cells, Places, but_not, is_one_of, matches, only_where, pc, sure
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

Read = tuple[Cells, list[Finding]]
# The units of CL_MEASURE that are money; every other unit is counted.
MONEY_UNITS = ("USD",)
_LIMITS = {
    "count.too_large": {"limit": str(MAX_COUNT)},
    "money.too_large": {"limit": str(MAX_MINOR_UNITS // MINOR_PER_UNIT)},
}


def check_column(column: Column, sheet: Sheet) -> list[Finding]:
    """Read one column into `sheet.typed`; return what is wrong with its cells."""
    cells = sheet.text[column.id]
    typed, findings = _KINDS[column.kind](column, sheet)
    sheet.typed[column.id] = typed
    if column.required:
        findings += found("value.required", column.id, pc.is_null(cells), cells)
    return findings


def _code(column: Column, sheet: Sheet) -> Read:
    cells, codes = sheet.text[column.id], codelist(column.codelist or "")
    accepted_ids = [code for code in column.only or codes.ids if code not in column.excluded]
    known, accepted = is_one_of(cells, codes.ids), is_one_of(cells, accepted_ids)
    unknown = but_not(pc.is_valid(cells), known)
    params = {"codelist": codes.id}
    return only_where(accepted, cells), [
        *found(
            "code.unknown",
            column.id,
            unknown,
            cells,
            params=params,
            detail=_suggester(cells, codes, accepted_ids),
        ),
        *found("code.not_allowed", column.id, but_not(known, accepted), cells, params=params),
    ]


def _coded(column: Column, sheet: Sheet) -> Read:
    """Read codes as the number each of them stands for."""
    accepted, findings = _code(column, sheet)
    codes = codelist(column.codelist or "")
    numbers = pa.array([int(code.attributes["numeric"]) for code in codes], pa.int64())
    return _taken(numbers, pc.index_in(accepted, value_set=pa.array(codes.ids))), findings


def _text(column: Column, sheet: Sheet) -> Read:
    cells = sheet.text[column.id]
    findings: list[Finding] = []
    sound = pc.is_valid(cells)
    if column.max_length is not None:
        too_long = sure(pc.greater(pc.utf8_length(cells), column.max_length))
        params = {"max_length": column.max_length}
        findings += found("text.too_long", column.id, too_long, cells, params=params)
        sound = but_not(sound, too_long)
    if column.pattern is not None:
        misshapen = but_not(sound, matches(cells, column.pattern))
        findings += found("text.pattern", column.id, misshapen, cells, params={"pattern": column.pattern})
        sound = but_not(sound, misshapen)
    return only_where(sound, cells), findings


def _period(column: Column, sheet: Sheet) -> Read:
    cells = sheet.text[column.id]
    typed, misshapen, unaccepted = periods(cells, column.only)
    return typed, [
        *found("period.invalid", column.id, misshapen, cells),
        *found("period.frequency", column.id, unaccepted, cells, params={"accepted": list(column.only)}),
    ]


def _date(column: Column, sheet: Sheet) -> Read:
    cells = sheet.text[column.id]
    typed, misshapen = dates(cells)
    return typed, found("date.invalid", column.id, misshapen, cells)


def _count(column: Column, sheet: Sheet) -> Read:
    return _read(column, sheet, counts(sheet.text[column.id]))


def _money(column: Column, sheet: Sheet) -> Read:
    return _read(column, sheet, money(sheet.text[column.id]))


def _amount(column: Column, sheet: Sheet) -> Read:
    """Read each number in the unit of its row's measure; a row of no accepted measure is not read."""
    cells, measures = sheet.text[column.id], sheet.typed[MEASURE]
    units = {code.id: code.attributes["unit"] for code in codelist("CL_MEASURE")}
    is_money = is_one_of(measures, [code for code, unit in units.items() if unit in MONEY_UNITS])
    is_count = is_one_of(measures, [code for code, unit in units.items() if unit not in MONEY_UNITS])
    if sheet.structure.literal:
        return _read(column, sheet, integers(cells, is_money, is_count))
    return _read(column, sheet, amounts(cells, is_money, is_count))


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


def _read(column: Column, sheet: Sheet, numbers: Numbers) -> Read:
    cells = sheet.text[column.id]
    findings = [
        finding
        for rule, mask in numbers.problems.items()
        for finding in found(rule, column.id, mask, cells, params=_LIMITS.get(rule))
    ]
    return numbers.values, findings


def _taken(values: Places, places: Cells) -> Cells:
    return pa.chunked_array([values.take(chunk) for chunk in places.chunks], values.type)


def _suggester(cells: Cells, codes: Codelist, accepted: list[str]) -> Callable[[int], dict[str, str]]:
    def suggested(row: int) -> dict[str, str]:
        suggestion = codes.suggestion(cells[row].as_py())
        return {"suggestion": suggestion} if suggestion in accepted else {}

    return suggested
