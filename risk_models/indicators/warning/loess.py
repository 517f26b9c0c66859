"""Local regression on equal steps of time, for many series at once: what STL smooths with.

Invariants: time is the short axis, which is summed in order; series are the long axis and never meet; the weights of
time are those of whole distances. The same code runs on floats and on decimals. Source: Cleveland, Cleveland, McRae
and Terpenning 1990 and the program published with it, whose conventions at the ends are kept.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from typing import Any

import numpy as np

from risk_models.certified import Numbers
from risk_models.numerics.loglinear import added

# Within this share of the half-width a point has full weight, and outside its complement none.
_NEAR = Decimal("0.001")


@dataclass(frozen=True, slots=True)
class Smoother:
    """window: odd number of points. degree: 0 or 1. jump: every how many points are fitted, the rest interpolated."""

    window: int
    degree: int
    jump: int


def smoothed(values: Numbers, robust: Numbers | None, smoother: Smoother) -> Numbers:
    """Return the smooth of values (n, R) at their own times; robust: weights (n, R) of the values."""
    n = len(values)
    fitted_at = list(range(0, n, min(smoother.jump, max(1, n - 1))))
    if fitted_at[-1] != n - 1:
        fitted_at.append(n - 1)
    found = [_at(time, values, robust, smoother, values[time]) for time in fitted_at]
    rows: list[Numbers] = []
    for place, (start, end) in enumerate(pairwise(fitted_at)):
        slope = (found[place + 1] - found[place]) / (end - start)
        rows.extend(found[place] + slope * step for step in range(end - start))
    return np.stack([*rows, found[-1]])


def extended(values: Numbers, robust: Numbers | None, smoother: Smoother) -> Numbers:
    """Return the smooth of values (n, R) and its continuation by one time before and one after: (n + 2, R)."""
    n, inside = len(values), smoothed(values, robust, smoother)
    before = _at(-1, values, robust, smoother, inside[0])
    after = _at(n, values, robust, smoother, inside[-1])
    return np.stack([before, *inside, after])


def averaged(values: Numbers, length: int) -> Numbers:
    """Return the moving averages of so many rows."""
    n = len(values) - length + 1
    return np.stack([added(values[start : start + length]) / length for start in range(n)])


def _window(time: int, n: int, smoother: Smoother) -> tuple[int, int]:
    """The `window` times around one, or the first or last so many."""
    width = min(smoother.window, n)
    start = min(max(0, time - (smoother.window - 1) // 2), n - width)
    return start, start + width


def _at(
    time: int,
    values: Numbers,
    robust: Numbers | None,
    smoother: Smoother,
    otherwise: Numbers,
) -> Numbers:
    """The local fit at one time; `otherwise` where no point of the window has a weight."""
    window = start, end = _window(time, len(values), smoother)
    near = _kernel(time, window, len(values), smoother.window, values)
    weights = near if robust is None else near * robust[start:end]
    total = added(weights)
    is_weighed = total > 0
    shares = weights / np.where(is_weighed, total, total * 0 + 1)
    if smoother.degree:
        shares = shares * _tilt(time, window, shares, len(values))
    return np.asarray(np.where(is_weighed, added(shares * values[start:end]), otherwise))


def _tilt(time: int, window: tuple[int, int], shares: Numbers, n: int) -> Numbers:
    """What turns a weighted mean into a weighted line at `time`; 1 where the weights are all in one place."""
    times = np.array(range(*window), shares.dtype)[:, None]
    middle = added(shares * times)
    distance = times - middle
    spread = added(shares * distance * distance)
    least: Any = (_NEAR * (n - 1)) ** 2 if shares.dtype == object else (float(_NEAR) * (n - 1)) ** 2
    is_spread = spread > least
    slope = np.where(is_spread, (time - middle) / np.where(is_spread, spread, spread * 0 + 1), spread * 0)
    return np.asarray(slope * distance + 1)


def _kernel(time: int, window: tuple[int, int], n: int, width: int, like: Numbers) -> Numbers:
    """Tricube weights (q, 1) by distance; a window that is wider than the series reaches beyond its ends."""
    start, end = window
    reach = max(time - start, end - 1 - time) + max(0, (width - n) // 2)
    weights: Sequence[Any] = [_tricube(abs(place - time), reach) for place in range(start, end)]
    if like.dtype != object:
        weights = [float(weight) for weight in weights]
    return np.array(weights, like.dtype)[:, None]


def _tricube(distance: int, reach: int) -> Decimal:
    if distance > reach * (1 - _NEAR):
        return Decimal(0)
    if distance <= reach * _NEAR:
        return Decimal(1)
    return (1 - (Decimal(distance) / reach) ** 3) ** 3
