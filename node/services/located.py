"""What a check found, at its place in the file: the row as a spreadsheet shows it, and the column by its position.

Invariants: findings keep the number they have in the submission, whatever is shown of them.
"""

from __future__ import annotations

from dataclasses import dataclass

from node.ports.reading import Recipe
from node.ports.submissions import Submission
from schemas.findings import Violation


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding with its number among all that are listed, from 1, and the position of its column in the file."""

    number: int
    violation: Violation
    place: int | None


def findings(found: Submission, recipe: Recipe) -> tuple[Finding, ...]:
    """Give the findings that were kept, numbered in their order, each with the column of the file it stands in."""
    listed = (Violation(**entry) for entry in found.violations)
    return tuple(Finding(number, one, _place(one, recipe)) for number, one in enumerate(listed, start=1))


def _place(violation: Violation, recipe: Recipe) -> int | None:
    """Give the position of the column: of a wide table by its header, otherwise by what it is read as."""
    header = violation.params.get("header")
    named = {column.header: column.position for column in recipe.columns}
    if isinstance(header, str) and header in named:
        return named[header]
    read_as = {column.concept: column.position for column in recipe.columns if column.concept}
    return read_as.get(violation.column or "")
