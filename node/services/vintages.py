"""What a release does to what was released before: which bundles it supersedes, what changes, what must wait.

Invariants: no released cell is overwritten unless the file says so; a revision that would tell on somebody is
held, whoever asks for it.
"""

from __future__ import annotations

from node.errors import Conflict
from node.ports.ledger import Bundle
from node.ports.submissions import Submission, UploadMode
from node.services.cells import bundle_cells
from node.services.context import Context
from node.services.difference import Difference, by_key, compare, said_of
from node.services.orders import lets_revision_go
from node.services.sources import own_live
from risk_models.disclosure import Protected
from schemas import registry
from schemas.release import ReleasedTable


def superseded_by(
    ctx: Context, submission: Submission, released: ReleasedTable, corrected: tuple[Bundle, ...]
) -> tuple[tuple[Bundle, ...], Difference]:
    """Give the own live bundles that share a cell with this release, and what changes against them.

    corrected: bundles that it supersedes in any case, because it was made by taking rows from them.

    Raises:
        Conflict: there are such bundles and the submission adds cells only, or nothing of them would change.
    """
    dimensions = registry.dataflow(released.dataflow_id).cells.dimensions
    own = own_live(ctx, submission.dataflow_id)
    earlier = {bundle.digest: by_key(bundle_cells(ctx, bundle), dimensions) for bundle in own}
    cells = by_key(released.table, dimensions)
    overlapped = tuple(
        bundle for bundle in own if bundle in corrected or earlier[bundle.digest].keys() & cells.keys()
    )
    if overlapped and submission.mode is UploadMode.APPEND:
        raise Conflict(
            "Some of these cells are released already",
            detail=f"They are in {len(overlapped)} earlier bundle(s), the newest of vintage "
            f"{max(bundle.vintage for bundle in overlapped)}",
            hint="Withdraw this submission and upload the file in mode 'replace' to correct them.",
        )
    before: dict[tuple[object, ...], tuple[object, ...]] = {}
    for bundle in overlapped:
        before |= earlier[bundle.digest]
    found = compare(before, cells, said_of(released.table, dimensions))
    if overlapped and not found.changes:
        raise Conflict(
            "Nothing would change",
            detail=f"All {found.unchanged} cell(s) are released already, exactly as they stand in this file",
            hint="Withdraw this submission: the same figures need no second release.",
        )
    return overlapped, found


def require_no_hold(protected: Protected, submission: Submission) -> None:
    """Refuse a revision from which a reader of several vintages could work out too small a group.

    Raises:
        Conflict: names the cells, against which release, and until when it waits.
    """
    if not protected.held or lets_revision_go(submission):
        return
    first = protected.held[0]
    raise Conflict(
        "This revision would tell on somebody",
        detail=f"{len(protected.held)} cell(s) change by so little, against what was released before, that the "
        f"difference shows a few reports or cases alone; the first is {' / '.join(first.key)}",
        hint="Hold it until more corrections of these cells come together, and upload the file again then.",
        held=len(protected.held),
    )
