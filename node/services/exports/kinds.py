"""What each value of an exported table is: a column beside the values, so that no reader has to know status codes.

Invariants: withheld, missing, zero, not applicable and not shared are five different words; a value that may not be
displayed is taken out before it is written.
"""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from node.services.views.figure import Figure, Kind
from schemas.status import ValueStatus

VALUE_KIND = "VALUE_KIND"
OF_CELLS = ("exact", "zero", "withheld", "missing", "not_applicable", "not_shared")
OF_RESULTS = ("exact", "zero", "interval", "unbounded", "not_computed")
_VALUES = ("OBS_VALUE", "OBS_LOWER", "OBS_UPPER")
FIGURE_COLUMNS: list[tuple[str, pa.DataType]] = [
    (VALUE_KIND, pa.string()),
    *((name, pa.int64()) for name in _VALUES),
    ("STATUS", pa.string()),
    ("BUNDLE", pa.string()),
]
# CL_CONF_STATUS: not for publication, under embargo. Nothing of these is released; if it were, it is not shown.
_NOT_DISPLAYED = ["N", "E"]
_WITHHELD, _MISSING, _IMPOSSIBLE = "Q", "L", "M"


def cells_with_kind(cells: pa.Table) -> pa.Table:
    """Add what each cell's value is; tables without values, such as registers, stay as they are."""
    if "OBS_VALUE" not in cells.column_names:
        return cells
    status: Any = cells["OBS_STATUS"]
    value: Any = cells["OBS_VALUE"]
    is_kept_back: Any = pc.is_in(cells["CONF_STATUS"], value_set=pa.array(_NOT_DISPLAYED))
    kind = _first(
        (pc.or_(is_kept_back, pc.equal(status, pa.scalar(_WITHHELD))), "withheld"),
        (pc.equal(status, pa.scalar(_IMPOSSIBLE)), "not_applicable"),
        (pc.or_(pc.equal(status, pa.scalar(_MISSING)), pc.is_null(value)), "missing"),
        (pc.equal(value, pa.scalar(0)), "zero"),
    )
    for name in _VALUES:
        shown: Any = pc.if_else(is_kept_back, pa.scalar(None, pa.int64()), cells[name])
        cells = cells.set_column(cells.column_names.index(name), name, shown)
    return _beside(cells, "OBS_VALUE", kind)


def results_with_kind(results: pa.Table) -> pa.Table:
    """Add what each computed figure is."""
    lower, upper = results["LOWER"], results["UPPER"]
    is_point: Any = pc.equal(lower, upper)
    kind = _first(
        (pc.is_null(lower), "not_computed"),
        (pc.is_null(upper), "unbounded"),
        (pc.and_(is_point, pc.match_substring_regex(lower, r"^-?0(\.0*)?$")), "zero"),
        (pc.invert(is_point), "interval"),
    )
    return _beside(results, "LOWER", kind)


def figure_row(one: Figure) -> dict[str, Any]:
    """Give the columns `FIGURE_COLUMNS` of one figure of a page."""
    return {
        VALUE_KIND: kind_of(one),
        "OBS_VALUE": one.value,
        "OBS_LOWER": one.lower,
        "OBS_UPPER": one.upper,
        "STATUS": one.status or None,
        "BUNDLE": one.bundle,
    }


def kind_of(figure: Figure) -> str:
    """Say what one figure of a page is."""
    is_impossible = figure.kind is Kind.MISSING and figure.status == ValueStatus.IMPOSSIBLE.value
    return "not_applicable" if is_impossible else figure.kind.value


def _first(*cases: tuple[Any, str]) -> Any:
    """Give, for each row, the word of the first case that holds; "exact" where none does."""
    found: Any = pa.scalar("exact")
    for condition, word in reversed(cases):
        found = pc.if_else(pc.fill_null(condition, False), word, found)  # noqa: FBT003 - the library's own form
    return found


def _beside(table: pa.Table, before: str, kind: Any) -> pa.Table:
    return table.add_column(table.column_names.index(before), VALUE_KIND, kind)
