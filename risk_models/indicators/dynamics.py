"""Family D: change over time.

Invariants: growth is always shown with its uncertainty; a large growth of small counts is large and not
significant, and both are said. Worked examples use the fixture FX4 of the methodology.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from risk_models import propagation
from risk_models.exact import working
from risk_models.significance import binomial_p_interval
from schemas.interval import Interval


@dataclass(frozen=True, slots=True)
class Growth:
    """Growth ratio, its confidence limits (None if a count may be zero) and two-sided p-values."""

    ratio: Interval
    confidence: Interval | None
    p: Interval


def growth(now: Interval, before: Interval, z: Decimal) -> Growth | None:
    """D1: how many times as many reports as in the period before.

    z: normal quantile of the confidence level (1.96 for 95 %). Definition: g = x_t / x_(t-1); confidence limits g *
    exp(-+ z * sqrt(1/x_t + 1/x_(t-1))); exact two-sided binomial p of x_t among both at 1/2 (equal exposure). Unit:
    ratio, from 0. Direction: higher is more risk. Minimum: 10 reports in both periods together. Withheld: endpoints;
    if the earlier count may be zero there is no upper bound ("at least"). None before: no figure. Source: methodology
    D1. Example: 100 after 40: 2.5, limits 1.732586 and 3.607325, p 4.1434e-7; 5 after 1: 5.0, limits 0.584152 and
    42.797124, p 0.21875.
    """
    ratio = propagation.quotient(now, before)
    if ratio is None:
        return None
    return Growth(ratio, _confidence(now, before, z), binomial_p_interval(now, before))


def _confidence(now: Interval, before: Interval, z: Decimal) -> Interval | None:
    """Limits at the endpoints: for counts from 1 and z below 2 both rise with x_t and fall with x_(t-1)."""
    if now.upper is None or before.upper is None or not now.lower or not before.lower:
        return None
    with working():
        low = _factor(now.lower, before.upper, z)
        high = low if now.is_exact and before.is_exact else _factor(now.upper, before.lower, z)
        lower = (now.lower / before.upper) / low
        upper = (now.upper / before.lower) * high
    return Interval(lower, upper)


def _factor(now: Decimal, before: Decimal, z: Decimal) -> Decimal:
    return (z * (1 / now + 1 / before).sqrt()).exp()
