"""Typologies found by rules in single transactions.

Invariants: no label is read; integers only; the same transactions in any order, on any number of threads, give the
same table; what is found holds identifiers and never leaves the node.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa

from risk_models.engine import Engine, connected
from risk_models.errors import InvalidInput
from risk_models.typologies.detection.catalogue import definitions
from risk_models.typologies.detection.definition import Definition
from risk_models.typologies.detection.parsing import expression
from risk_models.typologies.detection.rendering import rendered
from schemas.arrow import conform
from schemas.registry import structure

DETECTIONS = pa.schema(
    [
        pa.field(name, pa.string())
        for name in ("DEFINITION", "VERSION", "METHOD", "SUBJECT_ID", "TRANSACTION_ID")
    ]
    + [pa.field("DETECTION", pa.int64())]
)

# A detection is numbered within its definition, in the order of its subject; subjects are numbers until here.
_NUMBERED = """
    SELECT dense_rank() OVER (ORDER BY SUBJECT, SEED) AS DETECTION, accounts.ACCOUNT AS SUBJECT_ID,
           transactions.TRANSACTION_ID AS TRANSACTION_ID
    FROM ({found}) AS found
    JOIN transactions ON transactions.TXN = found.TXN
    JOIN accounts ON accounts.NUMBER = found.SUBJECT
    ORDER BY DETECTION, TRANSACTION_ID
"""
_BUSY = """
    SELECT count(DISTINCT NUMBER) AS BUSY
    FROM (
        SELECT SENDER AS NUMBER FROM transactions WHERE SENDER_PAYEES > {most}
        UNION ALL
        SELECT RECEIVER AS NUMBER FROM transactions WHERE RECEIVER_PAYERS > {most}
    ) AS ends
"""
_REPEATED = "SELECT count(*) - count(DISTINCT TRANSACTION_ID) AS REPEATED FROM records"


@dataclass(frozen=True, slots=True)
class Found:
    """What the rules found.

    detections: rows of the schema `DETECTIONS`, one a transaction of a detection. busy: for each definition that
    looks only at accounts with a limited number of partners, how many have more on one side and are left out there.
    """

    detections: pa.Table
    busy: Mapping[str, int] = field(default_factory=dict, hash=False)


def rules(chosen: Iterable[Definition] | None = None) -> tuple[Definition, ...]:
    """Return the definitions that are found by rule: of those given, or of the latest version of all packaged."""
    candidates = {one.id: one for one in definitions()}.values() if chosen is None else chosen
    return tuple(one for one in candidates if one.kind == "rule")


def find(
    transactions: pa.Table, chosen: Sequence[Definition] | None = None, engine: Engine | None = None
) -> Found:
    """Find every chosen typology (all packaged rules if none is named) in typed rows of TRANSACTION_RECORD.

    Raises:
        InvalidInput: two rows have one TRANSACTION_ID.
        InvalidTable: a column is absent or of another type.
        UnusableRecords: the engine refuses (a sum beyond 64 bits, or not enough memory).
    """
    records = conform(transactions, structure("TRANSACTION_RECORD"))
    tables: list[pa.Table] = []
    busy: dict[str, int] = {}
    with connected(engine or Engine(), {"records": records}) as connection:
        _prepare(connection)
        for definition in rules(chosen):
            query = _NUMBERED.format(found=rendered(definition))
            tables.append(_labelled(connection.sql(query).to_arrow_table(), definition))
            if "max_partners" in definition.parameters:
                busy[definition.id] = _number(
                    connection, _BUSY.format(most=definition.parameters["max_partners"])
                )
    return Found(pa.concat_tables([DETECTIONS.empty_table(), *tables]), busy)


def named(records: pa.Table, definition: Definition, engine: Engine | None = None) -> pa.Table:
    """Return the rows of FLOW_RECORD that an analyst has named by the method of a definition of labels."""
    with connected(engine or Engine(), {"records": records}) as connection:
        chosen: pa.Table = connection.sql(f"{rendered(definition)} ORDER BY ALL").to_arrow_table()
    return chosen.cast(records.schema)


def _prepare(connection: Any) -> None:
    """Make the tables that expressions read: `accounts` and `transactions`."""
    if repeated := _number(connection, _REPEATED):
        raise InvalidInput(
            "Transactions are not unique.",
            detail=f"{repeated} rows repeat a TRANSACTION_ID.",
            hint="Give every transaction an identifier of its own.",
        )
    for table, statement in (("accounts", "accounts"), ("transactions", "prepared")):
        connection.execute(f"CREATE TEMP TABLE {table} AS {expression(statement, __name__)}")


def _number(connection: Any, query: str) -> int:
    (row,) = connection.sql(query).fetchall()
    return int(row[0])


def _labelled(found: pa.Table, definition: Definition) -> pa.Table:
    said = {"DEFINITION": definition.id, "VERSION": definition.version, "METHOD": definition.method}
    columns: dict[str, Any] = {
        name: pa.repeat(pa.scalar(text), found.num_rows) for name, text in said.items()
    }
    columns |= {name: found.column(name) for name in found.column_names}
    return pa.table(columns).select(DETECTIONS.names).cast(DETECTIONS)
