"""The Herfindahl index over a box of possible values.

Invariants: all arithmetic is in exact rationals; the bounds hold for every point of the box whose sum is not
zero, and are sharp where the docstrings say so; cells with equal bounds are treated as one group, so the cost
depends on how many different intervals there are and not on how many cells.

H(x) = sum(x^2) / sum(x)^2 does not depend on scale, and the set {H <= c} is a convex cone (it is
|x| <= sqrt(c) * sum(x)), so H is quasi-convex: its maximum over a box is at a vertex, its minimum where the
values are levelled as far as the box allows.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from math import lcm

from schemas.interval import Interval

ZERO, ONE = Fraction(0), Fraction(1)


@dataclass(frozen=True, slots=True)
class _Group:
    """`count` cells that all lie in [lower, upper]; upper None means unbounded."""

    lower: Fraction
    upper: Fraction | None
    count: int

    def levelled(self, height: Fraction) -> Fraction:
        """The value of the interval that is nearest to `height`."""
        if self.upper is not None and height > self.upper:
            return self.upper
        return max(height, self.lower)


@dataclass(frozen=True, slots=True)
class _Sums:
    """The sum of some values and the sum of their squares."""

    amount: Fraction
    squares: Fraction

    def plus(self, value: Fraction, count: int = 1) -> _Sums:
        """These sums with `count` more cells of one value."""
        return _Sums(self.amount + count * value, self.squares + count * value * value)

    @property
    def index(self) -> Fraction | None:
        """H, or None for a sum of zero."""
        return self.squares / (self.amount * self.amount) if self.amount else None


def herfindahl_bounds(
    known: Iterable[Decimal], uncertain: Sequence[Interval], uncertain_total: Fraction | None = None
) -> tuple[Fraction, Fraction] | None:
    """Return the least and greatest H of the known values together with the uncertain ones.

    known: exact non-negative values. uncertain: one interval a cell. uncertain_total: the exact sum of the
    uncertain cells, when a margin gives it. Range: 1/n to 1. None if every value is zero for certain.
    The minimum is sharp. The maximum is sharp if all uncertain cells have the same lower bound (withheld
    cells do: zero); otherwise it is taken over the wider box with the smallest of the lower bounds.

    Raises:
        ValueError: the box does not hold `uncertain_total`.
    """
    fixed = _sums(known)
    groups = _groups(uncertain)
    if uncertain_total is not None:
        return _bounds_at_total(fixed, groups, uncertain_total)
    if not fixed.amount and all(group.upper == 0 for group in groups):
        return None
    return _least(fixed, groups), _greatest(fixed, groups)


def _sums(values: Iterable[Decimal]) -> _Sums:
    """Add up in integers over the largest denominator: decimals have powers of ten, so it is a common one."""
    ratios = [value.as_integer_ratio() for value in values]
    scale = lcm(*(denominator for _, denominator in ratios))
    scaled = [numerator * (scale // denominator) for numerator, denominator in ratios]
    squares = sum(value * value for value in scaled)
    return _Sums(Fraction(sum(scaled), scale), Fraction(squares, scale * scale))


def _groups(uncertain: Sequence[Interval]) -> list[_Group]:
    counted = Counter(
        (Fraction(cell.lower), None if cell.upper is None else Fraction(cell.upper)) for cell in uncertain
    )
    return [_Group(lower, upper, count) for (lower, upper), count in counted.items()]


def _bounds(groups: Sequence[_Group]) -> list[Fraction]:
    return sorted({bound for group in groups for bound in (group.lower, group.upper) if bound is not None})


def _levelled(fixed: _Sums, groups: Iterable[_Group], height: Fraction) -> _Sums:
    for group in groups:
        fixed = fixed.plus(group.levelled(height), group.count)
    return fixed


def _least(fixed: _Sums, groups: Sequence[_Group]) -> Fraction:
    """Level the uncertain cells at the best height: a bound, or sum(x^2)/sum(x) of the cells not levelled.

    At the minimum every cell strictly inside its interval equals sum(x^2)/sum(x) of the whole vector; on a
    segment between two bounds this is the same ratio over the cells that are not being levelled.
    """
    bounds = [ZERO, *_bounds(groups)]
    heights = list(bounds)
    for low, high in zip(bounds, [*bounds[1:], None], strict=True):
        still = _levelled(fixed, (group for group in groups if not _is_levelled(group, low)), low)
        best = still.squares / still.amount if still.amount else low + 1
        heights.append(max(low, best if high is None else min(high, best)))
    candidates = [_levelled(fixed, groups, height).index for height in heights]
    return min(candidate for candidate in candidates if candidate is not None)


def _is_levelled(group: _Group, low: Fraction) -> bool:
    """True if the group's cells move with a height just above `low`."""
    return group.lower <= low and (group.upper is None or group.upper > low)


def _greatest(fixed: _Sums, groups: Sequence[_Group]) -> Fraction:
    """Raise the cells with the largest upper bounds, the rest stay low: try every number of raised cells.

    If raising one cell from the shared lower bound helps, so does raising a larger one instead, because past
    its least point the index keeps rising with a single value; so the best vertex is a prefix of this order.
    """
    floor = min((group.lower for group in groups), default=ZERO)
    uppers: list[Fraction] = []
    for group in groups:
        if group.upper is None:
            return ONE
        uppers.extend([group.upper] * group.count)
    sums = fixed.plus(floor, len(uppers))
    candidates = [sums.index]
    for upper in sorted(uppers, reverse=True):
        sums = sums.plus(floor, -1).plus(upper)
        candidates.append(sums.index)
    return max(candidate for candidate in candidates if candidate is not None)


def _bounds_at_total(
    fixed: _Sums, groups: Sequence[_Group], uncertain_total: Fraction
) -> tuple[Fraction, Fraction] | None:
    whole = fixed.amount + uncertain_total
    if not whole:
        return None
    least = fixed.squares + _levelled_squares(groups, uncertain_total)
    greatest = fixed.squares + _piled_squares(groups, uncertain_total)
    return least / (whole * whole), greatest / (whole * whole)


def _levelled_squares(groups: Sequence[_Group], uncertain_total: Fraction) -> Fraction:
    """Sum of squares when `uncertain_total` is spread as evenly as the intervals allow (water-filling)."""
    empty = _Sums(ZERO, ZERO)
    reached = [low for low in _bounds(groups) if _levelled(empty, groups, low).amount <= uncertain_total]
    if not reached:
        return _nothing_to_spread(groups, uncertain_total)
    low = reached[-1]
    sums = _levelled(empty, groups, low)
    rising = sum(group.count for group in groups if _is_levelled(group, low))
    left = uncertain_total - sums.amount
    if not left:
        return sums.squares
    if not rising:
        raise _not_in_box(uncertain_total)
    return sums.plus(low, -rising).plus(low + left / rising, rising).squares


def _piled_squares(groups: Sequence[_Group], uncertain_total: Fraction) -> Fraction:
    """Sum of squares when `uncertain_total` is piled on as few cells as the intervals allow."""
    floor = min((group.lower for group in groups), default=ZERO)
    sums = _Sums(ZERO, ZERO).plus(floor, sum(group.count for group in groups))
    for group in sorted(groups, key=lambda group: (group.upper is not None, -(group.upper or ZERO))):
        for _ in range(group.count):
            left = uncertain_total - sums.amount
            poured = left if group.upper is None else min(left, group.upper - floor)
            sums = sums.plus(floor, -1).plus(floor + poured)
    return sums.squares


def _nothing_to_spread(groups: Sequence[_Group], uncertain_total: Fraction) -> Fraction:
    if groups or uncertain_total:
        raise _not_in_box(uncertain_total)
    return ZERO


def _not_in_box(uncertain_total: Fraction) -> ValueError:
    return ValueError(f"cells within their intervals cannot sum to {uncertain_total}")
