"""From a submission to the exact bytes that would leave, the same every time.

Invariants: preparation is a function of the kept file, the definitions and the ledger. It runs once when a
submission is approved and again when it is released; a difference means that something was altered in between,
and nothing is signed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pyarrow as pa

from exchange import bundle as bundles
from exchange import parquet
from exchange.manifest import Handling
from node.errors import Invalid
from node.ports.ledger import Bundle
from node.ports.submissions import Submission
from node.services.context import Context
from node.services.difference import Difference
from node.services.gate import require_cleared
from node.services.members import active_codes
from node.services.sources import compiled, corrected_by, read_again, rows_of
from node.services.submit import CheckReport
from node.services.vintages import hold_what_would_tell, superseded_by
from risk_models import disclosure
from risk_models.disclosure import Vintage
from risk_models.disclosure.report import Report
from risk_models.disclosure.reporting import report_of
from schemas.canonical import canonical_json
from schemas.digest import sha256_hex
from schemas.release import ReleasedTable
from schemas.structure import Dataflow

PURPOSE = "ml_tf_risk_assessment"
MARKING = "AGG"
REFUSED_BANDS = (1, 5, 20)


@dataclass(frozen=True, slots=True)
class Prepared:
    """Everything the officers sign: the cells, the packed bundle, and what it supersedes.

    staying: accepted rows of statistics that do not become cells, because parts and totals are not protected
    together yet (records never become cells one by one, and are not counted here). report: for the officers.
    """

    dataflow: Dataflow
    released: ReleasedTable
    packed: bundles.Bundle
    supersedes: tuple[Bundle, ...]
    difference: Difference
    report: Report
    staying: int = 0


def prepare(ctx: Context, submission: Submission, *, created_at: datetime) -> Prepared:
    """Compile, protect and pack a submission as of `created_at` (which stands in the manifest).

    Raises:
        Damaged: the kept file changed. Invalid: nothing would be released.
        Conflict: cells are released already and the submission adds only; text that no reviewer cleared; a
            revision that would tell on somebody.
    """
    report = read_again(ctx, submission)
    rows = rows_of(ctx, submission, report)
    unprotected = compiled(rows, report.dataflow)
    staying = 0 if report.dataflow.is_record_level else rows.num_rows - unprotected.num_rows
    released = disclosure.release(unprotected, report.dataflow)
    _refuse_nothing(released.table, staying)
    require_cleared(submission, released)
    corrected = corrected_by(ctx, submission, report)
    superseded, difference = superseded_by(ctx, submission, released, corrected)
    hold_what_would_tell(ctx, superseded, Vintage(unprotected, released.table), report.dataflow)
    header = _header(ctx, submission, report, superseded, created_at)
    packed = bundles.pack(released, header)
    told = report_of(unprotected, released, report.dataflow)
    return Prepared(report.dataflow, released, packed, superseded, difference, told, staying)


def recompile(ctx: Context, submission: Submission) -> tuple[str, ...]:
    """Give the logical digests of the parts that the kept files give today."""
    report = read_again(ctx, submission)
    rows = rows_of(ctx, submission, report)
    released = disclosure.release(compiled(rows, report.dataflow), report.dataflow)
    return (parquet.logical_digest(released.table),)


def _refuse_nothing(cells: pa.Table, staying: int) -> None:
    if cells.num_rows == 0 and staying:
        raise Invalid(
            "Nothing would be released",
            detail=f"{staying} row(s) are parts of a total or totals of parts, which stay at the node for now",
            hint="Add the rows that leave: all cuts _T, with the type of crime where the measure has one.",
        )
    if cells.num_rows == 0:
        raise Invalid("Nothing would be released", detail="Every row of the file was refused")


def _header(
    ctx: Context,
    submission: Submission,
    report: CheckReport,
    superseded: tuple[Bundle, ...],
    created_at: datetime,
) -> bundles.Header:
    return bundles.Header(
        originator=ctx.member,
        vintage=1 + max((bundle.vintage for bundle in superseded), default=0),
        supersedes=tuple(sorted(bundle.digest for bundle in superseded)),
        audience=active_codes(ctx, created_at),
        handling=Handling(marking=MARKING, purpose=PURPOSE),
        ingest=_ingest(submission, report),
        created_at=created_at,
    )


def _ingest(submission: Submission, report: CheckReport) -> dict[str, Any]:
    """How the file was read and how much of it was left out, in closed vocabularies only.

    What people typed stays inside: file, sheet and column names, the reason for leaving rows out. So does the
    file's digest (attack test AT10: a digest of few possible contents is an oracle), and so do numbers of rows:
    the number of records is a grand total, and would give a withheld cell back by subtraction. The recipe's
    digest is salted for the same reason; an auditor inside checks it with the stored salt and recipe.
    """
    recipe = submission.recipe
    return {
        **{name: recipe.get(name, "") for name in ("format", "encoding", "separator")},
        **({"recipe": salted_digest(submission.recipe_salt, recipe)} if submission.recipe_salt else {}),
        "rows_refused": _share(report.result.rows_refused, report.result.rows),
        "rules": sorted(rule for rule, count in report.result.totals.items() if count),
    }


def salted_digest(salt: str, recipe: Mapping[str, Any]) -> str:
    """Give the digest that stands in the manifest for the recipe a file was read by."""
    return sha256_hex(canonical_json({"recipe": recipe, "salt": salt}))


def _share(refused: int, rows: int) -> str:
    """Give a band: enough to judge the quality of a source, too little to count its records."""
    if not refused:
        return "none"
    for percent in REFUSED_BANDS:
        if refused * 100 < percent * rows:
            return f"below_{percent}_percent"
    return f"{REFUSED_BANDS[-1]}_percent_or_more"
