"""A table against its structure: every violation, at its coordinate, never only the first.

Invariants: totals count every violation even where the list is cut; an error refuses its row and nothing
else; a warning refuses nothing; what is accepted has the structure's Arrow schema and the order of the file;
the same table gives the same result, byte for byte.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

import pyarrow as pa

from schemas.arrow import arrow_schema, empty_table
from schemas.columns import check_column
from schemas.findings import Finding, Violation, listed
from schemas.masks import Places, all_places, pc
from schemas.messages import location, message
from schemas.rules import check_accepted, check_rule
from schemas.sheet import Sheet, header_findings, is_fatal, sheet
from schemas.structure import DataStructure

__all__ = ["CheckResult", "Violation", "check", "location", "message"]


@dataclass(frozen=True, slots=True)
class CheckResult:
    """What a check found.

    violations: the first ones, by row and column. totals: all of them, by rule. rows: rows of the table.
    refused_rows: file row numbers with at least one error. accepted: the other rows, typed, in file order.
    is_fatal: the table could not be read row by row, so every row is refused.
    """

    violations: tuple[Violation, ...]
    totals: Mapping[str, int]
    rows: int
    refused_rows: frozenset[int]
    accepted: pa.Table = field(compare=False)
    is_fatal: bool = False

    @property
    def is_clean(self) -> bool:
        """True if nothing at all was found, not even a warning."""
        return not self.totals


def check(
    table: pa.Table, structure: DataStructure, *, reporter: str, first_row: int, listed_at_most: int = 1000
) -> CheckResult:
    """Check a table of text cells (for cells of a release: of their Arrow types) against its structure.

    Args:
        table: an upload: string columns, empty cells null or blank; surrounding spaces are trimmed.
        structure: `dataflow.upload`, or `dataflow.cells` for what a peer released.
        reporter: the area code whose data this must be.
        first_row: the file's row number of the first data row, as a spreadsheet shows it.
        listed_at_most: how many violations to list; totals are complete in any case.

    Raises:
        InvalidTable: a column of an upload is not text.
    """
    findings = header_findings(table, structure)
    if is_fatal(findings):
        refused, accepted = all_places(table.num_rows), empty_table(structure)
    else:
        cells = sheet(table, structure, reporter=reporter, first_row=first_row)
        for column in structure.columns:
            findings += check_column(column, cells)
        for rule in structure.rules:
            findings += check_rule(rule, cells)
        refused = _refused(findings)
        findings += check_accepted(cells, refused)
        accepted = _accepted(cells, refused)
    return CheckResult(
        violations=listed(findings, structure.column_ids, first_row=first_row, at_most=listed_at_most),
        totals=_totals(findings),
        rows=table.num_rows,
        refused_rows=frozenset(pc.add(refused, first_row).to_pylist()),
        accepted=accepted,
        is_fatal=is_fatal(findings),
    )


def _refused(findings: list[Finding]) -> Places:
    """Return the positions of the rows with an error."""
    refusing = [finding.rows for finding in findings if finding.is_error and finding.rows is not None]
    return pc.unique(pa.chunked_array(refusing, pa.int64()))


def _accepted(cells: Sheet, refused: Places) -> pa.Table:
    schema = arrow_schema(cells.structure)
    typed = pa.table([cells.typed[name] for name in schema.names], names=schema.names).cast(schema)
    return typed.filter(pc.invert(pc.is_in(all_places(cells.rows), value_set=refused)))


def _totals(findings: list[Finding]) -> dict[str, int]:
    totals: Counter[str] = Counter()
    for finding in findings:
        totals[finding.rule] += finding.total
    return dict(sorted(totals.items()))
