"""A9 `srr_eb`: reports against what exposure lets expect, with small members drawn towards the rest.

Invariants: what is expected adds up to what was seen; the prior is that of E8, estimated once from all members and
held while one member's own count moves inside its bounds.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from risk_models.exact import divided
from risk_models.indicators.warning.eb_rate import Prior, estimated_prior
from schemas.interval import Interval


@dataclass(frozen=True, slots=True)
class ReportingRatio:
    """expected: reports. ratio: seen over expected. weight: of the member's own ratio. shrunken: the estimate."""

    expected: Decimal
    ratio: Interval
    weight: Decimal
    shrunken: Interval


def srr_eb(counts: Sequence[tuple[int, int]], exposure: Sequence[Fraction]) -> list[ReportingRatio] | None:
    """A9: standardised reporting ratios of many members, and their empirical-Bayes estimates.

    counts: lower and upper bound of each member's reports. exposure: above zero (population, or what a stratified
    standard expects). Definition: E_i = exposure_i sum x / sum exposure; S_i = x_i / E_i; m = sum x / sum E = 1; s^2
    = sum E (S - m)^2 / sum E; A = max(0, s^2 - m / mean E); theta_i = m + (S_i - m) A / (A + m / E_i). Unit: ratio, 1
    as expected. Direction: ambiguous; it steadies other indicators. Minimum: 4 members, 50 expected. Withheld:
    expected counts and prior at the middle of all intervals, then endpoints of the member's own count, in which theta
    rises; so the bounds hold for that prior. No report: no figure. Source: Marshall 1991; methodology A9; E8 for the
    probability of an excess. Example: 560 420 205 37 by population 40 20 10 2: 0.831829 1.219194 1.178364 1.049277.
    """
    middles = [Fraction(low + high, 2) for low, high in counts]
    total = sum(middles, Fraction(0))
    if not total:
        return None
    scale = total / sum(exposure, Fraction(0))
    expected = [one * scale for one in exposure]
    prior = estimated_prior(middles, expected)
    return [_ratio(low, high, norm, prior) for (low, high), norm in zip(counts, expected, strict=True)]


def shrunken_means(means: Sequence[Fraction], sampling_variance: Fraction) -> list[Fraction] | None:
    """Draw k means of one known sampling variance together: the estimator of James and Stein for equal variances.

    Definition: grand mean + c (mean - grand mean), c = 1 - (k - 3) variance / sum (mean - grand mean)^2, at least 0.
    Three means or fewer, or equal ones: None. Source: Efron and Morris 1975. Example: 18 hits of 45 with 17 players
    beside it: 0.294.
    """
    count = len(means)
    middle = sum(means, Fraction(0)) / max(count, 1)
    spread = sum(((mean - middle) ** 2 for mean in means), Fraction(0))
    if count <= _ESTIMATED or not spread:
        return None
    kept = max(Fraction(0), 1 - (count - _ESTIMATED) * sampling_variance / spread)
    return [middle + kept * (mean - middle) for mean in means]


_ESTIMATED = 3


def _ratio(low: int, high: int, norm: Fraction, prior: Prior) -> ReportingRatio:
    weight = prior.variance / (prior.variance + prior.mean / norm)
    seen = [low / norm, high / norm]
    drawn = [prior.mean + (one - prior.mean) * weight for one in seen]
    ratio, shrunken = (Interval(divided(ends[0]), divided(ends[1])) for ends in (seen, drawn))
    return ReportingRatio(divided(norm), ratio, divided(weight), shrunken)
