"""What a submission would change against what is released, cell by cell: all of it, narrowed and in pages.

Invariants: a cell that vanishes or appears is never narrowed away by a threshold, and neither is one whose change
has no number (withheld before or after, or nothing before); counts are of all cells, whatever is shown.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import Any

from node.access import Actor
from node.ports.submissions import Submission
from node.services import release
from node.services.cells import bundle_cells
from node.services.context import Context
from node.services.difference import CellChange, Change, Difference, by_key, compare, said_of
from node.services.prepare import Prepared
from node.services.views.figure import Figure, Kind, figure
from schemas.structure import MEASURE

PAGE_CELLS = 100
LOOKED_THROUGH = 1_000_000
_ORDER = {change: place for place, change in enumerate(Change)}


@dataclass(frozen=True, slots=True)
class ChangedCell:
    """One cell that would not be as it is released: its key, its figures, and the relative change in per cent.

    percent is None where there is no number to compare: the cell is new or gone, is withheld on one side, was zero, or
    changed in what is said beside it.
    """

    change: Change
    dimensions: tuple[str, ...]
    measure: str
    before: Figure | None
    after: Figure | None
    percent: Fraction | None


@dataclass(frozen=True, slots=True)
class Changes:
    """A page of the cells that fit; `listed` counts them all.

    change: "" for all kinds. at_least: a percentage. is_first: nothing is superseded, so that every cell is new.
    """

    submission: Submission
    counts: Mapping[str, int]
    is_first: bool
    names: tuple[str, ...]
    cells: tuple[ChangedCell, ...]
    change: str
    at_least: int
    listed: int
    page: int
    pages: int


def changes(
    ctx: Context,
    actor: Actor,
    submission_id: int,
    now: datetime,
    *,
    change: str = "",
    at_least: int = 0,
    page: int = 1,
) -> Changes:
    """Give the cells that would be gone, changed (the largest changes first) or new; the last page is the end.

    Raises what release.preview raises.
    """
    prepared = release.preview(ctx, actor, submission_id, now)
    change = change if change in set(Change) else ""
    found = _everything(ctx, prepared)
    cells = [_cell(one, prepared.dataflow.cells.dimensions) for one in found.changes]
    fitting = [one for one in cells if change in {"", one.change.value} and _is_large(one, at_least)]
    fitting.sort(key=_first_large)
    pages = max(1, -(-len(fitting) // PAGE_CELLS))
    page = min(max(1, page), pages)
    return Changes(
        submission=ctx.submissions.get(submission_id),
        counts=found.counts,
        is_first=not prepared.supersedes,
        names=prepared.dataflow.cells.dimensions,
        cells=tuple(fitting[(page - 1) * PAGE_CELLS : page * PAGE_CELLS]),
        change=change,
        at_least=at_least,
        listed=len(fitting),
        page=page,
        pages=pages,
    )


def _everything(ctx: Context, prepared: Prepared) -> Difference:
    """Compare anew with every change listed: what officers read beside their signature is cut."""
    if not prepared.difference.is_cut:
        return prepared.difference
    dimensions = prepared.dataflow.cells.dimensions
    before: dict[tuple[Any, ...], tuple[Any, ...]] = {}
    for bundle in prepared.supersedes:
        before |= by_key(bundle_cells(ctx, bundle), dimensions)
    table = prepared.released.table
    return compare(
        before, by_key(table, dimensions), said_of(table, dimensions), listed_at_most=LOOKED_THROUGH
    )


def _cell(one: CellChange, names: tuple[str, ...]) -> ChangedCell:
    before, after = _figure(one.before), _figure(one.after)
    measure = dict(zip(names, one.dimensions, strict=True)).get(MEASURE, "")
    key = tuple(part or "" for part in one.dimensions)
    return ChangedCell(one.change, key, measure, before, after, _percent(before, after))


def _figure(said: Mapping[str, Any] | None) -> Figure | None:
    return figure(dict(said)) if said is not None and "OBS_STATUS" in said else None


def _percent(before: Figure | None, after: Figure | None) -> Fraction | None:
    if before is None or after is None or before.kind is not Kind.EXACT:
        return None
    if after.value is None or not before.value or after.value == before.value:
        return None
    return Fraction(100 * (after.value - before.value), abs(before.value))


def _is_large(one: ChangedCell, at_least: int) -> bool:
    return one.percent is None or abs(one.percent) >= at_least


def _first_large(one: ChangedCell) -> tuple[Any, ...]:
    """Order by what happens; of changed cells those without a number first, then the largest."""
    return (_ORDER[one.change], one.percent is not None, -abs(one.percent or 0), one.dimensions)
