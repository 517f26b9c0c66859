"""Values as intervals.

Invariants: every value is `[lower, upper]` in exact decimals; exact means lower = upper; `upper` None means
that no upper bound is known; a withheld value is never zero and never a point.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Context, Decimal
from typing import Literal

from schemas.errors import InvalidValue

Grade = Literal["A", "B", "C", "D"]
# Wide enough for two 50-digit results of a model to be added without rounding.
_DIGITS = 110


@dataclass(frozen=True, slots=True)
class Interval:
    """All values from `lower` to `upper`, both included; `upper` None means unbounded."""

    lower: Decimal
    upper: Decimal | None

    def __post_init__(self) -> None:
        if not self.lower.is_finite() or not (self.upper is None or self.upper.is_finite()):
            raise _refused(self.lower, self.upper, "A bound is not a finite number.")
        if self.upper is not None and self.upper < self.lower:
            raise _refused(self.lower, self.upper, "The lower bound is above the upper bound.")

    @classmethod
    def exact(cls, value: Decimal | int) -> Interval:
        """The interval that holds `value` alone."""
        return cls(Decimal(value), Decimal(value))

    @property
    def is_exact(self) -> bool:
        """True if one value only is possible."""
        return self.upper == self.lower

    @property
    def width(self) -> Decimal | None:
        """Upper minus lower; None if unbounded."""
        return None if self.upper is None else _context().subtract(self.upper, self.lower)

    @property
    def midpoint(self) -> Decimal | None:
        """Half of lower plus upper; None if unbounded."""
        if self.upper is None:
            return None
        return _context().divide(_context().add(self.lower, self.upper), Decimal(2))


def exact(value: Decimal | int) -> Interval:
    """Return the interval that holds `value` alone."""
    return Interval.exact(value)


def grade(interval: Interval) -> Grade:
    """Grade an interval by its width against its midpoint.

    A: width 0. B: width at most 10 % of the midpoint's size. C: at most 50 %. D: wider, or unbounded. An
    interval around a midpoint of zero is D unless exact. (Methodology 0.3.3; the other reason for a D, fewer
    observations than an indicator's minimum, is the indicator's to give.)
    """
    if interval.is_exact:
        return "A"
    width, midpoint = interval.width, interval.midpoint
    if width is None or midpoint is None:
        return "D"
    size = abs(midpoint)
    if _context().multiply(width, Decimal(10)) <= size:
        return "B"
    return "C" if _context().multiply(width, Decimal(2)) <= size else "D"


def _context() -> Context:
    return Context(prec=_DIGITS)


def _refused(lower: Decimal, upper: Decimal | None, why: str) -> InvalidValue:
    return InvalidValue(
        "Not an interval.",
        detail=f"{why} Bounds: {lower} and {upper}.",
        hint="Give finite decimals with lower <= upper, or None for no upper bound.",
        context={"lower": str(lower), "upper": None if upper is None else str(upper)},
    )
