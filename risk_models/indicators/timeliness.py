"""Family A: how long things take, from counts by bins of days.

Invariants: days are never more precise than the bins say; a median beyond the last closed bin is said to be beyond
it. Worked examples use the fixture FX4.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction

from risk_models.exact import divided
from schemas.interval import Interval


def timeliness(bins: Sequence[Interval], edges: Sequence[int]) -> Interval | None:
    """A8: the median number of days from report to dissemination, or from request to answer.

    bins: cases of each bin, the last one open. edges: where each bin ends, in days, but for the open one. Definition:
    L + (n/2 - F) / f * w inside the bin where half of the cases are reached: L its start (the end of the bin before),
    F the cases before it, f its own, w its width. Unit: days, from 0. Direction: higher is more risk. Minimum: 10
    cases. Withheld: more early cases make the median smaller, so endpoints bin by bin, tried for every bin that may
    hold the median. A median in the open bin: no upper bound, and a lower one at its start ("> 90"). No case: no
    figure. Source: methodology A8. Example: 30 60 35 15 cases in 0-7, 8-30, 31-90, > 90 days: 22.3333.
    """
    if any(one.upper is None for one in bins):
        return Interval(Decimal(0), None)
    if all(one.upper == 0 for one in bins):
        return None
    early = [_median(_pushed(bins, place, is_early=True), edges) for place in range(len(bins))]
    late = [_median(_pushed(bins, place, is_early=False), edges) for place in range(len(bins))]
    lowest = min(low for low, _ in (one for one in early if one is not None))
    highest = [high for _, high in (one for one in late if one is not None)]
    known = [high for high in highest if high is not None]
    return Interval(lowest, max(known) if len(known) == len(highest) else None)


def _pushed(bins: Sequence[Interval], split: int, *, is_early: bool) -> list[Fraction]:
    """The corner with the most cases before a bin and the fewest from it on, or the other way round."""
    return [
        Fraction((one.upper or Decimal(0)) if (place <= split) == is_early else one.lower)
        for place, one in enumerate(bins)
    ]


def _median(cases: Sequence[Fraction], edges: Sequence[int]) -> tuple[Decimal, Decimal | None] | None:
    """The least and the greatest that the median can be: one number, or a bin without an end."""
    total, before, start = sum(cases, Fraction(0)), Fraction(0), 0
    if not total:
        return None
    for count, end in zip(cases, edges, strict=False):
        if count and before + count >= total / 2:
            days = divided(start + (total / 2 - before) / count * (end - start))
            return days, days
        before, start = before + count, end
    return Decimal(edges[-1]), None
