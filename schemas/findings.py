"""What a check finds: masks over rows inside, located violations outside.

Invariants: a finding names every row it is true of, so totals are true; a violation is made for the listed
rows only, so a file that is wrong everywhere costs no more than a file that is wrong once; row numbers are
the file's own, as a spreadsheet shows them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, cast

from schemas.masks import Cells, Mask, Places, places_of
from schemas.registry import messages

Severity = Literal["error", "warning"]
MAX_VALUE_CHARS = 200


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
    """One rule broken in one column at `rows` (ascending positions from 0), or by the column itself (None).

    values: the cells as text, in the order of `rows`. detail: further parameters of the n-th row.
    """

    rule: str
    column: str | None
    rows: Places | None
    values: Cells | None = None
    params: Mapping[str, Any] = field(default_factory=dict)
    detail: Callable[[int], Mapping[str, Any]] | None = None

    @property
    def is_error(self) -> bool:
        """True if the rule refuses the row."""
        return severity(self.rule) == "error"

    @property
    def total(self) -> int:
        """How many rows (or columns) break the rule."""
        return 1 if self.rows is None else len(self.rows)


def found(
    rule: str,
    column: str,
    mask: Mask,
    values: Cells,
    *,
    params: Mapping[str, Any] | None = None,
    detail: Callable[[int], Mapping[str, Any]] | None = None,
) -> list[Finding]:
    """Return one finding for the rows where `mask` is true (null counts as false), or none.

    `detail` takes the row's position in the table, not its place in the finding.
    """
    rows = places_of(mask)
    if len(rows) == 0:
        return []
    by_place = None if detail is None else lambda place: detail(rows[place].as_py())
    return [Finding(rule, column, rows, values.take(rows), params or {}, by_place)]


def severity(rule: str) -> Severity:
    """Return the severity of a rule: `error` refuses the row, `warning` does not."""
    return cast("Severity", messages()[rule]["severity"])


def listed(
    findings: Iterable[Finding], columns: tuple[str, ...], *, first_row: int, at_most: int
) -> tuple[Violation, ...]:
    """Return the first `at_most` violations, by row and then in the order of `columns`; tables come first."""
    order = {column: place for place, column in enumerate(columns)}
    candidates = [
        (
            -1 if finding.rows is None else finding.rows[place].as_py(),
            order.get(finding.column or "", -1),
            finding,
            place,
        )
        for finding in findings
        for place in range(min(finding.total, at_most))
    ]
    candidates.sort(key=lambda candidate: (candidate[0], candidate[1], candidate[2].rule))
    return tuple(_violation(finding, place, first_row) for _, _, finding, place in candidates[:at_most])


def _violation(finding: Finding, place: int, first_row: int) -> Violation:
    params = dict(finding.params)
    if finding.detail is not None:
        params.update(finding.detail(place))
    value = None if finding.values is None else finding.values[place].as_py()
    return Violation(
        rule=finding.rule,
        severity=severity(finding.rule),
        row=None if finding.rows is None else finding.rows[place].as_py() + first_row,
        column=finding.column,
        value=None if value is None else str(value)[:MAX_VALUE_CHARS],
        params=params,
    )
