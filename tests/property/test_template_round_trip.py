"""Rows written into a template come back exactly as they were written."""

from __future__ import annotations

import datetime as dt
import io
import random
from functools import cache
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow as pa
import pytest

from node.adapters.reading import FileReader
from node.adapters.templates import DefinitionFiles
from node.ports.templates import TemplateFormat
from node.services import structures
from node.services.sdmx_csv import recognised
from schemas import registry
from schemas.check import check
from schemas.structure import Column, Dataflow

UPLOADED = [flow for flow in registry.dataflows() if flow.is_uploaded]
EVERY = [
    pytest.param(flow, language, id=f"{flow.id}-{language}")
    for flow in UPLOADED
    for language in registry.LANGUAGES
]
ROWS = 25
NUMBERS = {"count", "money", "amount"}
LETTERS = "AZazЖЯжяӘәҚқҒғ0159 .,;:!?-«»%/()"

Cell = tuple[Any, str | None]  # what a person types, and what it is as text


@pytest.mark.parametrize(("flow", "language"), EVERY)
def test_rows_typed_into_a_workbook_are_read_back_exactly(
    flow: Dataflow, language: str, tmp_path: Path
) -> None:
    """In every dataflow and language: each cell, and therefore the same check result."""
    rows = _rows(flow, random.Random(f"{flow.id} {language}"))
    workbook = openpyxl.load_workbook(io.BytesIO(_template(flow, language, TemplateFormat.XLSX)))
    sheet = workbook.worksheets[0]
    for number, row in enumerate(rows, start=2):
        for place, (typed, _) in enumerate(row, start=1):
            sheet.cell(number, place).value = typed
    path = tmp_path / "filled.xlsx"
    workbook.save(path)

    read = _read(path, flow)

    assert read.equals(_as_table(flow, rows))
    assert _found(read, flow) == _found(_as_table(flow, rows), flow)


@pytest.mark.parametrize(("flow", "language"), EVERY)
def test_rows_added_to_a_csv_template_are_read_back_exactly(
    flow: Dataflow, language: str, tmp_path: Path
) -> None:
    """With the separator of the language, and texts that contain it."""
    rows = _rows(flow, random.Random(f"csv {flow.id} {language}"))
    header = _template(flow, language, TemplateFormat.CSV).decode("utf-8-sig")
    separator = ";" if ";" in header else ","
    lines = [separator.join(_quoted(text) for _, text in row) for row in rows]
    path = tmp_path / "filled.csv"
    path.write_bytes(("\ufeff" + header + "\r\n".join(lines)).encode())

    read = _read(path, flow)

    assert read.equals(_as_table(flow, rows))


@pytest.mark.parametrize("flow", UPLOADED, ids=lambda flow: flow.id)
def test_rows_added_to_an_sdmx_csv_form_are_read_back_exactly(flow: Dataflow, tmp_path: Path) -> None:
    """Once its own columns are taken away."""
    rows = _rows(flow, random.Random(f"sdmx {flow.id}"))
    header, form, *_ = _template(flow, "en", TemplateFormat.SDMX_CSV).decode("utf-8-sig").split("\r\n")
    own = ",".join(form.split(",")[:3])
    texts = [dict(zip(flow.upload.column_ids, (text for _, text in row), strict=True)) for row in rows]
    lines = [",".join([own, *(_quoted(row[name]) for name in header.split(",")[3:])]) for row in texts]
    path = tmp_path / "filled.csv"
    path.write_bytes("\r\n".join([header, *lines]).encode())

    sdmx = recognised(_whole(path, flow))

    assert sdmx is not None
    assert sdmx.table.select(list(flow.upload.column_ids)).equals(_as_table(flow, rows))


def _read(path: Path, flow: Dataflow) -> pa.Table:
    """Read a file as the node does; the columns in the order of their structure."""
    return _whole(path, flow).select(list(flow.upload.column_ids))


def _whole(path: Path, flow: Dataflow) -> pa.Table:
    reader = FileReader()
    recipe = reader.detect(path, path.name, flow.upload)
    return reader.read(path, path.name, recipe, flow.upload).table()


@cache
def _template(flow: Dataflow, language: str, template_format: TemplateFormat) -> bytes:
    return DefinitionFiles().template(structures.template_content(flow, language, "KZ"), template_format)


def _rows(flow: Dataflow, chance: random.Random) -> list[list[Cell]]:
    return [[_cell(column, chance) for column in flow.upload.columns] for _ in range(ROWS)]


def _cell(column: Column, chance: random.Random) -> Cell:
    """Give a cell as somebody may type it: a code is not always one that the column takes."""
    if not column.required and chance.random() < 0.3:
        return None, None
    if column.codelist is not None:
        text = chance.choice(registry.codelist(column.codelist).ids)
    elif column.kind == "period":
        text = chance.choice(["2016", "2024-Q3", "2025-M07"])
    elif column.kind in NUMBERS:
        text = _number(column, chance)
        return float(text), text
    elif column.kind == "date":
        day = dt.date(2016, 1, 1) + dt.timedelta(days=chance.randrange(4000))
        return day, day.isoformat()
    else:
        length = chance.randrange(1, min(column.max_length or 40, 40))
        text = "Ж" + "".join(chance.choice(LETTERS) for _ in range(length)).strip()
    return text, text


def _number(column: Column, chance: random.Random) -> str:
    """Give a number as text: whole, or with at most two decimals."""
    if column.kind == "count":
        return str(chance.randrange(10**12))
    return f"{chance.randrange(10**10)}.{chance.randrange(100):02d}".rstrip("0").rstrip(".")


def _as_table(flow: Dataflow, rows: list[list[Cell]]) -> pa.Table:
    columns = [pa.array([row[place][1] for row in rows], pa.string()) for place in range(len(rows[0]))]
    return pa.Table.from_arrays(columns, names=list(flow.upload.column_ids))


def _found(table: pa.Table, flow: Dataflow) -> tuple[Any, ...]:
    result = check(table, flow.upload, reporter="KZ", first_row=2)
    return result.violations, dict(result.totals), result.refused_rows, result.accepted


def _quoted(text: str | None) -> str:
    return "" if text is None else '"' + text.replace('"', '""') + '"'
