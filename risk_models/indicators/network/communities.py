"""C8 `community` and `modularity`: which countries form groups among themselves?

Invariants: whole numbers, no seed; up to a stated number of countries the best of all partitions, beyond it the greedy
method; of equally good partitions the first in the order of their labels, so every node finds the same one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations

import numpy as np

from risk_models.indicators.monotone import Cells, Integers
from risk_models.indicators.network.scenarios import Envelope, enveloped, scenarios

Labels = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Partition:
    """labels: the group of each node, numbered in the order of their first nodes. modularity: its Q."""

    labels: Labels
    modularity: Fraction


def modularity(flows: Cells, labels: Sequence[int]) -> Envelope:
    """C8: how much more traffic stays inside the groups of a partition than chance would keep there.

    flows: one graph, (n, n); traffic is w_ij + w_ji. Definition: Q = sum over groups c of L_c / m - (d_c / 2 m)^2, m
    all traffic, L_c that inside, d_c the traffic of its members. Unit: -1/2 to 1, 0 for one group. Direction:
    ambiguous. Minimum: 4 nodes, traffic of 50. Withheld: an envelope of scenarios only. No traffic: 0. Source: Newman
    and Girvan 2004; methodology C8. Example (FX4): A B against C D 0.034813; A B C against D -0.044656.
    """
    return enveloped(flows, lambda graph: [_gain(_traffic(graph), labels)])


def communities(flows: Cells, most_enumerated: int) -> list[Partition]:
    """C8: the best partition of a graph, or of each of three scenarios (low, middle, high) of withheld flows.

    most_enumerated: countries up to which all partitions are weighed (12; 4 million at 12). Beyond it groups are
    merged pair by pair, each time the pair that gains most, the first of equal ones. Definition: the partition with
    the greatest Q of `modularity`. Unit: groups of countries. Direction: ambiguous. Minimum: 4 nodes, traffic of 50.
    Withheld: an envelope of scenarios only. Source: Newman and Girvan 2004; Clauset, Newman and Moore 2004;
    methodology C8. Example (FX4): A B against C D.
    """
    found = []
    for graph in scenarios(flows):
        traffic = _traffic(graph)
        labels = _best(traffic) if len(traffic) <= most_enumerated else _merged(traffic)
        found.append(Partition(labels, _gain(traffic, labels)))
    return found


def _traffic(flows: Integers) -> list[list[int]]:
    both = flows.astype(object) + flows.T.astype(object)
    both[np.diag_indices(len(both))] = 0
    return [[int(one) for one in row] for row in both.tolist()]


def _gain(traffic: Sequence[Sequence[int]], labels: Sequence[int]) -> Fraction:
    twice = sum(map(sum, traffic))
    groups: dict[int, list[int]] = {}
    for node, label in enumerate(labels):
        groups.setdefault(label, []).append(node)
    score = sum(_score(traffic, twice, group) for group in groups.values())
    return Fraction(score, twice * twice) if twice else Fraction(0)


def _score(traffic: Sequence[Sequence[int]], twice: int, group: Sequence[int]) -> int:
    """A group's part of Q, times the square of twice all traffic: a whole number."""
    inside = sum(traffic[one][other] for one in group for other in group)
    degree = sum(sum(traffic[one]) for one in group)
    return inside * twice - degree * degree


def _best(traffic: Sequence[Sequence[int]]) -> Labels:
    """The best partition of every set of nodes from those of its subsets: the group of its first node, and the rest.

    The labels of the rest follow those of that group, so of equal partitions the first rest is in the first whole.
    """
    members, twice = len(traffic), sum(map(sum, traffic))
    nodes = [[node for node in range(members) if group >> node & 1] for group in range(1 << members)]
    scores = [_score(traffic, twice, group) for group in nodes]
    best: list[tuple[int, Labels]] = [(0, ())]
    for everyone in range(1, 1 << members):
        first = everyone & -everyone
        rest, others = everyone ^ first, everyone ^ first
        found: tuple[int, Labels] | None = None
        while True:
            group = everyone ^ others
            score = scores[group] + best[others][0]
            if found is None or score >= -found[0]:
                found = min(
                    found or (1 - score, ()), (-score, _labelled(nodes[everyone], group, best[others][1]))
                )
            if not others:
                break
            others = (others - 1) & rest
        best.append((-found[0], found[1]))
    return best[-1][1]


def _labelled(nodes: Sequence[int], group: int, others: Labels) -> Labels:
    following = iter(others)
    return tuple(0 if group >> node & 1 else 1 + next(following) for node in nodes)


def _merged(traffic: Sequence[Sequence[int]]) -> Labels:
    twice = sum(map(sum, traffic))
    groups = [[node] for node in range(len(traffic))]
    while len(groups) > 1:
        gains = {
            pair: _score(traffic, twice, groups[pair[0]] + groups[pair[1]])
            - _score(traffic, twice, groups[pair[0]])
            - _score(traffic, twice, groups[pair[1]])
            for pair in combinations(range(len(groups)), 2)
        }
        one, other = max(gains, key=lambda pair: (gains[pair], -pair[0], -pair[1]))
        if gains[one, other] <= 0:
            break
        groups[one] = sorted(groups[one] + groups.pop(other))
        groups.sort()
    place = {node: label for label, group in enumerate(groups) for node in group}
    return tuple(place[node] for node in range(len(traffic)))
