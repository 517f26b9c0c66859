"""C2 `pagerank_sink` and `pagerank_source`: where money that moves on and on ends up, and where it comes from.

Invariants: the scores of a graph add up to one; nothing is iterated and nothing subtracted: the stationary distribution
is found by the elimination of Grassmann, Taksar and Heyman, whose floats have small errors in every score, small ones
too; the same code runs on decimals.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import product

import numpy as np

from risk_models.certified import Numbers, Quantised, certified_all
from risk_models.errors import InvalidInput
from risk_models.indicators.monotone import Cells, Figures, Integers
from risk_models.numerics.loglinear import added
from risk_models.numerics.series import Flags, joined

# Rounding errors of an elimination grow with the square of its size at most.
_ERROR = 2e-15
_MOST_MEMBERS = 60


@dataclass(frozen=True, slots=True)
class PageRank:
    """scores: of the nodes, and of each node the graphs. is_envelope: graphs with bounds of scenarios only."""

    scores: Figures
    is_envelope: Flags


def pagerank(flows: Cells, alpha: Decimal, most_vertices: int) -> PageRank:
    """C2: absorption of each country; of the reversed flows (`transposed`), origin.

    flows: (n, n, R), from row to column. alpha: chance to follow a flow (0.85) rather than to begin anywhere.
    most_vertices: withheld flows of a graph whose every combination of ends is tried (10). Definition: pi = alpha (S'
    pi + (sum of pi over nodes without outflow) / n) + (1 - alpha) / n, S the flows over their row sums. Unit: share, 0
    to 1. Direction: higher is more risk (sink: absorption). Minimum: 4 nodes, flows of 50. Withheld: each score is a
    quotient of linear functions of any one flow, so its extremes are at the ends: all combinations; beyond
    `most_vertices` an envelope of all low, middle, all high and each of these with one flow at its other ends. Source:
    Brin and Page 1998; Grassmann, Taksar and Heyman 1985; methodology C2. Example (FX4): 0.16071505 0.28686958
    0.30682607 0.24558930.

    Raises:
        InvalidInput: more than 60 nodes: group the rest of the world.
    """
    members, _, graphs = flows.low.shape
    if members > _MOST_MEMBERS:
        raise InvalidInput(
            "A network is too large.",
            detail=f"{members} nodes.",
            hint=f"Group countries until there are at most {_MOST_MEMBERS}.",
        )
    cases = [_cases(flows[:, :, graph], most_vertices) for graph in range(graphs)]
    starts = np.cumsum([0, *(len(case) for case, _ in cases)])
    tables = np.concatenate([case for case, _ in cases]).transpose(1, 2, 0) if graphs else flows.low
    found = _scores(tables, alpha)
    ends = [[_extreme(one, starts, is_least=is_least) for one in found] for is_least in (True, False)]
    is_defined = np.ones(members * graphs, np.bool_)
    figures = Figures(joined(ends[0]), joined(ends[1]), is_defined, is_defined)
    return PageRank(figures, np.array([is_envelope for _, is_envelope in cases], np.bool_))


def transposed(flows: Cells) -> Cells:
    """The reversed flows: their sinks are the sources."""
    return Cells(flows.low.swapaxes(0, 1), flows.high.swapaxes(0, 1))


def _cases(flows: Cells, most_vertices: int) -> tuple[Integers, bool]:
    """The graphs (cases, n, n) whose scores bound those of one graph; flows doubled where the middle is needed."""
    open_ones = np.argwhere(~flows.is_exact)
    if not len(open_ones):
        return flows.low[None], False
    if len(open_ones) <= most_vertices:
        tables = np.repeat(flows.low[None], 2 ** len(open_ones), axis=0)
        for place, ends in enumerate(product((False, True), repeat=len(open_ones))):
            for (i, j), is_high in zip(open_ones, ends, strict=True):
                if is_high:
                    tables[place, i, j] = flows.high[i, j]
        return tables, False
    scenarios = [2 * flows.low, flows.low + flows.high, 2 * flows.high]
    tables = np.repeat(np.stack(scenarios), 1 + 2 * len(open_ones), axis=0)
    for scenario in range(3):
        for place, (i, j) in enumerate(open_ones):
            first = scenario * (1 + 2 * len(open_ones)) + 1 + 2 * place
            tables[first, i, j], tables[first + 1, i, j] = 2 * flows.low[i, j], 2 * flows.high[i, j]
    return tables, True


def _scores(tables: Integers, alpha: Decimal) -> Sequence[Quantised]:
    members = len(tables)
    columns = tables.reshape(members * members, -1)

    def eliminated(*given: Numbers) -> Sequence[Numbers]:
        *cells, follow = given
        return _stationary(_moves(np.array(cells).reshape(members, members, -1), follow))

    return certified_all(eliminated, *columns, alpha, error=_ERROR * members * members)


def _moves(flows: Numbers, alpha: Numbers) -> Numbers:
    """The chance of each move, by row: along a flow, or anywhere."""
    members = len(flows)
    out = added(flows.swapaxes(0, 1))
    is_dangling = out == 0
    shares = flows / np.where(is_dangling, out + 1, out)[:, None]
    along = np.where(
        is_dangling[:, None], flows * 0 + (out + 1)[:, None] / (out + 1)[:, None] / members, shares
    )
    return np.asarray(alpha * along + (1 - alpha) / members)


def _stationary(moves: Numbers) -> list[Numbers]:
    """Take the states away one by one, and put them back."""
    chances, members = moves.copy(), len(moves)
    for last in range(members - 1, 0, -1):
        leaving = added(chances[last, :last])
        chances[:last, last] = chances[:last, last] / leaving
        chances[:last, :last] = chances[:last, :last] + chances[:last, last][:, None] * chances[last, :last]
    found = [chances[0, 0] * 0 + 1]
    for state in range(1, members):
        found.append(added(np.array(found) * chances[:state, state]))
    whole = added(np.array(found))
    return [one / whole for one in found]


def _extreme(scores: Quantised, starts: Numbers, *, is_least: bool) -> Quantised:
    """The least or greatest score of each graph's cases, at the digits that are published."""
    ranks = scores.ranks()
    places = [
        start + int((ranks[start:end].argmin if is_least else ranks[start:end].argmax)())
        for start, end in zip(starts[:-1].tolist(), starts[1:].tolist(), strict=True)
    ]
    return Quantised(scores.mantissa[places], scores.exponent[places], scores.repeated)
