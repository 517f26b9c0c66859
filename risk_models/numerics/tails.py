"""Tails of the distributions that detectors compare with.

Invariants: nothing is looked up or approximated by a fit; the same code runs on floats and on decimals, so that its
digits can be certified; every sum has positive terms only. A p-value below the floor is given as the floor.
"""

from __future__ import annotations

from decimal import Decimal
from functools import cache
from typing import Any

import numpy as np

from risk_models.certified import Numbers
from risk_models.exact import working
from risk_models.significance import P_FLOOR

# Below this share of the most likely outcome others are left out, on the side of the small counts.
_NEGLIGIBLE = Decimal("1E-60")
# What is left of a sum, against the sum; and what is left where the floor is passed already, against all.
_UNSEEN, _BELOW_FLOOR = Decimal("1E-25"), Decimal("1E-62")
# So many outcomes are added before it is asked which distributions are done.
_STEPS = 32
# Counts beyond it would take seconds a figure; no authority counts so many a period.
MOST_COUNTED = 10**6
HALF = Decimal("0.5")
# Cumulative probabilities of floats err by less than the one; those of decimals that are equal differ by less than the
# other.
_DOUBT, _SAME = Decimal("1E-11"), Decimal("1E-40")


def count_tail(count: Numbers, start: Numbers, growth: Numbers) -> Numbers:
    """Return P(X >= count) of counts whose probabilities have the ratios (start + growth k) / (k + 1).

    Poisson(m): start m, growth 0. Negative binomial of mean m and variance phi m: start m / phi, growth 1 - 1 / phi.
    Negative binomial (size r, prob p): start r (1 - p), growth 1 - p. 0 <= growth < 1. Floats err by less than
    `count_error`.
    """
    tail, total = _sums(count, start, growth)
    return np.asarray(np.maximum(tail / total, total * 0 + _like(total, P_FLOOR)))


def count_quantile(level: Any, start: Numbers, growth: Numbers) -> Numbers:
    """Return the least count whose cumulative probability reaches `level`; NaN where floats cannot tell which."""
    lowest, lightest = _lowest(start, growth)
    _, total = _sums(start * 0, start, growth)
    outcome, weight, passed = lowest, lightest, lightest
    found, is_open = outcome * 0, np.ones(len(outcome), np.bool_)
    is_decimal = weight.dtype == object
    slack = total * _like(weight, _SAME if is_decimal else _DOUBT)
    while True:
        is_reached = is_open & (passed + slack >= level * total)
        is_doubtful = is_reached & (passed - slack <= level * total)
        found = np.where(is_reached, outcome if is_decimal else np.where(is_doubtful, np.nan, outcome), found)
        is_open &= ~is_reached
        if not is_open.any():
            return np.asarray(found)
        weight = weight * (start + growth * outcome) / (outcome + 1)
        outcome = outcome + 1
        passed = passed + weight


def count_error(largest: int) -> float:
    """Bound of the relative error of `count_tail` in floats: some units of the last digit a step and a power."""
    return 1e-15 * (400 + 8 * largest)


def normal_p(z: Decimal) -> Decimal:
    """Return P(|Z| >= |z|) of the standard normal distribution, to 20 digits or more; at least the floor.

    Method: for |z| < 6 the series of the density times odd powers, beyond it Laplace's continued fraction.
    """
    with working():
        size = abs(z)
        density = (-size * size / 2).exp() / (2 * pi()).sqrt()
        if size < _SERIES_TO:
            return max(P_FLOOR, 1 - 2 * density * _normal_series(size))
        fraction = size
        for step in range(_FRACTION_STEPS, 0, -1):
            fraction = size + step / fraction
        return max(P_FLOOR, 2 * density / fraction)


_SERIES_TO = 6
_FRACTION_STEPS = 400


def _normal_series(size: Decimal) -> Decimal:
    term = total = size
    odd = 1
    while term > _NEGLIGIBLE:
        odd += 2
        term = term * size * size / odd
        total += term
    return total


@cache
def student_critical(level: Decimal, freedom: int) -> Decimal:
    """Return the t that Student's |T| of `freedom` degrees exceeds with probability `level`, to 30 digits.

    Method: halving on `student_p`.
    """
    with working():
        low, high = Decimal(0), Decimal(1)
        while student_p(high, freedom) > level:
            high *= 2
        for _ in range(_HALVINGS):
            middle = (low + high) / 2
            low, high = (middle, high) if student_p(middle, freedom) > level else (low, middle)
        return high


_HALVINGS = 110


def student_p(t: Decimal, freedom: int) -> Decimal:
    """Return P(|T| >= |t|) of Student's distribution with a whole number of degrees of freedom.

    Source: the finite sums of Abramowitz and Stegun 1964, 26.7.3 and 26.7.4.
    """
    with working():
        squared = freedom / (freedom + t * t)
        sine, cosine = (1 - squared).sqrt(), squared.sqrt()
        if freedom % 2 == 0:
            return 1 - sine * _powers(squared, 1, freedom // 2)
        inside = sine * cosine * _powers(squared, 2, freedom // 2) if freedom > 1 else Decimal(0)
        return 1 - 2 / pi() * (arc(sine, cosine) + inside)


def _powers(squared: Decimal, first: int, terms: int) -> Decimal:
    """1 + first/(first+1) x + first (first+2) / ((first+1)(first+3)) x^2 + ..., so many terms."""
    total = term = Decimal(1)
    for step in range(terms - 1):
        term = term * squared * (first + 2 * step) / (first + 1 + 2 * step)
        total += term
    return total


def arc(sine: Decimal, cosine: Decimal) -> Decimal:
    """The angle of a sine and a cosine that are not negative, by halving it and the series of the tangent."""
    if not sine:
        return Decimal(0)
    tangent, doubled = sine / (1 + cosine), 2
    while tangent > _SMALL:
        tangent = tangent / (1 + (1 + tangent * tangent).sqrt())
        doubled *= 2
    term = total = tangent
    odd = 1
    while abs(term) > _NEGLIGIBLE:
        odd += 2
        term = -term * tangent * tangent
        total += term / odd
    return total * doubled


_SMALL = Decimal("0.1")


@cache
def pi() -> Decimal:
    """Pi at 50 digits: four times the angle of equal sine and cosine."""
    with working():
        side = HALF.sqrt()
        return 4 * arc(side, side)


def _lowest(start: Numbers, growth: Numbers) -> tuple[Numbers, Numbers]:
    """Walk down from the mean to where outcomes are negligible: that outcome and its weight, the mean's being 1."""
    outcome = np.floor(start / (1 - growth)) if start.dtype != object else _floors(start / (1 - growth))
    weight = outcome * 0 + 1
    negligible = _like(weight, _NEGLIGIBLE)
    while bool((is_open := (weight > negligible) & (outcome > 0)).any()):
        divisor = np.where(is_open, start + growth * (outcome - 1), weight * 0 + 1)
        lighter = weight * outcome / divisor
        weight = np.where(is_open, lighter, weight)
        outcome = np.where(is_open, outcome - 1, outcome)
    return outcome, weight


def _sums(count: Numbers, start: Numbers, growth: Numbers) -> tuple[Numbers, Numbers]:
    """Add the weights from `count` on, and all of them, until what is left cannot be seen in the first sum."""
    outcome, weight = _lowest(start, growth)
    tail, total = weight * 0, weight * 0
    rows = np.arange(len(weight))
    while rows.size:
        at, heavy = outcome[rows], weight[rows]
        above, all_of_it = tail[rows], total[rows]
        least, one, other = count[rows], start[rows], growth[rows]
        for _ in range(_STEPS):
            all_of_it = all_of_it + heavy
            above = above + np.where(at >= least, heavy, heavy * 0)
            heavy = heavy * (one + other * at) / (at + 1)
            at = at + 1
        outcome[rows], weight[rows], tail[rows], total[rows] = at, heavy, above, all_of_it
        # from here on each weight is at most this share of the one before it
        share = np.maximum((one + other * at) / (at + 1), other)
        unseen = np.where(at > least, above * _like(heavy, _UNSEEN), all_of_it * _like(heavy, _BELOW_FLOOR))
        rows = rows[(share >= 1) | (heavy > unseen * (1 - share))]
    return tail, total


def _floors(numbers: Numbers) -> Numbers:
    return np.array([number // 1 for number in numbers.tolist()], object)


def _like(numbers: Numbers, value: Decimal) -> Any:
    return value if numbers.dtype == object else float(value)
