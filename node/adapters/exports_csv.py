"""Exported tables as CSV (RFC 4180), described as CSV on the Web says (W3C, "Metadata Vocabulary for Tabular Data").

Invariants: the CSV is a header and rows and nothing else, so that every reader reads it; what is to be known about it
stands in the document beside it. A text that begins as a formula does gets an apostrophe in front: the document
says so, and a number is never touched.
"""

from __future__ import annotations

import io
import json
import zipfile
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv

from node.ports.exports import Export, ExportColumn, ExportFormat

# what a spreadsheet may evaluate when it opens a CSV (OWASP, "CSV Injection"), full-width forms included
FORMULA = "^[=+\\-@\t\r\n\uff1d\uff0b\uff0d\uff20]"
NUMBER = r"^-?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?$"
_DATATYPES = {"text": "string", "integer": "integer", "decimal": "decimal"}
_DAY_OF_ZIP = (1980, 1, 1, 0, 0, 0)


def write_csv(export: Export) -> bytes:
    """Give header and rows: UTF-8, comma, CRLF; an empty text is quoted, what has no value is empty without quotes."""
    sink = io.BytesIO()
    columns: dict[str, Any] = {
        column.id: neutral(export.table[column.id], column) for column in export.columns
    }
    options = pyarrow.csv.WriteOptions(eol="\r\n")  # type: ignore[call-arg] # newer than its stubs
    pyarrow.csv.write_csv(pa.table(columns), sink, options)
    return sink.getvalue()


def write_csv_metadata(export: Export) -> bytes:
    """Give the description of the CSV file of the same name."""
    document = {
        "@context": ["http://www.w3.org/ns/csvw", {"@language": export.language}],
        "url": export.file_name(ExportFormat.CSV),
        "dc:title": export.title,
        "dialect": {"header": True, "encoding": "utf-8", "lineTerminators": ["\r\n"]},
        "tableSchema": {"columns": [_column(column) for column in export.columns]},
        "notes": [dict(export.notes)],
    }
    return json.dumps(document, ensure_ascii=False, indent=1).encode()


def write_zip(export: Export) -> bytes:
    """Give both files in one archive, so that the notes stay with the rows when they are passed on."""
    sink = io.BytesIO()
    files = {ExportFormat.CSV: write_csv, ExportFormat.CSVW: write_csv_metadata}
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as archive:
        for written_as, write in files.items():
            entry = zipfile.ZipInfo(export.file_name(written_as), _DAY_OF_ZIP)
            archive.writestr(entry, write(export), zipfile.ZIP_DEFLATED)
    return sink.getvalue()


def neutral(values: Any, column: ExportColumn) -> Any:
    """Put an apostrophe before texts of a column that begin as a formula does; numbers stay as they are."""
    if column.kind == "integer":
        return values
    texts = values.cast(pa.string())
    is_formula: Any = pc.match_substring_regex(texts, FORMULA)
    if column.kind == "decimal":
        is_formula = pc.and_(is_formula, pc.invert(pc.match_substring_regex(texts, NUMBER)))
    return pc.if_else(is_formula, pc.binary_join_element_wise(pa.scalar("'"), texts, pa.scalar("")), texts)


def _column(column: ExportColumn) -> dict[str, Any]:
    return {
        "name": column.id,
        "titles": [column.id],
        "dc:description": column.label,
        "datatype": _DATATYPES[column.kind],
        "required": False,
    }
