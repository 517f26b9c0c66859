"""C9 `rank_shift`: has a country's place in the network moved further than it usually does?

Invariants: only ranks are compared, which no rise of all flows changes; a country whose rank never moved is judged by
whole places.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from statistics import median

from risk_models.exact import divided
from schemas.interval import Interval


def rank_shift(
    history: Sequence[tuple[int, int]], now: tuple[int, int], scale: Decimal, minimum: int
) -> Interval | None:
    """C9: how many usual deviations a rank is from the median of its past.

    history, now: best and worst rank of past periods and of this one (1 is the first). scale: 1.4826, of a normal
    distribution. Minimum: 6 past periods. Definition: (r - med) / max(scale MAD, 1), med and MAD of the past. Unit:
    deviations; positive is further down. Direction: higher size is more risk; an alarm from 3. Withheld: best and
    worst ranks; medians rise with every rank, MAD lies within the deviations that the ends allow; the bounds hold.
    Too little past: no figure. Source: Vilella et al. 2023; methodology C9. Example: 3 4 3 3 4 3, then 10: 7.
    """
    if len(history) < minimum:
        return None
    middles = [median([Fraction(rank[end]) for rank in history]) for end in (0, 1)]
    nearest = [max(Fraction(0), best - middles[1], middles[0] - worst) for best, worst in history]
    furthest = [max(worst - middles[0], middles[1] - best) for best, worst in history]
    widths = [max(Fraction(scale) * median(away), Fraction(1)) for away in (nearest, furthest)]
    low, high = now[0] - middles[1], now[1] - middles[0]
    return Interval(divided(low / widths[low > 0]), divided(high / widths[high < 0]))
