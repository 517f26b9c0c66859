"""Blocks: the figures of one group and period, their key before they are computed and their digest after.

Invariants: the key is over the specification, the block's name, the bundles it reads and who reports at all (which
decides what counterparts are members, in every period), so a block whose key is kept is not computed again; the digest
of a run is over its blocks in the order of their names, the same whether they were computed together, one by one or
long ago; a block without figures is none.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial

import numpy as np

from risk_models.observations import Conflict, ModelInput
from risk_models.tier_one.columns import Part, new_digest, parts_of
from risk_models.tier_one.cubes import Panel, panel_of
from risk_models.tier_one.groups import Group
from risk_models.tier_one.places import window_of
from schemas.canonical import canonical_json
from schemas.digest import sha256_hex
from schemas.period import TimePeriod

# Bundles that are read, and groups that are computed, side by side; each more holds more memory at a time.
AT_ONCE = 2
PERIODS_AT_ONCE = 24


@dataclass(frozen=True, slots=True, order=True)
class Source:
    """A live bundle that a block may read, without its cells. periods: those it may have cells of."""

    dataflow_id: str
    originator: str
    bundle_digest: str
    periods: frozenset[str] = field(compare=False)


@dataclass(frozen=True, slots=True)
class Planned:
    """A block before it is computed: what it reads, and the key of that. reporters: of each dataflow, in any period."""

    group: Group
    period: str
    sources: tuple[Source, ...]
    reporters: Mapping[str, tuple[str, ...]]
    key: str

    @property
    def id(self) -> str:
        """Its name."""
        return f"{self.group.id}/{self.period}"


@dataclass(frozen=True, slots=True)
class Block:
    """A block: name, key, digest of its figures, how many there are, and the bundles it reads.

    parts: the figures, None of a block that was kept and not computed.
    """

    id: str
    key: str
    digest: str
    rows: int
    inputs: tuple[str, ...]
    parts: tuple[Part, ...] | None = field(default=None, compare=False)
    givers: Mapping[str, tuple[str, ...]] = field(default_factory=dict, compare=False)


@dataclass(frozen=True, slots=True)
class Computed:
    """All blocks of a run, in the order of their names, and the disputed cells among those that were read."""

    blocks: tuple[Block, ...]
    conflicts: tuple[Conflict, ...]


def spanned(periods: Collection[str]) -> frozenset[str]:
    """Every period within the first and the last of some, of every frequency; the one alone where they are one.

    It is what the manifest of a bundle says of its cells, so that blocks are known before cells are read.
    """
    read = sorted(TimePeriod.parse(period) for period in periods)
    if not read:
        return frozenset()
    first, last = read[0], read[-1]
    if first == last:
        return frozenset({str(first)})
    years = [TimePeriod("A", year) for year in range(first.start.year, last.end.year + 1)]
    quarters = [quarter for year in years for quarter in year.parts()]
    months = [month for quarter in quarters for month in quarter.parts()]
    return frozenset(
        str(one) for one in (*years, *quarters, *months) if first.start <= one.start and one.end <= last.end
    )


def planned(groups: Sequence[Group], sources: Iterable[Source], spec_digest: str) -> tuple[Planned, ...]:
    """Say which blocks there are, from the bundles alone."""
    in_order = sorted(sources)
    by_flow: dict[str, dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
    reporting_in: dict[str, set[str]] = defaultdict(set)
    for at, source in enumerate(in_order):
        for period in source.periods:
            by_flow[source.dataflow_id][period].append(at)
            reporting_in[source.dataflow_id].add(source.originator)
    reporters = {flow: tuple(sorted(members)) for flow, members in reporting_in.items()}
    windows = _Windows(in_order, by_flow, {})
    found = []
    for group in groups:
        reporting = {flow: reporters.get(flow, ()) for flow in group.reads}
        known = sha256_hex(canonical_json([spec_digest, group.id, reporting]))
        for period in sorted(by_flow.get(next(iter(group.reads)), {})):
            bundles, read = windows.of(tuple(group.reads), period, group.back)
            key = sha256_hex(f"{known} {period} {read}".encode())
            found.append(Planned(group, period, bundles, reporting, key))
    return tuple(found)


@dataclass(frozen=True, slots=True)
class _Windows:
    """The bundles of windows of periods, each looked up once, with the digest of what they are.

    by_flow: places in `in_order`, which are quicker to put in order than bundles.
    """

    in_order: Sequence[Source]
    by_flow: Mapping[str, Mapping[str, list[int]]]
    known: dict[tuple[tuple[str, ...], str, int], tuple[tuple[Source, ...], str]]

    def of(self, flows: tuple[str, ...], period: str, back: int) -> tuple[tuple[Source, ...], str]:
        place = (flows, period, back)
        if place not in self.known:
            found = {
                at
                for flow in flows
                for one in window_of(period, back)
                for at in self.by_flow.get(flow, {}).get(one, ())
            }
            bundles = tuple(self.in_order[at] for at in sorted(found))
            named = (f"{one.dataflow_id} {one.originator} {one.bundle_digest}\n" for one in bundles)
            self.known[place] = bundles, sha256_hex("".join(named).encode())
        return self.known[place]


def computed(
    plan: Sequence[Planned], table_of: Callable[[Source], ModelInput], kept: Mapping[str, Block]
) -> Computed:
    """Compute the blocks whose key is not kept, all of them together, and take the others as they are.

    table_of: called from several threads.
    """
    stale = [block for block in plan if block.key not in kept]
    fresh: dict[str, Block] = {}
    with ThreadPoolExecutor(AT_ONCE) as pool:
        panels = _panels(stale, lambda sources: list(pool.map(table_of, sources)))
        for found in pool.map(partial(_figures, panels), _by_group(stale)):
            fresh.update(found)
    conflicts = tuple(sorted(one for panel in panels.values() for one in panel.conflicts))
    done = tuple(kept[block.key] if block.key in kept else fresh[block.id] for block in plan)
    return Computed(done, conflicts)


def run_digest(blocks: Iterable[Block]) -> str:
    """The digest of a run: over the names and digests of its blocks that have figures, in order."""
    named = sorted((block.id, block.digest) for block in blocks if block.rows)
    return sha256_hex(canonical_json(named))


def _panels(
    stale: Sequence[Planned], tables_of: Callable[[Sequence[Source]], Sequence[ModelInput]]
) -> Mapping[str, Panel]:
    """The cubes of every dataflow that a stale block reads, each over all periods and measures asked for."""
    sources: dict[str, set[Source]] = defaultdict(set)
    periods: dict[str, set[str]] = defaultdict(set)
    measures: dict[str, set[str]] = defaultdict(set)
    reporters: dict[str, tuple[str, ...]] = {}
    for block in stale:
        reporters |= block.reporters
        for flow, wanted in block.group.reads.items():
            measures[flow].update(wanted)
            periods[flow].update(window_of(block.period, block.group.back))
            sources[flow].update(one for one in block.sources if one.dataflow_id == flow)
    return {
        flow: panel_of(flow, tables_of(sorted(sources[flow])), wanted, periods[flow], reporters[flow])
        for flow, wanted in measures.items()
    }


def _by_group(stale: Sequence[Planned]) -> Iterable[tuple[Group, list[Planned]]]:
    found: dict[str, list[Planned]] = defaultdict(list)
    for block in stale:
        found[block.group.id].append(block)
    return [(blocks[0].group, blocks) for blocks in found.values()]


def _figures(panels: Mapping[str, Panel], one: tuple[Group, Sequence[Planned]]) -> Mapping[str, Block]:
    group, blocks = one
    wanted = {block.period for block in blocks}
    by_period: dict[str, list[Part]] = defaultdict(list)
    for some in _batches(group, panels):
        periods = some[next(iter(group.reads))].axes.periods
        is_wanted = np.array([period in wanted for period in periods], np.bool_)
        if not is_wanted.any():
            continue
        for found in group.figures(some, is_wanted):
            for part in parts_of(found, wanted):
                by_period[part.axes.periods[0]].append(part)
    return {block.id: _block(block, by_period[block.period]) for block in blocks}


def _batches(group: Group, panels: Mapping[str, Panel]) -> Iterator[Mapping[str, Panel]]:
    """What a group reads, some periods at a time where it looks at each by itself: less is held, and it is near."""
    if group.back or len(group.reads) > 1:
        yield panels
        return
    (flow,) = group.reads
    panel = panels[flow]
    for first in range(0, len(panel.axes.periods), PERIODS_AT_ONCE):
        yield {flow: panel.during(slice(first, first + PERIODS_AT_ONCE))}


def _block(block: Planned, parts: Collection[Part]) -> Block:
    in_order = tuple(sorted(parts, key=lambda part: part.found.order))
    givers: dict[str, list[str]] = defaultdict(list)
    for source in block.sources:
        givers[source.originator].append(source.bundle_digest)
    state = new_digest()
    for part in in_order:
        part.hashed(state)
    inputs = tuple(sorted({source.bundle_digest for source in block.sources}))
    state.update(canonical_json([block.id, inputs]))
    return Block(
        block.id,
        block.key,
        f"sha256:{state.hexdigest()}",
        sum(len(part.place) for part in in_order),
        inputs,
        in_order,
        {member: tuple(sorted(bundles)) for member, bundles in givers.items()},
    )
