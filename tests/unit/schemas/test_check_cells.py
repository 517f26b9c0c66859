"""schemas.check on released cells: a peer's table is never taken on trust."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pyarrow as pa
import pytest

from schemas.check import CheckResult

CheckedCells = Callable[..., CheckResult]

WITHHELD = {"OBS_VALUE": None, "OBS_LOWER": 0, "OBS_STATUS": "Q", "CONF_STATUS": "A"}


@pytest.mark.parametrize(
    "change",
    [
        {},
        {**WITHHELD, "OBS_UPPER": 2},
        {**WITHHELD, "OBS_UPPER": None, "CONF_STATUS": "D", "COUNTERPART_AREA": "W1"},
        {**WITHHELD, "OBS_UPPER": None, "OBS_STATUS": "L", "CONF_STATUS": "F"},
        {"OBS_VALUE": 0, "OBS_LOWER": 0, "OBS_UPPER": 0},
    ],
    ids=["exact", "withheld", "withheld without bound", "missing", "zero"],
)
def test_the_forms_of_a_released_cell_are_accepted(
    checked_cells: CheckedCells, change: Mapping[str, object]
) -> None:
    """Exact, withheld, missing and zero are four different cells, all of them sound."""
    assert checked_cells(change).is_clean


@pytest.mark.parametrize(
    ("change", "rule", "column"),
    [
        ({"OBS_VALUE": 6}, "cell.bounds", "OBS_VALUE"),
        ({"OBS_UPPER": 8}, "cell.bounds", "OBS_VALUE"),
        ({"OBS_UPPER": None}, "cell.bounds", "OBS_VALUE"),
        ({"OBS_VALUE": None}, "cell.bounds", "OBS_VALUE"),
        ({**WITHHELD, "OBS_VALUE": 2, "OBS_UPPER": 2}, "cell.bounds", "OBS_VALUE"),
        ({**WITHHELD, "OBS_LOWER": 3, "OBS_UPPER": 2}, "cell.bounds", "OBS_VALUE"),
        ({**WITHHELD, "OBS_LOWER": None}, "value.required", "OBS_LOWER"),
        ({"CONF_STATUS": "A"}, "cell.status", "OBS_STATUS"),
        ({"OBS_STATUS": "?"}, "code.unknown", "OBS_STATUS"),
        ({"REF_AREA": "KZ", "COUNTERPART_AREA": "RU"}, "area.not_reporter", "REF_AREA"),
        ({"COUNTERPART_AREA": " KZ"}, "code.unknown", "COUNTERPART_AREA"),
        ({"COUNTERPART_AREA": "_O"}, "code.not_allowed", "COUNTERPART_AREA"),
        ({"COUNTERPART_AREA": None}, "value.required", "COUNTERPART_AREA"),
        ({"MEASURE": "N_DISS"}, "code.not_allowed", "MEASURE"),
        ({"TIME_PERIOD": "2016-Q1"}, "period.frequency", "TIME_PERIOD"),
        ({"OBS_VALUE": 10**13, "OBS_LOWER": 7, "OBS_UPPER": 7}, "count.too_large", "OBS_VALUE"),
    ],
)
def test_a_cell_that_contradicts_itself_is_refused(
    checked_cells: CheckedCells, change: Mapping[str, object], rule: str, column: str
) -> None:
    """Values, bounds, statuses, codes and the originator must fit together, spaces included."""
    result = checked_cells(change)

    assert (rule, column) in {(v.rule, v.column) for v in result.violations}
    assert result.refused_rows == {1}


def test_a_negative_count_is_refused_in_each_of_its_columns(checked_cells: CheckedCells) -> None:
    """A consistent negative cell is still impossible."""
    assert checked_cells({"OBS_VALUE": -1, "OBS_LOWER": -1, "OBS_UPPER": -1}).totals == {"count.negative": 3}


def test_two_cells_with_one_key_are_refused(checked_cells: CheckedCells) -> None:
    """A release says one thing about one cell."""
    assert checked_cells({}, {**WITHHELD, "OBS_UPPER": 2}, {"MEASURE": "N_TXN"}).totals == {
        "key.duplicate": 2
    }


def test_a_column_of_another_type_stops_the_check(checked_cells: CheckedCells) -> None:
    """Cells are not converted: a float where an integer must be is refused as a whole."""
    result = checked_cells({}, columns={"OBS_VALUE": pa.array([7.0])})

    assert result.is_fatal
    (violation,) = result.violations
    assert (violation.rule, violation.column) == ("column.type", "OBS_VALUE")
    assert violation.params == {"found": "double", "expected": "int64"}
