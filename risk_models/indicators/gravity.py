"""B7 `gravity_excess`: is a corridor busier than sizes, distance and payments explain?

Invariants: a flow is not judged by a model that learned from it, as far as there are few; surprise knows that flows
scatter more than chance. Worked examples use the fixture FX4.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

import numpy as np

from risk_models.exact import working
from risk_models.indicators.ppml import ONE, ZERO, Observation, Regression, Row, poisson_regression
from risk_models.numerics.tails import count_tail
from schemas.interval import Interval


@dataclass(frozen=True, slots=True)
class GravityRules:
    """Minimum of corridors (12), and of corridors a parameter (3); up to how many a corridor is left out (60).

    withheld_weight: what a withheld corridor weighs in the fit, at its middle (0.5).
    """

    least_corridors: int
    least_per_parameter: int
    leave_out_to: int
    withheld_weight: Decimal


@dataclass(frozen=True, slots=True)
class Excess:
    """Of one corridor: what the model expects, the flow over it, and the probabilities of one as large.

    p: with the dispersion that was seen. p_poisson: as if there were none beyond chance.
    """

    expected: Decimal
    ratio: Interval
    p: Interval
    p_poisson: Interval


@dataclass(frozen=True, slots=True)
class Gravity:
    """The fit to all corridors, its dispersion (at least 1), and each corridor's excess, None where it has none.

    is_capped: a withheld corridor entered the fit at its middle, so no figure has a better grade than C.
    """

    fit: Regression
    dispersion: Decimal
    excesses: tuple[Excess | None, ...]
    is_capped: bool


def gravity_excess(
    flows: Sequence[tuple[int, int]],
    covariates: Sequence[Row],
    offsets: Sequence[Decimal],
    rules: GravityRules,
) -> Gravity | None:
    """B7: corridors against a gravity model of all of them.

    flows: lower and upper bound of each corridor. covariates: of each, without the constant: logarithms of products
    and distances, common border, common language. offsets: ln of all payments on the corridor, so that the excess is
    suspicion beyond what payments explain; zeros without. Definition: E w = exp(offset + b_0 + b x), Poisson
    pseudo-maximum likelihood; ratio w / E; phi = max(1, Pearson chi square / freedom); p = P(X >= w) of a negative
    binomial of size E / (phi - 1) and probability 1 / phi. Unit: ratio, from 0; probability, from 1E-50. Direction:
    higher ratio is more risk. Minimum: 12 corridors and 3 a parameter; with fewer, use B2. Withheld: endpoints of the
    corridor judged, which is then left out of its own fit; others enter at the middle with half the weight, and the
    grade is at most C. No fit: no figure. Source: Santos Silva and Tenreyro 2006; methodology B7. Example (FX4,
    products and distances, none left out): 11.823859 0.478545 0.038171 -1.502790, phi 7.269139, A to B 79.4172, ratio
    1.5110, p 0.060315.
    """
    parameters = 1 + len(covariates[0]) if covariates else 1
    if len(flows) < max(rules.least_corridors, rules.least_per_parameter * parameters):
        return None
    rows = [
        _observed(flow, (ONE, *row), offset, rules)
        for flow, row, offset in zip(flows, covariates, offsets, strict=True)
    ]
    fit = poisson_regression(rows)
    if fit is None:
        return None
    found = []
    for place, (row, flow) in enumerate(zip(rows, flows, strict=True)):
        own: Regression | None = fit
        if flow[0] < flow[1] or len(flows) <= rules.leave_out_to:
            own = poisson_regression([*rows[:place], *rows[place + 1 :]], fit.coefficients)
        found.append(
            None if own is None else _excess(flow, own.mean(row.covariates, row.offset), _dispersion(own))
        )
    return Gravity(fit, _dispersion(fit), tuple(found), any(low < high for low, high in flows))


def _observed(flow: tuple[int, int], covariates: Row, offset: Decimal, rules: GravityRules) -> Observation:
    with working():
        middle = Decimal(flow[0] + flow[1]) / 2
    return Observation(covariates, middle, ONE if flow[0] == flow[1] else rules.withheld_weight, offset)


def _dispersion(fit: Regression) -> Decimal:
    with working():
        return max(ONE, fit.pearson / fit.freedom) if fit.freedom > 0 else ONE


def _excess(flow: tuple[int, int], mean: Decimal, dispersion: Decimal) -> Excess:
    low, high = flow
    with working():
        ratio = Interval(low / mean, high / mean)
        ends = [[_tail(count, mean, phi) for count in (high, low)] for phi in (dispersion, ONE)]
    return Excess(mean, ratio, Interval(*ends[0]), Interval(*ends[1]))


def _tail(count: int, mean: Decimal, dispersion: Decimal) -> Decimal:
    number, start, growth = (
        np.array([one], object) for one in (Decimal(count), mean / dispersion, 1 - ONE / dispersion)
    )
    found: Decimal = count_tail(number, start, growth)[0]
    return max(ZERO, found)
