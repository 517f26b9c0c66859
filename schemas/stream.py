"""A table checked piece by piece, so that a file of any length is checked in the memory of one piece.

Invariants: however a table is cut, its pieces have the violations, totals and accepted rows of the whole;
judging a piece changes nothing, so that several may be judged at once; they are added in the file's order.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import pyarrow as pa

from schemas.arrow import empty_table
from schemas.columns import check_column
from schemas.findings import IN_ORDER, MAX_NAMED_ROWS, Finding, Located, Violation, first, located, severity
from schemas.masks import Mask, Places, mask_of, pc, places_of
from schemas.rules import check_rows
from schemas.sheet import header_findings, is_fatal, sheet
from schemas.structure import DataStructure
from schemas.typed import decoded, typed_table


@dataclass(frozen=True, slots=True)
class Repetition:
    """Rows that repeat one another under a rule: the first of one group, and how many it has.

    rows: file row numbers, ascending; a violation is listed for each of them. columns: those that are equal.
    """

    rule: str
    rows: tuple[int, ...]
    count: int
    columns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Judged:
    """One piece once judged: its typed rows, refused ones included, and what was found in it."""

    first_row: int
    typed: pa.Table
    is_refused: Mask
    refused: int
    totals: Mapping[str, int]
    located: tuple[Located, ...]

    @property
    def accepted(self) -> pa.Table:
        """The rows that nothing refuses, typed (`schemas.typed`)."""
        return self.typed.filter(pc.invert(self.is_refused)) if self.refused else self.typed

    @property
    def accepted_rows(self) -> Places:
        """The file's numbers of the accepted rows."""
        return pc.add(places_of(pc.invert(self.is_refused)), self.first_row)

    @property
    def left_out(self) -> pa.Table:
        """The refused rows, typed; cells that broke a rule are empty."""
        return self.typed.filter(self.is_refused)

    @property
    def left_out_rows(self) -> Places:
        """The file's numbers of the refused rows."""
        return pc.add(places_of(self.is_refused), self.first_row)


@dataclass(frozen=True, slots=True)
class StreamResult:
    """What was found in all pieces and across their rows; the accepted rows were given out as they came.

    violations: the first ones, by row and column. totals: all of them, by rule. rows: rows of the table.
    rows_refused: how many of them have at least one error. is_fatal: the table could not be read row by row.
    """

    violations: tuple[Violation, ...]
    totals: Mapping[str, int]
    rows: int
    rows_refused: int
    is_fatal: bool = False

    @property
    def is_clean(self) -> bool:
        """True if nothing at all was found, not even a warning."""
        return not self.totals


class StreamCheck:
    """The check of one table whose pieces come one after another."""

    def __init__(
        self,
        structure: DataStructure,
        *,
        reporter: str,
        listed_at_most: int = 1000,
        as_of: dt.date | None = None,
    ) -> None:
        self._structure = structure
        self._reporter = reporter
        self._as_of = as_of
        self.listed_at_most = listed_at_most
        self._header: list[Finding] | None = None
        self._located: list[Located] = []
        self._totals: Counter[str] = Counter()
        self._rows = 0
        self._refused = 0

    @property
    def structure(self) -> DataStructure:
        """What the table is checked against."""
        return self._structure

    @property
    def rows(self) -> int:
        """How many rows have been counted so far."""
        return self._rows

    @property
    def is_fatal(self) -> bool:
        """True once the header showed that the table cannot be read row by row."""
        return is_fatal(self._header or [])

    def begin(self, header: pa.Table) -> None:
        """Judge the columns, by any piece of the table; `judge` needs it to have been done."""
        if self._header is None:
            self._header = header_findings(header, self._structure)
            self._add_findings(self._header)

    def judge(self, chunk: pa.Table, first_row: int) -> Judged:
        """Return what is wrong with the cells and rows of a piece; its first row is `first_row` of the file.

        Raises:
            InvalidTable: a column of an upload is not text.
        """
        cells = sheet(chunk, self._structure, reporter=self._reporter, first_row=first_row, as_of=self._as_of)
        findings = [finding for column in self._structure.columns for finding in check_column(column, cells)]
        findings += check_rows(cells)
        refusing = [finding.rows for finding in findings if finding.rows is not None and finding.is_error]
        rows = pc.unique(pa.chunked_array(refusing, pa.int64()))
        is_refused = mask_of(pc.subtract(rows, first_row), chunk.num_rows)
        listed = located(findings, self._structure.column_ids, at_most=self.listed_at_most)
        return Judged(
            first_row,
            typed_table(cells),
            is_refused,
            len(rows),
            _totals(findings),
            tuple(sorted(listed, key=IN_ORDER)[: self.listed_at_most]),
        )

    def add(self, judged: Judged) -> None:
        """Count a judged piece; pieces are added in the order of the file."""
        self._rows += judged.typed.num_rows
        self._refused += judged.refused
        self._totals.update(judged.totals)
        if len(self._located) < self.listed_at_most:
            self._located += judged.located

    def take(self, chunk: pa.Table, first_row: int) -> pa.Table:
        """Check the next piece; return its accepted rows, typed. Nothing is accepted under a bad header.

        Raises:
            InvalidTable: a column of an upload is not text.
        """
        self.begin(chunk)
        if self.is_fatal or chunk.num_rows == 0:
            self.skip(chunk.num_rows)
            return empty_table(self._structure)
        judged = self.judge(chunk, first_row)
        self.add(judged)
        return decoded(judged.accepted, self._structure)

    def skip(self, rows: int) -> None:
        """Count rows that cannot be read because of the header: all of them are refused."""
        self._rows += rows
        self._refused += rows

    def add_across(self, findings: Iterable[Finding], *, refused: int) -> None:
        """Add what rules across rows found, and how many rows they refuse that nothing refused before."""
        self._add_findings(list(findings))
        self._refused += refused

    def finish(
        self,
        repeated: Iterable[Repetition] = (),
        *,
        totals: Mapping[str, int] | None = None,
        refused: int | None = None,
    ) -> StreamResult:
        """Return the result; `repeated` are the repetitions to be listed, found by whoever kept the rows.

        Args:
            repeated: groups of repeated rows, at least those of the first rows.
            totals: rows in all groups by rule, where `repeated` leaves groups out.
            refused: rows that repetitions refuse and nothing refused before; by default all they name.
        """
        groups = list(repeated)
        counted = Counter[str]()
        for group in groups:
            counted[group.rule] += group.count
        counted = counted if totals is None else Counter(totals)
        self._totals.update({rule: total for rule, total in counted.items() if total})
        errors = sum(total for rule, total in counted.items() if severity(rule) == "error")
        self._refused += errors if refused is None else refused
        self._located += [entry for group in groups for entry in _located(group, self._structure)]
        if self._rows == 0:
            self._add_findings([Finding("table.empty", None, None)])
        return StreamResult(
            violations=first(self._located, at_most=self.listed_at_most),
            totals=dict(sorted(self._totals.items())),
            rows=self._rows,
            rows_refused=self._refused,
            is_fatal=self.is_fatal or self._rows == 0,
        )

    def _add_findings(self, findings: list[Finding]) -> None:
        self._totals.update(_totals(findings))
        self._located += located(findings, self._structure.column_ids, at_most=self.listed_at_most)


def _totals(findings: Iterable[Finding]) -> Counter[str]:
    totals: Counter[str] = Counter()
    for finding in findings:
        totals[finding.rule] += finding.total
    return totals


def _located(group: Repetition, structure: DataStructure) -> list[Located]:
    """Return the violation of every named row of a group."""
    column = group.columns[0] if group.rule == "key.duplicate" else None
    rows = list(group.rows[:MAX_NAMED_ROWS])
    params = {"rows": rows, "count": group.count, "columns": list(group.columns)}
    place = -1 if column is None else structure.column_ids.index(column)
    kind = severity(group.rule)
    return [
        (row, place, group.rule, Violation(group.rule, kind, row, column, None, params)) for row in group.rows
    ]
