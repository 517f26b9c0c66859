"""What the content gate says of an uploaded file, and whether a release may pass it.

Invariants: everything uploaded is looked through, rows that break a rule as well; what stands around the table
(titles, footnotes, names of sheets) is looked through for markings; a clearance holds for the texts a reviewer
saw and for no other, so what is released is looked through again; a list that was cut is not cleared.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pyarrow as pa

from node.errors import Conflict
from node.ports.submissions import Submission
from risk_models.disclosure.content import Hit, Kind, ScanReport, inspect, scan_text, uploaded_column_hits
from schemas.canonical import canonical_json
from schemas.digest import sha256_hex
from schemas.findings import Violation
from schemas.registry import dataflow
from schemas.release import ReleasedTable
from schemas.structure import DataStructure

TOO_MANY = Hit(Kind.UNSCANNED, "too_many", None, "", 0, 0, "", "")


def look_through(table: pa.Table, structure: DataStructure, *, around: Iterable[str] = ()) -> tuple[Hit, ...]:
    """Give everything in a file as it was read that must be taken out or cleared.

    table: named by concept, columns that are not read under their own names. around: the texts beside it.
    """
    cells = inspect(table, structure)
    beside = (found for text in around for found in scan_text(text) if found.kind is Kind.MARKING)
    return (
        *(Hit(Kind.MARKING, found.scheme, None, "", 0, 0, found.excerpt, "") for found in beside),
        *uploaded_column_hits(table, structure),
        *_listed(cells),
    )


def documents(hits: Iterable[Hit], *, first_row: int, salt: str) -> list[dict[str, Any]]:
    """Give hits as a submission keeps them: masked, with the file's row numbers and a salted fingerprint."""
    return [
        {
            "kind": hit.kind.value,
            "rule": hit.rule,
            "scheme": hit.scheme,
            "row": None if hit.row is None else hit.row + first_row,
            "column": hit.column,
            "excerpt": hit.excerpt,
            "clearable": hit.kind.clearable,
            "fingerprint": fingerprint(hit, salt),
        }
        for hit in hits
    ]


def violations(content_hits: Iterable[dict[str, Any]]) -> tuple[Violation, ...]:
    """Give kept hits as violations, so that they are said in the words of every other rule."""
    return tuple(
        Violation(hit["rule"], "error", hit["row"], hit["column"] or None, hit["excerpt"])
        for hit in content_hits
    )


def fingerprint(hit: Hit, salt: str) -> str:
    """Name what a reviewer clears: this rule in this text of this column, in whatever row it stands."""
    named = {"column": hit.column, "rule": hit.rule, "salt": salt, "text": hit.text_digest}
    return sha256_hex(canonical_json(named))


def blocking(submission: Submission, hits: Iterable[Hit]) -> tuple[Hit, ...]:
    """Give the hits that nobody cleared with a reason for this submission, or that nobody may clear."""
    is_answered = bool(submission.content_cleared_by and submission.content_reason)
    kept = submission.content_hits if is_answered else ()
    cleared = {hit.get("fingerprint") for hit in kept if hit["clearable"]}
    return tuple(
        hit
        for hit in hits
        if not hit.kind.clearable or fingerprint(hit, submission.recipe_salt) not in cleared
    )


def require_cleared(submission: Submission, released: ReleasedTable) -> None:
    """Look through the text that would leave; raise Conflict unless a reviewer cleared all that is found."""
    cells = inspect(released.table, dataflow(released.dataflow_id).cells)
    open_hits = blocking(submission, _listed(cells))
    if open_hits:
        rules = ", ".join(sorted({hit.rule for hit in open_hits}))
        raise Conflict(
            "Text that would leave was not cleared",
            detail=f"{len(open_hits)} place(s): {rules}",
            hint="Withdraw the submission, take this out of the file and upload it again.",
        )


def _listed(cells: ScanReport) -> tuple[Hit, ...]:
    return cells.hits if cells.is_complete else (*cells.hits, TOO_MANY)
