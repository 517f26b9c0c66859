"""E9 `changepoint`: did the level move for good, and when?

Invariants: sums are whole numbers and costs are exact before they are compared; equal costs go to the earlier change.
Companion: the rank test of Pettitt, which asks for no normal distribution.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from itertools import accumulate
from math import lcm

from risk_models.errors import InvalidInput
from risk_models.exact import divided, working

MOST_PERIODS = 400


@dataclass(frozen=True, slots=True)
class Segments:
    """The best division of a series into m + 1 levels.

    changes: after how many periods each level ends, the last one with the series. means: of the levels. residual:
    sum of squares left. score: n ln(residual / n) + 2 m ln n, None where nothing is left.
    """

    changes: tuple[int, ...]
    means: tuple[Fraction, ...]
    residual: Fraction
    score: Decimal | None


@dataclass(frozen=True, slots=True)
class Pettitt:
    """statistic: K. change: after how many periods. p: its approximate two-sided p-value."""

    statistic: int
    change: int
    p: Decimal


def changepoints(values: Sequence[int], least_segment: int, most_changes: int) -> list[Segments]:
    """E9: the best divisions of one series into levels, for every number of changes.

    `chosen` takes the one that is worth its changes. Definition: for every number of changes m up to `most_changes`
    the division with the least sum of squares around the means of its levels, each of `least_segment` periods or more
    (Bellman's exact dynamic programming); score = n ln(RSS / n) + 2 m ln n, the BIC of Bai and Perron's model (m
    means, m dates) up to a constant of n. Unit: squares of the values' unit. Direction: a change upwards is more
    risk. Minimum: two segments. Withheld: run on the lower and the upper series; a change is certain if both say it.
    Missing: a series has none. Source: Bai and Perron 2003; R `strucchange::breakpoints`, whose BIC is this score + n
    (1 + ln 2 pi) + 2 ln n; methodology E9. Example: 5 6 4 5 7 5 6 12 13 11 14 12: one change after 7, residual
    10.914286 of 152.666667, means 5.428571 and 12.4.

    Raises:
        InvalidInput: more than `MOST_PERIODS` periods, or a segment of none.
    """
    count = len(values)
    if count > MOST_PERIODS or least_segment < 1 or count < least_segment:
        raise InvalidInput(
            "The series cannot be divided.",
            detail=f"{count} periods, segments of at least {least_segment}.",
            hint=f"Give from one segment to {MOST_PERIODS} periods.",
        )
    cost = _costs(values)
    best: list[int | None] = [cost(0, end) if end >= least_segment else None for end in range(count + 1)]
    starts: list[list[int]] = [[0] * (count + 1)]
    found = [_segments(values, (count,))]
    while len(found) <= most_changes and count >= (len(found) + 1) * least_segment:
        best, start = _extended(best, cost, least_segment)
        starts.append(start)
        found.append(_segments(values, _ends(starts, count)))
    return found


def chosen(divisions: Sequence[Segments]) -> Segments:
    """Return the division of the least score, at equal scores that of fewer changes; none left over beats all."""
    best = divisions[0]
    for division in divisions[1:]:
        if best.score is not None and (division.score is None or division.score < best.score):
            best = division
    return best


def f_statistic(whole: Segments, division: Segments) -> Decimal | None:
    """Return the F of one division against none, with 1 and n - 2 degrees of freedom for a single change.

    Example: (152.666667 - 10.914286) / (10.914286 / 10) = 129.877836. None where nothing is left.
    """
    if not division.residual:
        return None
    changes = len(division.changes) - 1
    left = whole.changes[-1] - len(division.changes)
    return divided((whole.residual - division.residual) / changes / (division.residual / left))


def pettitt(values: Sequence[int]) -> Pettitt:
    """E9, companion: where the ranks before and after differ most, and whether chance could do it.

    Definition: U_t = sum over i <= t < j of sign(x_i - x_j), K = max |U_t| at the first such t, p = min(1, 2 exp(-6
    K^2 / (n^3 + n^2))). Unit: pairs; p a probability. Direction: a change upwards is more risk. Minimum: two periods.
    Withheld: as `changepoints`. Source: Pettitt 1979; methodology E9. Example: 5 6 4 5 7 5 6 12 13 11 14 12: K 35
    after 7, p 0.039434.
    """
    count, running, largest, change = len(values), 0, 0, 0
    for place, value in enumerate(values, 1):
        running += sum((value > other) - (value < other) for other in values)
        if abs(running) > largest:
            largest, change = abs(running), place
    with working():
        p = 2 * (Decimal(-6 * largest * largest) / (count**3 + count**2)).exp()
    return Pettitt(largest, change, min(Decimal(1), p))


def _costs(values: Sequence[int]) -> Callable[[int, int], int]:
    """Sums of squares around the mean of values[start:end], times a number that makes all of them whole."""
    sums = [0, *accumulate(values)]
    squares = [0, *accumulate(value * value for value in values)]
    common = lcm(*range(1, len(values) + 1))
    parts = [0, *(common // length for length in range(1, len(values) + 1))]

    def cost(start: int, end: int) -> int:
        total = sums[end] - sums[start]
        return ((end - start) * (squares[end] - squares[start]) - total * total) * parts[end - start]

    return cost


def _extended(
    best: Sequence[int | None], cost: Callable[[int, int], int], least_segment: int
) -> tuple[list[int | None], list[int]]:
    """Add one level behind the best divisions of every beginning of the series."""
    extended: list[int | None] = [None] * len(best)
    starts = [0] * len(best)
    for end in range(len(best)):
        for start in range(end - least_segment + 1):
            before = best[start]
            if before is None:
                continue
            candidate, held = before + cost(start, end), extended[end]
            if held is None or candidate < held:
                extended[end], starts[end] = candidate, start
    return extended, starts


def _ends(starts: Sequence[Sequence[int]], count: int) -> tuple[int, ...]:
    ends = [count]
    for start in reversed(starts[1:]):
        ends.append(start[ends[-1]])
    return tuple(reversed(ends))


def _segments(values: Sequence[int], ends: tuple[int, ...]) -> Segments:
    begins = (0, *ends[:-1])
    parts = [values[begin:end] for begin, end in zip(begins, ends, strict=True)]
    means = tuple(Fraction(sum(part), len(part)) for part in parts)
    residual = sum(
        ((value - mean) ** 2 for part, mean in zip(parts, means, strict=True) for value in part), Fraction(0)
    )
    count, changes = len(values), len(ends) - 1
    score = None
    if residual:
        with working():
            score = count * divided(residual, count).ln() + 2 * changes * Decimal(count).ln()
    return Segments(ends, means, residual, score)
