"""Release of statistics that arrive as cells."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pyarrow as pa
import pytest

from risk_models.disclosure import release
from schemas.registry import dataflow

Cells = Callable[..., pa.Table]


def released(table: pa.Table, dataflow_id: str) -> list[dict[str, Any]]:
    """The rows that leave."""
    return release(table, dataflow(dataflow_id)).table.to_pylist()


@pytest.mark.parametrize(
    ("crime_type", "value", "upper"),
    [("ML", 0, 0), ("ML", 1, 2), ("ML", 2, 2), ("ML", 3, 3), ("TF", 3, 4), ("PF", 4, 4), ("TF", 5, 5)],
)
def test_small_counts_are_intervals(cells: Cells, crime_type: str, value: int, upper: int) -> None:
    """From one to n - 1 the row says [0, n - 1]: n is 3, and 5 for terrorist and proliferation financing."""
    (row,) = released(cells("R33_A", [{"CRIME_TYPE": crime_type, "VALUE": value}]), "R33_A")

    is_exact = value == 0 or value == upper >= {"ML": 3}.get(crime_type, 5)
    assert row["OBS_VALUE"] == (value if is_exact else None)
    assert (row["OBS_LOWER"], row["OBS_UPPER"]) == ((value, value) if is_exact else (0, upper))
    assert row["OBS_STATUS"] + row["CONF_STATUS"] == ("AF" if is_exact else "QA")


def test_the_amount_of_few_confiscations_is_withheld_with_their_number(cells: Cells) -> None:
    """A value is shown beside a count that may be shown, and not without one; zero tells nothing."""
    table = cells(
        "R33_C",
        [
            {"MEASURE": "N_CONF", "VALUE": 2},
            {"MEASURE": "V_CONF", "VALUE": 5_000_000},
            {"MEASURE": "V_FROZ", "VALUE": 7_000_000},
            {"TIME_PERIOD": "2017", "MEASURE": "N_CONF", "VALUE": 8},
            {"TIME_PERIOD": "2017", "MEASURE": "V_CONF", "VALUE": 9_000_000},
            {"TIME_PERIOD": "2018", "MEASURE": "V_CONF", "VALUE": 1_000_000},
            {"TIME_PERIOD": "2018", "MEASURE": "V_SEIZ", "VALUE": 0},
            {"TIME_PERIOD": "2018", "MEASURE": "N_FROZ", "VALUE": 3},
            {"TIME_PERIOD": "2018", "MEASURE": "V_FROZ", "VALUE": 6_000_000},
        ],
    )

    rows = {(row["TIME_PERIOD"], row["MEASURE"]): row for row in released(table, "R33_C")}

    assert rows["2016", "V_CONF"]["OBS_VALUE"] is None
    assert rows["2016", "V_CONF"]["OBS_UPPER"] is None
    assert rows["2016", "V_CONF"]["CONF_STATUS"] == "D"
    assert rows["2016", "V_FROZ"]["OBS_VALUE"] is None
    assert rows["2017", "V_CONF"]["OBS_VALUE"] == 9_000_000
    assert rows["2018", "V_CONF"]["OBS_VALUE"] is None
    assert rows["2018", "V_SEIZ"]["OBS_VALUE"] == 0
    assert rows["2018", "V_FROZ"]["OBS_VALUE"] == 6_000_000


def test_open_cells_leave_as_they_are(cells: Cells) -> None:
    """Declared flows are public; their certificate says open and claims no audit."""
    result = release(cells("DECLARED_FLOW", [{"VALUE": 1}, {"PRODUCT": "HS44"}]), dataflow("DECLARED_FLOW"))

    assert result.certificate.counts == {"exact": 1, "missing": 1}
    assert result.certificate.rules == ("open",)
    assert result.certificate.audit["outcome"] == "not_applicable"


def test_rows_are_in_canonical_order(cells: Cells) -> None:
    """The order of the upload does not reach the release."""
    rows = [{"TIME_PERIOD": year, "VALUE": 10} for year in ("2018", "2016", "2017")]

    assert [row["TIME_PERIOD"] for row in released(cells("R33_A", rows), "R33_A")] == ["2016", "2017", "2018"]
