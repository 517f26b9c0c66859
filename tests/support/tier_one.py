"""Bundles of the fixture FX4 for the tier-1 model, and its figures by key."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pyarrow as pa

from risk_models.model import ModelInput, ModelRun
from schemas.arrow import arrow_schema
from schemas.registry import dataflow

# Countries A to D of FX4.
MEMBERS = ("AM", "BY", "KG", "KZ")
SENT = ((0, 120, 30, 10), (40, 0, 80, 20), (10, 25, 0, 60), (5, 15, 20, 0))
METHODS = ("TM03", "TM13", "TM08", "TM15")
REPORTS = ((400, 100, 50, 10), (150, 200, 30, 40), (60, 40, 100, 5), (20, 5, 10, 2))
REPORTS_BEFORE = ((420, 40, 60, 8), (160, 90, 40, 20), (70, 10, 80, 4), (25, 1, 9, 1))
Row = Mapping[str, Any]


def cell(dataflow_id: str, member: str, measure: str, value: int | tuple[int, int | None], **key: str) -> Row:
    """One cell, exact, or withheld between two bounds; dimensions not named stand for their whole."""
    flow = dataflow(dataflow_id)
    named = {name: flow.whole(name) for name in flow.cells.dimensions}
    lower, upper = value if isinstance(value, tuple) else (value, value)
    is_exact = not isinstance(value, tuple)
    return {
        **named,
        "TIME_PERIOD": "2016",
        "REF_AREA": member,
        "MEASURE": measure,
        **key,
        "OBS_VALUE": lower if is_exact else None,
        "OBS_LOWER": lower,
        "OBS_UPPER": upper,
        "OBS_STATUS": "A" if is_exact else "Q",
        "CONF_STATUS": "F" if is_exact else "A",
    }


def bundle(name: int, dataflow_id: str, member: str, rows: Iterable[Row]) -> ModelInput:
    """A live bundle whose digest is made of a number."""
    table = pa.Table.from_pylist(
        [dict(row) for row in rows], schema=arrow_schema(dataflow(dataflow_id).cells)
    )
    return ModelInput(f"sha256:{name:0>64}", member, dataflow_id, table)


def corridors(
    table: Sequence[Sequence[Any]] = SENT, period: str = "2016", first: int = 0
) -> list[ModelInput]:
    """Each member's reports by receiver, in total."""
    return [
        bundle(
            first + own,
            "SUSPICIOUS_FLOW",
            member,
            [
                cell(
                    "SUSPICIOUS_FLOW", member, "N_STR", value,
                    COUNTERPART_AREA=MEMBERS[other], FLOW_DIRECTION="OUT", TIME_PERIOD=period,
                )
                for other, value in enumerate(table[own])
                if other != own
            ],
        )
        for own, member in enumerate(MEMBERS)
    ]  # fmt: skip


def profiles(
    table: Sequence[Sequence[Any]] = REPORTS, period: str = "2016", first: int = 100
) -> list[ModelInput]:
    """Each member's reports by method, and all of them."""
    return [
        bundle(
            first + own,
            "TYPOLOGY_CELL",
            member,
            [
                cell("TYPOLOGY_CELL", member, "N_STR", value, METHOD=METHODS[at], TIME_PERIOD=period)
                for at, value in enumerate(table[own])
            ],
        )
        for own, member in enumerate(MEMBERS)
    ]


def figures(done: ModelRun, indicator: str) -> dict[tuple[str, ...], dict[str, Any]]:
    """The rows of one indicator by period, reporter, counterpart and facet."""
    key = ("TIME_PERIOD", "REF_AREA", "COUNTERPART_AREA", "FACET")
    rows = (row for row in done.results.to_pylist() if row["INDICATOR"] == indicator)
    return {tuple(str(row[name]) for name in key): row for row in rows}
