"""How a CSV lies: its encoding, separator, header and footnotes, found in its first and last lines.

Invariants: `sep=` decides the separator where it stands; else the one that names most columns of the structure
and cuts the rows into equally many cells; a row is a record, as a spreadsheet counts them.
"""

from __future__ import annotations

import contextlib
import csv
import io
from collections import Counter
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from node.adapters.durable import named_refusals
from node.adapters.reading_encoding import check_encoding, check_known, encodings_of
from node.adapters.reading_header import SEARCHED_ROWS, find_header, footnotes
from node.adapters.reading_layout import Layout
from node.adapters.reading_limits import ReadingLimits
from node.adapters.reading_names import NameBook
from node.adapters.reading_source import Utf8Stream
from node.errors import Invalid
from node.ports.reading import Recipe

SEPARATORS = (",", ";", "\t", "|")
_NO_SEPARATORS = frozenset('\r\n"\0')
_SAMPLE_CHARACTERS = 1 << 18
_TAIL_BYTES = 1 << 16
_MAX_STATED = 80


def survey_csv(path: Path, book: NameBook, limits: ReadingLimits, encoding: str | None) -> Layout:
    """Find out how a CSV lies; raises Invalid when its encoding, its columns or its header cannot be told."""
    if encoding is not None:
        check_encoding(path, encoding)
    fitting = (encoding,) if encoding is not None else encodings_of(path)
    with named_refusals(path):
        sample, stated = _sample(path, fitting[0])
        separator = _separator(sample, stated, book)
        rows = _records(sample, separator, SEARCHED_ROWS)
        header = find_header(rows, book)
        is_whole = path.stat().st_size <= limits.analysed_bytes
        width = len(rows[header.last])
        last_row = _last_row(path, fitting[0], separator, width) if is_whole else None
    return Layout(
        "csv",
        fitting[0],
        separator,
        header_first=header.first + 1,
        header_last=header.last + 1,
        last_row=last_row if last_row is None or last_row > header.last else header.last + 1,
        parts=header.parts,
        alternatives=fitting[1:],
        is_whole=is_whole,
    )


def text_of(path: Path, encoding: str) -> io.TextIOWrapper:
    """Open a file as text with its line ends as they are."""
    return io.TextIOWrapper(io.BufferedReader(Utf8Stream(path, encoding)), "utf-8", newline="")


def unreadable(problem: str, row: int) -> Invalid:
    """Refuse a file whose cells cannot be told apart at a row."""
    return Invalid(
        "The file cannot be read as CSV",
        detail=f"Row {row}: {problem}.",
        hint="Look for a quotation mark that is opened and not closed, or save the file again from Excel.",
        row=row,
    )


def around_csv(path: Path, recipe: Recipe) -> tuple[str, ...]:
    """Give the lines above the header and the footnotes, as far as they are searched for.

    Raises:
        Invalid: the recipe, which a person may have corrected, names no encoding or separator that is read.
    """
    check_known(recipe.encoding)
    if len(recipe.separator) != 1 or recipe.separator in _NO_SEPARATORS:
        raise unreadable(f"{recipe.separator[:10]!r} separates no columns", recipe.header_first)
    with text_of(path, recipe.encoding) as text:
        above = [
            text.readline(_SAMPLE_CHARACTERS).strip()
            for _ in range(min(recipe.header_first - 1, SEARCHED_ROWS))
        ]
    if recipe.last_row is None:
        return tuple(above)
    last = _last_lines(path, recipe.encoding, recipe.separator)
    noted = footnotes(last, len(recipe.columns))
    return (*above, *(" ".join(row).strip() for row in last[len(last) - noted :]))


def _sample(path: Path, encoding: str) -> tuple[str, str]:
    """Give the first whole lines, and the separator that the file states."""
    with Utf8Stream(path, encoding) as stream:
        stated = stream.stated_separator
    with text_of(path, encoding) as text:
        sample = text.read(_SAMPLE_CHARACTERS)
    lines = sample.splitlines(keepends=True)
    # the sample may end inside its last record
    is_cut = len(sample) == _SAMPLE_CHARACTERS and len(lines) > 1
    return "".join(lines[:-1]) if is_cut else sample, stated


def _records(sample: str, separator: str, most: int) -> list[list[str]]:
    """Give the first records, as far as they can be read; the strict walk names what cannot."""
    records = []
    with contextlib.suppress(csv.Error):
        for record in islice(csv.reader(io.StringIO(sample, newline=""), delimiter=separator), most):
            records.append(record)  # noqa: PERF402 - what was read before an error is kept
    return records


def _separator(sample: str, stated: str, book: NameBook) -> str:
    if stated in SEPARATORS:
        return stated
    best = max(SEPARATORS, key=lambda separator: _fit(sample, separator, book))
    if _fit(sample, best, book)[2] > 1:
        return best
    first_line = sample.partition("\n")[0][:_MAX_STATED]
    raise Invalid(
        "The columns cannot be told apart",
        detail=f"No comma, semicolon, tab or bar separates the column names: {first_line!r}.",
        hint="Save the file as CSV with comma, semicolon or tab between the columns.",
        row=1,
    )


def _fit(sample: str, separator: str, book: NameBook) -> tuple[int, float, int]:
    """Give how many columns a separator names, the share of rows of the usual width, and that width."""
    records = [record for record in _records(sample, separator, SEARCHED_ROWS) if record]
    widths = Counter(len(record) for record in records if len(record) > 1)
    if not widths:
        return 0, 0, 0
    width, count = max(widths.items(), key=lambda pair: (pair[1], pair[0]))
    named = max(book.matches(record) for record in records)
    return named if named > 1 else 0, count / len(records), width


def _last_row(path: Path, encoding: str, separator: str, width: int) -> int | None:
    """Give the row after which only footnotes come, None when there are none."""
    noted = footnotes(_last_lines(path, encoding, separator), width)
    if not noted:
        return None
    with text_of(path, encoding) as text:
        return sum(1 for _ in csv.reader(text, delimiter=separator)) - noted


def _last_lines(path: Path, encoding: str, separator: str) -> list[list[str]]:
    """Give the last lines as records, from the first one on that has no quotation mark open."""
    size = path.stat().st_size
    with path.open("rb") as handle:
        handle.seek(max(0, size - _TAIL_BYTES) & ~1)
        tail = handle.read()
    codec = "utf-16-le" if encoding == "utf-16" and path.read_bytes()[:2] == b"\xff\xfe" else encoding
    codec = "utf-16-be" if codec == "utf-16" else codec
    lines = tail.decode(codec, "ignore").removeprefix("\ufeff").splitlines()
    whole = lines if size <= _TAIL_BYTES else lines[1:]
    return list(_parsed(whole, separator))


def _parsed(lines: list[str], separator: str) -> Iterator[list[str]]:
    odd = [number for number, line in enumerate(lines) if line.count('"') % 2]
    for line in lines[odd[-1] + 1 if odd else 0 :]:
        yield next(csv.reader([line], delimiter=separator), [])
