"""What the cells of a file say about its columns: conventions of numbers, forms of dates, names of codes.

Invariants: a column is judged by all the cells it was shown; only what is exactly a code's name becomes a code;
the same cells in the same order give the same answer.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

import pyarrow as pa

from node.adapters.reading_layout import Layout
from node.adapters.reading_names import CODE_KINDS, DATE_KINDS, NUMERIC_KINDS, NameBook, code_named
from node.adapters.reading_numbers import NumberEvidence, usual_decimal
from node.adapters.reading_shape import Cells, distinct, pc
from node.errors import Invalid
from node.ports.reading import ColumnReading
from schemas.registry import codelist
from schemas.structure import Column

# days 20000 to 69999 of Excel's calendar are of 1954 to 2091; four digits would be a year
SERIAL = r"^(?:\x00)?\s*[2-6][0-9]{4}\s*$"
_DOTTED = r"^\s*[0-9]{1,2}\.[0-9]{1,2}\.[0-9]{4}"
_ISO = r"^\s*[0-9]{4}-[0-9]{2}-[0-9]{2}"
# a column with more different texts than this is no column of codes
_MAX_NAMES = 10_000


@dataclass(slots=True)
class ColumnEvidence:
    """What was seen in one column; `column` is the structure's, None where the structure has none."""

    reading: ColumnReading
    column: Column | None
    numbers: NumberEvidence = field(default_factory=NumberEvidence)
    dates: set[str] = field(default_factory=set)
    names: dict[str, str] = field(default_factory=dict)
    others: set[str] = field(default_factory=set)
    has_values: bool = False

    def take(self, cells: Cells) -> None:
        """Look at more cells."""
        if cells.null_count == len(cells):
            return
        kind = "" if self.column is None else self.column.kind
        if not self.reading.header:
            self.has_values = self.has_values or _has_text(cells)
        elif kind in NUMERIC_KINDS:
            self.numbers.take(cells)
        elif kind in DATE_KINDS:
            self._take_dates(cells)
        elif kind in CODE_KINDS:
            self._take_codes(cells)

    def decided(self, usual: str | None, layout: Layout) -> ColumnReading:
        """Give the column's reading."""
        if self.column is not None and self.column.kind in NUMERIC_KINDS:
            return self.numbers.decided(self.reading, usual, is_whole=layout.is_whole)
        seen = self.dates if layout.has_serial_days else self.dates - {"serial"}
        dates = next((form for form in ("serial", "dmy", "iso") if form in seen), "")
        return replace(self.reading, dates=dates, codes=dict(sorted(self.names.items())))

    def _take_dates(self, cells: Cells) -> None:
        different = distinct(cells.cast(pa.string()))
        for form, pattern in (("serial", SERIAL), ("dmy", _DOTTED), ("iso", _ISO)):
            if form not in self.dates and pc.any(pc.match_substring_regex(different, pattern)).as_py():
                self.dates.add(form)

    def _take_codes(self, cells: Cells) -> None:
        if self.column is None or len(self.others) > _MAX_NAMES:
            return
        texts = pc.unique(pc.utf8_trim_whitespace(distinct(cells)))
        known = pa.array(codelist(self.column.codelist or "").ids, pa.string())
        for text in texts.filter(pc.invert(pc.is_in(texts, value_set=known))).to_pylist():
            if text in self.names or text in self.others:
                continue
            code = code_named(self.column, text.lstrip("\0")) if text else None
            if code is None:
                self.others.add(text)
            else:
                self.names[text.lstrip("\0")] = code


def gather(
    columns: Sequence[ColumnReading], book: NameBook, chunks: Iterator[pa.Table]
) -> list[ColumnEvidence]:
    """Look at the cells of every column."""
    evidence = [ColumnEvidence(column, book.column(column.concept)) for column in columns]
    for chunk in chunks:
        for one in evidence:
            one.take(chunk.column(one.reading.position))
    return evidence


def decide(evidence: Sequence[ColumnEvidence], layout: Layout) -> tuple[ColumnReading, ...]:
    """Give how each column is read; a blank one without a name is none."""
    usual = usual_decimal(one.numbers for one in evidence)
    return tuple(one.decided(usual, layout) for one in evidence if one.reading.header or one.has_values)


def nameless(position: int) -> Invalid:
    """Refuse values that nobody says the meaning of."""
    return Invalid(
        "A column has no name",
        detail=f"The header is empty in column {position + 1}, but values stand below it.",
        hint="Name the column as in the template, or remove it.",
    )


def _has_text(cells: Cells) -> bool:
    texts = pc.utf8_trim_whitespace(cells.cast(pa.string()))
    return bool(pc.any(pc.not_equal(texts, "")).as_py())
