"""The one writer of exported tables: chooses the form; the forms that hold more than rows have modules of their own.

Invariants: a text that a spreadsheet would take for a formula is neutralised wherever a spreadsheet would read it;
notes are where tools of the form look for them (a sheet, the metadata of the schema, a described-by document).
"""

from __future__ import annotations

import io
import json
from collections.abc import Callable

import pyarrow as pa
import pyarrow.parquet as pq

from node.adapters.exports_csv import write_csv, write_csv_metadata, write_zip
from node.adapters.exports_workbook import write_workbook
from node.ports.exports import Export, ExportFormat

NOTES_KEY, TITLE_KEY, COMPLETE_KEY = "irac.notes", "irac.title", "irac.complete"


def write_json(export: Export) -> bytes:
    """Give one document: the notes, then the rows as objects, every value as it is stored."""
    document = {
        "title": export.title,
        "total": export.total,
        "complete": export.is_complete,
        "notes": dict(export.notes),
        "columns": [column.id for column in export.columns],
        "rows": export.table.to_pylist(),
    }
    return json.dumps(document, ensure_ascii=False, default=str).encode()


def write_notes(export: Export) -> bytes:
    """Give the notes alone: for programs, and line by line for people."""
    document = {
        "name": export.name,
        "title": export.title,
        "language": export.language,
        "notes": dict(export.notes),
        "lines": [{"about": line.about, "label": line.label, "text": line.text} for line in export.lines],
    }
    return json.dumps(document, ensure_ascii=False).encode()


def write_parquet(export: Export) -> bytes:
    """Give a Parquet file whose key-value metadata holds the notes."""
    sink = io.BytesIO()
    pq.write_table(_described(export), sink, compression="zstd")
    return sink.getvalue()


def write_arrow(export: Export) -> bytes:
    """Give an Arrow IPC stream whose schema holds the notes."""
    described = _described(export)
    sink = io.BytesIO()
    with pa.ipc.new_stream(sink, described.schema) as stream:
        stream.write_table(described)
    return sink.getvalue()


def _described(export: Export) -> pa.Table:
    labels = {column.id: column.label for column in export.columns}
    columns = [field.with_metadata({"label": labels.get(field.name, "")}) for field in export.table.schema]
    notes: dict[bytes | str, bytes | str] = {
        NOTES_KEY: json.dumps(dict(export.notes), ensure_ascii=False),
        TITLE_KEY: export.title,
        COMPLETE_KEY: "true" if export.is_complete else "false",
    }
    return export.table.cast(pa.schema(columns, metadata=notes))


_WRITERS: dict[ExportFormat, Callable[[Export], bytes]] = {
    ExportFormat.JSON: write_json,
    ExportFormat.CSV: write_csv,
    ExportFormat.CSVW: write_csv_metadata,
    ExportFormat.ZIP: write_zip,
    ExportFormat.XLSX: write_workbook,
    ExportFormat.PARQUET: write_parquet,
    ExportFormat.ARROW: write_arrow,
    ExportFormat.NOTES: write_notes,
}


class ExportFiles:
    """The ExportWriter port; holds nothing."""

    def write(self, export: Export, written_as: ExportFormat) -> bytes:
        """Give the bytes of the file."""
        return _WRITERS[written_as](export)
