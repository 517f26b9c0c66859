"""From a submission to the exact bytes that would leave, the same every time.

Invariants: preparation is a function of the kept file, the definitions and the ledger. It runs once when a
submission is approved and again when it is released; a difference means that something was altered in between,
and nothing is signed.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pyarrow as pa

from exchange import bundle as bundles
from exchange import parquet
from exchange.manifest import Handling
from node.errors import Conflict, Invalid
from node.ports.ledger import Bundle, live
from node.ports.submissions import Submission, UploadMode
from node.services.cells import bundle_cells
from node.services.context import Context
from node.services.members import active_codes
from node.services.submit import CheckReport, check_only
from risk_models import disclosure, typologies
from risk_models.disclosure import Vintage
from schemas.release import ReleasedTable
from schemas.structure import Dataflow

PURPOSE = "ml_tf_risk_assessment"
MARKING = "AGG"
REFUSED_BANDS = (1, 5, 20)


@dataclass(frozen=True, slots=True)
class Difference:
    """What a release changes against the live bundles it supersedes, in cells."""

    new: int
    changed: int
    unchanged: int
    gone: int


@dataclass(frozen=True, slots=True)
class Prepared:
    """Everything the officers sign: the cells, the packed bundle, and what it supersedes."""

    dataflow: Dataflow
    released: ReleasedTable
    packed: bundles.Bundle
    supersedes: tuple[Bundle, ...]
    difference: Difference


def prepare(ctx: Context, submission: Submission, *, created_at: datetime) -> Prepared:
    """Compile, protect and pack a submission as of `created_at` (which stands in the manifest).

    Raises:
        Damaged: the kept file changed. Invalid: nothing would be released.
        Conflict: cells are released already and the submission does not say `replace`.
    """
    report = _read_again(ctx, submission)
    unprotected = _compile(report)
    released = disclosure.release(unprotected, report.dataflow)
    if released.table.num_rows == 0:
        raise Invalid("Nothing would be released", detail="Every row of the file was refused")
    superseded, difference = _against_live(ctx, submission, released.table)
    _hold_what_would_tell(ctx, superseded, Vintage(unprotected, released.table), report.dataflow)
    header = _header(ctx, report, superseded, created_at)
    return Prepared(report.dataflow, released, bundles.pack(released, header), superseded, difference)


def recompile(ctx: Context, submission: Submission) -> tuple[str, ...]:
    """Give the logical digests of the parts that the kept file gives today."""
    report = _read_again(ctx, submission)
    released = disclosure.release(_compile(report), report.dataflow)
    return (parquet.logical_digest(released.table),)


def _read_again(ctx: Context, submission: Submission) -> CheckReport:
    ctx.objects.get(submission.file_digest)  # verified against its digest before anything is read from it
    path = ctx.objects.path(submission.file_digest)
    return check_only(ctx, path, file_name=submission.file_name, dataflow_id=submission.dataflow_id)


def _compile(report: CheckReport) -> pa.Table:
    accepted = report.result.accepted
    if report.dataflow.upload.id == report.dataflow.cells.id or not _is_record_level(report.dataflow):
        return typologies.statistics(accepted, report.dataflow)
    return typologies.compile(accepted)


def _is_record_level(dataflow: Dataflow) -> bool:
    """Record-level uploads are those that name what never leaves: identifiers."""
    return any(column.kind == "identifier" for column in dataflow.upload.columns)


def _header(
    ctx: Context,
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
        ingest=_ingest(report),
        created_at=created_at,
    )


def _ingest(report: CheckReport) -> dict[str, Any]:
    """How the file was read and how much of it was left out, in closed vocabularies only.

    What people typed stays inside: file, sheet and column names, the reason for leaving rows out. So does the
    file's digest (attack test AT10: a digest of few possible contents is an oracle), and so do numbers of rows:
    the number of records is a grand total, and would give a withheld cell back by subtraction.
    """
    recipe = report.read.recipe
    return {
        **{name: recipe.get(name, "") for name in ("format", "encoding", "separator")},
        "rows_refused": _share(report.result.rows - report.result.accepted.num_rows, report.result.rows),
        "rules": sorted(rule for rule, count in report.result.totals.items() if count),
    }


def _share(refused: int, rows: int) -> str:
    """Give a band: enough to judge the quality of a source, too little to count its records."""
    if not refused:
        return "none"
    for percent in REFUSED_BANDS:
        if refused * 100 < percent * rows:
            return f"below_{percent}_percent"
    return f"{REFUSED_BANDS[-1]}_percent_or_more"


def _against_live(
    ctx: Context, submission: Submission, table: pa.Table
) -> tuple[tuple[Bundle, ...], Difference]:
    own = [
        bundle
        for bundle in live(ctx.ledger.bundles(originator=ctx.member))
        if bundle.dataflow_id == submission.dataflow_id
    ]
    earlier = {bundle.digest: _by_key(bundle_cells(ctx, bundle)) for bundle in own}
    cells = _by_key(table)
    overlapped = tuple(bundle for bundle in own if earlier[bundle.digest].keys() & cells.keys())
    if overlapped and submission.mode is not UploadMode.REPLACE:
        raise Conflict(
            "Some of these cells are released already",
            detail=f"They are in {len(overlapped)} earlier bundle(s), the newest of vintage "
            f"{max(bundle.vintage for bundle in overlapped)}",
            hint="Withdraw this submission and upload the file in mode 'replace' to correct them.",
        )
    before: dict[tuple[Any, ...], tuple[Any, ...]] = {}
    for bundle in overlapped:
        before |= earlier[bundle.digest]
    return overlapped, _difference(before, cells)


def _hold_what_would_tell(
    ctx: Context, superseded: tuple[Bundle, ...], after: Vintage, dataflow: Dataflow
) -> None:
    """Refuse a revision from which a reader of both vintages could subtract too small a group."""
    sources = {one.manifest_digest: one for one in ctx.submissions.all() if one.manifest_digest}
    unsafe: list[tuple[str, ...]] = []
    for bundle in superseded:
        compiled = _compile(_read_again(ctx, sources[bundle.digest]))
        unsafe += disclosure.unsafe_differences(Vintage(compiled, bundle_cells(ctx, bundle)), after, dataflow)
    if unsafe:
        raise Conflict(
            "This revision would tell on somebody",
            detail=f"{len(unsafe)} cell(s) change by so little that the difference between the two vintages "
            f"shows a few reports or cases alone; the first is {' / '.join(unsafe[0])}",
            hint="Hold it until more corrections of these cells come together, and upload the file again then.",
        )


def _difference(
    before: dict[tuple[Any, ...], tuple[Any, ...]], after: dict[tuple[Any, ...], tuple[Any, ...]]
) -> Difference:
    common = before.keys() & after.keys()
    changed = sum(before[key] != after[key] for key in common)
    return Difference(
        new=len(after.keys() - before.keys()),
        changed=changed,
        unchanged=len(common) - changed,
        gone=len(before.keys() - after.keys()),
    )


def _by_key(table: pa.Table) -> dict[tuple[Any, ...], tuple[Any, ...]]:
    """Give the observation columns of every cell by its dimensions."""
    keys = [name for name in table.column_names if not name.startswith("OBS_") and name != "CONF_STATUS"]
    values = [name for name in table.column_names if name not in keys]
    key_columns = [table.column(name).to_pylist() for name in keys]
    value_columns = [table.column(name).to_pylist() for name in values]
    return dict(zip(zip(*key_columns, strict=True), zip(*value_columns, strict=True), strict=True))
