"""What lies within what: the codes above a code in every dimension, and whether a measure adds up over it.

Invariants: codes come from the packaged lists and periods from the calendar; a reporter's cells are never parts of
another reporter's; a median, a level or a rating adds up over nothing, a stock over no period.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import cache
from typing import Literal

from schemas.errors import InvalidValue
from schemas.hierarchy import WORLD, broader
from schemas.period import TimePeriod
from schemas.registry import codelist
from schemas.rules_balance import NOT_APPLICABLE, UNITS_NOT_ADDED
from schemas.structure import MEASURE, Dataflow

# sum: the parts are disjoint, what they lack is a rest. union: one report or person may stand in several parts.
Addition = Literal["sum", "union"]
PERIOD = "TIME_PERIOD"
REPORTER = "REF_AREA"
CALENDAR = "calendar"
_BALANCE = "balance"
# One report names several counterparts and one person stands in several reports: records count each of them once.
_COUNTED_ONCE = frozenset({"report", "subject"})
_PERSONS = frozenset({"subject"})


def above(dataflow: Dataflow, dimension: str, codes: Iterable[str]) -> Mapping[str, tuple[str, ...]]:
    """Give the codes that each code of a dimension lies within, nearest first, up to the dimension's whole.

    Codes that are in no list lie within nothing, and nothing lies within a dimension that is never added up.
    """
    if dimension in {MEASURE, REPORTER}:
        return dict.fromkeys(codes, ())
    if dimension == PERIOD:
        return {code: _periods_above(code) for code in codes}
    whole, known = whole_of(dataflow, dimension), codelist(listed(dataflow, dimension))
    chains: dict[str, tuple[str, ...]] = {}
    for code in codes:
        alone = code in {whole, NOT_APPLICABLE} or code not in known
        chain = () if alone else broader(known, code)
        # a list may write its whole as the parent of every code, or leave it unsaid
        ends = () if alone or whole is None else (whole,)
        chains[code] = (*(one for one in chain if one != whole), *ends)
    return chains


def whole_of(dataflow: Dataflow, dimension: str) -> str | None:
    """Give the code for the whole of a dimension; None if its list has none."""
    for rule in dataflow.upload.rules:
        if rule.id == _BALANCE and rule.columns[0] == dimension:
            return rule.params["total"][0]
    known = codelist(listed(dataflow, dimension))
    return next((code for code in (dataflow.whole(dimension), WORLD) if code in known), None)


def listed(dataflow: Dataflow, dimension: str) -> str:
    """Give the id of the code list of a dimension; `calendar` for periods."""
    return dataflow.cells.column(dimension).codelist or CALENDAR


def within(dataflow: Dataflow, dimension: str, parent: str) -> tuple[str, ...]:
    """Give the codes (or periods) directly within one, in the order of the list; none of a code without parts."""
    if dimension == PERIOD:
        return tuple(str(period) for period in TimePeriod.parse(parent).parts())
    return _children(listed(dataflow, dimension), whole_of(dataflow, dimension)).get(parent, ())


def complete(dataflow: Dataflow, dimension: str, parent: str, parts: Collection[str]) -> bool:
    """True if the parts leave no code (or period) within `parent` out, each by itself or by all of its own parts."""
    children = within(dataflow, dimension, parent)
    return bool(children) and all(
        child in parts or complete(dataflow, dimension, child, parts) for child in children
    )


def additions(dataflow: Dataflow, measures: Sequence[str], dimension: str) -> list[Addition | None]:
    """Say for each measure how its parts by codes of a dimension make the whole; None: they do not."""
    return [_addition(dataflow, measure, dimension) for measure in measures]


def is_balanced(dataflow: Dataflow, measure: str, dimension: str) -> bool:
    """True if the upload declares that the parts of this measure may not exceed their whole."""
    return any(
        rule.id == _BALANCE
        and rule.columns[0] == dimension
        and measure in rule.params.get("measures", (measure,))
        for rule in dataflow.upload.rules
    )


def _addition(dataflow: Dataflow, measure: str, dimension: str) -> Addition | None:
    known = codelist(listed(dataflow, MEASURE))
    attributes = known.code(measure).attributes if measure in known else {}
    unit = attributes.get("unit", UNITS_NOT_ADDED[0])
    if unit in UNITS_NOT_ADDED or dimension in {MEASURE, REPORTER}:
        return None
    if dimension == PERIOD and attributes.get("stock_flow") != "flow":
        return None
    if dataflow.is_record_level:
        return "union" if unit in _COUNTED_ONCE else "sum"
    if dimension == PERIOD:
        return "union" if unit in _PERSONS else "sum"
    return "sum" if is_balanced(dataflow, measure, dimension) else "union"


def _periods_above(text: str) -> tuple[str, ...]:
    try:
        return tuple(str(period) for period in TimePeriod.parse(text).broader())
    except InvalidValue:
        return ()


@cache
def _children(list_id: str, whole: str | None) -> Mapping[str, tuple[str, ...]]:
    """The codes directly within every code of a list; a code without parent lies within the whole."""
    found: dict[str, tuple[str, ...]] = {}
    for code in codelist(list_id):
        parent = code.parent or whole
        if parent is not None and code.id not in {whole, NOT_APPLICABLE}:
            found[parent] = (*found.get(parent, ()), code.id)
    return found
