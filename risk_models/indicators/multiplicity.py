"""Family E: control of false alarms over many tests at once.

Invariants: a family is all tests of one indicator, period and facet; what is adjusted is the ordinary
p-value; order of the input does not matter beyond carrying the results back to it.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Literal

from risk_models.exact import working
from schemas.interval import Interval

Signal = Literal["certain", "possible", "no"]


def benjamini_hochberg(p_values: Sequence[Decimal]) -> list[Decimal]:
    """E10: Benjamini-Hochberg adjusted p-values, in the order of the input.

    Definition: q_(i) = min over j >= i of min(1, m * p_(j) / j), p sorted upwards. Unit: probability, 0 to 1.
    Withheld: q rises with every p, so bounds of p give bounds of q. Source: Benjamini and Hochberg 1995;
    methodology E10. Example: of the 15 p-values of that paper the 4th, 0.0095, becomes 0.035625.
    """
    order = sorted(range(len(p_values)), key=lambda position: p_values[position], reverse=True)
    adjusted = [Decimal(1)] * len(p_values)
    smallest = Decimal(1)
    with working():
        for passed, position in enumerate(order):
            smallest = min(smallest, p_values[position] * len(p_values) / (len(p_values) - passed))
            adjusted[position] = smallest
    return adjusted


def adjusted_intervals(p_values: Sequence[Interval]) -> list[Interval]:
    """Adjust a family of p-value intervals: all lower bounds together, all upper bounds together."""
    lower = benjamini_hochberg([p.lower for p in p_values])
    upper = benjamini_hochberg([Decimal(1) if p.upper is None else p.upper for p in p_values])
    return [Interval(low, high) for low, high in zip(lower, upper, strict=True)]


def signal(q: Interval, level: Decimal) -> Signal:
    """Certain if the whole interval of q is at most `level`, possible if only its lower end is, else no."""
    if q.upper is not None and q.upper <= level:
        return "certain"
    return "possible" if q.lower <= level else "no"
