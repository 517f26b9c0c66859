"""E14 `nowcast`: what will a recent period's count be when all reports have arrived?

Invariants: the share that has arrived is estimated from periods that are complete; a count is never lowered.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

import numpy as np

from risk_models.certified import Numbers, certified
from risk_models.errors import InvalidInput
from risk_models.exact import divided
from risk_models.numerics.series import Counts
from risk_models.numerics.tails import count_error, count_quantile


@dataclass(frozen=True, slots=True)
class Nowcast:
    """expected: x / F. median, lower, upper: of the final count, whole numbers (n,)."""

    expected: list[Decimal]
    median: Counts
    lower: Counts
    upper: Counts


def completeness(vintages: Sequence[Sequence[int]]) -> list[Fraction]:
    """Return the share F(d) of the final count that had arrived d periods after the period's end, d = 0, 1, 2, ...

    vintages: of every past period that is complete, its count as known after 0, 1, 2, ... periods, the last one
    final. Definition: sums over periods, counts at d over final counts; at most 1 (a period may lose reports later).

    Raises:
        InvalidInput: no period, periods of different lengths, or nothing ever reported.
    """
    if not vintages or len({len(counts) for counts in vintages}) != 1 or not sum(row[-1] for row in vintages):
        raise InvalidInput(
            "The delay of reports cannot be estimated.",
            detail=f"{len(vintages)} past periods.",
            hint="Give at least one complete period with reports, all followed for as long.",
        )
    final = sum(counts[-1] for counts in vintages)
    return [min(Fraction(1), Fraction(sum(column), final)) for column in zip(*vintages, strict=True)]


def nowcast(counts: Counts, share: Fraction, level: Decimal) -> Nowcast:
    """E14: the final count expected of provisional ones, with its limits.

    counts: (n,), all with the same delay. share: F of that delay, above 0. level: of the limits, 0.95. Use: flag the
    period provisional, run detectors on the median and on the count, alarm certain only if both do. Definition:
    expected x / F; what is still to come follows a negative binomial of size x and probability F; median and limits
    are its quantiles at 1/2, (1 - level) / 2 and (1 + level) / 2, added to x. Unit: counts. Direction: ambiguous.
    Minimum: one report; with none seen so far none is expected. Withheld: endpoints (all rise with x). Source:
    Lawless 1994; methodology E14; R `surveillance::nowcast` for the problem. Example: x 20, F 0.5: 40, 95 % limits 29
    and 54.

    Raises:
        InvalidInput: a share that is not above 0 and at most 1.
    """
    if not 0 < share <= 1:
        raise InvalidInput(
            "The share of reports that has arrived is not usable.",
            detail=f"It is {share}.",
            hint="Give a share above 0 and at most 1.",
        )
    tail = (1 - level) / 2
    lower, median, upper = (_final(counts, share, at) for at in (tail, Decimal("0.5"), 1 - tail))
    return Nowcast([divided(int(count) / share) for count in counts.tolist()], median, lower, upper)


def _final(counts: Counts, share: Fraction, level: Decimal) -> Counts:
    missing, arrived = share.denominator - share.numerator, share.denominator

    def still(count: Numbers, at: Decimal) -> Numbers:
        growth = (count * 0 + missing) / arrived
        return count_quantile(at, count * growth, growth)

    found = certified(still, counts, level, error=count_error(int(counts.max(initial=0))))
    return counts + np.array([int(number) for number in found.decimals()], np.int64)
