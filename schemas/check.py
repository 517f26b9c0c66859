"""A table against its structure: every violation, at its coordinate, never only the first.

Invariants: totals count every violation even where the list is cut; an error refuses its row and nothing
else; a warning refuses nothing; what is accepted has the structure's Arrow schema and the order of the file;
the same table gives the same result, byte for byte.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache

import pyarrow as pa

from schemas.across import check_across, compared_columns
from schemas.arrow import empty_table
from schemas.findings import Finding, Violation
from schemas.masks import Mask, Places, all_places, mask_of, pc, places_of
from schemas.messages import location, message
from schemas.parallel import side_by_side
from schemas.rows import Rows, rows_of
from schemas.stream import Judged, StreamCheck, StreamResult
from schemas.structure import DataStructure
from schemas.typed import decoded

__all__ = ["CheckResult", "Violation", "check", "location", "message"]

# Pieces small enough to stay in the processor's cache, large enough that their number costs nothing.
_PIECE_ROWS = 1 << 18


@dataclass(frozen=True, slots=True)
class CheckResult:
    """What a check found.

    violations: the first ones, by row and column. totals: all of them, by rule. rows: rows of the table.
    refused_rows: file row numbers with at least one error; a table checked in a stream only counts them.
    take: makes the accepted rows, once. is_fatal: no row could be read, so every row is refused.
    """

    violations: tuple[Violation, ...]
    totals: Mapping[str, int]
    rows: int
    refused_rows: frozenset[int]
    rows_refused: int
    take: Callable[[], pa.Table] = field(compare=False, repr=False)
    is_fatal: bool = False

    @property
    def accepted(self) -> pa.Table:
        """The rows without an error, typed, in file order; made when they are first asked for."""
        return self.take()

    @property
    def is_clean(self) -> bool:
        """True if nothing at all was found, not even a warning."""
        return not self.totals


def check(
    table: pa.Table,
    structure: DataStructure,
    *,
    reporter: str,
    first_row: int,
    listed_at_most: int = 1000,
    previous: pa.Table | None = None,
    as_of: dt.date | None = None,
) -> CheckResult:
    """Check a table of text cells (for cells of a release: of their Arrow types) against its structure.

    Args:
        table: an upload: text columns (plain or dictionary-encoded), empty cells null or blank; surrounding
            spaces are trimmed.
        structure: `dataflow.upload`, or `dataflow.cells` for what a peer released.
        reporter: the area code whose data this must be.
        first_row: the file's row number of the first data row, as a spreadsheet shows it.
        listed_at_most: how many violations to list; totals are complete in any case.
        previous: the live cells of the dataflow; figures that jump against them are asked about.
        as_of: the day of the check; days and periods that end after it are asked about.

    Raises:
        InvalidTable: a column of an upload is not text.
    """
    stream = StreamCheck(structure, reporter=reporter, listed_at_most=listed_at_most, as_of=as_of)
    stream.begin(table)
    if stream.is_fatal or table.num_rows == 0:
        stream.skip(table.num_rows)
        refused = all_places(table.num_rows)
        return _result(stream.finish(), refused, lambda: empty_table(structure), first_row)
    pieces = side_by_side(
        lambda start: stream.judge(table.slice(start, _PIECE_ROWS), first_row + start),
        range(0, table.num_rows, _PIECE_ROWS),
    )
    for piece in pieces:
        stream.add(piece)
    rows = rows_of(
        structure,
        [piece.typed for piece in pieces],
        compared_columns(structure, previous),
        numbers=pc.add(all_places(table.num_rows), first_row),
        is_refused=pa.concat_arrays([piece.is_refused for piece in pieces]),
    )
    found = check_across(rows, previous)
    stream.add_across(found, refused=0)
    is_refused = _with_errors(rows, found)
    accepted = cache(lambda: _accepted(pieces, is_refused, structure))
    return _result(stream.finish(), places_of(is_refused), accepted, first_row)


def _with_errors(rows: Rows, found: list[Finding]) -> Mask:
    """Return which rows are refused by themselves or by what was found across them."""
    errors = [finding.rows for finding in found if finding.rows is not None and finding.is_error]
    if not errors:
        return rows.is_refused
    return pc.or_(
        rows.is_refused, mask_of(pc.subtract(pc.unique(pa.concat_arrays(errors)), rows.numbers[0]), len(rows))
    )


def _accepted(pieces: list[Judged], is_refused: Mask, structure: DataStructure) -> pa.Table:
    """Return the rows that are not refused, with the structure's own schema."""

    def taken(piece: Judged) -> pa.Table:
        refused = is_refused.slice(piece.first_row - pieces[0].first_row, piece.typed.num_rows)
        kept = piece.typed.filter(pc.invert(refused)) if pc.any(refused).as_py() else piece.typed
        return decoded(kept, structure)

    return pa.concat_tables(side_by_side(taken, pieces))


def _result(
    result: StreamResult, refused: Places, take: Callable[[], pa.Table], first_row: int
) -> CheckResult:
    return CheckResult(
        violations=result.violations,
        totals=result.totals,
        rows=result.rows,
        refused_rows=frozenset(pc.add(refused, first_row).to_pylist()),
        rows_refused=len(refused),
        take=take,
        is_fatal=result.is_fatal,
    )
