"""schemas.check: the header, empty tables, and what stops a check."""

from __future__ import annotations

import pyarrow as pa
import pytest

from schemas.check import CheckResult, check
from schemas.errors import InvalidTable
from schemas.registry import structure

FATF = {"TIME_PERIOD": ["2023"], "REF_AREA": ["KZ"], "FATF_ITEM": ["R.1"], "OBS_VALUE": ["LC"]}


def fatf(columns: dict[str, list[str]]) -> CheckResult:
    """Check a table of FATF ratings."""
    return check(pa.table(columns), structure("FATF_RATING_UPLOAD"), reporter="KZ", first_row=2)


def test_a_missing_required_column_stops_the_check() -> None:
    """The column is named, nothing is accepted, every row is refused."""
    result = fatf({name: values for name, values in FATF.items() if name != "OBS_VALUE"})

    assert result.is_fatal
    assert [(v.rule, v.row, v.column) for v in result.violations] == [("column.missing", None, "OBS_VALUE")]
    assert result.accepted.num_rows == 0
    assert result.accepted.column_names == [*FATF, "SOURCE_SYSTEM"]
    assert result.refused_rows == {2}


def test_an_empty_table_stops_the_check() -> None:
    """A file with a header alone is refused as a whole."""
    result = fatf({name: [] for name in FATF})

    assert result.is_fatal
    assert result.totals == {"table.empty": 1}
    assert result.refused_rows == frozenset()


def test_a_column_given_twice_stops_the_check() -> None:
    """Which of the two is meant cannot be known."""
    names = [*FATF, "OBS_VALUE"]
    table = pa.Table.from_arrays([pa.array(["x"]) for _ in names], names=names)
    result = check(table, structure("FATF_RATING_UPLOAD"), reporter="KZ", first_row=2)

    assert result.is_fatal
    assert [(v.rule, v.column, v.params) for v in result.violations] == [
        ("column.duplicate", "OBS_VALUE", {"count": 2})
    ]


def test_an_unknown_column_is_a_warning_with_a_suggestion() -> None:
    """The column is not read, its likely meaning is proposed, and the rows stay."""
    result = fatf({**FATF, "Комментарий": ["x"], "Значение": ["y"], "": ["z"]})

    assert result.totals == {"column.unknown": 3}
    assert {(v.column, v.severity, v.params.get("suggestion")) for v in result.violations} == {
        ("Комментарий", "warning", None),
        ("Значение", "warning", "OBS_VALUE"),
        ("#7", "warning", None),
    }
    assert not result.is_fatal
    assert not result.is_clean
    assert result.accepted.num_rows == 1


def test_names_of_columns_are_trimmed() -> None:
    """A space in the header is no other column."""
    result = fatf({f" {name} ": values for name, values in FATF.items()})

    assert result.is_clean
    assert result.accepted.to_pylist() == [
        {"TIME_PERIOD": "2023", "REF_AREA": "KZ", "FATF_ITEM": "R.1", "OBS_VALUE": 2, "SOURCE_SYSTEM": None}
    ]


def test_an_absent_optional_column_takes_its_default() -> None:
    """Method and channel may be left out; they then read as not stated."""
    columns = {
        "REPORT_ID": "R",
        "SUBJECT_ID": "S",
        "REPORTING_ENTITY": "E",
        "END_DATE": "2016-01-01",
        "REF_AREA": "KZ",
        "COUNTERPART_AREA": "RU",
        "FLOW_DIRECTION": "IN",
        "AMOUNT": "1",
        "CURRENCY": "USD",
    }
    table = pa.table({name: [value] for name, value in columns.items()})
    result = check(table, structure("FLOW_RECORD"), reporter="KZ", first_row=2)

    (row,) = result.accepted.to_pylist()
    assert (row["METHOD"], row["CHANNEL"], row["N_TXN"], row["BEGIN_DATE"]) == ("_X", "_X", None, None)


def test_an_upload_that_is_not_text_is_the_readers_mistake() -> None:
    """A typed column is refused with an error, not with a violation."""
    table = pa.table({**FATF, "OBS_VALUE": [2.0]})
    with pytest.raises(InvalidTable, match="not text"):
        check(table, structure("FATF_RATING_UPLOAD"), reporter="KZ", first_row=2)


@pytest.mark.parametrize("kind", [pa.large_string(), pa.dictionary(pa.int32(), pa.string())])
def test_every_encoding_of_text_is_read(kind: pa.DataType) -> None:
    """Large and dictionary-encoded strings are strings; a column without any value is empty."""
    columns = {name: pa.array(values).cast(kind) for name, values in FATF.items()}

    assert fatf(columns).is_clean  # type: ignore[arg-type]
    assert fatf({**columns, "OBS_VALUE": pa.nulls(1)}).totals == {"value.required": 1}  # type: ignore[dict-item]
