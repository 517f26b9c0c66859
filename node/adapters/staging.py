"""A file of any length on its way in: read in chunks, checked, and staged as typed Parquet.

Invariants: memory does not grow with the file; every row is counted, accepted or refused by a rule that is
named; what is staged is exactly what the check of the whole table would accept, with its row numbers; when
staging fails, nothing is left under the target's name.
"""

from __future__ import annotations

import datetime as dt
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Protocol

import pyarrow as pa
import pyarrow.compute

from node.adapters.durable import named_refusals
from node.adapters.staging_file import ROW, StagedWriter, staged_chunks, staged_rows, staged_table
from node.adapters.staging_repeats import Repeats, RepeatSearch, Searched, find_repeats
from node.errors import TooLarge
from schemas.across import check_across, compared_columns, compares
from schemas.findings import severity
from schemas.rows import rows_of
from schemas.stream import Judged, Repetition, StreamCheck, StreamResult
from schemas.structure import DataStructure, Rule
from schemas.typed import recoded

pc: Any = pyarrow.compute
_PIECE_ROWS = 1 << 18


class Chunks(Protocol):
    """What is read: chunks of text columns named by concept, and the number of the first row."""

    @property
    def first_row(self) -> int:
        """Give the number of the first data row."""

    def chunks(self) -> Iterator[pa.Table]:
        """Give the table in chunks, at least one."""


@dataclass(frozen=True, slots=True)
class StagingLimits:
    """Bounds of one staging. `max_compared_rows`: figures that are set against one another are held whole."""

    search_memory_bytes: int = 384 << 20
    threads: int = 2
    max_compared_rows: int = 5_000_000


DEFAULT_STAGING_LIMITS = StagingLimits()


@dataclass(frozen=True, slots=True)
class Staged:
    """A staged file, how many rows it holds, and what the check found; no file where no row could be read."""

    path: Path | None
    rows: int
    result: StreamResult


def stage(
    read: Chunks,
    structure: DataStructure,
    *,
    reporter: str,
    target: Path,
    listed_at_most: int = 1000,
    previous: pa.Table | None = None,
    as_of: dt.date | None = None,
    limits: StagingLimits = DEFAULT_STAGING_LIMITS,
) -> Staged:
    """Check a file chunk by chunk and stage its accepted rows under `target`.

    Raises:
        Invalid, TooLarge: the file cannot be read, or has more figures than can be compared.
        Unavailable: the disk refuses.
    """
    check = StreamCheck(structure, reporter=reporter, listed_at_most=listed_at_most, as_of=as_of)
    with named_refusals(target.parent), TemporaryDirectory(prefix=".staging-", dir=target.parent) as folder:
        staging = _Staging(check, Path(folder), limits, previous)
        staging.take(read)
        if check.is_fatal or check.rows == 0:
            return Staged(None, 0, check.finish())
        result = staging.compare()
        staging.accepted.replace(target)
        return Staged(target, staging.rows, result)


class _Staging:
    """One file on its way: its accepted rows, and the refused ones that comparisons still need."""

    def __init__(
        self, check: StreamCheck, folder: Path, limits: StagingLimits, previous: pa.Table | None
    ) -> None:
        self._check, self._limits, self._previous = check, limits, previous
        self._structure = check.structure
        self.accepted = folder / "accepted.parquet"
        self._left_out = folder / "left_out.parquet"
        self._rules = [
            rule for rule in self._structure.rules if rule.id in {"key.duplicate", "row.duplicate"}
        ]
        self._compares = compares(self._structure) or previous is not None
        self._keeps_refused = self._compares or any(rule.id == "key.duplicate" for rule in self._rules)
        self.rows = 0

    def take(self, read: Chunks) -> None:
        """Judge every chunk; write its accepted rows, and apart from them those that are only compared."""
        with ExitStack() as stack:
            accepted = stack.enter_context(StagedWriter(self.accepted, self._structure))
            left_out = stack.enter_context(StagedWriter(self._left_out, self._structure))
            # writing has a thread of its own, so that reading never waits for it; in turn, and not far behind
            written = deque[Future[None]]()
            turn = stack.enter_context(ThreadPoolExecutor(1))
            for piece in _judged(self._check, read, self._limits.threads):
                self._check.add(piece)
                written.append(turn.submit(self._write, piece, accepted, left_out))
                if len(written) > self._limits.threads:
                    written.popleft().result()
            for last in written:
                last.result()
        self.rows = accepted.rows
        # what reading held is given back before the search asks for its own
        pa.default_memory_pool().release_unused()

    def _write(self, piece: Judged, accepted: StagedWriter, left_out: StagedWriter) -> None:
        accepted.write(piece.accepted, piece.accepted_rows)
        if self._keeps_refused and piece.refused:
            left_out.write(piece.left_out, piece.left_out_rows)

    def compare(self) -> StreamResult:
        """Set rows against one another, take out those that this refuses, and give the result."""
        if self._compares:
            return self._compare_figures()
        groups: list[Repetition] = []
        totals: dict[str, int] = {}
        refused = 0
        # identical rows are looked for among those that no key refuses
        for rule in sorted(self._rules, key=lambda rule: rule.id):
            repeats = self._repeats(rule)
            groups += repeats.groups
            totals[rule.id] = repeats.total
            if severity(rule.id) == "error":
                refused += len(repeats.refused)
                self._take_out(repeats.refused)
        return self._check.finish(groups, totals=totals, refused=refused)

    def _repeats(self, rule: Rule) -> Repeats:
        is_key = rule.id == "key.duplicate"
        search = RepeatSearch(self._limits.search_memory_bytes, self._limits.threads)
        searched = Searched(
            rule.id,
            rule.columns if is_key else self._structure.column_ids,
            self.accepted,
            self._left_out if is_key else None,
            needs_all=is_key,
        )
        return find_repeats(searched, self._structure, search, listed_at_most=self._check.listed_at_most)

    def _compare_figures(self) -> StreamResult:
        """Compare the figures of a table of statistics, which is small enough to be held whole."""
        names = compared_columns(self._structure, self._previous)
        files = [self.accepted, self._left_out]
        rows = sum(staged_rows(path) for path in files)
        if rows > self._limits.max_compared_rows:
            raise _too_many_figures(rows, self._limits.max_compared_rows)
        tables = [staged_table(path, self._structure) for path in files]
        is_refused = pa.concat_arrays(
            [pa.repeat(pa.scalar(place > 0), table.num_rows) for place, (table, _) in enumerate(tables)]
        )
        numbers = pa.concat_arrays([rows for _, rows in tables])
        order = pc.sort_indices(numbers)
        typed = pa.concat_tables([table for table, _ in tables]).combine_chunks().take(order)
        compared = rows_of(
            self._structure, [typed], names, numbers=numbers.take(order), is_refused=is_refused.take(order)
        )
        found = check_across(compared, self._previous)
        errors = [finding.rows for finding in found if finding.rows is not None and finding.is_error]
        refused = pc.unique(pa.chunked_array(errors, pa.int64()))
        refused = refused.filter(pc.is_in(refused, value_set=tables[0][1]))
        self._take_out(refused.take(pc.sort_indices(refused)))
        self._check.add_across(found, refused=len(refused))
        return self._check.finish()

    def _take_out(self, refused: Any) -> None:
        """Write the accepted rows anew without those whose numbers are in `refused` (ascending)."""
        if len(refused) == 0:
            return
        kept = self.accepted.with_name("kept.parquet")
        with StagedWriter(kept, self._structure) as writer:
            for chunk in staged_chunks(self.accepted, self._structure):
                numbers = chunk.column(ROW).combine_chunks()
                # both are sorted, so only the refused numbers of this chunk's range need be looked at
                ends = [numbers[0].as_py(), numbers[-1].as_py() + 1]
                first, end = refused.to_numpy().searchsorted(ends).tolist()
                stays = pc.invert(pc.is_in(numbers, value_set=refused.slice(first, end - first)))
                typed = recoded(chunk.drop_columns([ROW]), self._structure)
                writer.write(typed.filter(stays), numbers.filter(stays))
        kept.replace(self.accepted)
        self.rows = writer.rows


def _judged(check: StreamCheck, read: Chunks, threads: int) -> Iterator[Judged]:
    """Give the judged pieces in order, a few ahead of whoever writes them; rows under a bad header are counted."""
    row = read.first_row
    with ThreadPoolExecutor(threads) as pool:
        ahead: deque[Future[Judged]] = deque()
        for piece in _pieces(read):
            check.begin(piece)
            if check.is_fatal:
                check.skip(piece.num_rows)
            elif piece.num_rows:
                ahead.append(pool.submit(check.judge, piece, row))
            row += piece.num_rows
            if len(ahead) > threads:
                yield ahead.popleft().result()
        while ahead:
            yield ahead.popleft().result()


def _pieces(read: Chunks) -> Iterator[pa.Table]:
    """Give the chunks in pieces of one length, so far as they have the same columns; an empty one tells them."""
    waiting: list[pa.Table] = []
    for chunk in read.chunks():
        if waiting and chunk.column_names != waiting[0].column_names:
            yield _joined(waiting)
            waiting = []
        waiting.append(chunk)
        while sum(table.num_rows for table in waiting) >= _PIECE_ROWS:
            joined = _joined(waiting)
            yield joined.slice(0, _PIECE_ROWS)
            rest = joined.slice(_PIECE_ROWS)
            waiting = [rest] if rest.num_rows else []
    if waiting:
        yield _joined(waiting)


def _joined(tables: list[pa.Table]) -> pa.Table:
    """Give tables as one; a column that is encoded in some of them only becomes plain text."""
    columns = []
    for name in range(tables[0].num_columns):
        pieces = [piece for table in tables for piece in table.column(name).chunks]
        if len({piece.type for piece in pieces}) > 1:
            pieces = [piece.cast(pa.large_string()) for piece in pieces]
        columns.append(pa.chunked_array(pieces, pieces[0].type if pieces else tables[0].column(name).type))
    return pa.Table.from_arrays(columns, names=tables[0].column_names)


def _too_many_figures(rows: int, most: int) -> TooLarge:
    return TooLarge(
        "The table has too many figures to compare",
        detail=f"It has {rows} rows; parts and totals are compared in tables of at most {most}.",
        hint="Split it by period.",
    )
