"""What the API says of submissions; `node.api.models` has the rest and the rules for all."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Self

from node.api.models import Written
from node.ports.submissions import Submission
from node.services import gate
from node.services.views.changes import Changes
from node.services.views.submissions import Step
from schemas.messages import message


class SubmissionLine(Written):
    """One submission in a list."""

    submission_id: int
    dataflow: str
    mode: str
    file_name: str
    file_digest: str
    file_bytes: int
    state: str
    submitted_by: str
    submitted_at: datetime
    rows: int
    rows_refused: int
    violation_totals: dict[str, int]
    leave_out_reason: str | None
    warnings_reason: str | None
    content_cleared_by: str | None
    content_cleared_at: datetime | None
    content_reason: str | None
    approved_by: str | None
    approved_at: datetime | None
    manifest_digest: str | None
    released_by: str | None
    released_at: datetime | None

    @classmethod
    def of(cls, submission: Submission, **more: Any) -> Self:
        """Describe a submission."""
        named = set(cls.model_fields) - {"dataflow", *more}
        return cls(
            dataflow=submission.dataflow_id, **{name: getattr(submission, name) for name in named}, **more
        )


class ViolationLine(Written):
    """One rule broken at one place of the file; `row` is the row as a spreadsheet shows it."""

    rule: str
    severity: str
    row: int | None
    column: str | None
    value: str | None
    params: dict[str, Any]
    message: str


class PlacedFinding(ViolationLine):
    """A violation with its number in the submission and the position of its column in the file, from 0."""

    number: int
    place: int | None


class RowLine(Written):
    """A row as it stands in the file: its number as a spreadsheet shows it, and its cells, cut to what is shown."""

    number: int
    cells: list[str]


class FileRows(Written):
    """The rows of the file around what was found; `findings` are those of these rows and of the whole file.

    rules, fields: how many of the listed findings there are by rule and by column, within the choice of the other.
    """

    submission_id: int
    columns: list[str]
    rows: list[RowLine]
    findings: list[PlacedFinding]
    rules: dict[str, int]
    fields: dict[str, int]
    listed: int
    page: int
    pages: int


class HitLine(Written):
    """Text the content gate found, masked; `clearable` is false for what may never leave."""

    rule: str
    row: int | None
    column: str
    excerpt: str
    clearable: bool
    message: str

    @classmethod
    def of(cls, hit: Mapping[str, Any], language: str) -> Self:
        """Describe a kept hit; its fingerprint stays inside."""
        (said,) = gate.violations([dict(hit)])
        shown = {name: hit[name] for name in ("rule", "row", "column", "excerpt", "clearable")}
        return cls(**shown, message=message(said, language))


class ChangeLine(Written):
    """One cell that a release would change: gone, changed or new."""

    change: str
    dimensions: dict[str, str | None]
    before: Mapping[str, Any] | None
    after: Mapping[str, Any] | None


class NarrowedLine(Written):
    """One cell that fits the choice; `percent` is the relative change, null without a number to compare."""

    change: str
    dimensions: dict[str, str]
    before: int | None
    after: int | None
    percent: str | None


class NarrowedChanges(Written):
    """A page of the cells that fit, what vanishes first, then the largest changes."""

    cells: list[NarrowedLine]
    listed: int
    page: int
    pages: int

    @classmethod
    def of(cls, found: Changes) -> Self:
        """Describe a page of the view."""
        lines = [
            NarrowedLine(
                change=one.change.value,
                dimensions=dict(zip(found.names, one.dimensions, strict=True)),
                before=one.before.value if one.before else None,
                after=one.after.value if one.after else None,
                percent=None if one.percent is None else f"{float(one.percent):.6g}",
            )
            for one in found.cells
        ]
        return cls(cells=lines, listed=found.listed, page=found.page, pages=found.pages)


class DifferenceWhole(Written):
    """What a release would change against the bundles it supersedes; the counts are never cut."""

    submission_id: int
    counts: dict[str, int]
    supersedes: list[str]
    changes: list[ChangeLine]
    changes_complete: bool
    narrowed: NarrowedChanges | None = None


class StepLine(Written):
    """What can be done next; `obstacle` is empty when this person may do it."""

    name: str
    obstacle: str

    @classmethod
    def of(cls, step: Step) -> Self:
        """Describe a step."""
        return cls(name=step.name, obstacle=step.obstacle)


class SubmissionWhole(SubmissionLine):
    """One submission with what is wrong in the file. `violations` is cut; the totals are not.

    detected: how much rules found in a file of transactions; empty for other files.
    """

    detected: dict[str, Any]
    recipe: dict[str, Any]
    violations: list[ViolationLine]
    violations_complete: bool
    open_questions: list[str]
    content_hits: list[HitLine]
    steps: list[StepLine]


class CheckedFile(Written):
    """What a dry run found; nothing was kept. `violations` is cut; the totals are not."""

    dataflow: str
    recipe: dict[str, Any]
    rows: int
    rows_refused: int
    is_clean: bool
    is_fatal: bool
    violation_totals: dict[str, int]
    violations: list[ViolationLine]
    violations_complete: bool
