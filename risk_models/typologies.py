"""Records to cells: what happens inside a member's own walls, before disclosure control.

Invariants: integers only; the same records in any order, on any number of threads, give the same table; what
these functions return still holds identifiers or small counts and must not leave the node.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from risk_models.engine import Engine, connected
from risk_models.errors import UnusableRecords
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

# The counterpart that disclosure control adds; no record may claim it.
REMAINDER_AREA = "_O"

CELL_COLUMNS = ("TIME_PERIOD", "REF_AREA", "FLOW_DIRECTION", "METHOD", "CHANNEL", "COUNTERPART_AREA")
CONTRIBUTIONS = pa.schema(
    [pa.field(name, pa.string()) for name in (*CELL_COLUMNS, "REPORT_ID", "SUBJECT_ID", "REPORTING_ENTITY")]
    + [pa.field("N_TXN", pa.int64()), pa.field("V_TXN", pa.int64())]
)

# A sum of numbers of transactions is unknown as soon as one of them is.
_COMPILE = """
    SELECT strftime(END_DATE, '%Y') AS TIME_PERIOD, REF_AREA, FLOW_DIRECTION,
           coalesce(METHOD, '_X') AS METHOD, coalesce(CHANNEL, '_X') AS CHANNEL, COUNTERPART_AREA,
           REPORT_ID, SUBJECT_ID, REPORTING_ENTITY,
           CASE WHEN count(*) = count(N_TXN) THEN CAST(sum(N_TXN) AS BIGINT) END AS N_TXN,
           CAST(sum(AMOUNT) AS BIGINT) AS V_TXN
    FROM records
    GROUP BY ALL
    ORDER BY ALL
"""


def compile(records: pa.Table, engine: Engine | None = None) -> pa.Table:  # noqa: A001 - the field's own verb
    """Sum accepted FLOW_RECORD rows to contributions: one row a cell, report, subject and reporting entity.

    records: typed rows of the FLOW_RECORD structure; amounts in US cents. Returns a table of the schema
    `CONTRIBUTIONS`; TIME_PERIOD is the year of END_DATE; V_TXN is in US cents, N_TXN in transactions, null if
    any of its records has none. A method or channel that is not stated counts as `_X`, not specified.

    Raises:
        UnusableRecords: a record claims the reserved counterpart, or a sum does not fit 64 bits.
    """
    if REMAINDER_AREA in pc.unique(records.column("COUNTERPART_AREA")).to_pylist():
        raise UnusableRecords(
            "A record names the remainder as its counterpart.",
            detail=f"COUNTERPART_AREA {REMAINDER_AREA} is made by disclosure control only.",
            hint="Name the counterpart's own code, or _X if it is not known.",
            context={"column": "COUNTERPART_AREA", "value": REMAINDER_AREA},
        )
    with connected(engine or Engine(), {"records": records}) as connection:
        contributions: pa.Table = connection.sql(_COMPILE).to_arrow_table()
    return contributions.cast(CONTRIBUTIONS)


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
