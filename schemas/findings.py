"""What a check finds: rows inside, located violations outside.

Invariants: a finding names every row it is true of, so totals are true; a violation is made for the listed
rows only, so a file that is wrong everywhere costs no more than a file that is wrong once; row numbers are
the file's own, as a spreadsheet shows them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from operator import itemgetter
from typing import Any, Literal, TypeAlias, cast

import pyarrow as pa

from schemas.masks import Places, pc
from schemas.registry import messages
from schemas.vectors import Vector

Severity = Literal["error", "warning", "note"]
MAX_VALUE_CHARS = 200
# A message needs no more rows of a group than these; the group may be the whole file.
MAX_NAMED_ROWS = 100
Detail: TypeAlias = Callable[[int, Any], Mapping[str, Any]]
Located: TypeAlias = tuple[int, int, str, "Violation"]
IN_ORDER = itemgetter(0, 1, 2)
# Where a whole column or table stands before its rows.
_BEFORE_ROWS = -1


@dataclass(frozen=True, slots=True)
class Violation:
    """One rule broken at one place.

    row: the file's row number, None if the whole column or table is meant. column: the column's id. value:
    the cell as it was written, cut after 200 characters. params: what the message needs, in JSON values.
    """

    rule: str
    severity: Severity
    row: int | None
    column: str | None
    value: str | None
    params: Mapping[str, Any] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True)
class Finding:
    """One rule broken in one column at `rows` (ascending numbers of the file), or by the column itself (None).

    places: where in the checked chunk those rows stand. cells: the column's cells, to be shown. detail: further
    parameters of the row at a place with a value.
    """

    rule: str
    column: str | None
    rows: Places | None
    places: Places | None = None
    cells: Vector | None = None
    params: Mapping[str, Any] = field(default_factory=dict)
    detail: Detail | None = None

    @property
    def is_error(self) -> bool:
        """True if the rule refuses the row."""
        return severity(self.rule) == "error"

    @property
    def total(self) -> int:
        """How many rows (or columns) break the rule."""
        return 1 if self.rows is None else len(self.rows)


def severity(rule: str) -> Severity:
    """Return the severity of a rule: `error` refuses the row, `warning` asks for a reason, `note` tells."""
    return cast("Severity", messages()[rule]["severity"])


def located(findings: Iterable[Finding], columns: tuple[str, ...], *, at_most: int) -> list[Located]:
    """Return the first `at_most` violations of each finding with what they are ordered by."""
    order = {column: place for place, column in enumerate(columns)}
    return [
        (_BEFORE_ROWS if violation.row is None else violation.row, place, finding.rule, violation)
        for finding in findings
        for place in [order.get(finding.column or "", _BEFORE_ROWS)]
        for violation in _violations(finding, at_most)
    ]


def first(found: Iterable[Located], *, at_most: int) -> tuple[Violation, ...]:
    """Return the first violations, by row, then by column, then by rule; those of whole columns come first."""
    return tuple(entry[3] for entry in sorted(found, key=IN_ORDER)[:at_most])


def _violations(finding: Finding, at_most: int) -> Iterable[Violation]:
    kind = severity(finding.rule)
    if finding.rows is None:
        return [Violation(finding.rule, kind, None, finding.column, None, finding.params)][:at_most]
    rows = finding.rows.slice(0, at_most).to_pylist()
    places = pa.nulls(len(rows)) if finding.places is None else finding.places.slice(0, at_most)
    values = [None] * len(rows) if finding.cells is None else finding.cells.texts(places)
    detail = finding.detail or _no_detail
    return [
        Violation(
            finding.rule,
            kind,
            row,
            finding.column,
            None if value is None else str(value)[:MAX_VALUE_CHARS],
            {**finding.params, **detail(place, value)},
        )
        for row, place, value in zip(rows, places.to_pylist(), values, strict=True)
    ]


def _no_detail(_place: int, _value: Any) -> Mapping[str, Any]:
    return {}


def numbered(places: Places, first_row: int) -> Places:
    """Return positions as the file's row numbers."""
    return pc.add(places, first_row)
