"""Figures computed at the speed of the processor and published to the last digit.

* A formula is written once, for vectors of numbers of one kind: it runs on floats first, and what it says is taken
  only where its error cannot change the nine digits that are published; everywhere else it runs again on decimals.
* So the digits are those of the decimals whatever the processor, its vector units and its mathematical library do, as
  long as they err by less than the bound that the formula states. Its tests hold it to that bound.
* A formula sums nothing and subtracts nothing that could cancel: sums and differences of cells are whole numbers, made
  before and exactly.

Method: the test of A. Ziv, "Fast evaluation of elementary mathematical functions with correctly rounded last bit"
(ACM Transactions on Mathematical Software 17, 1991): round what is certain, repeat the rest with more digits.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import numpy as np
import numpy.typing as npt

from risk_models.exact import SIGNIFICANT_DIGITS, quantise, working

Numbers = npt.NDArray[Any]
"""A vector of float64, or of Decimal (dtype object): a formula must not know which."""
Formula = Callable[..., Numbers]
Procedure = Callable[..., Sequence[Numbers]]
Magnitude = float | npt.NDArray[np.float64]

# Relative error of a formula of a few operations and elementary functions: these err by some units in the 16th digit.
USUAL_ERROR = 1e-13
_LEAST, _LIMIT = 10 ** (SIGNIFICANT_DIGITS - 1), 10**SIGNIFICANT_DIGITS
_HALF = 0.5
_TENTH_OF_HALF = 0.05
# Scaling to nine digits adds the error of a power of ten and of a product.
_SCALING_ERROR = 1e-15
_LARGEST_EXACT = 1 << 53
_LARGEST_POWER = 300
_POWERS = np.array([float(f"1e{power}") for power in range(-_LARGEST_POWER, _LARGEST_POWER + 1)])
# Above the size of every exponent of a float or of a figure.
_EXPONENTS = 10_000


@dataclass(frozen=True, slots=True)
class Quantised:
    """Numbers of nine significant digits: `mantissa * 10 ** exponent`, mantissa 0 or of exactly nine digits.

    repeated: how many of them the floats left open, so that decimals decided.
    """

    mantissa: npt.NDArray[np.int64]
    exponent: npt.NDArray[np.int64]
    repeated: int

    def texts(self) -> list[str]:
        """Return the one text of each number, as `exact.quantise` writes it."""
        return [quantise(number) for number in self.decimals()]

    def decimals(self) -> list[Decimal]:
        """Return the numbers themselves."""
        pairs = zip(self.mantissa.tolist(), self.exponent.tolist(), strict=True)
        return [Decimal(mantissa).scaleb(exponent) for mantissa, exponent in pairs]

    def ranks(self) -> npt.NDArray[np.int64]:
        """Return whole numbers that are ordered as the numbers are, and equal where they are: for decisions."""
        return np.asarray(
            np.sign(self.mantissa) * ((self.exponent + _EXPONENTS) * _LIMIT + np.abs(self.mantissa))
        )

    def floats(self) -> npt.NDArray[np.float64]:
        """Return the numbers as floats, for pictures and never for digests."""
        return np.asarray(self.mantissa * np.power(10.0, self.exponent), np.float64)


def certified(
    formula: Formula, *columns: Numbers | Decimal, error: float = USUAL_ERROR, magnitude: Magnitude = 0.0
) -> Quantised:
    """Return `formula(*columns)` at nine significant digits, half to even.

    columns: vectors of one length, of int64, or a Decimal that stands for a vector of itself. error: bound of the
    formula's relative error in floats. magnitude: the size of the numbers whose difference the result may be (the
    logarithm of a ratio: 1), against which an error counts where the result is smaller.

    Raises:
        decimal.DivisionByZero, decimal.InvalidOperation: the formula has no value for some of the numbers.
    """
    (result,) = certified_all(lambda *given: (formula(*given),), *columns, error=error, magnitude=magnitude)
    return result


def certified_all(
    procedure: Procedure, *columns: Numbers | Decimal, error: float = USUAL_ERROR, magnitude: Magnitude = 0.0
) -> tuple[Quantised, ...]:
    """Return every vector that `procedure(*columns)` gives, as `certified` returns one.

    A procedure may decide on the way: where floats cannot, it answers NaN, and decimals decide. A place that is
    open in one vector is repeated in all, so what belongs together comes from one run.
    """
    with np.errstate(all="ignore"):  # what has no value in floats is asked of the decimals, which raise
        floats = [np.asarray(one, np.float64) for one in procedure(*(_as_floats(one) for one in columns))]
        rounded = [_rounded(one, error, magnitude) for one in floats]
    is_certain = ~_is_beyond_floats(columns, floats[0].shape)
    for _, _, is_one_certain in rounded:
        is_certain &= is_one_certain
    places = np.flatnonzero(~is_certain)
    if places.size:
        with working():
            repeated = procedure(*(_as_decimals(column, places) for column in columns))
        for (mantissa, exponent, _), values in zip(rounded, repeated, strict=True):
            for place, value in zip(places.tolist(), values.tolist(), strict=True):
                mantissa[place], exponent[place] = _of_decimal(value)
    return tuple(Quantised(mantissa, exponent, int(places.size)) for mantissa, exponent, _ in rounded)


def ln(numbers: Numbers) -> Numbers:
    """Return natural logarithms, of floats or of decimals."""
    if numbers.dtype == object:
        return np.array([number.ln() for number in numbers.tolist()], object)
    return np.asarray(np.log(numbers))


def _as_floats(column: Numbers | Decimal) -> Any:
    return float(column) if isinstance(column, Decimal) else column.astype(np.float64)


def _as_decimals(column: Numbers | Decimal, places: npt.NDArray[np.intp]) -> Any:
    if isinstance(column, Decimal):
        return column
    return np.array([Decimal(number) for number in column[places].tolist()], object)


def _is_beyond_floats(
    columns: tuple[Numbers | Decimal, ...], shape: tuple[int, ...]
) -> npt.NDArray[np.bool_]:
    """Where a whole number has no float of its own: half a unit more or less is then in nobody's bound."""
    beyond = np.zeros(shape, np.bool_)
    for column in columns:
        if not isinstance(column, Decimal):
            beyond |= np.abs(column) > _LARGEST_EXACT
    return beyond


def _rounded(
    values: npt.NDArray[np.float64], error: float, magnitude: Magnitude
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64], npt.NDArray[np.bool_]]:
    """Return mantissas, exponents, and where no error within the bound could have given another mantissa."""
    size = np.abs(values)
    exponent = np.floor(np.log10(np.where(size > 0, size, 1))) - (SIGNIFICANT_DIGITS - 1)
    power = _powers_of_ten(-exponent)
    scaled = size * power
    against = (
        scaled if isinstance(magnitude, float) and not magnitude else np.maximum(scaled, magnitude * power)
    )
    slack = (error + _SCALING_ERROR) * against
    is_certain = np.isfinite(values) & (np.abs(scaled - np.floor(scaled) - _HALF) > slack)
    # next to a power of ten the number of digits itself is open, but for what is rounded to the power from either side
    is_certain &= (scaled - slack > _LEAST - _TENTH_OF_HALF) & (scaled + slack < _LIMIT - _HALF)
    is_certain |= (values == 0) & (magnitude == 0)
    mantissa = np.where(is_certain, np.copysign(np.rint(scaled), values), 0).astype(np.int64)
    return mantissa, np.where(is_certain & (mantissa != 0), exponent, 0).astype(np.int64), is_certain


def _powers_of_ten(exponent: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Ten to whole powers, the nearest floats: looked up, as computing them is most of a figure's time."""
    known = np.isfinite(exponent) & (np.abs(exponent) <= _LARGEST_POWER)
    if not bool(known.all()):
        return np.power(10.0, exponent)
    return np.asarray(_POWERS[exponent.astype(np.int64) + _LARGEST_POWER])


def _of_decimal(value: Decimal) -> tuple[int, int]:
    text = Decimal(quantise(value))
    if not text:
        return 0, 0
    exponent = text.adjusted() - (SIGNIFICANT_DIGITS - 1)
    return int(text.scaleb(-exponent)), exponent
