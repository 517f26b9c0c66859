"""C1, C4, C5, C6 and C10: what a country sends and receives, passes on, and has to do with whom.

Invariants: closed forms of sums; bounds hold for every graph inside the cells' bounds. Worked examples use the fixture
FX4 of the methodology.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Literal

import numpy as np

from risk_models import propagation
from risk_models.certified import Numbers
from risk_models.exact import divided
from risk_models.indicators.monotone import Cells, Figures, monotone, not_both_zero, placed, shares
from risk_models.numerics.series import Signals, as_quantised, signals
from schemas.interval import Interval

Mirrors = Literal["max", "sum"]


@dataclass(frozen=True, slots=True)
class Strengths:
    """Of each node and graph, (n, R): what it sends and receives, and to and from how many others."""

    sent: Cells
    received: Cells
    partners_out: Cells
    partners_in: Cells


@dataclass(frozen=True, slots=True)
class Conduit:
    """Through-flow of one country: amount, and its share of what comes in."""

    amount: Interval
    share: Interval


def merged_mirrors(reporter: Cells, mirror: Cells, rule: Mirrors) -> Cells:
    """Return one graph of two reporters' views of the same corridors.

    rule: "max" for counts of suspicion, which one side may not see; "sum" for measured flows, twice their mean, as
    the measures of this family do not depend on the unit. Withheld: endpoints. Source: methodology, family C.
    """
    if rule == "sum":
        return reporter.plus(mirror)
    return Cells(np.maximum(reporter.low, mirror.low), np.maximum(reporter.high, mirror.high))


def strength(flows: Cells) -> Strengths:
    """C1: strength and degree of every country.

    Definition: o_i = sum_j w_ij, in_i = sum_j w_ji; degrees: how many of them are above zero (of the backbone, if the
    others are set to zero before). Unit: that of the flows; countries. Direction: higher is more exposed. Minimum: 4
    members. Withheld: endpoints. Source: Barrat et al. 2004; methodology C1. Example (FX4): sent 160 140 95 40,
    received 55 160 130 90.
    """
    ends = flows.low, flows.high
    sent, received = (Cells(*(end.sum(axis=axis) for end in ends)) for axis in (1, 0))
    partners = [Cells(*((end > 0).sum(axis=axis) for end in ends)) for axis in (1, 0)]
    return Strengths(sent, received, *partners)


def transit_ratio(sent: Cells, received: Cells) -> Figures:
    """C4: how much of a country's traffic passes through.

    sent, received: vectors. Definition: 2 min(in, out) / (in + out); the amount is min(in, out). Unit: share, 0 to 1.
    Direction: higher is more risk. Minimum: 10 in and out. Withheld: the farthest and the nearest that both can be
    (sharp). No traffic: no figure. Source: logic of financial intermediation by the minimum of external assets and
    liabilities; methodology C4. Example (FX4): 0.511628 0.933333 0.844444 0.615385.
    """
    some = np.asarray((sent.high > 0) | (received.high > 0), np.bool_)
    one, other = not_both_zero(sent[some], received[some])
    above, below = one.low > other.high, one.high < other.low
    near_one = np.where(above, one.low, np.where(below, one.high, 1))
    near_other = np.where(above, other.high, np.where(below, other.low, 1))
    ends = [(one.low, near_one), (other.high, near_other), (one.high, near_one), (other.low, near_other)]
    is_wider = ~(one.is_exact & other.is_exact)
    corners = [Cells.exact(far) for far, _ in ends]
    low = monotone(_passing, "++++", *corners)
    high = monotone(_passing, "++++", *(Cells.exact(np.where(is_wider, near, far)) for far, near in ends))
    return placed(Figures(low.low, high.low, low.is_defined, low.is_defined), some)


def two_step_conduit(flows: Cells, node: int) -> Conduit | None:
    """C5: what enters a country and goes on to a third one, if all that leaves is mixed.

    flows: one graph, (n, n). Definition: Q_k = sum over i, j (three different countries) of w_ik w_kj / out_k; share
    Q_k / in_k. Unit: that of the flows; 0 to 1. Direction: higher is more risk. Minimum: 10 in and out. Where chains
    were observed, true chain counts are given instead, and said to be. Withheld: shares of the way out and flows in
    at their own ends; the bounds hold. Nothing in or out: no figure. Source: after Garcia-Bernardo et al. 2017;
    methodology C5. Example (FX4): B 109.285714, share 0.683036.
    """
    others = [place for place in range(len(flows.low)) if place != node]
    back = [_back(flows, node, place, others) for place in others]
    weights = [(int(flows.low[i, node]), int(flows.high[i, node])) for i in others]
    if any(one is None for one in back) or not any(high for _, high in weights):
        return None
    known = [one for one in back if one is not None]
    ends = [[1 - Fraction(one.upper or 0) for one in known], [1 - Fraction(one.lower) for one in known]]
    amounts = [
        sum((weight[end] * part for weight, part in zip(weights, ends[end], strict=True)), Fraction(0))
        for end in (0, 1)
    ]
    low, high = _least_mean(weights, ends[0]), -_least_mean(weights, [-one for one in ends[1]])
    return Conduit(Interval(*map(divided, amounts)), Interval(divided(low), divided(high)))


def disparity(flow: Cells, others: Cells, partners: Cells) -> Figures:
    """C6: how likely a country's share of its flows is as large as that of one corridor, if it spread them at random.

    flow: the corridor, above zero. others: the country's other flows that way. partners: how many flows it has that
    way. Definition: (1 - w_ij / o_i)^(k - 1). Unit: probability, 0 to 1; 1 for a sole partner, which says nothing.
    Direction: lower is more risk. Minimum: 2 partners. Withheld: endpoints, each number for itself; the bounds hold.
    No flow for certain: no figure. Source: Serrano, Boguna and Vespignani 2009; methodology C6. Example: 120 of 160,
    3 partners: 0.0625.
    """
    some = np.asarray(flow.high > 0, np.bool_)
    least = Cells(np.maximum(flow.low, 1)[some], flow.high[some])
    degree = Cells(np.maximum(partners.low, 1)[some], np.maximum(partners.high, 1)[some])
    return placed(monotone(_spread_at_random, "-+-", least, others[some], degree), some)


def backbone(sending: Figures, receiving: Figures, level: Decimal) -> Signals:
    """C6: which corridors stand out for either of their ends.

    Gives `CERTAIN`, `POSSIBLE` or `NO`. sending, receiving: `disparity` of the corridors for sender and receiver.
    level: 0.05 in the methodology. Definition: (1 - w_ij / o_i)^(k - 1) below the level for the sender or, of what
    comes in, for the receiver. Unit: certain, possible or no signal. Direction: a signal is more exposed. Minimum: 2
    partners. Withheld: certain if every case inside the bounds is. Source: Serrano, Boguna and Vespignani 2009;
    methodology C6. Example: 180 of 200, 3 partners: 0.01, below 0.05, stands out.
    """
    threshold = as_quantised([level]).ranks()
    ends = [
        (sending.is_defined & (one.ranks() < threshold))
        | (receiving.is_defined & (other.ranks() < threshold))
        for one, other in ((sending.high, receiving.high), (sending.low, receiving.low))
    ]
    return signals(ends[0], ends[1])


def hub_dependence(flows: Cells) -> Figures:
    """C6: what part of a region's flows begins or ends in each country; nodes, then graphs.

    flows: (n, n, R). Definition: (in_k + out_k) / W. Unit: share, 0 to 1. Direction: higher is more risk. Minimum: 4
    members, W of 50. Withheld: the share rule, flows that touch the country against those that do not. No flow: no
    figure. Source: methodology C6. Example (FX4): 0.494253 0.689655 0.517241 0.298851.
    """
    parts = []
    for end in (flows.low, flows.high):
        touching = end.sum(axis=0) + end.sum(axis=1)
        parts.append((touching, end.sum(axis=(0, 1))[None] - touching))
    touching, rest = (Cells(parts[0][part].ravel(), parts[1][part].ravel()) for part in (0, 1))
    return shares(touching, rest)


def partner_exposure(traffic: Sequence[tuple[int, int]], scores: Sequence[Decimal]) -> Interval | None:
    """C10: the mean risk of a country's partners, weighed by what goes to and fro.

    traffic: bounds of w_ij + w_ji with each partner. scores: of the partners in the period before, so that no score
    depends on itself. Definition: sum t_j R_j / sum t_j. Unit: that of the scores. Direction: higher is more risk.
    Minimum: traffic of 10. Withheld: the least and greatest mean over all weights inside their bounds (sharp). No
    traffic: no figure. Source: methodology C10; Karnik and Mendel 2001 for the bounds. Example (FX4), scores 40 55 70
    80: A 59.534884.
    """
    if not any(high for _, high in traffic):
        return None
    exact = [Fraction(score) for score in scores]
    return Interval(
        divided(_least_mean(traffic, exact)), divided(-_least_mean(traffic, [-one for one in exact]))
    )


def _least_mean(weights: Sequence[tuple[int, int]], values: Sequence[Fraction]) -> Fraction:
    """The least weighted mean: the smallest values at their highest weights, up to the best of all places."""
    order = sorted(range(len(values)), key=lambda place: values[place])
    total = sum((low for low, _ in weights), 0)
    product = sum((low * value for (low, _), value in zip(weights, values, strict=True)), Fraction(0))
    found = [product / total] if total else []
    for place in order:
        low, high = weights[place]
        total, product = total + high - low, product + (high - low) * values[place]
        if total:
            found.append(product / total)
    return min(found)


def _back(flows: Cells, node: int, place: int, others: Sequence[int]) -> Interval | None:
    """What part of all that leaves a country goes to one other."""
    rest = [one for one in others if one != place]
    ends = [
        (Decimal(int(end[node, place])), Decimal(int(end[node, rest].sum())))
        for end in (flows.low, flows.high)
    ]
    return propagation.share(*(Interval(ends[0][part], ends[1][part]) for part in (0, 1)))


def _passing(one: Numbers, other: Numbers, third: Numbers, fourth: Numbers) -> Numbers:
    return np.asarray(np.minimum(_ratio(one, other), _ratio(third, fourth)))


def _ratio(one: Numbers, other: Numbers) -> Numbers:
    return np.asarray(2 * np.minimum(one, other) / (one + other))


def _spread_at_random(flow: Numbers, others: Numbers, partners: Numbers) -> Numbers:
    is_sole = partners == 1
    base = np.where(is_sole, flow * 0 + 1, others / (flow + others))
    return np.asarray(np.power(base, partners - 1))
