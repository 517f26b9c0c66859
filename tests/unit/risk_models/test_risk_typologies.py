"""Records to contributions, statistics to cells."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pyarrow as pa
import pytest

from risk_models import typologies
from risk_models.engine import Engine
from risk_models.errors import UnusableRecords
from schemas.arrow import arrow_schema
from schemas.registry import dataflow, structure

Records = Callable[..., pa.Table]


def test_rows_of_one_report_subject_and_entity_are_summed(records: Records) -> None:
    """Two rows of the same report and subject give one contribution with integer sums."""
    table = records([{"AMOUNT": 150, "N_TXN": 1}, {"AMOUNT": 50, "N_TXN": 4}])

    (row,) = typologies.compile(table).to_pylist()

    assert (row["V_TXN"], row["N_TXN"]) == (200, 5)


def test_the_period_is_the_year_in_which_the_flow_ended(records: Records) -> None:
    """A flow from December to January belongs to the year of January."""
    table = records([{"BEGIN_DATE": dt.date(2015, 12, 30), "END_DATE": dt.date(2016, 1, 2)}])

    (row,) = typologies.compile(table).to_pylist()

    assert row["TIME_PERIOD"] == "2016"


def test_an_unknown_number_of_transactions_stays_unknown(records: Records) -> None:
    """3 and not stated is not 3."""
    table = records([{"N_TXN": 3}, {"N_TXN": None}])

    (row,) = typologies.compile(table).to_pylist()

    assert row["N_TXN"] is None


def test_a_method_that_is_not_stated_is_not_specified(records: Records) -> None:
    """Null and _X are one block."""
    table = records([{"METHOD": None, "CHANNEL": None}, {"METHOD": "_X", "CHANNEL": "_X"}])

    (row,) = typologies.compile(table).to_pylist()

    assert (row["METHOD"], row["CHANNEL"], row["V_TXN"]) == ("_X", "_X", 200)


def test_threads_and_order_do_not_matter(records: Records) -> None:
    """One thread and two, forwards and backwards, give the same table."""
    rows = [
        {"REPORT_ID": f"r{number % 7}", "COUNTERPART_AREA": area, "AMOUNT": number * 3}
        for number, area in enumerate(["RU", "KZ", "UZ"] * 60)
    ]

    one = typologies.compile(records(rows), Engine(threads=1))
    two = typologies.compile(records(rows[::-1]), Engine(threads=2))

    assert one.schema.equals(typologies.CONTRIBUTIONS)
    assert one.equals(two)


def test_no_record_may_claim_the_remainder(records: Records) -> None:
    """_O is made by disclosure control only."""
    with pytest.raises(UnusableRecords, match="names the remainder"):
        typologies.compile(records([{"COUNTERPART_AREA": "_O"}]))


def test_a_sum_beyond_64_bits_is_refused(records: Records) -> None:
    """Overflow is an error of this package, not of the engine, and shows no record."""
    rows = [{"AMOUNT": 2**62}, {"AMOUNT": 2**62}]

    with pytest.raises(UnusableRecords, match="cannot be aggregated") as refusal:
        typologies.compile(records(rows))

    assert refusal.value.hint


def test_no_records_give_no_contributions(records: Records) -> None:
    """An empty table compiles to an empty table."""
    assert typologies.compile(records([])).num_rows == 0


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
