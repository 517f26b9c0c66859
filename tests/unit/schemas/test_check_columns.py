"""schemas.check: single cells, their coordinates, and what is accepted."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pyarrow as pa
import pytest

from schemas.check import CheckResult, check
from schemas.registry import structure

Checked = Callable[..., CheckResult]
YEARS = ("2014", "2015", "2016")


def test_a_sound_record_is_accepted_typed(checked: Checked) -> None:
    """Days, counts and minor units come out typed; nothing is found."""
    result = checked("FLOW_RECORD", {})

    assert result.is_clean
    assert result.rows == 1
    assert result.accepted.to_pylist() == [
        {
            "REPORT_ID": "R-1",
            "SUBJECT_ID": "S-1",
            "REPORTING_ENTITY": "Bank 1",
            "BEGIN_DATE": dt.date(2016, 1, 31),
            "END_DATE": dt.date(2016, 12, 31),
            "REF_AREA": "KZ",
            "COUNTERPART_AREA": "RU",
            "FLOW_DIRECTION": "OUT",
            "METHOD": "TM01",
            "CHANNEL": "CASH",
            "PREDICATE": "_X",
            "ENTITY_TYPE": "_U",
            "N_TXN": 12,
            "AMOUNT": 123456,
            "CURRENCY": "USD",
        }
    ]


@pytest.mark.parametrize(
    ("structure_id", "column", "value", "rule"),
    [
        ("FLOW_RECORD", "REPORT_ID", "", "value.required"),
        ("FLOW_RECORD", "REPORT_ID", " \t\u00a0", "value.required"),
        ("FLOW_RECORD", "AMOUNT", None, "value.required"),
        ("FLOW_RECORD", "REPORT_ID", "x" * 65, "text.too_long"),
        ("FLOW_RECORD", "BEGIN_DATE", "31.02.2016", "date.invalid"),
        ("FLOW_RECORD", "COUNTERPART_AREA", "XX", "code.unknown"),
        ("FLOW_RECORD", "COUNTERPART_AREA", "ru", "code.unknown"),
        ("FLOW_RECORD", "COUNTERPART_AREA", "_O", "code.not_allowed"),
        ("FLOW_RECORD", "COUNTERPART_AREA", "W1", "code.not_allowed"),
        ("FLOW_RECORD", "METHOD", "TM98", "code.unknown"),
        ("FLOW_RECORD", "N_TXN", "1.5", "count.not_integer"),
        ("FLOW_RECORD", "N_TXN", "-1", "count.negative"),
        ("FLOW_RECORD", "N_TXN", "1e13", "count.too_large"),
        ("FLOW_RECORD", "AMOUNT", "abc", "money.not_number"),
        ("FLOW_RECORD", "AMOUNT", "-1", "money.negative"),
        ("FLOW_RECORD", "AMOUNT", "1.005", "money.too_precise"),
        ("FLOW_RECORD", "AMOUNT", "1e15", "money.too_large"),
        ("DECLARED_FLOW_UPLOAD", "TIME_PERIOD", "2016-Q9", "period.invalid"),
        ("FATF_RATING_UPLOAD", "TIME_PERIOD", "2016-Q1", "period.frequency"),
        ("FATF_RATING_UPLOAD", "OBS_VALUE", "X", "code.unknown"),
        ("R33_C_UPLOAD", "MEASURE", "N_STR", "code.not_allowed"),
        ("R33_C_UPLOAD", "OBS_VALUE", "10.555", "money.too_precise"),
    ],
)
def test_a_bad_cell_is_found_at_its_coordinate_and_refuses_its_row_only(
    checked: Checked, structure_id: str, column: str, value: str | None, rule: str
) -> None:
    """Between two sound rows the bad one is named by file row, column, rule and value."""
    key, values = ("REPORT_ID", "abc") if structure_id == "FLOW_RECORD" else ("TIME_PERIOD", YEARS)
    rows: list[dict[str, str | None]] = [{key: distinct} for distinct in values]
    rows[1] = {**rows[1], column: value}
    result = checked(structure_id, *rows)

    assert [(v.rule, v.severity, v.row, v.column) for v in result.violations] == [(rule, "error", 3, column)]
    assert result.totals == {rule: 1}
    assert result.refused_rows == {3}
    assert result.accepted.num_rows == 2
    if rule != "value.required":
        assert result.violations[0].value == value


def test_surrounding_spaces_are_no_violation(checked: Checked) -> None:
    """Texts are trimmed, also of the no-break spaces that spreadsheets bring."""
    result = checked("FLOW_RECORD", {"REF_AREA": " KZ ", "AMOUNT": "\u00a01 "})

    assert result.is_clean
    assert result.accepted.column("AMOUNT").to_pylist() == [100]


def test_one_measure_is_money_and_another_a_count(checked: Checked) -> None:
    """The unit of the row's measure decides how its value is read."""
    result = checked(
        "R33_C_UPLOAD",
        {"MEASURE": "V_FROZ", "OBS_VALUE": "10.50"},
        {"MEASURE": "N_CONF", "OBS_VALUE": "10"},
        {"MEASURE": "V_SEIZ", "OBS_VALUE": "10", "CURRENCY": "USD"},
        {"MEASURE": "V_CONF", "OBS_VALUE": "0"},
    )

    assert result.is_clean
    assert result.accepted.column("OBS_VALUE").to_pylist() == [1050, 10, 1000, 0]


def test_a_count_of_a_money_structure_is_judged_as_a_count(checked: Checked) -> None:
    """Half a confiscation order is a count that is not whole."""
    assert checked("R33_C_UPLOAD", {"MEASURE": "N_CONF", "OBS_VALUE": "10.5"}).totals == {
        "count.not_integer": 1
    }


def test_an_unknown_code_comes_with_the_code_that_is_meant(checked: Checked) -> None:
    """A name, an alpha-3 code or a lower-case code suggests the code, if this column takes it."""
    texts = ["Россия", "Ресей", "RUS", "ru", "World", "?"]
    result = checked("FLOW_RECORD", *({"COUNTERPART_AREA": text} for text in texts))

    assert [v.params.get("suggestion") for v in result.violations] == ["RU"] * 4 + [None, None]
    assert result.violations[0].params["codelist"] == "CL_AREA"


def test_several_bad_cells_of_one_row_are_all_listed_in_column_order(checked: Checked) -> None:
    """The first violation never hides the next."""
    result = checked("FLOW_RECORD", {"AMOUNT": "x", "END_DATE": "x", "REPORT_ID": ""})

    assert [v.column for v in result.violations] == ["REPORT_ID", "END_DATE", "AMOUNT"]
    assert result.refused_rows == {2}


def test_the_list_is_cut_but_the_totals_are_true(checked: Checked) -> None:
    """Forty violations, five listed: the first five by row, and forty counted."""
    result = checked("FLOW_RECORD", *({"AMOUNT": "x", "N_TXN": "x"} for _ in range(20)), listed_at_most=5)

    assert [(v.row, v.column) for v in result.violations] == [
        (2, "N_TXN"),
        (2, "AMOUNT"),
        (3, "N_TXN"),
        (3, "AMOUNT"),
        (4, "N_TXN"),
    ]
    assert result.totals == {"count.not_integer": 20, "money.not_number": 20}
    assert len(result.refused_rows) == 20


def test_a_text_of_another_form_is_refused_with_the_form() -> None:
    """The grade of a figure is one letter from A to D; a text that is also too long is judged once."""
    figures = structure("INDICATOR")
    sound = dict.fromkeys(figures.column_ids, "x")
    sound |= {"INDICATOR": "B1", "TIME_PERIOD": "2016", "REF_AREA": "KZ", "COUNTERPART_AREA": "_Z"}
    sound |= {"SIGNAL": "", "STATUS": "ok"}
    table = pa.Table.from_pylist([{**sound, "GRADE": grade} for grade in ("A", "E", "AA")])

    result = check(table, figures, reporter="KZ", first_row=1)

    assert [(v.rule, v.row, v.column, v.params) for v in result.violations] == [
        ("text.pattern", 2, "GRADE", {"pattern": "^[A-D]$"}),
        ("text.too_long", 3, "GRADE", {"max_length": 1}),
    ]


def test_a_long_value_is_cut_in_the_list(checked: Checked) -> None:
    """A megabyte in one cell does not travel into every message."""
    (violation,) = checked("FLOW_RECORD", {"AMOUNT": "x" * 10_000}).violations

    assert violation.value == "x" * 200
