"""The rules of the planted statistics, said once more for those that are measured beside this project.

Invariants: each of them is given every rule that it can express, in its own idiom; what a rule accepts is what
`schemas.check` accepts, so that all of them look at the same cells with the same question.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from schemas.numbers import MAX_COUNT, MAX_MINOR_UNITS, MINOR_PER_UNIT
from schemas.registry import codelist
from schemas.rules_status import WITHOUT_VALUE
from schemas.structure import Column
from tests.support.planted import REPORTER, STATISTICS

VALUE = "OBS_VALUE"
COLUMNS = STATISTICS.column_ids
PERIOD = r"^(19|20)[0-9]{2}(-M(0[1-9]|1[0-2]))?$"
SOURCE = STATISTICS.column("SOURCE").pattern or ""
PATTERNS = {"TIME_PERIOD": PERIOD, "SOURCE": SOURCE}
COUNT = r"^[0-9]+$"
MONEY = r"^[0-9]+(\.[0-9]{1,2})?$"
MAX_MONEY = MAX_MINOR_UNITS // MINOR_PER_UNIT
MAX_COUNTED = MAX_COUNT
IN_MONEY = "V_TXN"
CUT = ("N_TXN", "V_TXN")
UNCUT = "_X"
CURRENCY = "USD"
NO_VALUE = WITHOUT_VALUE
OWN_AREA = REPORTER
KEY = list(next(rule.columns for rule in STATISTICS.rules if rule.id == "key.duplicate"))


@dataclass(frozen=True, slots=True)
class Coded:
    """A column of codes: which are accepted, and whether it may be empty."""

    name: str
    codes: list[str]
    nullable: bool


def coded() -> list[Coded]:
    """Return the columns of codes; the reporting state and the currency are narrowed to what is accepted."""
    return [
        Coded(column.id, _accepted(column), nullable=not column.required)
        for column in STATISTICS.columns
        if column.kind == "code"
    ]


def _accepted(column: Column) -> list[str]:
    known = codelist(column.codelist or "").ids
    return [code for code in column.only or known if code not in column.excluded]


def is_sound(value: str, *, in_money: bool) -> bool:
    """True if a value is a number of its unit, within its limit."""
    pattern, most = (MONEY, MAX_MONEY) if in_money else (COUNT, MAX_COUNTED)
    return re.fullmatch(pattern, value) is not None and Decimal(value) <= most
