"""D7 `diffusion`: does a typology spread from member to member?

Invariants: what comes first precedes, it does not cause; probabilities need no random number; sums are exact. (a),
the period of adoption, is `novelty.first_adoption`. Worked examples use the fixture FX4.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

import numpy as np

from risk_models.certified import Numbers
from risk_models.exact import divided, quantise, working
from risk_models.indicators.monotone import Cells, Figures, monotone, not_both_zero, placed, shares
from risk_models.numerics.beta_tail import f_tail
from risk_models.numerics.series import CERTAIN, Signals

_STEPS = 200
_SETTLED = Decimal("1E-30")


@dataclass(frozen=True, slots=True)
class Exposure:
    """Of each member: the part of its inflow that comes from adopters, and the hazard of adopting."""

    exposure: Figures
    hazard: Figures


def exposures(flows: Cells, adopted: Signals, beta: Decimal) -> Exposure:
    """D7 (b): how exposed members are to a typology that others have adopted.

    flows: (n, n), from row to column, a zero diagonal. adopted: n, who had adopted it a period before: `CERTAIN`,
    `POSSIBLE` or `NO`. beta: of `hazard_rate`. Definition: e_j = sum_i w_ij a_i / in_j; hazard 1 - exp(-beta e_j).
    Unit: share, 0 to 1; probability. Direction: higher is more risk. Minimum: inflow of 10; for members that have not
    adopted it themselves. Withheld: share rule; a possible adopter counts in neither or in both ends. No inflow: no
    figure. Source: complementary log-log hazard model (Prentice and Gloeckler 1978); methodology D7. Example: only A
    has adopted: B 0.75, C 0.230769, D 0.111111; beta 1.2: hazards 0.593430 0.241887 0.124827.
    """
    certain, possible = adopted == CERTAIN, adopted > 0
    inside = Cells(flows.low[certain].sum(axis=0), flows.high[possible].sum(axis=0))
    outside = Cells(flows.low[~possible].sum(axis=0), flows.high[~certain].sum(axis=0))
    some = np.asarray((inside.high > 0) | (outside.high > 0), np.bool_)
    seen = not_both_zero(inside[some], outside[some])
    hazard = monotone(_hazard, "+-", *seen, constants=(beta,), magnitude=1.0)
    return Exposure(shares(inside, outside), placed(hazard, some))


def hazard_rate(exposed: Sequence[Fraction], adopted: Sequence[bool]) -> Decimal | None:
    """D7 (b): beta from past cases: each a member's exposure, and whether it then adopted.

    Definition: the maximum of sum over adopters of ln(1 - exp(-beta e)) - sum over the others of beta e. Unit: per
    unit of exposure, above 0. Direction: higher spreads faster. Minimum: 10 cases with exposure. Withheld: not
    defined; each end on its own. No exposed adopter, or no exposed member that did not adopt: no figure. Source: as
    `exposures`. Example: exposures 1 1 1, one adopter: ln 1.5.
    """
    pairs = list(zip(exposed, adopted, strict=True))
    seen = [divided(e) for e, is_in in pairs if is_in and e]
    others = divided(sum((e for e, is_in in pairs if not is_in), Fraction(0)))
    if not seen or not others:
        return None
    with working():
        log_beta = (len(seen) / (others + sum(seen, Decimal(0)))).ln()
        for _ in range(_STEPS):
            step = _step(log_beta.exp(), seen, others)
            log_beta += step
            if abs(step) < _SETTLED:
                break
        return log_beta.exp()


def _step(beta: Decimal, seen: Sequence[Decimal], others: Decimal) -> Decimal:
    """Newton's step on ln beta, in which the likelihood is concave; at most 1."""
    slope, bend = -beta * others, -beta * others
    for e in seen:
        x = beta * e
        odds = x / (x.exp() - 1)
        slope += odds
        bend += odds * (1 - x - odds)
    return max(Decimal(-1), min(Decimal(1), -slope / bend))


@dataclass(frozen=True, slots=True)
class LeadLag:
    """lag: periods by which the first series leads. correlation: at it. p: of one as large at some lag."""

    lag: int
    correlation: Decimal
    p: Decimal
    by_lag: tuple[tuple[int, Decimal | None], ...]


def lead_lag(first: Sequence[Decimal], second: Sequence[Decimal], most: int) -> LeadLag | None:
    """D7 (c): by how many periods one series comes before another.

    first, second: of one length, seasonally adjusted log counts in the methodology. most: lags from -most to most
    (6). Definition: the cross-correlation sum (x_t - mean x)(y_(t + lag) - mean y) / sqrt(sum (x_t - mean x)^2 sum
    (y_t - mean y)^2), means and squares over all periods; the lag of the largest, the nearest to 0 (then the
    positive) of equal ones; p = share of the cyclic shifts of the second series, itself included, whose largest
    correlation is as large. Unit: periods; -1 to 1; probability. Direction: higher correlation. Minimum: 24 periods.
    Withheld: each end on its own. A constant series: no figure. Source: methodology D7. Example: 2 3 2 4 3 5 9 14 18
    16 12 9 7 6 5 4 and 1 1 2 1 2 2 3 5 9 13 17 16 12 8 6 5: lags 0 to 3: 0.620577 0.840955 0.900034 0.765434, so lag
    2.
    """
    by_lag = _by_lag(first, second, most)
    known = [(value, -abs(lag), lag) for lag, value in by_lag if value is not None]
    if not known:
        return None
    best, _, lag = max(known)
    shifted = [_by_lag(first, [*second[by:], *second[:by]], most) for by in range(len(second))]
    reached = sum(
        max((value for _, value in one if value is not None), default=best - 1) >= best for one in shifted
    )
    return LeadLag(lag, best, divided(reached, len(second)), by_lag)


def _by_lag(
    first: Sequence[Decimal], second: Sequence[Decimal], most: int
) -> tuple[tuple[int, Decimal | None], ...]:
    """At nine digits, so that equal ones are equal on every node."""
    count, found = len(first), []
    with working():
        x, y = _centred(first), _centred(second)
        size = (sum((one * one for one in x), Decimal(0)) * sum((one * one for one in y), Decimal(0))).sqrt()
        for lag in range(-min(most, count - 1), min(most, count - 1) + 1):
            pairs = zip(x[max(0, -lag) : count - max(0, lag)], y[max(0, lag) :], strict=False)
            product = sum((one * other for one, other in pairs), Decimal(0))
            found.append((lag, Decimal(quantise(product / size)) if size else None))
    return tuple(found)


def _centred(series: Sequence[Decimal]) -> list[Decimal]:
    mean = sum(series, Decimal(0)) / len(series)
    return [one - mean for one in series]


@dataclass(frozen=True, slots=True)
class Granger:
    """F statistic, its degrees of freedom and p-value."""

    f: Decimal
    freedom: tuple[int, int]
    p: Decimal


def granger(first: Sequence[Fraction], second: Sequence[Fraction], order: int) -> Granger | None:
    """D7 (d): does the past of the first series help to foresee the second, beside the second's own past?

    order: how many past periods. Definition: F = ((RSS_0 - RSS_1) / order) / (RSS_1 / (n - 3 order - 1)), n periods,
    least squares on a constant and `order` lags of the second series (0), and of the first beside it (1); exact.
    Unit: F; probability. Direction: lower p. Minimum: 40 periods. Withheld: each end on its own. Too few periods, or
    lags that say the same: no figure. Source: Granger 1969; Thurman and Fisher 1988; methodology D7. Example:
    chickens and eggs 1930 to 1983, order 3: chickens to eggs 0.5916, eggs to chickens 5.405 (p 0.002966).
    """
    free = len(first) - 3 * order - 1
    if free < 1 or len(first) != len(second):
        return None
    own = [_row(second, place, order) for place in range(order, len(second))]
    both = [row[:-1] + _row(first, place, order) for place, row in enumerate(own, order)]
    answers = list(second[order:])
    rests = [_residual([[Fraction(1), *row[:-1]] for row in own], answers), _residual(both, answers)]
    if rests[0] is None or not rests[1]:
        return None
    f = divided((rests[0] - rests[1]) / order / (rests[1] / free))
    return Granger(f, (order, free), f_tail(f, order, free))


def _row(series: Sequence[Fraction], place: int, order: int) -> list[Fraction]:
    """The values before a place, and a one for the constant."""
    return [*series[place - order : place], Fraction(1)]


def _residual(rows: Sequence[Sequence[Fraction]], answers: Sequence[Fraction]) -> Fraction | None:
    """The sum of squares that least squares leave: the last pivot of the bordered normal equations."""
    bordered = [[*row, answer] for row, answer in zip(rows, answers, strict=True)]
    size = len(bordered[0])
    matrix = [
        [sum((row[i] * row[j] for row in bordered), Fraction(0)) for j in range(size)] for i in range(size)
    ]
    for pivot in range(size - 1):
        if not matrix[pivot][pivot]:
            return None
        for below in range(pivot + 1, size):
            factor = matrix[below][pivot] / matrix[pivot][pivot]
            for place in range(pivot, size):
                matrix[below][place] -= factor * matrix[pivot][place]
    return matrix[-1][-1]


def _hazard(part: Numbers, rest: Numbers, beta: Numbers) -> Numbers:
    return np.asarray(1 - np.exp(-beta * (part / (part + rest))))
