"""Builders of records and cells for the tests of this package: synthetic values only."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pyarrow as pa
import pytest

from risk_models.disclosure import Memory, Orders, Policy, Protected, release
from risk_models.disclosure.behind import insight_of
from risk_models.model import ModelInput
from risk_models.typologies.compilation import compiling
from risk_models.typologies.embedded import Embedded
from schemas.arrow import arrow_schema
from schemas.registry import dataflow, structure

Row = Mapping[str, Any]

_RECORD: Row = {
    "REPORT_ID": "r1",
    "SUBJECT_ID": "s1",
    "REPORTING_ENTITY": "e1",
    "BEGIN_DATE": dt.date(2016, 5, 1),
    "END_DATE": dt.date(2016, 5, 2),
    "REF_AREA": "KG",
    "COUNTERPART_AREA": "RU",
    "FLOW_DIRECTION": "OUT",
    "METHOD": "TM01",
    "CHANNEL": "_X",
    "N_TXN": 2,
    "AMOUNT": 100,
    "CURRENCY": "USD",
}
_CELLS: Mapping[str, Row] = {
    "SUSPICIOUS_FLOW": {
        "TIME_PERIOD": "2016",
        "REF_AREA": "KG",
        "COUNTERPART_AREA": "RU",
        "FLOW_DIRECTION": "OUT",
        "METHOD": "TM01",
        "CHANNEL": "_T",
        "PREDICATE": "_T",
        "ENTITY_TYPE": "_T",
        "MEASURE": "N_STR",
    },
    "DECLARED_FLOW": {
        "TIME_PERIOD": "2016",
        "REF_AREA": "KG",
        "COUNTERPART_AREA": "RU",
        "FLOW_DIRECTION": "OUT",
        "FLOW_KIND": "TRADE",
        "PRODUCT": "HS27",
        "MEASURE": "V_DECL",
    },
    "R33_A": {
        "TIME_PERIOD": "2016",
        "REF_AREA": "KG",
        "CRIME_TYPE": "ML",
        "MEASURE": "N_STR",
        **dict.fromkeys(("REPORT_TYPE", "ENTITY_TYPE", "RECIPIENT", "INITIATIVE"), "_T"),
    },
    "R33_B": {
        "TIME_PERIOD": "2016",
        "REF_AREA": "KG",
        "CRIME_TYPE": "ML",
        "MEASURE": "N_INV",
        **dict.fromkeys(("PREDICATE", "ML_KIND", "PERSON_TYPE", "SANCTION"), "_T"),
    },
    "R33_C": {
        "TIME_PERIOD": "2016",
        "REF_AREA": "KG",
        "COUNTERPART_AREA": "_Z",
        "CRIME_TYPE": "ML",
        "MEASURE": "N_CONF",
        **dict.fromkeys(("PREDICATE", "ASSET", "REQUEST_ORIGIN"), "_T"),
    },
    "R33_D": {
        "TIME_PERIOD": "2016",
        "REF_AREA": "KG",
        "MEASURE": "N_REQ_IN",
        **dict.fromkeys(
            ("COUNTERPART_AREA", "CRIME_TYPE", "REQUEST_KIND", "OUTCOME", "REFUSAL_REASON"), "_T"
        ),
    },
    "CONTEXT": {"TIME_PERIOD": "2016", "REF_AREA": "KG", "MEASURE": "GDP"},
    "FATF_RATING": {"TIME_PERIOD": "2016", "REF_AREA": "KG", "FATF_ITEM": "IO.1", "MEASURE": "RATING"},
    "TYPOLOGY_CELL": {
        "TIME_PERIOD": "2016",
        "REF_AREA": "KG",
        "COUNTERPART_AREA": "_Z",
        "METHOD": "TM01",
        "MEASURE": "N_STR",
        **dict.fromkeys(("PREDICATE", "CHANNEL", "ENTITY_TYPE"), "_T"),
    },
}


@pytest.fixture(scope="session")
def records() -> Callable[[Sequence[Row]], pa.Table]:
    """Make accepted FLOW_RECORD rows from what differs from one ordinary record."""

    def make(rows: Sequence[Row]) -> pa.Table:
        return pa.Table.from_pylist(
            [{**_RECORD, **row} for row in rows], schema=arrow_schema(structure("FLOW_RECORD"))
        )

    return make


@pytest.fixture(scope="session")
def protect_records(records: Callable[[Sequence[Row]], pa.Table]) -> Callable[..., Protected]:
    """Compile such records and protect their cells, with what is known of who is behind them."""
    flow = dataflow("SUSPICIOUS_FLOW")

    def make(
        rows: Sequence[Row],
        policy: Policy | None = None,
        *,
        memory: Memory | None = None,
        orders: Orders | None = None,
    ) -> Protected:
        with compiling(records(rows), Embedded()) as compilation:
            cells = compilation.cells()
            insight = insight_of(compilation, cells, flow)
            return release(cells.table, flow, policy, memory=memory, insight=insight, orders=orders)

    return make


@pytest.fixture(scope="session")
def cells() -> Callable[..., pa.Table]:
    """Make cells of a dataflow; a row gives VALUE (exact), UPPER (withheld) or neither (missing)."""

    def make(dataflow_id: str, rows: Sequence[Row]) -> pa.Table:
        schema = arrow_schema(dataflow(dataflow_id).cells)
        return pa.Table.from_pylist([_cell(dataflow_id, row) for row in rows], schema=schema)

    return make


@pytest.fixture
def bundle(cells: Callable[..., pa.Table]) -> Callable[..., ModelInput]:
    """Make a live bundle of one member; its digest is made of `name`."""

    def make(name: str, dataflow_id: str, originator: str, rows: Sequence[Row]) -> ModelInput:
        table = cells(dataflow_id, [{"REF_AREA": originator, **row} for row in rows])
        return ModelInput(f"sha256:{name:0>64}", originator, dataflow_id, table)

    return make


def _cell(dataflow_id: str, row: Row) -> dict[str, Any]:
    key = {**_CELLS[dataflow_id], **{name: row[name] for name in row if name not in {"VALUE", "UPPER"}}}
    if "VALUE" in row:
        value = row["VALUE"]
        return {**key, **_measured(value, value, value, "A", "F")}
    if "UPPER" in row:
        return {**key, **_measured(None, 0, row["UPPER"], "Q", "A")}
    return {**key, **_measured(None, 0, None, "L", "F")}


def _measured(
    value: int | None, lower: int, upper: int | None, obs_status: str, conf_status: str
) -> dict[str, Any]:
    return {
        "OBS_VALUE": value,
        "OBS_LOWER": lower,
        "OBS_UPPER": upper,
        "OBS_STATUS": obs_status,
        "CONF_STATUS": conf_status,
    }
