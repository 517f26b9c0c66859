"""The cells this node may compute with: live bundles, own and imported, each cell with where it came from."""

from __future__ import annotations

from collections.abc import Sequence

import pyarrow as pa

from exchange import parquet
from node.errors import Damaged
from node.ports.ledger import Bundle, live
from node.services.context import Context
from schemas import registry
from schemas.arrow import conform, empty_table
from schemas.errors import InvalidTable


def bundle_cells(ctx: Context, bundle: Bundle, *, is_coded: bool = False) -> pa.Table:
    """Give the cells of one bundle, all its parts together; raises Damaged when stored bytes changed.

    A bundle is known to the ledger once its parts were packed here, or read under limits when they arrived; the store
    gives them by their digest. is_coded: texts as dictionaries, for readers that work on codes.
    """
    structure = registry.dataflow(bundle.dataflow_id).cells
    contents = (ctx.objects.get(digest) for digest in bundle.parts)
    parts = [parquet.read_again(content, is_coded=is_coded) for content in contents]
    try:
        return pa.concat_tables(conform(part, structure, is_coded=is_coded) for part in parts)
    except InvalidTable as error:
        raise Damaged(
            f"Bundle {bundle.digest} does not have the columns of {bundle.dataflow_id}",
            hint="Run the verification and restore the object store from a copy.",
        ) from error


def cells(ctx: Context, dataflow_id: str) -> pa.Table:
    """Give the live cells of a dataflow with the columns ORIGINATOR and BUNDLE added."""
    structure = registry.dataflow(dataflow_id).cells
    wanted = [bundle for bundle in live(ctx.ledger.bundles()) if bundle.dataflow_id == dataflow_id]
    tables = [_with_origin(_recent_cells(ctx, bundle), bundle) for bundle in wanted]
    empty = _with_origin_columns(empty_table(structure), "", "")
    return pa.concat_tables([empty, *tables])


def cells_of_bundle(ctx: Context, bundle: Bundle) -> pa.Table:
    """Give the cells of one bundle, live or superseded, with the columns ORIGINATOR and BUNDLE added."""
    return _with_origin(bundle_cells(ctx, bundle), bundle)


def own_cells(ctx: Context, dataflow_id: str) -> pa.Table:
    """Give this member's live cells of a dataflow."""
    own = [
        bundle
        for bundle in live(ctx.ledger.bundles(originator=ctx.member))
        if bundle.dataflow_id == dataflow_id
    ]
    empty = empty_table(registry.dataflow(dataflow_id).cells)
    return pa.concat_tables([empty, *(bundle_cells(ctx, bundle) for bundle in own)])


def shared_view(bundles: Sequence[Bundle], active_members: Sequence[str]) -> list[Bundle]:
    """Keep the live bundles that every active member holds: the input of indicators all can recompute.

    Indicators are releases too (attack test AT8): a bundle addressed to some members only never enters a
    figure that others see.
    """
    everyone = set(active_members)
    return [bundle for bundle in live(bundles) if everyone <= {*bundle.audience, bundle.originator}]


def _recent_cells(ctx: Context, bundle: Bundle) -> pa.Table:
    return ctx.tables.get(bundle.digest, lambda: bundle_cells(ctx, bundle))


def _with_origin(table: pa.Table, bundle: Bundle) -> pa.Table:
    return _with_origin_columns(table, bundle.originator, bundle.digest)


def _with_origin_columns(table: pa.Table, originator: str, digest: str) -> pa.Table:
    rows = table.num_rows
    return table.append_column("ORIGINATOR", pa.repeat(pa.scalar(originator), rows)).append_column(
        "BUNDLE", pa.repeat(pa.scalar(digest), rows)
    )
