"""Transactions of a few accounts, written as one reads them, and one packaged definition by its id."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pyarrow as pa

from risk_models.typologies.detection import Definition, definitions
from schemas.arrow import arrow_schema
from schemas.registry import structure

FIRST_DAY = dt.date(2025, 1, 1)
# sender, receiver (None: cash), day, dollars, and columns that differ
Payment = tuple[Any, ...]


def table(payments: list[Payment]) -> pa.Table:
    """Give typed rows; the identifier of a transaction is its place."""
    return pa.Table.from_pylist(
        [_row(place, *payment) for place, payment in enumerate(payments)],
        schema=arrow_schema(structure("TRANSACTION_RECORD")),
    )


def _row(
    place: int, sender: str | None, receiver: str | None, day: int, dollars: int, *more: Any
) -> dict[str, Any]:
    return {
        "TRANSACTION_ID": f"T{place:04}",
        "REPORT_ID": "R1",
        "REPORTING_ENTITY": "BANK",
        "TXN_DATE": FIRST_DAY + dt.timedelta(day),
        "REF_AREA": "KZ",
        "SENDER_ID": sender,
        "RECEIVER_ID": receiver,
        "SENDER_AREA": "KZ",
        "RECEIVER_AREA": "RU",
        "CHANNEL": "CASH" if sender is None or receiver is None else "BANK_TRANSFER",
        "AMOUNT": dollars * 100,
        "CURRENCY": "USD",
        **(more[0] if more else {}),
    }


def packaged(definition_id: str) -> Definition:
    """Give one packaged definition."""
    return next(one for one in definitions() if one.id == definition_id)
