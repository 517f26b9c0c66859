"""One use case for all exports: take the table from its view, bound it, write its notes, and hand it to the writer."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import pyarrow as pa

from node.errors import Invalid, NotFound
from node.ports.exports import Export, ExportColumn, ExportFormat
from node.services.context import Context
from node.services.exports import figures, notes, series, states, words
from node.services.exports.extracts import ExportedTable, bundles_held, flow_cells, matrix, ranking

MOST_ROWS = {
    ExportFormat.JSON: 100_000,
    ExportFormat.CSV: 1_000_000,
    ExportFormat.CSVW: 1_000_000,
    ExportFormat.ZIP: 1_000_000,
    # a workbook of more takes minutes to write and a spreadsheet minutes to open
    ExportFormat.XLSX: 100_000,
    ExportFormat.PARQUET: 1_000_000,
    ExportFormat.ARROW: 1_000_000,
    ExportFormat.NOTES: 1_000_000,
}
TABLES = (
    ExportedTable("cells", ("dataflow", "originator", "bundle"), flow_cells, takes_dimensions=True),
    ExportedTable("corridors", ("dataflow",), matrix, takes_dimensions=True),
    ExportedTable("ranking", ("dataflow",), ranking, takes_dimensions=True),
    ExportedTable(
        "corridor", ("area", "counterpart", "dataflow"), figures.corridor_ends, takes_dimensions=True
    ),
    ExportedTable("typologies", ("dataflow",), states.typology_rows, takes_dimensions=True),
    ExportedTable("typology", ("method", "dataflow"), series.typology_series, takes_dimensions=True),
    ExportedTable("warning", ("area", "counterpart", "facet", "period"), series.warning_series),
    ExportedTable("warnings", ("dataflow", "area"), figures.alarms),
    ExportedTable("assessment", ("year", "model"), states.assessed),
    ExportedTable("details", ("kind", "year"), states.detailed),
    ExportedTable("exchange", (), states.peers),
    ExportedTable("member", ("area",), figures.member),
    ExportedTable("indicators", ("model", *(name.lower() for name in figures.FILTERS)), figures.indicators),
    ExportedTable("bundles", ("originator", "dataflow", "live_only"), bundles_held),
)
_DECIMALS = ("LOWER", "UPPER")


def export(
    ctx: Context,
    table: str,
    wanted: Mapping[str, str],
    written_as: ExportFormat,
    *,
    language: str,
    now: datetime,
    limit: int | None = None,
) -> Export:
    """Give a table with its notes, cut to `limit` rows or to what its form takes, and marked if it was cut.

    Raises:
        NotFound: no such table, or what it is narrowed to is not there.
        Invalid: a filter that the table does not have, or a limit over what the form takes.
    """
    most = MOST_ROWS[written_as]
    if limit is not None and limit > most:
        raise Invalid(
            f"So many rows are not written as {written_as}",
            hint=f"Ask for at most {most} rows, or for a form that takes more, such as format=csv.",
        )
    extract = _named(table).take(ctx, wanted, now)
    rows = extract.rows.slice(0, limit or most)
    columns = tuple(_column(name, rows.schema.field(name), language) for name in rows.column_names)
    about = {name: _named_so(name, value, language) for name, value in extract.about.items()}
    title = words.title(table, language, **about)
    said = notes.document(ctx, extract, rows=rows.num_rows, now=now)
    return Export(
        name=extract.name,
        title=title,
        language=language,
        columns=columns,
        table=rows,
        total=extract.rows.num_rows,
        notes=said,
        lines=notes.lines(said, extract, columns, title, language),
        words=words.file_words(language),
    )


def write(ctx: Context, made: Export, written_as: ExportFormat) -> bytes:
    """Give the bytes of the file."""
    return ctx.exports.write(made, written_as)


def _named(table: str) -> ExportedTable:
    for one in TABLES:
        if one.name == table:
            return one
    raise NotFound(
        "There is no such table", detail=table[:64], hint="One of: " + ", ".join(one.name for one in TABLES)
    )


def _column(name: str, field: Any, language: str) -> ExportColumn:
    label = words.column(name, language)
    if pa.types.is_integer(field.type):
        return ExportColumn(name, "integer", label)
    return ExportColumn(name, "decimal" if name.endswith(_DECIMALS) else "text", label)


def _named_so(name: str, value: str, language: str) -> str:
    if name == "dataflow":
        return words.dataflow(value, language)
    if name == "method":
        return words.code_of("CL_METHOD", value, language)
    return words.area(value, language) if name in {"area", "counterpart"} else value
