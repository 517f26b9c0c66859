"""A federation of which one node holds ten million cells: founded and loaded as the demo is, then filled.

Invariants: every large release is packed in the protocol's writer profile, signed by two officers, appended to its
member's own log, witnessed, and read from there by the node that is measured, which verifies all of it but one thing:
disclosure control is not re-checked, since the cells are drawn and not protected. Large releases are addressed to all
members but one, so no model computes from them; the demo's are addressed to everybody, and all models do.
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from unittest import mock

import pyarrow as pa

from exchange import parquet
from exchange.manifest import DataflowRef, TimeRange
from node.adversary.figures import release_of
from node.bootstrap import Node, open_node
from node.demo.federation import DemoNode, Federation, open_federation
from node.demo.run import run_demo
from node.ports.ledger import Bundle
from node.services import indicators, sync, witness
from node.services.context import Context
from node.settings import read_settings
from schemas.registry import dataflow
from tests.bench.drawn_cells import (
    DECLARED,
    SUSPICIOUS,
    counted,
    declared,
    releases,
    suspicious,
    with_a_jump,
)
from tests.support.appended import appended
from tests.support.federation import LocalChannel, Nodes

MEMBERS = 5
CELLS = 10_000_000
# names a folder in which the federation is kept for the next run
KEPT = "IRAC_BENCH_FOLDER"


class _Now:
    """The clock of this machine, as the channels of tests ask for it."""

    def now(self) -> datetime:
        return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class _Near:
    """The directory of a node whose channels lead to contexts of this process."""

    directory: Any
    own: str
    nodes: Nodes

    def channel(self, member: Any) -> LocalChannel:
        """Open a channel without a network."""
        return LocalChannel(self.own, member.code, self.nodes)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.directory, name)


@dataclass(frozen=True, slots=True)
class Opened:
    """The nodes of the federation in this process, for releasing and importing without their servers."""

    federation: Federation
    nodes: Nodes

    def release(
        self,
        code: str,
        flow: str,
        cells: pa.Table,
        supersedes: Sequence[Bundle] = (),
        *,
        to_all: bool = False,
    ) -> Bundle:
        """Pack, sign and append a release of a member, to all others or to all but one."""
        ctx, now = self.nodes[code], datetime.now(UTC).replace(microsecond=0)
        content = parquet.write(cells)
        audience = audience_of(code, self.federation.codes, to_all=to_all)
        periods = sorted(map(str, cells["TIME_PERIOD"].unique().to_pylist()))
        made = release_of(code, audience, content, cells, now=now)
        known = dataflow(flow)
        manifest = made.but(
            dataflow=DataflowRef(known.agency, known.id, known.version),
            time_range=TimeRange(periods[0], periods[-1]),
            vintage=max((one.vintage for one in supersedes), default=0) + 1,
            supersedes=tuple(one.digest for one in supersedes),
            certificate=made.manifest.certificate | {"counts": counted(cells)},
        ).manifest
        ctx.objects.put(content)
        return appended(ctx, self._node(code), manifest, now)

    def witnessed(self, code: str) -> None:
        """Have a member's newest checkpoint witnessed by one that is not the reader."""
        other = next(one for one in self.federation.codes[1:] if one != code)
        witness.collect(self.nodes[code], self.nodes.membership.member(other))

    def _node(self, code: str) -> DemoNode:
        return next(node for node in self.federation.nodes if node.code == code)


def audience_of(code: str, codes: Sequence[str], *, to_all: bool) -> list[str]:
    """Give all other members, or all but the last of them: what that one lacks is in nobody's shared view."""
    others = [one for one in codes if one != code]
    return sorted(others if to_all else others[:-1])


@contextlib.contextmanager
def filled() -> Iterator[Federation]:
    """Give the federation, made now unless it was kept; its first node holds the cells."""
    with contextlib.ExitStack() as stack:
        kept = os.environ.get(KEPT)
        folder = Path(kept or stack.enter_context(tempfile.TemporaryDirectory(dir="/var/tmp")))
        done = folder / "filled.json"
        if not done.is_file():
            if run_demo(MEMBERS, True, folder):  # noqa: FBT003 - the shape of the command's door
                sys.stderr.write("The demo's nodes did not come to agree; pages are measured all the same.\n")
            federation, _ = open_federation(folder, MEMBERS)
            done.write_text(json.dumps(_fill(federation)))
        yield open_federation(folder, MEMBERS)[0]


@contextlib.contextmanager
def opened(federation: Federation) -> Iterator[Opened]:
    """Open every node of the federation in this process."""
    with contextlib.ExitStack() as stack:
        here = [stack.enter_context(contextlib.closing(_open(node))) for node in federation.nodes]
        nodes = Nodes(here[0].context.directory.membership(), clock=_Now())  # type: ignore[arg-type]
        for one in here:
            ctx = one.context
            near: Any = _Near(ctx.directory, ctx.member, nodes)
            nodes.contexts[ctx.member] = replace(ctx, directory=near)
        yield Opened(federation, nodes)


def held_cells(ctx: Context) -> int:
    """Count the cells in force at a node."""
    return sum(sum(one.cells.values()) for one in ctx.ledger.bundles(live_only=True))


def _fill(federation: Federation) -> dict[str, int]:
    """Release the cells at every node, and import them at the first."""
    codes = federation.codes
    with opened(federation) as here:
        for code in codes:
            here.release(code, DECLARED, with_a_jump(code, codes), to_all=True)
            for flow, cells in ((SUSPICIOUS, suspicious(code, codes)), (DECLARED, declared(code, codes))):
                for part in releases(flow, cells):
                    here.release(code, flow, part)
            here.witnessed(code)
            if code != codes[0]:
                _imported(here.nodes[codes[0]], code)
        indicators.recompute(here.nodes[codes[0]], datetime.now(UTC))
        held = held_cells(here.nodes[codes[0]])
    if held < CELLS:
        raise RuntimeError(f"{codes[0]} holds {held:,} cells")
    return {"cells": held}


def _imported(ctx: Context, code: str) -> None:
    with mock.patch.object(sync.disclosure, "recheck", return_value=()):
        outcome = sync.sync_peer(ctx, code, holder="bench", now=datetime.now(UTC))
    if outcome.failure or outcome.refused:
        refused = [one.detail for one in ctx.peers.refusals(code)]
        raise RuntimeError(f"{code} was not imported: {outcome} {refused}")


def _open(node: DemoNode) -> Node:
    return open_node(read_settings(node.settings()))
