"""Uploaded statistics as cells, not yet protected.

Invariants: nothing is added up in the place of a row that was left out; the status of a row says whether it has a
value; an empty cell means the default of its column.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from risk_models.releasable import releasable
from schemas.arrow import arrow_schema
from schemas.status import ValueStatus
from schemas.structure import Dataflow

# What a person says of a value with a code of CL_OBS_STATUS. `Q`: the source withheld it from the node as well.
UPLOADED_AS = {
    status.obs_status: status
    for status in (
        ValueStatus.EXACT,
        ValueStatus.PROVISIONAL,
        ValueStatus.ESTIMATED,
        ValueStatus.BREAK,
        ValueStatus.LOW_REL,
        ValueStatus.MISSING,
        ValueStatus.IMPOSSIBLE,
        ValueStatus.SECONDARY,
    )
}


def statistics(records: pa.Table, dataflow: Dataflow) -> pa.Table:
    """Turn accepted rows of a statistics dataflow into cells, not yet protected.

    records: typed rows of `dataflow.upload`. Returns a table with the columns of `dataflow.cells`: rows that may
    not become cells (`releasable`) are left out, nothing is added up in their place. An empty cell means the
    default of its column. The status that a row was uploaded with says whether it has a value. A
    dataflow whose upload has no MEASURE column has one measure only, the one its cells name.
    """
    columns: dict[str, Any] = {name: records.column(name) for name in records.column_names}
    for column in dataflow.upload.columns:
        if column.default is not None and column.id in columns:
            columns[column.id] = pc.fill_null(columns[column.id], column.default)
    schema = arrow_schema(dataflow.cells)
    if dataflow.disclosure != "register":
        columns |= _measured(columns, records.num_rows, dataflow)
    absent = pa.nulls(records.num_rows, pa.string())
    cells = pa.table([columns.get(name, absent) for name in schema.names], schema=schema)
    return cells.filter(releasable(cells, dataflow))


def _measured(columns: Mapping[str, Any], rows: int, dataflow: Dataflow) -> dict[str, Any]:
    """Give the measure, the bounds and the statuses of uploaded rows."""
    measured: dict[str, Any] = {}
    if "MEASURE" not in columns:
        (measure,) = dataflow.cells.column("MEASURE").only
        measured["MEASURE"] = pa.array([measure] * rows, pa.string())
    exact = pa.array([ValueStatus.EXACT.obs_status] * rows, pa.string())
    statuses = columns.get("OBS_STATUS", exact)
    places = pc.index_in(statuses, value_set=pa.array(list(UPLOADED_AS), pa.string()))
    conf = pa.array([status.conf_status for status in UPLOADED_AS.values()], pa.string())
    value = columns["OBS_VALUE"]
    return measured | {
        "OBS_STATUS": statuses,
        "CONF_STATUS": pc.take(conf, places),
        "OBS_LOWER": pc.fill_null(value, 0),
        "OBS_UPPER": value,
    }
