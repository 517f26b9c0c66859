"""What a person is told about how a file was read, as violations of the `reading.*` rules.

Invariants: everything told follows from the recipe and from marks in the file, so a replay tells the same; an
unsure reading is an error until a person has confirmed the recipe.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from typing import Any

from node.adapters.reading_marks import SheetMarks
from node.adapters.reading_names import NUMERIC_KINDS, NameBook
from node.ports.reading import ColumnReading, Recipe
from schemas.check import Violation
from schemas.findings import severity

_MOST_EXAMPLES = 5
_NEAR = 0.8
_UTF = ("", "utf-8", "utf-8-sig", "utf-16")


def notices_of(recipe: Recipe, book: NameBook) -> tuple[Violation, ...]:
    """Give what the recipe itself has to tell."""
    return (
        *_of_file(recipe),
        *(one for column in recipe.columns for one in _of_column(column, recipe, book)),
    )


def notices_of_marks(marks: SheetMarks, recipe: Recipe, *, merged: int) -> tuple[Violation, ...]:
    """Give what a sheet of a workbook has to tell besides its cells."""
    last = recipe.last_row if recipe.last_row is not None else float("inf")
    rows = sorted(row for row in marks.hidden_rows if recipe.first_row <= row <= last)
    columns = [f"{_letters(first)}:{_letters(end)}" for first, end in sorted(marks.hidden_columns)]
    cells = sorted(marks.formula_cells)
    told: list[tuple[str, dict[str, Any]]] = [
        ("reading.hidden_rows", {"rows": rows[:100], "count": len(rows)}),
        ("reading.hidden_columns", {"columns": columns, "count": len(columns)}),
        ("reading.formulas", {"cells": cells[:_MOST_EXAMPLES], "count": len(cells)}),
        ("reading.merged_cells", {"count": merged}),
    ]
    return tuple(_notice(rule, None, params) for rule, params in told if params["count"])


def _of_file(recipe: Recipe) -> Iterator[Violation]:
    params: dict[str, Any]
    if recipe.format == "csv" and recipe.encoding not in _UTF:
        if recipe.alternatives and not recipe.confirmed:
            params = {"encoding": recipe.encoding, "alternatives": list(recipe.alternatives)}
            yield _notice("reading.ambiguous_encoding", None, params)
        else:
            yield _notice("reading.encoding", None, {"encoding": recipe.encoding})
    if recipe.columns_as_in:
        yield _notice("reading.as_before", None, {"submission": recipe.columns_as_in})
    if recipe.format == "goaml":
        yield _notice("reading.counted_reports", None, {})
    if recipe.header_first > 1:
        yield _notice("reading.title_rows", None, {"last": recipe.header_first - 1})
    if recipe.header_last > recipe.header_first:
        params = {"first": recipe.header_first, "last": recipe.header_last}
        yield _notice("reading.header_rows", None, params)
    if recipe.last_row is not None:
        yield _notice("reading.footnotes", None, {"first": recipe.last_row + 1})
    wide = [column for column in recipe.columns if column.carries]
    if wide:
        params = {"count": len(wide), "dimensions": sorted(wide[0].carries)}
        yield _notice("reading.wide_table", None, params)


def _of_column(column: ColumnReading, recipe: Recipe, book: NameBook) -> Iterator[Violation]:
    if not column.header:
        yield _notice("reading.column_without_name", _letters(column.position + 1), {})
    elif not column.concept:
        yield _notice("reading.column_not_read", column.header, {})
    if not column.concept:
        return
    known = book.column(column.concept)
    if known is None:
        suggestion = suggested(column.header, book)
        if suggestion:
            yield _notice("reading.column_suggestion", column.header, {"suggestion": suggestion})
        return
    if known.kind in NUMERIC_KINDS:
        yield from _of_numbers(column, recipe)
    elif column.dates == "serial":
        yield _notice("reading.dates_from_numbers", column.concept, {"header": column.header})
    elif column.codes:
        pairs = [f"{name} = {code}" for name, code in sorted(column.codes.items())]
        yield _notice("reading.names_as_codes", column.concept, {"names": pairs, "header": column.header})


def _of_numbers(column: ColumnReading, recipe: Recipe) -> Iterator[Violation]:
    marks = {"decimal": column.decimal or ".", "thousands": column.thousands, "header": column.header}
    if column.is_unsure and not recipe.confirmed:
        yield _notice("reading.ambiguous_number", column.concept, marks)
    elif column.decimal == "," or column.thousands:
        yield _notice("reading.numbers_as_text", column.concept, marks)


def suggested(header: str, book: NameBook) -> str:
    """Give the column whose name a header nearly is, "" if none or several."""
    wanted = header.casefold()
    near = {
        column.id
        for column in book.structure.columns
        for name in (column.id, *column.labels.values())
        if difflib.SequenceMatcher(None, wanted, name.casefold()).ratio() >= _NEAR
    }
    return near.pop() if len(near) == 1 else ""


def _notice(rule: str, column: str | None, params: Mapping[str, Any]) -> Violation:
    return Violation(rule, severity(rule), None, column, None, dict(params))


def _letters(number: int) -> str:
    """Give a column's name in a spreadsheet."""
    letters = ""
    while number > 0:
        number, place = divmod(number - 1, 26)
        letters = chr(ord("A") + place) + letters
    return letters
