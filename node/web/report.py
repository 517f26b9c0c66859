"""The validation report in the reader's language: where, what, by which rule, and how much is not listed."""

from __future__ import annotations

from dataclasses import dataclass

from node.ports.submissions import Submission
from node.services import gate
from node.web.language import Language
from schemas.findings import Violation
from schemas.messages import message


@dataclass(frozen=True, slots=True)
class ReportedViolation:
    """One violation as a person reads it; `row` as the spreadsheet counts, None for the whole table."""

    severity: str
    row: int | None
    column: str | None
    value: str | None
    text: str
    rule: str


@dataclass(frozen=True, slots=True)
class Report:
    """The listed violations and the totals by rule; `total` counts all, listed or not."""

    violations: tuple[ReportedViolation, ...]
    totals: tuple[tuple[str, int], ...]
    total: int

    @property
    def is_cut(self) -> bool:
        """True if there are more violations than are listed."""
        return self.total > len(self.violations)


def content(submission: Submission, language: Language) -> tuple[ReportedViolation, ...]:
    """Put what the content gate found into words; the passages are masked."""
    return tuple(_reported(violation, language) for violation in gate.violations(submission.content_hits))


def report(submission: Submission, language: Language) -> Report:
    """Put a submission's violations into words."""
    listed = tuple(_reported(Violation(**entry), language) for entry in submission.violations)
    totals = tuple(sorted(submission.violation_totals.items(), key=lambda pair: (-pair[1], pair[0])))
    return Report(listed, totals, sum(submission.violation_totals.values()))


def _reported(violation: Violation, language: Language) -> ReportedViolation:
    return ReportedViolation(
        violation.severity,
        violation.row,
        violation.column,
        violation.value,
        message(violation, language.code),
        violation.rule,
    )
