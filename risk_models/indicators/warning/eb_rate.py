"""E8 `eb_rate`: which of hundreds of thin cells is really above what is expected of it?

Invariants: cells borrow strength from one another through one prior, estimated once from all of them; bounds of a
withheld cell are taken with that prior held.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np

from risk_models.certified import Numbers, certified
from risk_models.exact import divided
from risk_models.numerics.gamma_tail import gamma_tail
from schemas.interval import Interval

_ERROR = 1e-12


@dataclass(frozen=True, slots=True)
class Prior:
    """mean: of the relative risks of all cells. variance: of the true ones among them, 0 if chance explains all."""

    mean: Fraction
    variance: Fraction


@dataclass(frozen=True, slots=True)
class Shrunken:
    """The relative risk of one cell.

    rate: the relative risk, drawn towards the mean of all cells. above: the probability that it is above the ratio
    asked for.
    """

    rate: Interval
    above: Interval


def eb_rates(
    counts: Sequence[tuple[int, int]], expected: Sequence[Fraction], ratio: Fraction
) -> list[Shrunken]:
    """E8: shrunken relative risks of many cells, and how probable it is that each is above a ratio.

    counts: lower and upper bound of each cell. expected: above zero. ratio: 1.5 in the methodology. Definition: m =
    sum x / sum E; s^2 = sum E (x/E - m)^2 / sum E; A = max(0, s^2 - m / mean E) (Marshall 1991); the true rates are
    taken for a gamma distribution of mean m and variance A: the rate is then (m^2 + A x) / (m + A E), and P(rate >
    ratio) the upper tail of a gamma distribution of shape m^2 / A + x and rate m / A + E; with A = 0 every rate is
    m. Unit: ratio, from 0; a probability. Direction: higher is more risk. Minimum: four cells, 50 expected.
    Withheld: endpoints of the cell, the prior held at the middle of all intervals (so bounds hold for that prior).
    Missing: a cell that is missing is left out. Source: Marshall 1991; DuMouchel 1999; methodology E8 and A9.
    Example: 560 420 205 37 reports, expected 678.888889 339.444444 169.722222 33.944444: rates 0.831829 1.219194
    1.178364 1.049277.
    """
    if not counts:
        return []
    middles = [Fraction(low + high, 2) for low, high in counts]
    prior = estimated_prior(middles, expected)
    ends = [[pair[end] for pair in counts] for end in (0, 1)]
    rates = [[_rate(count, norm, prior) for count, norm in zip(end, expected, strict=True)] for end in ends]
    above = [_above(end, expected, prior, ratio) for end in ends]
    return [
        Shrunken(Interval(low, high), Interval(least, most))
        for low, high, least, most in zip(*rates, *above, strict=True)
    ]


def estimated_prior(counts: Sequence[Fraction], expected: Sequence[Fraction]) -> Prior:
    """Marshall's moments; exact. Example (fixture FX4): variance 0.035634213."""
    total = sum(expected, Fraction(0))
    mean = sum(counts, Fraction(0)) / total
    spread = sum(
        ((count - mean * norm) ** 2 / norm for count, norm in zip(counts, expected, strict=True)), Fraction(0)
    )
    return Prior(mean, max(Fraction(0), spread / total - mean * len(expected) / total))


def _rate(count: int, norm: Fraction, prior: Prior) -> Decimal:
    if not prior.mean:
        return Decimal(0)
    shrunken = (prior.mean**2 + prior.variance * count) / (prior.mean + prior.variance * norm)
    return divided(shrunken)


def _above(
    counts: Sequence[int], expected: Sequence[Fraction], prior: Prior, ratio: Fraction
) -> list[Decimal]:
    if not prior.variance or not prior.mean:
        return [Decimal(prior.mean > ratio)] * len(counts)
    shape, rate = divided(prior.mean**2 / prior.variance), divided(prior.mean / prior.variance)

    def tail(count: Numbers, top: Numbers, bottom: Numbers, *given: Any) -> Numbers:
        start, more, times = given
        return gamma_tail(count + start, (top / bottom + more) * times)

    tops, bottoms = (
        np.array(part, object) for part in zip(*(norm.as_integer_ratio() for norm in expected), strict=True)
    )
    error = _ERROR + 1e-15 * max(counts)
    seen = np.array(counts, np.int64)
    return certified(tail, seen, tops, bottoms, shape, rate, divided(ratio), error=error).decimals()
