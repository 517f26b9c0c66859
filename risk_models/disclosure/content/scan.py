"""The free text of a whole table looked through.

Invariants: every different text is looked through once, whatever number of rows repeat it; a text that the
first look passes over has nothing in it that the second would find; hits are listed by row, column and
place, totals count those that are not listed; more text than the budget is found, not skipped.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import pyarrow as pa

from risk_models.disclosure.content.kinds import Finding, Hit, Kind, ScanReport
from risk_models.disclosure.content.sieve import suspects
from risk_models.disclosure.content.text import scan_text
from schemas.digest import sha256_hex
from schemas.masks import Cells, pc
from schemas.structure import DataStructure

LISTED_AT_MOST = 1000
MAX_EFFORT = 10_000_000
"""Characters to be looked through closely in one table, a group of digits counted as twenty: about a minute."""
GROUP_EFFORT = 20


@dataclass(frozen=True, slots=True)
class _Column:
    """The findings of one column: by different text, and the rows that hold one with findings."""

    id: str
    findings: dict[int, tuple[Finding, ...]]
    texts: Cells
    codes: Cells
    rows: Cells


def scan(table: pa.Table, structure: DataStructure) -> tuple[Hit, ...]:
    """Return the first hits in the free-text columns of a table; `inspect` says how many there are."""
    return inspect(table, structure).hits


def inspect(table: pa.Table, structure: DataStructure, *, listed_at_most: int = LISTED_AT_MOST) -> ScanReport:
    """Look through the columns of kind `text` that the table has."""
    names = [
        column.id for column in structure.columns if column.kind == "text" and column.id in table.column_names
    ]
    return inspect_columns(table, names, listed_at_most=listed_at_most)


def inspect_columns(
    table: pa.Table, names: Iterable[str], *, listed_at_most: int = LISTED_AT_MOST
) -> ScanReport:
    """Look through the named columns of text."""
    budget = MAX_EFFORT
    columns, unscanned = [], []
    for name in names:
        texts, codes = _different(table.column(name))
        suspected = suspects(texts)
        needed = _effort(texts.take(suspected))
        if needed > budget:
            unscanned.append(Hit(Kind.UNSCANNED, "too_much", None, name, 0, 0, "", ""))
            continue
        budget -= needed
        columns.append(_scanned(name, texts, codes, suspected))
    totals = _totals(columns, len(unscanned))
    return ScanReport((*unscanned, *_listed(columns, listed_at_most)), totals)


def _different(cells: Cells) -> tuple[Cells, Cells]:
    """The different texts of a column, and for each row which of them it holds."""
    if pa.types.is_dictionary(cells.type):
        cells = cells.cast(cells.type.value_type)
    encoded = cells.cast(pa.large_string()).combine_chunks().dictionary_encode()
    if isinstance(encoded, pa.ChunkedArray):
        encoded = encoded.combine_chunks()
    return encoded.dictionary, encoded.indices


def _effort(texts: Cells) -> int:
    letters = pc.sum(pc.utf8_length(texts)).as_py() or 0
    groups = pc.sum(pc.count_substring_regex(texts, r"\p{Nd}+")).as_py() or 0
    return int(letters + GROUP_EFFORT * groups)


def _scanned(name: str, texts: Cells, codes: Cells, suspected: Cells) -> _Column:
    found = {}
    for code in suspected.to_pylist():
        findings = scan_text(texts[code].as_py())
        if findings:
            found[code] = findings
    guilty = pc.is_in(codes, value_set=pa.array(sorted(found), codes.type))
    return _Column(name, found, texts, codes, pc.indices_nonzero(guilty))


def _totals(columns: Iterable[_Column], unscanned: int) -> dict[Kind, int]:
    totals: Counter[Kind] = Counter({Kind.UNSCANNED: unscanned} if unscanned else {})
    for column in columns:
        for counted in pc.value_counts(column.codes.take(column.rows)).to_pylist():
            for finding in column.findings[counted["values"]]:
                totals[finding.kind] += counted["counts"]
    return {kind: totals[kind] for kind in Kind if totals[kind]}


def _listed(columns: list[_Column], at_most: int) -> list[Hit]:
    """The first hits by row, then column, then place."""
    places = sorted(
        (row, order)
        for order, column in enumerate(columns)
        for row in column.rows.slice(0, at_most).to_pylist()
    )
    hits: list[Hit] = []
    for row, order in places:
        if len(hits) >= at_most:
            break
        hits += _row_hits(columns[order], row)
    return hits[:at_most]


def _row_hits(column: _Column, row: int) -> Iterator[Hit]:
    code = column.codes[row].as_py()
    digest = sha256_hex(column.texts[code].as_py().strip().encode("utf-8", "surrogatepass"))
    for found in column.findings[code]:
        yield Hit(found.kind, found.scheme, row, column.id, found.start, found.end, found.excerpt, digest)
