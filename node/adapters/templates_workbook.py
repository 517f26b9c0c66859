"""Templates as workbooks: a sheet to fill in, a sheet that explains, a sheet of codes.

Invariants: the first sheet holds the header and nothing else, so what is uploaded is what a person wrote; the
header is the columns' own ids, so it reads back in every language; the example stands on the sheet of
instructions, column by column below one another, where no reader can take it for a table. No macros, formulas
or links; the same template gives the same bytes.
"""

from __future__ import annotations

import io
from typing import Any

import xlsxwriter

from node.adapters.templates_codes import CodeSheet
from node.adapters.templates_looks import Looks
from node.ports.templates import Template, TemplateColumn

_LAST_ROW = 1_048_575
_LAST_COLUMN = 16_383
_MAX_PROMPT_TITLE = 32
_MAX_PROMPT = 255
_MIN_WIDTH, _MAX_WIDTH = 12, 36
_GUIDE_WIDTHS = (26, 38, 16, 70, 22)
_INTEGERS, _AMOUNTS = {"count"}, {"money", "amount"}
_PROTECTION = {
    "format_columns": True,
    "format_rows": True,
    "insert_rows": True,
    "delete_rows": True,
    "sort": True,
    "autofilter": True,
}


def write_workbook(template: Template) -> bytes:
    """Give the workbook."""
    target = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(target, options) as workbook:
        workbook.set_properties({"title": template.title, "created": template.made_at.replace(tzinfo=None)})
        looks = Looks(workbook)
        data = workbook.add_worksheet(template.words["data"])
        guide = workbook.add_worksheet(template.words["instructions"])
        codes = CodeSheet(workbook, template, looks)
        _write_data(data, template, looks, codes)
        _write_guide(guide, template, looks)
        codes.write()
    return target.getvalue()


def _write_data(sheet: Any, template: Template, looks: Looks, codes: CodeSheet) -> None:
    """Write the header, locked, over columns that are open to the last row."""
    sheet.set_column(0, _LAST_COLUMN, None, looks.open)
    for place, column in enumerate(template.columns):
        width = min(max(len(column.column.id) + 4, _MIN_WIDTH), _MAX_WIDTH)
        sheet.set_column(place, place, width, looks.body(column.column.kind))
        head = looks.required if column.column.required else looks.optional
        sheet.write_string(0, place, column.column.id, head)
        sheet.write_comment(0, place, _comment(column, template), {"x_scale": 2, "y_scale": 1.5})
        sheet.data_validation(1, place, _LAST_ROW, place, _validation(column, template, codes))
    sheet.set_row(0, 24, looks.locked)
    sheet.freeze_panes(1, 0)
    sheet.protect("", _PROTECTION)


def _validation(column: TemplateColumn, template: Template, codes: CodeSheet) -> dict[str, Any]:
    """Give what Excel checks while somebody types; the node checks everything again."""
    told = {
        "input_title": column.column.id[:_MAX_PROMPT_TITLE],
        "input_message": _cut(f"{column.label}. {_demand(column, template)}. {column.guidance}"),
        "ignore_blank": True,
    }
    if column.codes:
        return told | {
            "validate": "list",
            "source": f"={codes.name_of(column)}",
            "error_title": template.words["not_a_code"][:_MAX_PROMPT_TITLE],
            "error_message": _cut(template.words["choose"]),
        }
    if column.column.kind in _INTEGERS | _AMOUNTS:
        kind = "integer" if column.column.kind in _INTEGERS else "decimal"
        return told | {
            "validate": kind,
            "criteria": ">=",
            "value": 0,
            "error_title": column.column.id[:_MAX_PROMPT_TITLE],
            "error_message": _cut(column.guidance),
        }
    return told | {"validate": "any"}


def _write_guide(sheet: Any, template: Template, looks: Looks) -> None:
    """Write what to do, what each column takes with an invented example, and what is checked over rows."""
    words = template.words
    for place, width in enumerate(_GUIDE_WIDTHS):
        sheet.set_column(place, place, width)
    sheet.write_string(0, 0, template.title, looks.title)
    lines = [template.description, *(f"{n}. {step}" for n, step in enumerate(template.steps, start=1))]
    for row, line in enumerate(lines, start=1):
        sheet.merge_range(row, 0, row, len(_GUIDE_WIDTHS) - 1, "", looks.wrapped)
        sheet.write_string(row, 0, line, looks.wrapped)
        sheet.set_row(row, 32)
    first = len(lines) + 2
    heads = (words["column"], words["meaning"], words["required"], words["write"], words["example"])
    for place, head in enumerate(heads):
        sheet.write_string(first, place, head, looks.head)
    for row, column in enumerate(template.columns, start=first + 1):
        cells = (
            column.column.id,
            column.label,
            _demand(column, template),
            column.guidance,
            column.example or "-",
        )
        for place, text in enumerate(cells):
            sheet.write_string(row, place, text, looks.example if place == len(cells) - 1 else looks.wrapped)
    last = first + len(template.columns) + 2
    sheet.write_string(last, 0, words["rules"], looks.head)
    for row, line in enumerate(template.rules, start=last + 1):
        sheet.merge_range(row, 0, row, len(_GUIDE_WIDTHS) - 1, "", looks.wrapped)
        sheet.write_string(row, 0, line, looks.wrapped)
    sheet.protect("", {"format_columns": True, "format_rows": True})


def _comment(column: TemplateColumn, template: Template) -> str:
    return f"{column.label}\n{_demand(column, template)}\n{column.guidance}"


def _demand(column: TemplateColumn, template: Template) -> str:
    return template.words["required" if column.column.required else "optional"]


def _cut(text: str) -> str:
    return text if len(text) <= _MAX_PROMPT else text[: _MAX_PROMPT - 1] + "…"
