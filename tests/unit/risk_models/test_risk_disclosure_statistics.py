"""Release of statistics that arrive as cells: which of them break a rule, and what is shown in their place."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pyarrow as pa
import pytest

from risk_models.disclosure import Protected, candidates_of, release
from schemas.registry import dataflow

Cells = Callable[..., pa.Table]
Row = Mapping[str, Any]


def released(table: pa.Table, dataflow_id: str) -> list[dict[str, Any]]:
    """The rows that leave."""
    return protected(table, dataflow_id).released.table.to_pylist()


def protected(table: pa.Table, dataflow_id: str) -> Protected:
    """The release of these cells."""
    return release(table, dataflow(dataflow_id))


@pytest.mark.parametrize(
    ("crime_type", "value", "upper"),
    [
        ("ML", 0, 0), ("ML", 1, 2), ("ML", 2, 2), ("ML", 3, 3),
        ("TF", 0, 4), ("TF", 3, 4), ("PF", 4, 4), ("TF", 5, 5),
    ],
)  # fmt: skip
def test_small_counts_are_intervals(cells: Cells, crime_type: str, value: int, upper: int) -> None:
    """From one to n - 1 the row says [0, n - 1]: n is 3, and 5 for terrorist and proliferation financing.

    Of these two a zero says the same, because that there is nothing tells as well.
    """
    (row,) = released(cells("R33_A", [{"CRIME_TYPE": crime_type, "VALUE": value}]), "R33_A")

    least, smallest = {"ML": (3, 1)}.get(crime_type, (5, 0))
    is_exact = not smallest <= value < least
    assert row["OBS_VALUE"] == (value if is_exact else None)
    assert (row["OBS_LOWER"], row["OBS_UPPER"]) == ((value, value) if is_exact else (0, upper))
    assert row["OBS_STATUS"] + row["CONF_STATUS"] == ("AF" if is_exact else "QA")


@pytest.mark.parametrize("value", [0, 1, 4])
def test_a_row_about_terrorist_financing_does_not_tell_which_small_count_it_is(
    cells: Cells, value: int
) -> None:
    """Nothing, one and four leave with the same bytes, the whole that would tell them apart included."""
    rows = [{"CRIME_TYPE": "TF", "VALUE": value}, {"VALUE": 60}, {"CRIME_TYPE": "_T", "VALUE": 60 + value}]
    others = [{"CRIME_TYPE": "TF", "VALUE": 2}, {"VALUE": 60}, {"CRIME_TYPE": "_T", "VALUE": 62}]

    one, other = (released(cells("R33_A", given), "R33_A") for given in (rows, others))

    assert one == other
    assert [(row["CRIME_TYPE"], row["OBS_VALUE"], row["OBS_LOWER"], row["CONF_STATUS"]) for row in one] == [
        ("ML", 60, 60, "F"), ("TF", None, 0, "A"), ("_T", None, 60, "D"),
    ]  # fmt: skip


def test_a_strict_dataflow_hides_zeros_like_small_counts(cells: Cells) -> None:
    """Typology statistics are of sensitive cases throughout: 0 and 4 are [0, 4], and 5 is shown."""
    rows = [{"METHOD": method, "VALUE": value} for method, value in (("TM01", 0), ("TM02", 4), ("TM03", 5))]

    found = released(cells("TYPOLOGY_CELL", rows), "TYPOLOGY_CELL")

    assert [(row["OBS_VALUE"], row["OBS_UPPER"]) for row in found] == [(None, 4), (None, 4), (5, 5)]


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


def test_what_is_known_of_a_withheld_cell_is_what_its_status_implies(cells: Cells) -> None:
    """A small count is 1 to n - 1, of terrorist financing 0 to 4; cover says nothing of its size."""
    rows = [
        {"TIME_PERIOD": year, "CRIME_TYPE": crime, "VALUE": value}
        for year, crime, value in (("2014", "ML", 2), ("2015", "TF", 0), ("2016", "ML", 9), ("2017", "ML", 0))
    ]

    found = candidates_of(cells("R33_A", rows), dataflow("R33_A"))

    assert [(one.floor, one.ceiling) for one in found] == [(1, 2), (0, 4), (0, None), (0, None)]


@pytest.mark.parametrize(("value", "below", "above"), [(2, 2, 0), (1, 1, 1)])
def test_nobody_may_exclude_a_value_that_a_small_count_leaves_open(
    cells: Cells, value: int, below: int, above: int
) -> None:
    """Methodology 3.4: an interval holds 0 to n - 1 at least."""
    (one,) = candidates_of(cells("R33_A", [{"VALUE": value}]), dataflow("R33_A"))

    assert one.unsafe is not None
    assert (one.unsafe.below, one.unsafe.above, one.unsafe.width) == (below, above, 2)


def test_an_amount_stays_as_far_from_the_truth_as_its_count_asks(cells: Cells) -> None:
    """Of 5 000 000 cents of two confiscations ten per cent and one cent more on either side, by hand."""
    rows: list[Row] = [{"MEASURE": "N_CONF", "VALUE": 2}, {"MEASURE": "V_CONF", "VALUE": 5_000_000}]

    _, amount = candidates_of(cells("R33_C", rows), dataflow("R33_C"))

    assert amount.unsafe is not None
    assert (amount.unsafe.below, amount.unsafe.above) == (500_001, 500_001)


@pytest.mark.parametrize(("all_reports", "is_shown"), [(41, False), (40, False), (42, True)])
def test_all_but_one_of_a_sensitive_kind_is_not_told(
    cells: Cells, all_reports: int, *, is_shown: bool
) -> None:
    """Of 41 reports 40 on terrorist financing: whoever made the other one would know of all the rest."""
    table = cells("R33_A", [{"CRIME_TYPE": "TF", "VALUE": 40}, {"CRIME_TYPE": "_T", "VALUE": all_reports}])

    found = {row["CRIME_TYPE"]: row for row in released(table, "R33_A")}

    assert (found["TF"]["OBS_VALUE"] == 40) is is_shown


def test_open_cells_leave_as_they_are(cells: Cells) -> None:
    """Declared flows are public; their certificate says open and claims no audit."""
    table = cells("DECLARED_FLOW", [{"VALUE": 1}, {"PRODUCT": "HS44"}])
    certificate = protected(table, "DECLARED_FLOW").released.certificate

    assert certificate.counts == {"exact": 1, "missing": 1}
    assert certificate.rules == ("open",)
    assert certificate.audit == {"outcome": "not_applicable", "cover": "none", "attacks": []}


def test_rows_are_in_canonical_order(cells: Cells) -> None:
    """The order of the upload does not reach the release."""
    rows = [{"TIME_PERIOD": year, "VALUE": 10} for year in ("2018", "2016", "2017")]

    assert [row["TIME_PERIOD"] for row in released(cells("R33_A", rows), "R33_A")] == ["2016", "2017", "2018"]
