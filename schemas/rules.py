"""The rules of a structure over single rows, by id; rules across rows are in `schemas.across`.

Invariants: a rule judges cells that are sound by themselves: where a cell is empty or already refused by its
own column, the rule is silent; a structure declares a rule, except those that follow from its columns alone.
"""

from __future__ import annotations

from collections.abc import Callable

from schemas.findings import Finding
from schemas.rules_cells import bounds, status_pair
from schemas.rules_rows import (
    combination,
    disagreement,
    domestic,
    neither,
    not_reporter,
    reversed_codes,
    reversed_dates,
    unsupported_currency,
    validity,
)
from schemas.rules_status import future, value_status
from schemas.sheet import Sheet
from schemas.structure import Rule

_RULES: dict[str, Callable[[Rule, Sheet], list[Finding]]] = {
    "area.not_reporter": not_reporter,
    "area.domestic": domestic,
    "currency.unsupported": unsupported_currency,
    "dates.reversed": reversed_dates,
    "code.not_valid_in_period": validity,
    "codes.disagree": disagreement,
    "codes.order": reversed_codes,
    "combination.not_allowed": combination,
    "value.neither": neither,
    "cell.status": status_pair,
    "cell.bounds": bounds,
}


def check_rows(sheet: Sheet) -> list[Finding]:
    """Return where a rule over a single row is broken."""
    declared = [
        finding
        for rule in sheet.structure.rules
        if rule.id in _RULES
        for finding in _RULES[rule.id](rule, sheet)
    ]
    return [*declared, *value_status(sheet), *future(sheet)]
