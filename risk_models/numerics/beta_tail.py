"""The upper tail of Snedecor's F distribution, from a series of positive terms in 50 digits.

Source: Abramowitz and Stegun 1964, 26.5.4 and 26.6.2.
"""

from __future__ import annotations

from decimal import Decimal

import numpy as np

from risk_models.exact import working
from risk_models.numerics.gamma_tail import ln_gamma
from risk_models.significance import P_FLOOR

_NEGLIGIBLE = Decimal("1E-45")


def f_tail(f: Decimal, upper: int, lower: int) -> Decimal:
    """Return P(F >= f) for `upper` and `lower` degrees of freedom, to 20 digits or more; at least the floor.

    Example: 5.405 with 3 and 44: 0.002966.
    """
    if f <= 0:
        return Decimal(1)
    with working():
        x = lower / (lower + upper * f)
        a, b = Decimal(lower) / 2, Decimal(upper) / 2
        if x < (a + 1) / (a + b + 2):
            return max(P_FLOOR, _incomplete(x, a, b))
        return max(P_FLOOR, 1 - _incomplete(1 - x, b, a))


def _incomplete(x: Decimal, a: Decimal, b: Decimal) -> Decimal:
    """I_x(a, b) = x^a (1 - x)^b / (a B(a, b)) (1 + (a+b)/(a+1) x + (a+b)(a+b+1)/((a+1)(a+2)) x^2 + ...)."""
    logs = ln_gamma(np.array([a + b, a + 1, b], object))
    term = total = Decimal(1)
    step = 0
    while term > _NEGLIGIBLE * total:
        term = term * (a + b + step) / (a + 1 + step) * x
        total += term
        step += 1
    first: Decimal = (logs[0] - logs[1] - logs[2] + a * x.ln() + b * (1 - x).ln()).exp()
    return first * total
