"""What a spreadsheet may do with an exported text: show it, never run it."""

from __future__ import annotations

import csv
import io

import openpyxl
import pyarrow as pa
import pytest

from node.adapters.exports import ExportFiles
from node.adapters.exports_workbook import MOST_CHARACTERS
from node.ports.exports import Export, ExportColumn, ExportFormat, NoteLine
from node.services.exports.kinds import cells_with_kind, results_with_kind

# OWASP, "CSV Injection": the characters that begin a formula, as they stand in attacks that were published
FORMULAS = [
    "=1+1",
    '=HYPERLINK("http://evil.example","x")',
    "=cmd|' /C calc'!A0",
    "+1+cmd|' /C calc'!A0",
    "-2+3+cmd|' /C calc'!A0",
    "@SUM(1+1)*cmd|' /C calc'!A0",
    "\t=1+1",
    "\r=1+1",
    "\n=1+1",
    "\uff1d1+1",
]
PLAIN = ["Trade in oil", "", "a=b", "'quoted", "1+1", "жетон", 'say "x", then y', "two\nlines"]


def an_export(column: ExportColumn, values: list[object]) -> Export:
    """Give a table of one column."""
    kinds = {"integer": pa.int64(), "text": pa.string(), "decimal": pa.string()}
    return Export(
        name="table",
        title="A table",
        language="en",
        columns=(column,),
        table=pa.table({column.id: pa.array(values, kinds[column.kind])}),
        total=len(values),
        notes={"complete": True},
        lines=(NoteLine("filters", "Filter", "=1+1"),),
        words={"rows": "Rows", "notes": "Notes", "complete": "Complete", "incomplete": "Cut"},
    )


def csv_values(export: Export) -> list[str]:
    """Read the one column of a CSV with Python's own reader."""
    content = ExportFiles().write(export, ExportFormat.CSV)
    _, *rows = csv.reader(io.StringIO(content.decode(), newline=""), strict=True)
    return [row[0] if row else "" for row in rows]


TEXT = ExportColumn("TITLE", "text", "Title")


@pytest.mark.parametrize("formula", FORMULAS, ids=repr)
def test_a_formula_in_a_text_is_neutralised_in_csv(formula: str) -> None:
    """An apostrophe in front, and nothing lost behind it."""
    assert csv_values(an_export(TEXT, [formula])) == [f"'{formula}"]


@pytest.mark.parametrize("formula", [one for one in FORMULAS if "\r" not in one], ids=repr)
def test_a_formula_in_a_text_is_a_marked_text_in_a_workbook(formula: str) -> None:
    """Typed as a string, with the quote prefix that keeps it one when somebody edits the cell."""
    content = ExportFiles().write(an_export(TEXT, [formula]), ExportFormat.XLSX)

    book = openpyxl.load_workbook(io.BytesIO(content))
    cell = book.worksheets[0]["A2"]

    assert (cell.value, cell.data_type, cell.quotePrefix) == (formula, "s", True)
    assert book.worksheets[1]["B2"].quotePrefix is True


@pytest.mark.parametrize("text", PLAIN, ids=repr)
def test_any_other_text_stays_what_it_is(text: str) -> None:
    """In CSV and in a workbook."""
    export = an_export(TEXT, [text])
    book = openpyxl.load_workbook(io.BytesIO(ExportFiles().write(export, ExportFormat.XLSX)))

    assert csv_values(export) == [text]
    assert (book.worksheets[0]["A2"].value or "") == text
    assert not book.worksheets[0]["A2"].quotePrefix


def test_negative_numbers_are_numbers_and_no_formulas() -> None:
    """In a column of whole numbers, and in one of decimals kept as text; a formula among these is still caught."""
    decimals = an_export(ExportColumn("LOWER", "decimal", ""), ["-0.5", "-1E-7", "-1+cmd", None])
    whole = an_export(ExportColumn("OBS_VALUE", "integer", ""), [-5, None])
    sheet = openpyxl.load_workbook(io.BytesIO(ExportFiles().write(decimals, ExportFormat.XLSX))).worksheets[0]

    assert csv_values(decimals) == ["-0.5", "-1E-7", "'-1+cmd", ""]
    assert csv_values(whole) == ["-5", ""]
    assert sheet["A2"].value == -0.5
    assert (sheet["A4"].value, sheet["A4"].quotePrefix) == ("-1+cmd", True)


def test_a_number_that_a_spreadsheet_would_round_is_a_text() -> None:
    """Spreadsheets keep fifteen digits (IEEE 754 double)."""
    whole = an_export(ExportColumn("OBS_VALUE", "integer", ""), [999_999_999_999_999, 9_007_199_254_740_993])
    decimals = an_export(ExportColumn("LOWER", "decimal", ""), ["0.12345678901234567"])

    numbers = openpyxl.load_workbook(io.BytesIO(ExportFiles().write(whole, ExportFormat.XLSX))).worksheets[0]
    texts = openpyxl.load_workbook(io.BytesIO(ExportFiles().write(decimals, ExportFormat.XLSX))).worksheets[0]

    assert (numbers["A2"].value, numbers["A3"].value) == (999_999_999_999_999, "9007199254740993")
    assert texts["A2"].value == "0.12345678901234567"


def test_a_text_longer_than_a_cell_takes_ends_with_a_mark() -> None:
    """A spreadsheet refuses a file with a longer one."""
    content = ExportFiles().write(an_export(TEXT, ["x" * 40_000]), ExportFormat.XLSX)

    value = str(openpyxl.load_workbook(io.BytesIO(content)).worksheets[0]["A2"].value)

    assert len(value) == MOST_CHARACTERS
    assert value.endswith("x…")


def test_csv_is_as_rfc_4180_says() -> None:
    """CRLF after every line, quotes doubled, no mark in front; nothing and an empty text differ."""
    content = ExportFiles().write(an_export(TEXT, ['a "b", c', "", None]), ExportFormat.CSV)

    assert content == b'"TITLE"\r\n"a ""b"", c"\r\n""\r\n\r\n'


def cell(obs: str, conf: str, value: int | None) -> dict[str, object]:
    """Give a cell of a status."""
    return {"OBS_VALUE": value, "OBS_LOWER": 0, "OBS_UPPER": 9, "OBS_STATUS": obs, "CONF_STATUS": conf}


def test_a_cell_is_one_of_five_kinds_and_what_must_not_be_shown_is_gone() -> None:
    """SDMX CL_OBS_STATUS 2.2 and CL_CONF_STATUS 1.2: Q suppressed, L missing, M cannot exist, N and E not shown."""
    rows = [
        cell("A", "F", 5),
        cell("A", "F", 0),
        cell("Q", "A", None),
        cell("L", "F", None),
        cell("M", "F", None),
        cell("A", "N", 7),
        cell("A", "E", 7),
    ]

    found = cells_with_kind(pa.Table.from_pylist(rows)).to_pylist()

    assert [row["VALUE_KIND"] for row in found] == [
        "exact", "zero", "withheld", "missing", "not_applicable", "withheld", "withheld",
    ]  # fmt: skip
    assert [(row["OBS_VALUE"], row["OBS_LOWER"], row["OBS_UPPER"]) for row in found[-2:]] == [
        (None, None, None)
    ] * 2


def test_a_result_says_how_well_it_is_known() -> None:
    """A point, zero, an interval, a lower bound only, nothing."""
    bounds = [("1", "1"), ("0", "0"), ("0.000", "0.000"), ("1", "2"), ("1", None), (None, None)]
    table = pa.table(
        {name: pa.array([pair[place] for pair in bounds]) for place, name in enumerate(("LOWER", "UPPER"))}
    )

    assert results_with_kind(table)["VALUE_KIND"].to_pylist() == [
        "exact", "zero", "zero", "interval", "unbounded", "not_computed",
    ]  # fmt: skip
