"""The upper tail of the gamma distribution with any shape, for floats and for decimals.

Invariants: every sum has positive terms only, so a small tail has as many digits as a large one. Source: Abramowitz
and Stegun 1964, 6.1.41, 6.5.21, 6.5.29 and 6.5.31.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import numpy as np

from risk_models.certified import Numbers, ln
from risk_models.numerics.tails import pi

_FRACTION_STEPS = 250
_SERIES_STEPS = 60
_SHIFT = 40
# B_2j / (2j (2j - 1)) of Stirling's series, as fractions; beyond the shift the next one is below 1e-26.
_STIRLING = ((1, 12), (-1, 360), (1, 1260), (-1, 1680), (1, 1188), (-691, 360360), (1, 156), (-3617, 122400))
# exp(-y) of a float is then still far from the smallest one.
_FLOATS_TO = 600


def gamma_tail(shape: Numbers, bound: Numbers) -> Numbers:
    """Return P(G > bound) for gamma variables of rate 1 and a shape above zero; NaN where floats do not reach.

    Method: the tail of the shape's fractional part in (0, 1], and a term for each whole step up to the shape.
    """
    steps = np.array([-((-one) // 1) - 1 for one in shape.tolist()], shape.dtype)
    fraction = shape - steps
    term = _power(bound, fraction) * np.exp(-bound - ln_gamma(fraction + 1))
    tail = np.where(bound < 1, 1 - _series(fraction, bound, term), _fraction(fraction, bound, term))
    for step in range(int(max(steps.tolist(), default=0))):
        tail = tail + np.where(step < steps, term, term * 0)
        term = term * bound / (fraction + (step + 1))
    return np.asarray(np.where(bound > _FLOATS_TO, np.nan, tail) if tail.dtype != object else tail)


def ln_gamma(numbers: Numbers) -> Numbers:
    """Return ln Gamma(x) of numbers above zero: Stirling's series 40 steps up, and back."""
    product = numbers * 0 + 1
    for step in range(_SHIFT):
        product = product * (numbers + step)
    x = numbers + _SHIFT
    total = (x - x / x / 2) * ln(x) - x + ln(x * 0 + _like(x, 2 * pi())) / 2
    power = x
    for top, bottom in _STIRLING:
        total = total + top / (bottom * power)
        power = power * x * x
    return np.asarray(total - ln(product))


def _series(shape: Numbers, bound: Numbers, first: Numbers) -> Numbers:
    """P(G <= bound) for a bound below 1."""
    term = total = first
    for step in range(1, _SERIES_STEPS):
        term = term * bound / (shape + step)
        total = total + term
    return np.asarray(total)


def _fraction(shape: Numbers, bound: Numbers, first: Numbers) -> Numbers:
    """P(G > bound) for a bound from 1 and a shape up to 1: Stieltjes' fraction, from its far end."""
    safe = np.where(bound < 1, bound * 0 + 1, bound)
    inner = safe
    for step in range(_FRACTION_STEPS, 0, -1):
        inner = safe + (step - shape) / (1 + step / inner)
    return np.asarray(first * shape / inner)


def _power(base: Numbers, exponent: Numbers) -> Numbers:
    return np.asarray(np.exp(exponent * ln(base)))


def _like(numbers: Numbers, value: Decimal) -> Any:
    return value if numbers.dtype == object else float(value)
