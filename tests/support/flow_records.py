"""Synthetic accepted FLOW_RECORD rows, for everything that compiles records to cells.

Invariants: the same number gives the same records; no value is that of a real report.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

import pyarrow as pa

from schemas.arrow import arrow_schema
from schemas.registry import structure

_RECORD: Mapping[str, Any] = {
    "REPORT_ID": "r1",
    "SUBJECT_ID": "s1",
    "REPORTING_ENTITY": "e1",
    "END_DATE": dt.date(2016, 5, 2),
    "REF_AREA": "KG",
    "COUNTERPART_AREA": "RU",
    "FLOW_DIRECTION": "OUT",
    "N_TXN": 2,
    "AMOUNT": 100,
    "CURRENCY": "USD",
}
# Some records of every level of each list, and some that state nothing.
_METHODS = ("TM01", "TM01A", "TM01B", "TM_CASH", "TM02", "TM04A", None, "_X")
_CHANNELS = ("CASH", "ATM", "CASH_COURIER", "VA", None)
_PREDICATES = ("DCO09", "DCO09A", "DCO17B", None, "_U")
_ENTITY_TYPES = ("FI", "FI07", "FI07A", "ENT_BANK", None)


def flow_records(number: int, rows: Iterable[Mapping[str, Any]] = ()) -> pa.Table:
    """Make `number` different records, and beside them one for each of `rows`, of what differs in it."""
    made = [{**_RECORD, **_different(place)} for place in range(number)]
    made += [{**_RECORD, **row} for row in rows]
    return pa.Table.from_pylist(made, schema=arrow_schema(structure("FLOW_RECORD")))


def _different(place: int) -> Mapping[str, Any]:
    mixed = (place * 2654435761) >> 7
    return {
        "REPORT_ID": f"r{mixed % 71}",
        "SUBJECT_ID": f"s{mixed % 23}",
        "REPORTING_ENTITY": f"e{mixed % 7}",
        "END_DATE": dt.date(2015 + mixed % 2, 12, 31),
        "COUNTERPART_AREA": ("RU", "UZ", "TR")[mixed % 3],
        "FLOW_DIRECTION": ("OUT", "IN")[mixed // 3 % 2],
        "METHOD": _METHODS[mixed // 5 % 8],
        "CHANNEL": _CHANNELS[mixed // 7 % 5],
        "PREDICATE": _PREDICATES[mixed // 11 % 5],
        "ENTITY_TYPE": _ENTITY_TYPES[mixed // 13 % 5],
        "N_TXN": None if mixed % 19 == 0 else mixed % 9,
        "AMOUNT": mixed % 100_003,
    }
