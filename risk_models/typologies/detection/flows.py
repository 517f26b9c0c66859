"""Detections as records of flows, so that one compilation serves what analysts named and what rules found.

Invariants: a transaction counts once in a method, whatever number of detections it belongs to; methods do not add
up; only what crosses the border of the reporting state is a flow, and what is left out is counted.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from risk_models.engine import Engine, connected
from risk_models.typologies.detection.definition import Definition
from risk_models.typologies.detection.detecting import find, rules
from schemas.arrow import arrow_schema, conform
from schemas.registry import structure

# The first detection of a method, in the order of definitions and numbers, says whom the record is about.
_FLOWS = """
    WITH belonging AS (
        SELECT detections.METHOD, predicates.PREDICATE, detections.SUBJECT_ID, records.*,
               row_number() OVER (PARTITION BY detections.METHOD, records.TRANSACTION_ID
                                  ORDER BY detections.DEFINITION, detections.VERSION, DETECTION) AS PLACE
        FROM detections
        JOIN predicates ON predicates.DEFINITION = detections.DEFINITION AND predicates.VERSION = detections.VERSION
        JOIN records ON records.TRANSACTION_ID = detections.TRANSACTION_ID
    )
    SELECT TRANSACTION_ID, REPORT_ID, SUBJECT_ID, REPORTING_ENTITY, TXN_DATE AS BEGIN_DATE, TXN_DATE AS END_DATE,
           REF_AREA, CASE WHEN SENDER_AREA = REF_AREA THEN RECEIVER_AREA ELSE SENDER_AREA END AS COUNTERPART_AREA,
           CASE WHEN SENDER_AREA = REF_AREA THEN 'OUT' ELSE 'IN' END AS FLOW_DIRECTION,
           METHOD, coalesce(CHANNEL, '_X') AS CHANNEL, PREDICATE, coalesce(ENTITY_TYPE, '_U') AS ENTITY_TYPE,
           CAST(1 AS BIGINT) AS N_TXN, AMOUNT, CURRENCY,
           CASE WHEN SENDER_AREA = RECEIVER_AREA THEN 'domestic'
                WHEN REF_AREA IN (SENDER_AREA, RECEIVER_AREA) THEN 'crossing'
                ELSE 'elsewhere' END AS PLACE_OF_FLOW
    FROM belonging
    WHERE PLACE = 1
    ORDER BY METHOD, TRANSACTION_ID
"""
_PLACES = ("crossing", "domestic", "elsewhere")


@dataclass(frozen=True, slots=True)
class Detected:
    """Flows of the structure FLOW_RECORD, and how many rows of a method and a transaction were none.

    domestic: both sides in one state. elsewhere: between two other states.
    """

    flows: pa.Table
    domestic: int
    elsewhere: int


def detect(
    transactions: pa.Table, chosen: Sequence[Definition] | None = None, engine: Engine | None = None
) -> pa.Table:
    """Find the chosen typologies and return what crosses the border as rows of FLOW_RECORD.

    transactions: typed rows of TRANSACTION_RECORD. One row a method and transaction, sorted by both; N_TXN is 1.

    Raises:
        InvalidInput: two rows have one TRANSACTION_ID.
        InvalidTable: a column is absent or of another type.
        UnusableRecords: the engine refuses (a sum beyond 64 bits, or not enough memory).
    """
    return flows(transactions, find(transactions, chosen, engine).detections, chosen, engine).flows


def flows(
    transactions: pa.Table,
    detections: pa.Table,
    chosen: Sequence[Definition] | None = None,
    engine: Engine | None = None,
) -> Detected:
    """Turn detections into flows. Domestic payments make a pattern and are no flow: they are left out and counted.

    Raises:
        InvalidTable: a column is absent or of another type.
    """
    tables = {
        "records": conform(transactions, structure("TRANSACTION_RECORD")),
        "detections": detections,
        "predicates": _predicates(rules(chosen)),
    }
    with connected(engine or Engine(), tables) as connection:
        found: pa.Table = connection.sql(_FLOWS).to_arrow_table()
    schema = arrow_schema(structure("FLOW_RECORD"))
    where = {
        where: found.filter(pc.equal(found.column("PLACE_OF_FLOW"), pa.scalar(where))) for where in _PLACES
    }
    return Detected(
        where["crossing"].select(schema.names).cast(schema),
        where["domestic"].num_rows,
        where["elsewhere"].num_rows,
    )


def _predicates(chosen: Sequence[Definition]) -> pa.Table:
    return pa.table(
        {
            "DEFINITION": pa.array([one.id for one in chosen], pa.string()),
            "VERSION": pa.array([one.version for one in chosen], pa.string()),
            "PREDICATE": pa.array([one.predicate for one in chosen], pa.string()),
        }
    )
