"""Builders of small tables: one sound row per structure, changed cell by cell."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pyarrow as pa
import pytest

from schemas.arrow import arrow_schema
from schemas.check import CheckResult, check
from schemas.registry import dataflow, structure

Row = Mapping[str, str | None]
Checked = Callable[..., CheckResult]

SOUND_ROWS: dict[str, dict[str, str | None]] = {
    "FLOW_RECORD": {
        "REPORT_ID": "R-1",
        "SUBJECT_ID": "S-1",
        "REPORTING_ENTITY": "Bank 1",
        "BEGIN_DATE": "2016-01-31",
        "END_DATE": "2016-12-31",
        "REF_AREA": "KZ",
        "COUNTERPART_AREA": "RU",
        "FLOW_DIRECTION": "OUT",
        "METHOD": "TM01",
        "CHANNEL": "CASH",
        "N_TXN": "12",
        "AMOUNT": "1234.56",
        "CURRENCY": "USD",
    },
    "DECLARED_FLOW_UPLOAD": {
        "TIME_PERIOD": "2016",
        "REF_AREA": "KZ",
        "COUNTERPART_AREA": "RU",
        "FLOW_DIRECTION": "OUT",
        "FLOW_KIND": "TRADE",
        "PRODUCT": "HS27",
        "CURRENCY": "USD",
        "OBS_VALUE": "100",
    },
    "FATF_RATING_UPLOAD": {"TIME_PERIOD": "2023", "REF_AREA": "KZ", "FATF_ITEM": "R.1", "OBS_VALUE": "LC"},
    "R33_C_UPLOAD": {
        "TIME_PERIOD": "2016",
        "REF_AREA": "KZ",
        "CRIME_TYPE": "ML",
        "MEASURE": "V_FROZ",
        "OBS_VALUE": "10.50",
        "CURRENCY": None,
    },
}


@pytest.fixture
def checked() -> Checked:
    """Check rows of an upload: each row is the structure's sound row with some cells changed."""

    def run(structure_id: str, *changes: Row, listed_at_most: int = 1000) -> CheckResult:
        sound = SOUND_ROWS[structure_id]
        rows = [{**sound, **change} for change in changes]
        table = pa.table({name: pa.array([row[name] for row in rows], pa.string()) for name in sound})
        return check(
            table, structure(structure_id), reporter="KZ", first_row=2, listed_at_most=listed_at_most
        )

    return run


@pytest.fixture
def checked_cells() -> Checked:
    """Check typed cells of the suspicious flows: each row is one exact cell with some columns changed."""

    def run(*changes: Mapping[str, object], columns: Mapping[str, pa.Array] | None = None) -> CheckResult:
        cells = dataflow("SUSPICIOUS_FLOW").cells
        exact: dict[str, object] = {
            "TIME_PERIOD": "2016",
            "REF_AREA": "RU",
            "COUNTERPART_AREA": "KZ",
            "FLOW_DIRECTION": "OUT",
            "METHOD": "_X",
            "CHANNEL": "_T",
            "PREDICATE": "_T",
            "ENTITY_TYPE": "_T",
            "MEASURE": "N_STR",
            "OBS_VALUE": 7,
            "OBS_LOWER": 7,
            "OBS_UPPER": 7,
            "OBS_STATUS": "A",
            "CONF_STATUS": "F",
        }
        table = pa.Table.from_pylist([{**exact, **change} for change in changes], schema=arrow_schema(cells))
        for name, values in (columns or {}).items():
            table = table.set_column(table.column_names.index(name), name, values)
        return check(table, cells, reporter="RU", first_row=1)

    return run
