"""Families B and C on graphs of members: intensity (B2), emergence (B10), strength, PageRank, transit, hubs (C1-C6).

Invariants: a graph is of one period, its nodes are the members that report in it, its flows those that either end
gave; a flow of which nothing is known leaves its period without a graph. Suspicion is what either end sees, measured
flows what both see together.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

import numpy as np

from risk_models.indicators.intensity import intensity, trade_intensity
from risk_models.indicators.monotone import Cells, Figures
from risk_models.indicators.network.pagerank import pagerank, transposed
from risk_models.indicators.network.strengths import (
    disparity,
    hub_dependence,
    merged_mirrors,
    strength,
    transit_ratio,
)
from risk_models.numerics.series import Flags, as_quantised, with_room
from risk_models.tier_one.columns import VALUE, Found, taken
from risk_models.tier_one.cubes import ABSENT, KNOWN, UNKNOWN, Codes, Panel
from risk_models.tier_one.parameters import Graph, Thresholds
from risk_models.tier_one.places import Square, Strips, off_diagonal, square_of, whole_numbers
from risk_models.tier_one.profiles import novel_figures

SENT, RECEIVED = "OUT", "IN"


@dataclass(frozen=True, slots=True)
class Network:
    """Graphs of one set of nodes: flows (n, n, R), and where their nodes and corridors stand.

    nodes: (n, R) places of the members; corridors: (n, n, R) places of the corridors. is_large: enough members and
    flows, by graph.
    """

    flows: Cells
    nodes: Codes
    corridors: Codes
    is_large: Flags


def network_figures(panel: Panel, graph: Graph, is_wanted: Flags, limits: Thresholds) -> Iterator[Found]:
    """Every figure of the graphs of one measure, in total over every cut."""
    for network in _networks(panel, graph, is_wanted, limits):
        label = f"{graph.measure}/{panel.flow.id}"
        for indicator, suffix, place, value, enough in (
            *_of_corridors(network, limits),
            *_of_nodes(network, limits),
        ):
            yield Found(indicator, label, panel.axes, place, {VALUE: value}, enough, "region", suffix)


def emergence_figures(panel: Panel, graph: Graph, is_wanted: Flags, limits: Thresholds) -> Iterator[Found]:
    """B10 of the corridors that senders report, in total over every cut."""
    square = square_of(panel, panel.cube(graph.measure, SENT), [panel.whole_facet])
    label = f"{SENT}/{graph.measure}/{panel.flow.id}"
    strips = Strips(label, square.low, square.high, square.state, square.place)
    yield from novel_figures("B10", panel, strips, is_wanted, limits)


Part = tuple[str, str, Codes, Figures, Flags]


def _networks(panel: Panel, graph: Graph, is_wanted: Flags, limits: Thresholds) -> Iterator[Network]:
    sent, received = (
        square_of(panel, panel.cube(graph.measure, way), [panel.whole_facet]) for way in (SENT, RECEIVED)
    )
    flows, is_unknown = _merged(sent, received, graph)
    reports = _reporting(panel, graph)
    by_nodes: dict[tuple[int, ...], list[int]] = defaultdict(list)
    for period in np.flatnonzero(is_wanted).tolist():
        nodes = tuple(np.flatnonzero(reports[period]).tolist())
        if len(nodes) > 1 and not is_unknown[period][np.ix_(nodes, nodes)].any():
            by_nodes[nodes].append(period)
    whole = panel.place[:, panel.whole_facet, :, panel.whole_counterpart]
    for members, periods in sorted(by_nodes.items()):
        at = np.ix_(periods, members, members)
        corner = Cells(*(np.moveaxis(part[at], 0, 2) for part in (flows.low, flows.high)))
        some = corner.high.sum(axis=(0, 1)) > 0
        is_large = (corner.low.sum(axis=(0, 1)) >= limits.min_whole) & (len(members) >= limits.min_members)
        standing = whole[np.ix_(periods, members)].T
        corridors = np.moveaxis(sent.place[:, 0][at], 0, 2)
        yield Network(corner[:, :, some], standing[:, some], corridors[:, :, some], is_large[some])


def _merged(sent: Square, received: Square, graph: Graph) -> tuple[Cells, Flags]:
    """One view of every corridor: (periods, senders, receivers), and where it is not known."""
    mirror = [part[:, 0].swapaxes(1, 2) for part in (received.low, received.high, received.state)]
    own = [part[:, 0] for part in (sent.low, sent.high, sent.state)]
    both = (own[2] == KNOWN) & (mirror[2] == KNOWN)
    only = np.where(own[2] == KNOWN, 0, 1)
    single = [np.where(only == 0, own[end], mirror[end]) for end in (0, 1)]
    met = merged_mirrors(Cells(own[0], own[1]), Cells(mirror[0], mirror[1]), graph.mirrors)
    twice = 2 if graph.mirrors == "sum" else 1
    low, high = (
        np.where(both, end, twice * one) for end, one in zip((met.low, met.high), single, strict=True)
    )
    is_one = off_diagonal(low.shape[1])
    is_unknown = ((own[2] == UNKNOWN) | (mirror[2] == UNKNOWN)) & is_one
    return Cells(low * is_one, high * is_one), is_unknown


def _reporting(panel: Panel, graph: Graph) -> Flags:
    """Periods and members of which there is any cell in total: (periods, members)."""
    states = [panel.cube(graph.measure, way).state[:, panel.whole_facet] for way in (SENT, RECEIVED)]
    return np.asarray(((states[0] != ABSENT) | (states[1] != ABSENT)).any(axis=2), np.bool_)


def _of_corridors(network: Network, limits: Thresholds) -> Iterator[Part]:
    flows, members = network.flows, len(network.flows.low)
    pairs = off_diagonal(members)
    graphs = flows.low.shape[2]
    place = network.corridors[pairs].ravel()
    one = Cells(flows.low[pairs].ravel(), flows.high[pairs].ravel())
    sums = strength(flows)
    rows, columns = np.nonzero(pairs)
    sent, received = (
        Cells(part.low[at].ravel(), part.high[at].ravel())
        for part, at in ((sums.sent, rows), (sums.received, columns))
    )
    large = np.broadcast_to(network.is_large, (len(rows), graphs)).ravel()
    elsewhere = _elsewhere(flows, sums.received, rows)
    roomy = with_room(np.maximum(sent.low, received.low), squares=1).dtype
    product = sent.low.astype(roomy) * received.low
    expected = np.asarray(product >= limits.min_expected * np.maximum(elsewhere.high, 1), np.bool_)
    yield "B2", "TRADE", place, trade_intensity(one, sent, received, elsewhere), large & expected
    yield from _quasi_independence(network, limits)
    for suffix, total, partners, at in (
        ("SENDER", sums.sent, sums.partners_out, rows),
        ("RECEIVER", sums.received, sums.partners_in, columns),
    ):
        others = Cells(np.maximum(total.low[at].ravel() - one.high, 0), total.high[at].ravel() - one.low)
        degree = Cells(partners.low[at].ravel(), partners.high[at].ravel())
        flows_there = one.high > 0
        value = disparity(one, others, degree)
        yield (
            "C6",
            suffix,
            place[flows_there],
            taken(value, flows_there),
            (large & (degree.low > 1))[flows_there],
        )


def _elsewhere(flows: Cells, received: Cells, rows: Codes) -> Cells:
    """What all others receive: the flows that do not end at the sender."""
    ends = []
    for flow, into in ((flows.low, received.low), (flows.high, received.high)):
        ends.append((flow.sum(axis=(0, 1))[None] - into[rows]).ravel())
    return Cells(ends[0], ends[1])


def _quasi_independence(network: Network, limits: Thresholds) -> Iterator[Part]:
    """B2 as the methodology prefers it, of the graphs whose flows are all exact: margins have to be known."""
    flows = network.flows
    exact = np.asarray((flows.low == flows.high).all(axis=(0, 1)), np.bool_)
    if not exact.any():
        return
    some = flows[:, :, exact]
    sent, received = some.low.sum(axis=1), some.low.sum(axis=0)
    found = intensity(some, sent, received, limits.least_rest)
    rows, columns = (np.array(side) for side in zip(*found.pairs, strict=True))
    place = network.corridors[rows, columns][:, exact].ravel()
    large = np.broadcast_to(network.is_large[exact], (len(rows), int(exact.sum()))).ravel()
    enough = large & _at_least(found.expected, limits.min_expected)
    is_defined = found.ratio.is_defined
    yield "B2", "", place[is_defined], taken(found.ratio, is_defined), enough[is_defined]


def _of_nodes(network: Network, limits: Thresholds) -> Iterator[Part]:
    flows, place = network.flows, network.nodes.ravel()
    sums = strength(flows)
    large = np.broadcast_to(network.is_large, network.nodes.shape).ravel()
    sent, received = (Cells(one.low.ravel(), one.high.ravel()) for one in (sums.sent, sums.received))
    out, into = (Cells(one.low.ravel(), one.high.ravel()) for one in (sums.partners_out, sums.partners_in))
    for suffix, cells in (
        ("SENT", sent),
        ("RECEIVED", received),
        ("PARTNERS_OUT", out),
        ("PARTNERS_IN", into),
    ):
        yield "C1", suffix, place, whole_numbers(cells), large
    for suffix, graph in (("SINK", flows), ("SOURCE", transposed(flows))):
        ranked = pagerank(graph, limits.alpha, limits.most_vertices)
        yield "C2", suffix, place, ranked.scores, large
    moved = (sent.high > 0) | (received.high > 0)
    enough = np.asarray((sent.low >= limits.min_flow) & (received.low >= limits.min_flow), np.bool_)
    yield "C4", "", place[moved], taken(transit_ratio(sent, received), moved), enough[moved]
    yield "C6", "HUB", place, hub_dependence(flows), large


def _at_least(figures: Figures, minimum: int) -> Flags:
    """Where a figure is a number or more: mantissas are of nine digits."""
    return np.asarray(figures.low.ranks() >= as_quantised([Decimal(minimum)]).ranks(), np.bool_)
