"""Bounds of formulas that rise or fall with each of their numbers: the one place where endpoints are chosen.

Invariants: a cell is a whole number of which two bounds are known, the same two where it is exact; the figure of
every table inside the bounds lies inside the bounds of the figure; where all cells are exact the formula runs once.
Source: interval rules 0.3.2 of the methodology.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from risk_models.certified import USUAL_ERROR, Formula, Magnitude, Numbers, Quantised, certified
from risk_models.errors import InvalidInput
from risk_models.numerics.series import Flags, as_quantised, filled, where
from schemas.interval import Interval

Integers = npt.NDArray[Any]
"""Whole numbers: int64, or Python integers where they would not fit."""
Sign = Literal["+", "-"]


@dataclass(frozen=True, slots=True)
class Cells:
    """Whole numbers from zero, of any one shape, each between `low` and `high`."""

    low: Integers
    high: Integers

    def __post_init__(self) -> None:
        if self.low.shape != self.high.shape or {self.low.dtype.kind, self.high.dtype.kind} - {"i", "O"}:
            raise _refused(f"Shapes {self.low.shape} and {self.high.shape}.")
        if self.low.size and bool((self.low < 0).any() or (self.low > self.high).any()):
            raise _refused("A bound is below zero, or a lower bound is above its upper one.")

    @classmethod
    def exact(cls, numbers: Any) -> Cells:
        """Known numbers: a sequence of integers, or a table of them."""
        known = np.asarray(numbers)
        return cls(known, known)

    @property
    def is_exact(self) -> Flags:
        """Where one number only is possible."""
        return np.asarray(self.low == self.high, np.bool_)

    def __getitem__(self, place: Any) -> Cells:
        """The cells at some places, as of an array."""
        return Cells(np.asarray(self.low[place]), np.asarray(self.high[place]))

    def plus(self, other: Cells) -> Cells:
        """Sums of separate cells."""
        return Cells(self.low + other.low, self.high + other.high)


@dataclass(frozen=True, slots=True)
class Figures:
    """Figures of a vector of places, as bounds at nine digits.

    is_defined: where there is a figure at all. has_upper: where it has an upper bound. `low` and `high` count for
    nothing elsewhere.
    """

    low: Quantised
    high: Quantised
    is_defined: Flags
    has_upper: Flags

    @classmethod
    def of(cls, intervals: list[Interval | None]) -> Figures:
        """Figures given one by one; None where there is none."""
        zero = Interval(Decimal(0), None)
        known = [zero if one is None else one for one in intervals]
        high = as_quantised([Decimal(0) if one.upper is None else one.upper for one in known])
        is_defined = np.array([one is not None for one in intervals], np.bool_)
        has_upper = np.array([one.upper is not None for one in known], np.bool_)
        return cls(as_quantised([one.lower for one in known]), high, is_defined, has_upper)

    def intervals(self) -> Iterator[Interval | None]:
        """Every figure as an interval, None where it has no value."""
        ends = zip(self.low.decimals(), self.high.decimals(), strict=True)
        known = zip(self.is_defined.tolist(), self.has_upper.tolist(), strict=True)
        for (low, high), (is_defined, has_upper) in zip(ends, known, strict=True):
            yield Interval(low, high if has_upper else None) if is_defined else None


def monotone(
    formula: Formula,
    signs: str,
    *columns: Cells,
    divisor: int | None = None,
    constants: tuple[Decimal, ...] = (),
    error: float = USUAL_ERROR,
    magnitude: Magnitude = 0.0,
) -> Figures:
    """Return the bounds of `formula(*columns, *constants)` over all numbers inside the bounds of the columns.

    columns: vectors of one length. signs: one for each column: "+" if the formula rises with it, "-" if it falls. A
    number that a formula needs twice, rising once and falling once, is given twice: the bounds then hold, and are
    wider than they need be. divisor: the falling column that may be zero: no figure where it is zero for certain, no
    upper bound where it may be. Sharp where each column has one sign and columns are separate.
    """
    least = [one.low if sign == "+" else one.high for one, sign in zip(columns, signs, strict=True)]
    most = [one.high if sign == "+" else one.low for one, sign in zip(columns, signs, strict=True)]
    is_defined = np.ones(least[0].shape, np.bool_) if divisor is None else least[divisor] > 0
    has_upper = is_defined if divisor is None else most[divisor] > 0
    is_wider = has_upper & ~np.all([one.is_exact for one in columns], axis=0)

    def evaluated(corner: list[Integers], places: Flags) -> Quantised:
        if bool(places.all()):
            return certified(formula, *corner, *constants, error=error, magnitude=magnitude)
        given = [np.asarray(column[places]) for column in corner]
        limit = magnitude[places] if isinstance(magnitude, np.ndarray) else magnitude
        return filled(places, certified(formula, *given, *constants, error=error, magnitude=limit))

    is_defined, is_wider = np.asarray(is_defined, np.bool_), np.asarray(is_wider, np.bool_)
    low = evaluated(least, is_defined)
    high = where(is_wider, evaluated(most, is_wider), low) if is_wider.any() else low
    return Figures(low, high, is_defined, np.asarray(has_upper, np.bool_))


def shares(part: Cells, rest: Cells) -> Figures:
    """Return part / (part + rest) of separate parts and rests: the share rule. No figure where both are zero.

    Where only one of the two can be above zero, the share is 0 or 1 whatever it is.
    """
    is_defined = np.asarray((part.high > 0) | (rest.high > 0), np.bool_)
    found = monotone(_share, "+-", *not_both_zero(part[is_defined], rest[is_defined]))
    return placed(found, is_defined)


def not_both_zero(part: Cells, rest: Cells) -> tuple[Cells, Cells]:
    """Return the cells without the case that both are zero, in which their shares have no value.

    Where the other is zero for certain, a lower bound of zero becomes one: all cases in which there is a share.
    """
    low_part = np.where((part.low == 0) & (rest.high == 0), np.minimum(part.high, 1), part.low)
    low_rest = np.where((rest.low == 0) & (part.high == 0), np.minimum(rest.high, 1), rest.low)
    return Cells(low_part, part.high), Cells(low_rest, rest.high)


def placed(found: Figures, some: Flags) -> Figures:
    """Return the figures of some places at their places, and none elsewhere."""
    if bool(some.all()):
        return found
    is_defined, has_upper = np.zeros(some.shape, np.bool_), np.zeros(some.shape, np.bool_)
    is_defined[some], has_upper[some] = found.is_defined, found.has_upper
    return Figures(filled(some, found.low), filled(some, found.high), is_defined, has_upper)


def quotient(one: Numbers, other: Numbers) -> Numbers:
    """Return one / other: a formula for `monotone`, rising and falling."""
    return np.asarray(one / other)


def _share(part: Numbers, rest: Numbers) -> Numbers:
    return np.asarray(part / (part + rest))


def _refused(detail: str) -> InvalidInput:
    return InvalidInput(
        "These are no cells of a table.",
        detail=detail,
        hint="Give two arrays of whole numbers from zero, of one shape, the lower bounds first.",
    )
