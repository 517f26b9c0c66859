"""CSV as people make it: UTF-8, UTF-16 or Windows-1251; comma, semicolon or tab.

Invariants: the file is walked once, strictly, before it is parsed, so that a record of another width or a
quotation mark left open is named by its row and nothing shifts; a byte is never replaced or dropped.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import pyarrow as pa

from node.adapters.durable import named_refusals
from node.adapters.reading_encoding import encoding_of
from node.adapters.reading_limits import ReadingLimits
from node.adapters.reading_shape import check_rows, check_width, shaped
from node.errors import Invalid
from node.ports.outside import ReadTable

_SEPARATORS = (",", ";", "\t")
_SAMPLE_CHARACTERS = 1 << 16
_SAMPLE_RECORDS = 20
_CHUNK_ROWS = 100_000


def read_csv(path: Path, limits: ReadingLimits) -> ReadTable:
    """Read a CSV file; raises Invalid naming the row at fault, or TooLarge."""
    encoding = encoding_of(path)
    with named_refusals(path), path.open(encoding=encoding, newline="") as handle:
        separator = _separator(handle.read(_SAMPLE_CHARACTERS))
        handle.seek(0)
        header, records = _walk(handle, separator, limits)
        handle.seek(0)
        table = pa.concat_tables(_chunks(handle, separator, len(header)))
    if table.num_rows != records:
        raise _unreadable("it can be cut into rows in two ways", records)
    recipe = {"format": "csv", "encoding": encoding, "separator": separator, "sheet": ""}
    return shaped(header, table.slice(1).columns, recipe, limits)


def _separator(sample: str) -> str:
    """Give the separator that cuts the first records into equal, and then into most, cells."""
    # the sample may end inside its last record
    lines = sample.splitlines(keepends=True)
    whole = "".join(lines[:-1]) if len(sample) == _SAMPLE_CHARACTERS and len(lines) > 1 else sample
    best = max(_SEPARATORS, key=lambda separator: _agreement(whole, separator))
    if _agreement(whole, best)[1] > 1:
        return best
    first_line = sample.partition("\n")[0][:80]
    raise Invalid(
        "The columns cannot be told apart",
        detail=f"No comma, semicolon or tab separates the column names: {first_line!r}.",
        hint="Save the file as CSV with comma, semicolon or tab between the columns.",
        row=1,
    )


def _agreement(sample: str, separator: str) -> tuple[float, int]:
    try:
        records = list(
            islice(csv.reader(io.StringIO(sample, newline=""), delimiter=separator), _SAMPLE_RECORDS)
        )
    except csv.Error:
        return 0, 0
    width = len(records[0]) if records else 0
    if width <= 1:
        return 0, width
    return sum(len(record) == width for record in records) / len(records), width


def _walk(handle: io.TextIOWrapper, separator: str, limits: ReadingLimits) -> tuple[list[str], int]:
    """Give the header and the number of records, all of the header's width or blank."""
    reader = csv.reader(handle, delimiter=separator, strict=True)
    row = 1
    try:
        header = next(reader, [])
        check_width(len(header), limits)
        for row, record in enumerate(reader, start=2):
            if len(record) != len(header) and any(cell.strip() for cell in record):
                raise _ragged(row, len(record), len(header))
            check_rows(row - 1, limits)
    except csv.Error as error:
        raise _unreadable(str(error), row + 1) from error
    return header, row


def _chunks(handle: io.TextIOWrapper, separator: str, width: int) -> Iterator[pa.Table]:
    """Parse the whole file, header included, into tables of text columns named 0, 1, ..."""
    import pandas as pd  # noqa: PLC0415 - a second to import, needed when a file is read only

    frames = pd.read_csv(
        handle,
        sep=separator,
        header=None,
        names=range(width),
        index_col=False,
        dtype=str,
        keep_default_na=False,
        na_filter=False,
        skip_blank_lines=False,
        chunksize=_CHUNK_ROWS,
        engine="c",
    )
    schema = pa.schema([(str(position), pa.string()) for position in range(width)])
    with frames:
        for frame in frames:
            table = pa.Table.from_pandas(frame, preserve_index=False)
            yield table.rename_columns(schema.names).cast(schema)


def _ragged(row: int, cells: int, expected: int) -> Invalid:
    return Invalid(
        "A row has another number of cells than the header",
        detail=f"Row {row} has {cells} cells, the header has {expected}.",
        hint="Look for a missing or extra separator there, or put the text with the separator into quotes.",
        row=row,
    )


def _unreadable(problem: str, row: int) -> Invalid:
    return Invalid(
        "The file cannot be read as CSV",
        detail=f"Row {row}: {problem}.",
        hint="Look for a quotation mark that is opened and not closed, or save the file again from Excel.",
        row=row,
    )
