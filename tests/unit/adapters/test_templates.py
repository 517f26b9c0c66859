"""Templates: what an analyst opens, and that nothing in it can go wrong on the way back."""

from __future__ import annotations

import csv
import io
import zipfile

import openpyxl
import pytest

from node.adapters.templates import DefinitionFiles
from node.ports.templates import Template, TemplateFormat
from node.services import structures
from schemas import registry
from schemas.structure import Dataflow

UPLOADED = [flow for flow in registry.dataflows() if flow.is_uploaded]
EVERY = [
    pytest.param(flow, language, id=f"{flow.id}-{language}")
    for flow in UPLOADED
    for language in registry.LANGUAGES
]
WRITER = DefinitionFiles()


def _content(flow: Dataflow, language: str = "ru") -> Template:
    return structures.template_content(flow, language, "KZ")


def _workbook(flow: Dataflow, language: str = "ru") -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(WRITER.template(_content(flow, language), TemplateFormat.XLSX)))


def _flow(flow_id: str) -> Dataflow:
    return next(flow for flow in UPLOADED if flow.id == flow_id)


@pytest.mark.parametrize(("flow", "language"), EVERY)
def test_the_first_sheet_is_the_header_and_nothing_else(flow: Dataflow, language: str) -> None:
    """The example can not be uploaded by accident: it is not there."""
    sheet = _workbook(flow, language).worksheets[0]

    assert [tuple(cell.value for cell in row) for row in sheet.iter_rows()] == [flow.upload.column_ids]


@pytest.mark.parametrize("flow", UPLOADED, ids=lambda flow: flow.id)
def test_every_column_of_codes_has_a_drop_down_of_exactly_its_codes(flow: Dataflow) -> None:
    """By a defined name that covers the codes on the sheet of codes, without a limit of characters."""
    workbook = _workbook(flow)
    sheet = workbook.worksheets[0]
    lists = {
        next(iter(rule.sqref.ranges)).min_col: rule.formula1
        for rule in sheet.data_validations.dataValidation
        if rule.type == "list"
    }
    for place, column in enumerate(flow.upload.columns, start=1):
        if column.codelist is None:
            assert place not in lists
            continue
        codes = registry.codelist(column.codelist).ids
        accepted = [one for one in codes if (not column.only or one in column.only)]
        ((title, area),) = workbook.defined_names[lists[place].lstrip("=")].destinations
        offered = [row[0].value for row in workbook[title][area]]

        assert offered == [one for one in accepted if one not in column.excluded]


def test_a_drop_down_reaches_to_the_last_row() -> None:
    """A long table is checked while it is typed, down to its end."""
    sheet = _workbook(_flow("R33_A")).worksheets[0]

    ends = {next(iter(rule.sqref.ranges)).max_row for rule in sheet.data_validations.dataValidation}

    assert ends == {1_048_576}


def test_the_header_is_locked_and_the_rest_is_open() -> None:
    """Nobody renames a column; everybody types without a password."""
    sheet = _workbook(_flow("R33_A")).worksheets[0]

    assert sheet.protection.sheet
    assert sheet.protection.password is None
    assert all(cell.protection.locked for cell in sheet[1])
    assert not any(sheet.column_dimensions[letter].protection.locked for letter in "ABCDE")
    assert sheet.freeze_panes == "A2"


@pytest.mark.parametrize("flow", UPLOADED, ids=lambda flow: flow.id)
def test_required_columns_differ_in_more_than_colour(flow: Dataflow) -> None:
    """Bold and a double line, against italics; and the comment says it in words."""
    sheet = _workbook(flow, "en").worksheets[0]

    for cell, column in zip(sheet[1], flow.upload.columns, strict=True):
        assert cell.font.bold == column.required
        assert cell.font.italic == (not column.required)
        assert (cell.border.bottom.style == "double") == column.required
        assert ("Required" in cell.comment.text) == column.required


@pytest.mark.parametrize("language", registry.LANGUAGES)
def test_the_instructions_are_in_the_language_asked_for(language: str) -> None:
    """Title, labels and rules; and one invented example, one cell to a column."""
    flow = _flow("R33_A")
    guide = _workbook(flow, language).worksheets[1]
    texts = [cell.value for row in guide.iter_rows() for cell in row if cell.value is not None]

    assert flow.labels[language] in texts
    assert all(column.labels[language] in texts for column in flow.upload.columns)
    assert "KZ" in texts


@pytest.mark.parametrize("flow", UPLOADED, ids=lambda flow: flow.id)
def test_a_workbook_holds_no_macro_formula_or_link(flow: Dataflow) -> None:
    """What a careful office opens without a question."""
    content = WRITER.template(_content(flow), TemplateFormat.XLSX)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        names = archive.namelist()
        sheets = b"".join(archive.read(name) for name in names if name.startswith("xl/worksheets/sheet"))

    assert not [name for name in names if "vba" in name.casefold() or "external" in name.casefold()]
    assert b"<f>" not in sheets
    assert b"hyperlink" not in sheets


@pytest.mark.parametrize("template_format", list(TemplateFormat))
def test_the_same_template_is_the_same_bytes(template_format: TemplateFormat) -> None:
    """Two nodes of one version hand out the same file."""
    flow = _flow("R33_C")

    first, second = (WRITER.template(_content(flow), template_format) for _ in range(2))

    assert first == second


@pytest.mark.parametrize(("language", "separator"), [("ru", ";"), ("kk", ";"), ("en", ",")])
def test_a_csv_template_is_its_header_in_the_form_spreadsheets_expect(language: str, separator: str) -> None:
    """With the mark of UTF-8, or Excel would garble Cyrillic; semicolons where commas are decimal."""
    flow = _flow("R33_A")
    content = WRITER.template(_content(flow, language), TemplateFormat.CSV)

    assert content.startswith(b"\xef\xbb\xbf")
    assert content.decode("utf-8-sig") == separator.join(flow.upload.column_ids) + "\r\n"


@pytest.mark.parametrize("flow", UPLOADED, ids=lambda flow: flow.id)
def test_an_sdmx_csv_template_names_its_dataflow_and_orders_columns_by_role(flow: Dataflow) -> None:
    """SDMX-CSV 2.0: STRUCTURE, STRUCTURE_ID, ACTION, dimensions, measures, attributes."""
    text = WRITER.template(_content(flow), TemplateFormat.SDMX_CSV).decode("utf-8-sig")
    header, form = csv.reader(io.StringIO(text))
    roles = [flow.upload.column(name).role for name in header[3:]]

    assert header[:3] == ["STRUCTURE", "STRUCTURE_ID", "ACTION"]
    assert form[:3] == ["dataflow", f"IRAC:{flow.id}({flow.version})", "A"]
    assert not any(form[3:])
    assert sorted(header[3:]) == sorted(flow.upload.column_ids)
    assert roles == sorted(roles, key=["dimension", "measure", "attribute"].index)
