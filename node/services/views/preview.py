"""The report of a release before it is signed: what would leave, what is withheld and why, and what was tried.

Invariants: it is made from the very bytes that would be signed; counts are of all cells, whatever is listed; who
may not see what is withheld gets no true value, and no sum that gives one back.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pyarrow as pa

from node.access import Action, Actor, decide
from node.ports.submissions import Submission
from node.services import release
from node.services.context import Context
from node.services.difference import Change, Difference
from node.services.prepare import Prepared
from node.services.views.figure import Figure, Kind, figure
from risk_models.disclosure.report import Loss, Report, Withheld
from risk_models.disclosure.rows import OBSERVATION
from schemas.structure import MEASURE, Dataflow

PAGE_CELLS = 100
LISTED_CHANGES = 300


@dataclass(frozen=True, slots=True)
class PreviewCell:
    """One cell that would leave: its key, what is said of it and beside it, its measure, its figure, why hidden.

    An entry of a register has neither measure nor figure; `withheld` is None where the value is shown.
    """

    key: tuple[str, ...]
    dimensions: tuple[str, ...]
    measure: str
    figure: Figure | None
    withheld: Withheld | None


@dataclass(frozen=True, slots=True)
class ChangedCell:
    """One cell that is not as it was released before; a figure is None on the side where the cell is not."""

    change: Change
    dimensions: tuple[str, ...]
    measure: str
    before: Figure | None
    after: Figure | None


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One file that every member of the audience receives: its name, its bytes counted and digested."""

    name: str
    octets: int
    digest: str
    rows: int | None


@dataclass(frozen=True, slots=True)
class MeasureLoss:
    """What one measure loses. `share` of its sum; `width` of the intervals against the truth, on average.

    Both are fractions, None where there is nothing to divide by or the reader may not know; `unbounded` counts
    the withheld cells whose interval has no upper bound.
    """

    loss: Loss
    share: Decimal | None
    width: Decimal | None
    unbounded: int


@dataclass(frozen=True, slots=True)
class Preview:
    """What every peer in the audience would receive, withheld cells first, and what was done to it.

    `counts` are cells by value status; `cells` is page `page` of `pages` of the `listed` cells, and `same` what is
    said of all of them alike, which is not repeated cell by cell; `staying` are accepted rows that do not leave,
    because they are parts of a total or a total of parts. `is_inside`: true values are in it.
    """

    submission: Submission
    audience: tuple[str, ...]
    rules: tuple[str, ...]
    counts: dict[str, int]
    dimensions: tuple[str, ...]
    same: tuple[tuple[str, str], ...]
    cells: tuple[PreviewCell, ...]
    only_withheld: bool
    listed: int
    page: int
    digest: str
    vintage: int
    supersedes: tuple[str, ...]
    difference: Difference
    changed: tuple[ChangedCell, ...]
    changed_dimensions: tuple[str, ...]
    staying: int
    report: Report
    losses: tuple[MeasureLoss, ...]
    outgoing: tuple[Outgoing, ...]
    is_inside: bool

    @property
    def pages(self) -> int:
        """The number of pages of the listed cells, at least one."""
        return max(1, -(-self.listed // PAGE_CELLS))


def preview(
    ctx: Context,
    actor: Actor,
    submission_id: int,
    now: datetime,
    *,
    only_withheld: bool = False,
    page: int = 1,
) -> Preview:
    """Give what would leave; a page beyond the last is the last. Raises what release.preview raises."""
    prepared = release.preview(ctx, actor, submission_id, now)
    table, manifest = prepared.released.table, prepared.packed.manifest
    report, is_inside = _for(actor, prepared)
    same = _same(table, prepared.dataflow)
    names = tuple(name for name in _shown_columns(table, prepared.dataflow) if name not in dict(same))
    cells = _cells(table, prepared.dataflow, names, report, only_withheld=only_withheld)
    page = min(max(1, page), max(1, -(-len(cells) // PAGE_CELLS)))
    return Preview(
        submission=ctx.submissions.get(submission_id),
        audience=manifest.audience,
        rules=tuple(prepared.released.certificate.rules),
        counts=dict(prepared.released.certificate.counts),
        dimensions=names,
        same=same,
        cells=tuple(cells[(page - 1) * PAGE_CELLS : page * PAGE_CELLS]),
        only_withheld=only_withheld,
        listed=len(cells),
        page=page,
        digest=manifest.digest,
        vintage=manifest.vintage,
        supersedes=manifest.supersedes,
        difference=prepared.difference,
        changed=_changed(prepared.difference, prepared.dataflow) if prepared.supersedes else (),
        changed_dimensions=prepared.dataflow.cells.dimensions,
        staying=prepared.staying,
        report=report,
        losses=_losses(report, prepared.dataflow),
        outgoing=outgoing(prepared),
        is_inside=is_inside,
    )


def disclosure(
    ctx: Context, actor: Actor, submission_id: int, now: datetime
) -> tuple[Report, tuple[Outgoing, ...], tuple[str, ...]]:
    """Give the report as this person may see it, the files that would leave, and the names of a key's parts.

    Raises what release.preview raises.
    """
    prepared = release.preview(ctx, actor, submission_id, now)
    report, _ = _for(actor, prepared)
    return report, outgoing(prepared), prepared.dataflow.cells.dimensions


def outgoing(prepared: Prepared) -> tuple[Outgoing, ...]:
    """Give every file of a release; each member of the audience receives each of them, byte for byte."""
    manifest = prepared.packed.manifest
    signed = Outgoing(release.MANIFEST_NAME, len(manifest.to_bytes()), manifest.digest, None)
    return (
        signed,
        *(Outgoing(part.name, part.length, part.digest, part.rows) for part in manifest.parts),
    )


def _for(actor: Actor, prepared: Prepared) -> tuple[Report, bool]:
    is_inside = decide(actor, Action.EXAMINE_RELEASE).allowed
    return (prepared.report if is_inside else prepared.report.outside()), is_inside


def _cells(
    table: pa.Table, dataflow: Dataflow, names: Sequence[str], report: Report, *, only_withheld: bool
) -> list[PreviewCell]:
    withheld = {cell.key: cell for cell in report.withheld}
    keys = dataflow.cells.dimensions
    cells = [_cell(row, keys, names, withheld) for row in table.to_pylist()]
    if only_withheld:
        cells = [cell for cell in cells if cell.figure is not None and cell.figure.kind is Kind.WITHHELD]
    cells.sort(
        key=lambda cell: (cell.figure is None or cell.figure.kind is not Kind.WITHHELD, cell.dimensions)
    )
    return cells


def _same(table: pa.Table, dataflow: Dataflow) -> tuple[tuple[str, str], ...]:
    """Give the dimensions that have one code in the whole of a table of several cells, but for the measure."""
    if table.num_rows < 2:  # noqa: PLR2004 - of a single cell everything is said beside it
        return ()
    codes = {name: table.column(name).unique().to_pylist() for name in dataflow.cells.dimensions}
    return tuple(
        (name, str(found[0] or "")) for name, found in codes.items() if len(found) == 1 and name != MEASURE
    )


def _cell(
    row: Mapping[str, Any],
    keys: Sequence[str],
    names: Sequence[str],
    withheld: Mapping[tuple[str, ...], Withheld],
) -> PreviewCell:
    key = tuple(row[name] for name in keys)
    said = tuple(row[name] or "" for name in names)
    shown = figure(row) if "OBS_STATUS" in row else None
    return PreviewCell(key, said, row.get(MEASURE, ""), shown, withheld.get(key))


def _losses(report: Report, dataflow: Dataflow) -> tuple[MeasureLoss, ...]:
    """Put what each measure loses beside how wide its intervals are (methodology 3.9)."""
    if not report.losses:
        return ()
    place = dataflow.cells.dimensions.index(MEASURE)
    return tuple(
        _loss(loss, [cell for cell in report.withheld if cell.key[place] == loss.measure])
        for loss in report.losses
    )


def _loss(loss: Loss, withheld: Sequence[Withheld]) -> MeasureLoss:
    share = None
    if loss.value_total:
        share = _decimal(Fraction(loss.value_total - loss.value_shown, loss.value_total))
    widths = [
        Fraction(cell.upper - cell.lower, cell.value)
        for cell in withheld
        if cell.upper is not None and cell.value
    ]
    width = _decimal(sum(widths, Fraction(0)) / len(widths)) if widths else None
    return MeasureLoss(loss, share, width, sum(cell.upper is None for cell in withheld))


def _decimal(fraction: Fraction) -> Decimal:
    return Decimal(fraction.numerator) / Decimal(fraction.denominator)


def _changed(found: Difference, dataflow: Dataflow) -> tuple[ChangedCell, ...]:
    """Put the listed changes into figures; a first release changes nothing."""
    names = dataflow.cells.dimensions
    return tuple(
        ChangedCell(
            change.change,
            tuple(part or "" for part in change.dimensions),
            dict(zip(names, change.dimensions, strict=True)).get(MEASURE, ""),
            _figure(change.before),
            _figure(change.after),
        )
        for change in found.changes[:LISTED_CHANGES]
    )


def _figure(said: Mapping[str, Any] | None) -> Figure | None:
    return figure(dict(said)) if said is not None and "OBS_STATUS" in said else None


def _shown_columns(table: pa.Table, dataflow: Dataflow) -> tuple[str, ...]:
    """The dimensions, and every other column in which something is said that is no observation."""
    cells = dataflow.cells
    return tuple(
        name
        for name in cells.column_ids
        if name in cells.dimensions
        or (name not in OBSERVATION and table.column(name).null_count < table.num_rows)
    )
