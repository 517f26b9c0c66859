"""Exact significance of a difference between two counts.

Invariants: no float and no random number; a p-value is right to 12 digits or more, and never reported below
the floor; over intervals the answer is the interval of all possible p-values.
"""

from __future__ import annotations

from decimal import Decimal
from functools import lru_cache

from risk_models.exact import divided
from schemas.interval import Interval

# Weights are integers in units of 2**-256 of the largest one. Those below 2**-220 (6e-67) of the largest are
# left out: against a tail at the floor they are less than one part in 1e12.
_SCALE_BITS = 256
_NEGLIGIBLE_BITS = 220
P_FLOOR = Decimal("1E-50")
# By Hoeffding's inequality p <= 2 exp(-(a-b)^2 / 2n), which is below the floor from (a-b)^2 = 232 n on.
_SURELY_BELOW_FLOOR = 232
# Beyond it a figure would take seconds; no authority counts so many reports.
MOST_COUNTED = 10**9
ONE = Decimal(1)


@lru_cache(maxsize=1 << 16)
def binomial_p(successes: int, trials: int) -> Decimal:
    """Return the exact two-sided p-value of `successes` in `trials` fair draws.

    Definition: the total probability, under Binomial(trials, 1/2), of all outcomes that are no more likely
    than the one seen (the convention of R `binom.test`). By symmetry twice the smaller tail, at most 1.
    Unit: probability, from 1E-50 (the floor: smaller values are reported as the floor) to 1.
    Method: weights by recurrence from the mode outward, in integers, until they are negligible.
    Worked example: 120 of 220 gives 0.200092; 60 of 150 gives 0.017597692.

    Raises:
        ValueError: not 0 <= successes <= trials.
    """
    if not 0 <= successes <= trials:
        raise ValueError(f"{successes} successes in {trials} trials")
    smaller = min(successes, trials - successes)
    mode = trials // 2
    if smaller == mode:
        return ONE
    if (trials - 2 * smaller) ** 2 > _SURELY_BELOW_FLOOR * trials:
        return P_FLOOR
    inner, tail = _weights_below_mode(mode, trials, smaller)
    everything = 2 * (inner + tail)
    if trials % 2 == 0:
        everything -= 1 << _SCALE_BITS  # with an even number of draws the mode has no twin
    return max(P_FLOOR, divided(2 * tail, everything))


def _weights_below_mode(mode: int, trials: int, smaller: int) -> tuple[int, int]:
    """Sum the weights of the outcomes in (smaller, mode] and in [0, smaller]; the mode weighs 2**256."""
    weight = 1 << _SCALE_BITS
    inner = tail = 0
    negligible = 1 << (_SCALE_BITS - _NEGLIGIBLE_BITS)
    for outcome in range(mode, -1, -1):
        if weight < negligible:
            break
        if outcome > smaller:
            inner += weight
        else:
            tail += weight
        weight = weight * outcome // (trials - outcome + 1)
    return inner, tail


def binomial_p_interval(one: Interval, other: Interval) -> Interval:
    """Return the interval of two-sided p-values over all counts in two intervals (null: equal expectation).

    The p-value falls as the larger count grows and rises as the smaller one does, so its smallest value is at
    one of the two corners that are furthest apart and its largest where the counts come closest. Without an
    upper bound on a count the smallest p-value is the floor. Two zeros give 1: nothing was seen. Counts
    beyond `MOST_COUNTED` are not tested: every p-value is possible.
    """
    if max(bound or 0 for bound in (one.lower, one.upper, other.lower, other.upper)) > MOST_COUNTED:
        return Interval(P_FLOOR, ONE)
    if one.is_exact and other.is_exact:
        return Interval.exact(binomial_p(int(one.lower), int(one.lower + other.lower)))
    corners = [_corner(one.upper, other.lower), _corner(other.upper, one.lower)]
    return Interval(min(corners), _closest(one, other))


def _corner(large: Decimal | None, small: Decimal) -> Decimal:
    return P_FLOOR if large is None else binomial_p(int(small), int(large + small))


def _closest(one: Interval, other: Interval) -> Decimal:
    low, high = (one, other) if one.lower <= other.lower else (other, one)
    if low.upper is None or low.upper >= high.lower:
        return ONE
    return binomial_p(int(low.upper), int(low.upper + high.lower))
