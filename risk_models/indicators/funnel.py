"""Family A: from reports to results.

Invariants: a low ratio is a question about a chain of institutions, never a grade of one of them; the period
version compares the same period's stages, so a ratio above 1 is possible and shown as such.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

import numpy as np

from risk_models import propagation
from risk_models.exact import working
from risk_models.indicators.proportions import lower_limit, upper_limit
from schemas.interval import Interval


@dataclass(frozen=True, slots=True)
class Conversion:
    """Share of a stage that reaches the next one; Wilson limits (None where the ratio may exceed 1)."""

    ratio: Interval
    confidence: Interval | None


def funnel_ratio(reached: Interval, entered: Interval, z: Decimal) -> Conversion | None:
    """A5: what part of one stage of the chain reaches the next (reports, disseminations, ..., confiscations).

    z: normal quantile of the confidence level (1.96 for 95 %). Definition: c_s = n_(s+1) / n_s with the Wilson score
    interval [(p + z^2/2n -+ z * sqrt(p(1-p)/n + z^2/4n^2)) / (1 + z^2/n)]. Unit: ratio, from 0; the period version
    may exceed 1 and then has no limits. Direction: lower is more risk. Minimum: 20 cases at the earlier stage.
    Withheld: endpoints. No case at the earlier stage: no figure. Source: FATF R.33; Wilson 1927; Newcombe 1998;
    methodology A5. Example: 140 of 560: 0.25, limits 0.215921 and 0.287485.
    """
    ratio = propagation.quotient(reached, entered)
    if ratio is None:
        return None
    return Conversion(ratio, _confidence(reached, entered, z))


def wilson(successes: Decimal, trials: Decimal, z: Decimal) -> Interval:
    """The Wilson score interval of a proportion (Wilson 1927), for 0 <= successes <= trials, trials above 0.

    Example (Newcombe 1998): 81 of 263 gives 0.2553 to 0.3662; 0 of 20 gives 0 to 0.1611.
    """
    part, rest = (np.array([cases], object) for cases in (successes, trials - successes))
    with working():
        lower, upper = (limit(part, rest, np.array([z], object)) for limit in (lower_limit, upper_limit))
    return Interval(lower[0], upper[0])


def _confidence(reached: Interval, entered: Interval, z: Decimal) -> Interval | None:
    """Limits at the endpoints: both rise with the cases reached and fall with the cases entered."""
    if reached.upper is None or entered.upper is None:
        return None
    if not entered.lower or reached.upper > entered.lower:
        return None
    upper = wilson(reached.upper, entered.lower, z).upper
    return Interval(wilson(reached.lower, entered.upper, z).lower, upper)
