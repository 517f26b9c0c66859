"""Rules over the cells of a release: what a peer's value, its bounds and its statuses say together.

Invariants: withheld, missing, impossible and zero are told apart by status and never by value.
"""

from __future__ import annotations

import pyarrow as pa

from schemas.findings import Finding
from schemas.masks import both, but_not, is_one_of, pc, places_of, sure
from schemas.sheet import Sheet
from schemas.status import ValueStatus
from schemas.structure import Rule
from schemas.vectors import Vector


def status_pair(rule: Rule, sheet: Sheet) -> list[Finding]:
    """The two statuses are a pair in use."""
    pairs = pc.binary_join_element_wise(*(sheet.typed[column].plain for column in rule.columns), "/")
    known = [f"{status.obs_status}/{status.conf_status}" for status in ValueStatus]
    unknown = but_not(pc.is_valid(pairs), is_one_of(pairs, known))
    return sheet.found(rule.id, rule.columns[0], places_of(unknown), shown=Vector(pairs))


def bounds(rule: Rule, sheet: Sheet) -> list[Finding]:
    """A value equals both its bounds; without a value, bounds are in order and the upper one may lack."""
    value, lower, upper = (sheet.text[column].plain for column in rule.columns[:3])
    status = sheet.typed[rule.columns[3]].plain
    has_value = is_one_of(status, sorted({known.obs_status for known in ValueStatus if known.has_value}))
    exact = both(sure(pc.equal(value, lower)), sure(pc.equal(value, upper)))
    ordered = pc.fill_null(pc.less_equal(lower, upper), pa.scalar(value=True))
    agrees = pc.if_else(has_value, exact, both(pc.is_null(value), ordered))
    judged = both(pc.is_valid(status), pc.is_valid(lower))
    texts = (cells.cast(pa.string()) for cells in (value, lower, upper))
    shown = pc.binary_join_element_wise(*texts, ", ", null_handling="replace", null_replacement="-")
    return sheet.found(
        rule.id,
        rule.columns[0],
        places_of(but_not(judged, agrees)),
        shown=Vector(shown),
        detail=lambda place, _: {"status": status[place].as_py()},
    )
