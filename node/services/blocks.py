"""The blocks of a run as objects: an index names them, and what did not change is named again and not written again.

Invariants: a block's object is its figures in whole numbers, texts are made of them when somebody reads; an index says
of each block its key, its digest and the bundles it reads, so a later run knows what it may keep without reading any.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import pyarrow as pa

from exchange import parquet
from node.ports.work import IndicatorRun
from node.services.context import Context
from risk_models.figures import in_order, table_of
from risk_models.model import Block
from risk_models.tier_one.rows import as_texts, coded

# So many blocks and bundles are named where a person reads what moved.
_MOST_NAMED = 20
_NAMES = ("BLOCK", "KEY", "DIGEST", "OBJECT", "INPUTS", "ROWS")
_INDEX = pa.schema([(name, pa.int64() if name == "ROWS" else pa.string()) for name in _NAMES])


@dataclass(frozen=True, slots=True)
class Moved:
    """A block that is not what it was: which bundles it reads now and did not before, and the other way round.

    is_changed: its figures differ, and not only what they stand on.
    """

    block: str
    is_changed: bool
    added: tuple[str, ...]
    removed: tuple[str, ...]


def kept_blocks(ctx: Context, run: IndicatorRun | None) -> Mapping[str, Block]:
    """Give the blocks of a run by key; none of a run that is not in blocks."""
    index = None if run is None else parquet.read(ctx.objects.get(run.results), ctx.limits)
    if index is None or not is_index(index):
        return {}
    return {
        row["KEY"]: Block(
            row["BLOCK"], row["KEY"], row["DIGEST"], row["ROWS"], tuple(row["INPUTS"].split(","))
        )
        for row in index.to_pylist()
    }


def stored_blocks(ctx: Context, blocks: Sequence[Block], earlier: IndicatorRun | None) -> pa.Table:
    """Store the figures that were computed now, and give the index of all blocks."""
    objects = _objects(ctx, earlier)
    rows = [
        {
            "BLOCK": block.id,
            "KEY": block.key,
            "DIGEST": block.digest,
            "OBJECT": _object(ctx, block, objects),
            "INPUTS": ",".join(block.inputs),
            "ROWS": block.rows,
        }
        for block in blocks
    ]
    return pa.Table.from_pylist(rows, schema=_INDEX)


def figures_of(ctx: Context, table: pa.Table) -> pa.Table:
    """Give the figures that a stored table of results is, or names: columns `figures.COLUMNS`, sorted by key."""
    if not is_index(table):
        return table
    named = [digest for digest in table.column("OBJECT").to_pylist() if digest]
    figures = [as_texts(_stored(ctx, digest)) for digest in named]
    return in_order(pa.concat_tables([table_of([]), *figures]))


def figures_in(ctx: Context, run: IndicatorRun, names: Collection[str]) -> pa.Table:
    """Give the figures of some blocks of a run alone, columns `figures.COLUMNS`; a block that there is not has none."""
    index = ctx.tables.get(f"index of {run.results}", lambda: _stored(ctx, run.results))
    if not is_index(index):
        return table_of([])
    rows = index.select(["BLOCK", "OBJECT"]).to_pylist()
    named = [row["OBJECT"] for row in rows if row["BLOCK"] in names and row["OBJECT"]]
    return pa.concat_tables([table_of([]), *(_texts(ctx, digest) for digest in named)])


def moved(before: Mapping[str, Block], now: Sequence[Block]) -> list[Moved]:
    """Say which blocks are not what they were, and which bundles came and went under them, by name."""
    earlier = {block.id: block for block in before.values()}
    pairs = [(earlier.pop(block.id, None), block) for block in now]
    gone = [(block, None) for block in earlier.values()]
    found = [
        _moved(old, new) for old, new in (*pairs, *gone) if old is None or new is None or old.key != new.key
    ]
    return sorted(found, key=lambda one: one.block)


def news(before: Mapping[str, Block], now: Sequence[Block]) -> Mapping[str, str | int]:
    """Say in few words what a run of blocks computed, what moved by it and why; nothing of a run without blocks."""
    if not now and not before:
        return {}
    found = moved(before, now)
    changed = [one.block for one in found if one.is_changed]
    return {
        "blocks": len(now),
        "computed": sum(block.parts is not None for block in now),
        "moved": len(changed),
        "moved_first": ", ".join(changed[:_MOST_NAMED]),
        "bundles_new": ", ".join(sorted({digest for one in found for digest in one.added})[:_MOST_NAMED]),
        "bundles_gone": ", ".join(sorted({digest for one in found for digest in one.removed})[:_MOST_NAMED]),
    }


def is_index(table: pa.Table) -> bool:
    """True if a stored table of results names blocks."""
    return set(_NAMES) <= set(table.column_names)


def _stored(ctx: Context, digest: str) -> pa.Table:
    return parquet.read(ctx.objects.get(digest), ctx.limits)


def _texts(ctx: Context, digest: str) -> pa.Table:
    return ctx.tables.get(f"texts of {digest}", lambda: as_texts(_stored(ctx, digest)))


def _moved(old: Block | None, new: Block | None) -> Moved:
    name = next(block.id for block in (old, new) if block is not None)
    had, has = (set() if block is None else set(block.inputs) for block in (old, new))
    rows = [block.digest if block is not None and block.rows else "" for block in (old, new)]
    return Moved(name, rows[0] != rows[1], tuple(sorted(has - had)), tuple(sorted(had - has)))


def _objects(ctx: Context, run: IndicatorRun | None) -> Mapping[str, str]:
    """The objects of a run's blocks by key."""
    index = None if run is None else parquet.read(ctx.objects.get(run.results), ctx.limits)
    if index is None or not is_index(index):
        return {}
    return {row["KEY"]: row["OBJECT"] for row in index.select(["KEY", "OBJECT"]).to_pylist()}


def _object(ctx: Context, block: Block, objects: Mapping[str, str]) -> str:
    if not block.rows:
        return ""
    if block.parts is None:
        return objects[block.key]
    return ctx.objects.put(parquet.write(coded(block)))
