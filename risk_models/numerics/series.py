"""Series of counts or amounts as detectors read them, and the numbers that they answer with.

Invariants: a series is whole numbers from zero, in equal periods, without gaps; no square or product of a detector
leaves the range of its integers; a number that is not defined raises no alarm.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import numpy as np
import numpy.typing as npt

from risk_models.certified import Quantised
from risk_models.errors import InvalidInput
from risk_models.exact import quantise

Counts = npt.NDArray[Any]
"""Whole numbers, (series, periods): int64, or Python integers where products would not fit."""
Flags = npt.NDArray[np.bool_]
Signals = npt.NDArray[np.int8]
Threshold = Decimal | Sequence[Decimal]
"""One number for all series, or one for each."""

NO, POSSIBLE, CERTAIN = 0, 1, 2
_ROOM = 1 << 62
# Nine digits times this power of ten fit into 64 bits.
_INTEGER_POWERS = 9


@dataclass(frozen=True, slots=True)
class Statistic:
    """One number for each series and period in which it is defined.

    is_defined: (series, periods). values: one number a defined place, row by row.
    """

    is_defined: Flags
    values: Quantised

    def reaches(self, threshold: Threshold) -> Flags:
        """Where the number is the threshold or more, both at nine digits."""
        return self._where(self.values.ranks() >= self._ranked(threshold))

    def exceeds(self, threshold: Threshold) -> Flags:
        """Where the number is more than the threshold, both at nine digits."""
        return self._where(self.values.ranks() > self._ranked(threshold))

    def at(self, series: int, period: int) -> Decimal | None:
        """The number at one place, None where it is not defined."""
        if not self.is_defined[series, period]:
            return None
        place = int(np.count_nonzero(self.is_defined.ravel()[: series * self.is_defined.shape[1] + period]))
        return self.values.decimals()[place]

    def floats(self) -> npt.NDArray[np.float64]:
        """Return the numbers as floats, NaN where not defined: for pictures, never for digests."""
        drawn = np.full(self.is_defined.shape, np.nan)
        drawn[self.is_defined] = self.values.floats()
        return drawn

    def _ranked(self, threshold: Threshold) -> npt.NDArray[np.int64]:
        if isinstance(threshold, Decimal):
            return as_quantised([threshold]).ranks()
        each = as_quantised(list(threshold)).ranks()[:, None]
        return np.broadcast_to(each, self.is_defined.shape)[self.is_defined]

    def _where(self, is_true: Flags) -> Flags:
        flags = np.zeros(self.is_defined.shape, np.bool_)
        flags[self.is_defined] = is_true
        return flags


@dataclass(frozen=True, slots=True)
class Bounds:
    """The least and the greatest that a statistic can be; the same object where the values are exact."""

    low: Statistic
    high: Statistic

    def reaching(self, threshold: Threshold) -> Signals:
        """Say where the statistic reaches a threshold from below: `CERTAIN`, `POSSIBLE` or `NO`."""
        return signals(self.low.reaches(threshold), self.high.reaches(threshold))

    def exceeding(self, threshold: Threshold) -> Signals:
        """Say where the statistic is more than a threshold."""
        return signals(self.low.exceeds(threshold), self.high.exceeds(threshold))

    def within(self, threshold: Threshold) -> Signals:
        """Say where the statistic, a p-value, is at most a threshold."""
        at_most = (one.is_defined & ~one.exceeds(threshold) for one in (self.low, self.high))
        return signals(*at_most)


def signals(at_least: Flags, at_most: Flags) -> Signals:
    """Return `CERTAIN` where both ends of an interval alarm, `POSSIBLE` where one does, else `NO`."""
    return at_least.astype(np.int8) + at_most.astype(np.int8)


def checked(lower: Counts, upper: Counts) -> tuple[Counts, Counts]:
    """Return the two ends of all values; the very same object twice where they are equal.

    Raises:
        InvalidInput: not two tables of whole numbers of one shape, a negative number, or bounds the wrong way round.
    """
    if lower.ndim != 2 or lower.shape != upper.shape or lower.dtype.kind + upper.dtype.kind != "ii":  # noqa: PLR2004
        raise _refused(f"Shapes {lower.shape} and {upper.shape}, kinds {lower.dtype} and {upper.dtype}.")
    if lower is not upper and bool((lower > upper).any()):
        raise _refused("A lower bound is above its upper bound.")
    if lower.size and lower.min() < 0:
        raise _refused("A number is below zero.")
    return (lower, lower) if lower is upper or np.array_equal(lower, upper) else (lower, upper)


def with_room(counts: Counts, *, squares: int) -> Counts:
    """Return the numbers in a kind that holds `squares` times the square of the largest without overflow."""
    largest = int(counts.max(initial=0))
    return counts if largest * largest * squares < _ROOM else counts.astype(object)


def filled(place: Flags, values: Quantised) -> Quantised:
    """Return as many numbers as there are flags: the values where a flag is set, zero elsewhere."""
    mantissa, exponent = np.zeros(place.shape, np.int64), np.zeros(place.shape, np.int64)
    mantissa[place], exponent[place] = values.mantissa, values.exponent
    return Quantised(mantissa, exponent, values.repeated)


def joined(parts: Sequence[Quantised]) -> Quantised:
    """Return several vectors as one."""
    mantissas, exponents = [part.mantissa for part in parts], [part.exponent for part in parts]
    repeated = sum(part.repeated for part in parts)
    empty = np.zeros(0, np.int64)
    return Quantised(np.concatenate([empty, *mantissas]), np.concatenate([empty, *exponents]), repeated)


def where(is_one: Flags, one: Quantised, other: Quantised) -> Quantised:
    """Return, place by place, the one number or the other."""
    mantissa = np.where(is_one, one.mantissa, other.mantissa)
    exponent = np.where(is_one, one.exponent, other.exponent)
    return Quantised(mantissa, exponent, one.repeated + other.repeated)


def extreme(cases: Sequence[Statistic], chosen: np.ufunc) -> Statistic:
    """Return, place by place, the least (`np.minimum`) or the greatest (`np.maximum`) of several statistics."""
    first, *others = cases
    best = first.values
    for other in others:
        is_best = chosen(best.ranks(), other.values.ranks()) == best.ranks()
        best = where(is_best, best, other.values)
    return Statistic(first.is_defined, best)


def scaled_alike(one: Quantised, other: Quantised) -> tuple[Counts, Counts, Counts]:
    """Return, place by place, how many units make one, and both numbers in that unit: whole numbers, so exact."""
    lowest = np.minimum(np.minimum(one.exponent, other.exponent), 0)
    ups = [number.exponent - lowest for number in (one, other)]
    largest = max((int(part.max(initial=0)) for part in (-lowest, *ups)), default=0)
    kind = np.int64 if largest <= _INTEGER_POWERS else object
    ten = np.array(10, kind)
    unit, *scales = (ten ** power.astype(kind) for power in (-lowest, *ups))
    return unit, one.mantissa * scales[0], other.mantissa * scales[1]


def as_quantised(numbers: list[Decimal]) -> Quantised:
    """Return exact numbers at nine significant digits."""
    pairs = [_parts(Decimal(quantise(number))) for number in numbers]
    mantissa, exponent = np.array(pairs, np.int64).reshape(-1, 2).T
    return Quantised(mantissa, exponent, 0)


def _parts(number: Decimal) -> tuple[int, int]:
    if not number:
        return 0, 0
    exponent = number.adjusted() - 8
    return int(number.scaleb(-exponent)), exponent


def _refused(detail: str) -> InvalidInput:
    return InvalidInput(
        "These are no series that can be watched.",
        detail=detail,
        hint="Give two tables of 64-bit whole numbers from zero: one row a series, one column a period.",
    )


def defined_from(shape: tuple[int, ...], first: int) -> Flags:
    """Return flags that are set from one period on."""
    is_defined = np.zeros(shape, np.bool_)
    is_defined[:, first:] = True
    return is_defined
