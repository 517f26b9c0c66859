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
    Direction: lower is a stronger signal. Minimum: one test. Withheld: q rises with every p, so bounds of p give
    bounds of q. Source: Benjamini and Hochberg 1995; methodology E10. Example: of the 15 p-values of that paper the
    4th, 0.0095, becomes 0.035625.
    """
    return _stepped_up(p_values, Decimal(1))


def benjamini_yekutieli(p_values: Sequence[Decimal]) -> list[Decimal]:
    """E10 for indicators that share inputs: adjusted p-values that hold under any dependence, in input order.

    Definition: Benjamini-Hochberg's q times 1 + 1/2 + ... + 1/m, at most 1. Unit: probability, 0 to 1. Direction:
    lower is a stronger signal. Minimum: one test. Withheld: as `benjamini_hochberg`. Source: Benjamini and Yekutieli
    2001; methodology E10. Example: of the 15 p-values of Benjamini and Hochberg (1995) the 4th, 0.0095, becomes
    0.1182119.
    """
    with working():
        price = sum((Decimal(1) / rank for rank in range(1, len(p_values) + 1)), Decimal(0))
    return _stepped_up(p_values, price)


def simes(p_values: Sequence[Decimal]) -> Decimal:
    """E10 of families: one p-value for a whole family of tests.

    The smallest of the family's adjusted p-values. Definition: min over i of m p_(i) / i; 1 for an empty family.
    Unit: probability, 0 to 1. Direction: lower is a stronger signal. Minimum: one test. Withheld: as
    `benjamini_hochberg`. Source: Simes 1986. Example: 0.01, 0.04, 0.9: 0.03.
    """
    return min(benjamini_hochberg(p_values), default=Decimal(1))


def two_stage(families: Sequence[Sequence[Decimal]], level: Decimal) -> list[list[bool]]:
    """E10 over many families: which tests are rejected, first the families, then the tests inside them.

    Definition: Benjamini-Hochberg at `level` over the Simes p-values of the families rejects R of K; inside each of
    these, Benjamini-Hochberg at `level` R / K; a family not chosen rejects nothing. Controls the expected share of
    false alarms averaged over the families chosen. Unit: rejected or not. Direction: a rejection is a stronger
    signal. Minimum: one test. Withheld: certain with the upper ends of the p-values, possible with the lower ones.
    Source: Benjamini and Bogomolov 2014, procedure 1; methodology E10. Example: families (0.001, 0.6) and (0.3, 0.9)
    at 0.05: the first is chosen, its level 0.025, its first test stays.
    """
    chosen = [q <= level for q in benjamini_hochberg([simes(family) for family in families])]
    with working():
        inside = level * sum(chosen) / len(families) if families else level
    return [
        [is_chosen and q <= inside for q in benjamini_hochberg(family)]
        for family, is_chosen in zip(families, chosen, strict=True)
    ]


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


def _stepped_up(p_values: Sequence[Decimal], price: Decimal) -> list[Decimal]:
    """Min over j >= i of min(1, price m p_(j) / j), in the order of the input."""
    order = sorted(range(len(p_values)), key=lambda position: p_values[position], reverse=True)
    adjusted, smallest = [Decimal(1)] * len(p_values), Decimal(1)
    with working():
        for passed, position in enumerate(order):
            smallest = min(smallest, p_values[position] * price * len(p_values) / (len(p_values) - passed))
            adjusted[position] = smallest
    return adjusted
