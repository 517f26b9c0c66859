"""Records to cells and statistics to cells, before anything is protected."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pyarrow as pa

from risk_models import typologies
from risk_models.engine import Engine
from risk_models.typologies.compilation import compiling
from risk_models.typologies.embedded import Embedded
from schemas.arrow import arrow_schema
from schemas.registry import dataflow, structure

Records = Callable[..., pa.Table]


def test_the_period_is_the_year_in_which_the_flow_ended(records: Records) -> None:
    """A flow from December to January belongs to the year of January."""
    table = records([{"BEGIN_DATE": dt.date(2015, 12, 30), "END_DATE": dt.date(2016, 1, 2)}])

    with compiling(table, Embedded()) as compilation:
        periods = set(compilation.cells().table.column("TIME_PERIOD").to_pylist())

    assert periods == {"2016"}


def test_threads_and_order_do_not_matter(records: Records) -> None:
    """One thread and two, forwards and backwards, give the same cells."""
    rows = [
        {"REPORT_ID": f"r{number % 7}", "COUNTERPART_AREA": area, "AMOUNT": number * 3}
        for number, area in enumerate(["RU", "KZ", "UZ"] * 20)
    ]
    found = []
    for threads, table in ((1, records(rows)), (2, records(rows[::-1]))):
        with compiling(table, Embedded(Engine(threads=threads))) as compilation:
            found.append(compilation.cells().table)

    assert found[0].equals(found[1])


def test_statistics_become_exact_cells() -> None:
    """A declared flow gets its only measure and its bounds."""
    upload = structure("DECLARED_FLOW_UPLOAD")
    row = {
        "TIME_PERIOD": "2016",
        "REF_AREA": "KG",
        "COUNTERPART_AREA": "RU",
        "FLOW_DIRECTION": "OUT",
        "FLOW_KIND": "TRADE",
        "PRODUCT": "HS27",
        "CURRENCY": "USD",
        "OBS_VALUE": 12345,
    }
    table = pa.Table.from_pylist([row], schema=arrow_schema(upload))

    (cell,) = typologies.statistics(table, dataflow("DECLARED_FLOW")).to_pylist()

    assert cell["MEASURE"] == "V_DECL"
    assert [cell["OBS_VALUE"], cell["OBS_LOWER"], cell["OBS_UPPER"]] == [12345] * 3
    assert (cell["OBS_STATUS"], cell["CONF_STATUS"]) == ("A", "F")


def test_statistics_keep_the_measure_they_were_uploaded_with() -> None:
    """R.33 rows name their own measure."""
    row = {
        "TIME_PERIOD": "2016",
        "REF_AREA": "KG",
        "CRIME_TYPE": "ML",
        "MEASURE": "N_DISS",
        "OBS_VALUE": 9,
    }
    table = pa.Table.from_pylist([row], schema=arrow_schema(structure("R33_A_UPLOAD")))

    (cell,) = typologies.statistics(table, dataflow("R33_A")).to_pylist()

    assert (cell["MEASURE"], cell["OBS_VALUE"]) == ("N_DISS", 9)
