"""How intervals pass through formulas.

Invariants: the result holds the figure of every set of values inside the given intervals; where the docstring
says sharp, no narrower interval does. `None` as a result means that the formula has no value (0/0). Endpoints
are evaluated in exact rationals and rounded once. Source: interval rules 0.3.2.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from risk_models.exact import divided, working
from schemas.interval import Interval

ZERO = Decimal(0)
ONE = Decimal(1)


def share(part: Interval, rest: Interval) -> Interval | None:
    """Return the interval of part / (part + rest) for separate, non-negative `part` and `rest` (sharp).

    Rule: [l_x / (l_x + u_z), u_x / (u_x + l_z)]; never the part's bounds over the total's, which forgets that
    the part is inside the total. An unbounded rest gives 0 as the lower bound, an unbounded part gives 1 as
    the upper bound. None if both are exactly zero.
    """
    if part.upper == 0 and rest.upper == 0:
        return None
    if part.is_exact and rest.is_exact:
        return Interval.exact(_share(part.lower, rest.lower, empty=ZERO))
    lower = ZERO if rest.upper is None else _share(part.lower, rest.upper, empty=ONE)
    upper = ONE if part.upper is None else _share(part.upper, rest.lower, empty=ZERO)
    return Interval(lower, upper)


def quotient(numerator: Interval, denominator: Interval) -> Interval | None:
    """Return the interval of numerator / denominator for separate non-negative values (sharp).

    Without an upper bound if the denominator may be zero. None if the denominator is exactly zero.
    """
    if denominator.upper == 0:
        return None
    lower = ZERO if denominator.upper is None else divided(numerator.lower, denominator.upper)
    if numerator.upper is None or denominator.lower == 0:
        return Interval(lower, None if numerator.upper != 0 else ZERO)
    return Interval(lower, divided(numerator.upper, denominator.lower))


def summed(values: Iterable[Interval]) -> Interval:
    """Return the sum of separate values, unbounded if one of them is (sharp)."""
    given = list(values)
    uppers = [one.upper for one in given if one.upper is not None]
    upper = sum(uppers, ZERO) if len(uppers) == len(given) else None
    return Interval(sum((one.lower for one in given), ZERO), upper)


def _share(part: Decimal, rest: Decimal, *, empty: Decimal) -> Decimal:
    """The share at one corner; at a corner of two zeros its limit as the other corner is approached."""
    if not part and not rest:
        return empty
    with working() as context:
        return context.divide(part, part + rest)
