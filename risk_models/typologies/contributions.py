"""Records of flows, summed to what each reporting entity says of each subject.

Invariants: integers only; the same records in any order, on any number of threads, give the same table; the
result still holds identifiers and must not leave the node.
"""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from risk_models.engine import Engine, connected
from risk_models.errors import UnusableRecords

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
