"""Templates as text: CSV for people, SDMX-CSV 2.0 for programs.

Invariants: a CSV template is its header and nothing else, so nothing in it can be uploaded by accident; both
forms open in a spreadsheet with their letters intact (UTF-8 with its mark, the separator of the language).
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

from node.ports.templates import Template
from node.services.sdmx_csv import ACTION, STRUCTURE, STRUCTURE_ID
from schemas.structure import DataStructure

_BYTE_ORDER_MARK = "\ufeff"
# where the comma separates decimals, spreadsheets separate columns by semicolons
_SEPARATORS = {"ru": ";", "kk": ";", "en": ","}
_ROLES = ("dimension", "measure", "attribute")


def write_csv(template: Template) -> bytes:
    """Give the header row."""
    return _written([template.dataflow.upload.column_ids], _SEPARATORS[template.language])


def write_sdmx_csv(template: Template) -> bytes:
    """Give the header row and one row that already says what it belongs to; its other cells are to be filled.

    Columns stand as SDMX-CSV has them: dimensions, measures, attributes. The separator is a comma in every
    language: programs read this form.
    """
    flow = template.dataflow
    header = [STRUCTURE, STRUCTURE_ID, ACTION, *_sdmx_order(flow.upload)]
    form = ["dataflow", f"{flow.agency}:{flow.id}({flow.version})", "A"]
    return _written([header, [*form, *("" for _ in flow.upload.columns)]], ",")


def _sdmx_order(structure: DataStructure) -> list[str]:
    return [column.id for role in _ROLES for column in structure.columns if column.role == role]


def _written(rows: Sequence[Sequence[str]], separator: str) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=separator, lineterminator="\r\n").writerows(rows)
    return (_BYTE_ORDER_MARK + text.getvalue()).encode()
