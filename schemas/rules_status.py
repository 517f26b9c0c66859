"""Rules that follow from a structure's columns without being declared: empty values, days to come.

Invariants: in a table with statuses a value is empty only where its status says why, and a status that says
there is no value stands beside none; without a day to compare with, nothing lies in the future.
"""

from __future__ import annotations

import pyarrow as pa

from schemas.dates import period_days
from schemas.findings import Finding
from schemas.masks import both, either, is_one_of, pc, sure
from schemas.sheet import Sheet

VALUE, STATUS = "OBS_VALUE", "OBS_STATUS"
# Codes of CL_OBS_STATUS 2.2 whose description begins with "missing value", or that place it elsewhere.
WITHOUT_VALUE = ("H", "K", "L", "M", "O", "Q")
# A derogation excuses from giving a value and forbids none.
MAY_BE_EMPTY = (*WITHOUT_VALUE, "J")


def value_status(sheet: Sheet) -> list[Finding]:
    """An empty value has a status that says why; a status that says there is none has no value."""
    structure = sheet.structure
    if structure.literal or not {VALUE, STATUS}.issubset(structure.column_ids):
        return []
    status, written = sheet.typed[STATUS], sheet.text[VALUE].cells
    stated = status.places(is_one_of(status.distinct, WITHOUT_VALUE))
    contradicted = stated.filter(pc.is_valid(written.take(stated)))
    found = sheet.found(
        "value.status", VALUE, contradicted, detail=lambda place, _: {"status": status.text(place)}
    )
    if written.null_count == 0 or structure.column(VALUE).required:
        return found
    excused = sure(status.spread(is_one_of(status.distinct, MAY_BE_EMPTY)))
    # a status that is itself refused neither excuses nor forbids
    readable = either(pc.is_valid(status.cells), pc.is_null(sheet.text[STATUS].cells))
    missing = both(pc.is_null(written), pc.invert(excused), readable)
    return found + sheet.found_where("value.required", VALUE, missing)


def future(sheet: Sheet) -> list[Finding]:
    """A day has come, and a period is over, by the day of the check."""
    if sheet.as_of is None:
        return []
    as_of = pa.scalar(sheet.as_of, pa.date32())
    found: list[Finding] = []
    for column in sheet.structure.columns:
        cells = sheet.typed[column.id]
        if column.kind == "period":
            places = cells.places(pc.greater(period_days()[1], as_of))
        elif column.kind == "date":
            places = cells.places(sure(pc.greater(cells.cells, as_of)))
        else:
            continue
        found += sheet.found("period.future", column.id, places, params={"day": sheet.as_of.isoformat()})
    return found
