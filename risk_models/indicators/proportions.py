"""What part of a number of cases has a property, and how sure that is: the form of most indicators of family F.

Invariants: the part is inside the whole; a proportion is never shown without its limits; of too few cases there is
a proportion, and it is not to be shown as a point.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

import numpy as np

from risk_models.certified import Numbers
from risk_models.indicators.monotone import Cells, Figures, monotone, not_both_zero, placed, shares
from risk_models.numerics.series import Flags


@dataclass(frozen=True, slots=True)
class Proportions:
    """Shares, their Wilson limits, and where there are enough cases for a point (for certain)."""

    share: Figures
    confidence: Figures
    is_sufficient: Flags


def proportions(part: Cells, rest: Cells, z: Decimal, minimum: int) -> Proportions:
    """Return the shares part / (part + rest) of cases with a property, with Wilson score limits.

    part, rest: vectors of counts with the property and without it. z: normal quantile of the level (1.96 for 95 %).
    minimum: cases that a point needs. Definition of the limits, p = x / n, s = z^2 / n: (p + s/2 -+ sqrt(p (1 - p) s
    + s^2 / 4)) / (1 + s). Unit: share, 0 to 1. Withheld: the share rule; limits at the same ends, as both rise with
    the part and fall with the rest. No case: no figure. Source: Wilson 1927; Newcombe 1998. Example: 81 of 263:
    0.2553 to 0.3662; 200 of 420: 0.476190, 0.428859 to 0.523954.
    """
    share = shares(part, rest)
    some = share.is_defined
    seen = not_both_zero(part[some], rest[some])
    low, high = (monotone(limit, "+-", *seen, constants=(z,)) for limit in (lower_limit, upper_limit))
    confidence = placed(Figures(low.low, high.high, low.is_defined, low.is_defined), some)
    return Proportions(share, confidence, np.asarray(part.low + rest.low >= minimum, np.bool_))


def lower_limit(part: Numbers, rest: Numbers, z: Numbers) -> Numbers:
    """Return Wilson's lower limits, of floats or of decimals.

    The product of both limits is p^2 / (1 + s): a quotient instead of a difference of two near numbers.
    """
    p, half, _ = _parts(part, rest, z)
    return np.asarray(p * p / half)


def upper_limit(part: Numbers, rest: Numbers, z: Numbers) -> Numbers:
    """Return Wilson's upper limits, of floats or of decimals."""
    _, half, spread = _parts(part, rest, z)
    return np.asarray(half / (1 + spread))


def _parts(part: Numbers, rest: Numbers, z: Numbers) -> tuple[Numbers, Numbers, Numbers]:
    whole = part + rest
    p, spread = part / whole, z * z / whole
    half = p + spread / 2 + np.sqrt(p * (rest / whole) * spread + spread * spread / 4)
    return p, half, spread
