"""D3 `lq`: what is a member's speciality, against the region's mix?

Invariants: it reads profiles, not levels; a withheld cell inside published margins moves its own quotient only.
Worked examples use the fixture FX4.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

import numpy as np

from risk_models.certified import Numbers
from risk_models.indicators.monotone import Cells, Figures, monotone
from risk_models.numerics.series import Flags, filled, with_room


@dataclass(frozen=True, slots=True)
class Margins:
    """Of each cell: the sum of its row, of its column, and of the whole table."""

    row: Cells
    column: Cells
    whole: Cells


@dataclass(frozen=True, slots=True)
class Specialisation:
    """Quotients, their symmetric form, confidence limits, and where enough is expected (for certain)."""

    quotient: Figures
    symmetric: Figures
    confidence: Figures
    is_sufficient: Flags


def lq(part: Cells, margins: Margins, z: Decimal, minimum: int) -> Specialisation:
    """D3: location quotients (Balassa's index of revealed advantage) with limits.

    part: vector of cells, margins: theirs. z: normal quantile (1.96 for 95 %). minimum: reports expected that a point
    needs. Definition: LQ = (x_ik / x_i.) / (x_.k / x_..); symmetric (LQ - 1) / (LQ + 1); limits LQ exp(-+ z
    sqrt(1/x_ik - 1/x_i. + 1/x_.k - 1/x_..)), conservative as the covariance is left out. Minimum: 5 reports expected.
    Unit: ratio, from 0, 1 the region's mix; -1 to 1. Direction: higher is more specialised. Withheld: endpoints;
    sharp with published margins, bounds that hold without; limits at the ends of the cell with the variance of its
    lower one, none where it may be zero or a margin is withheld. An empty margin: no figure. Source: Balassa 1965;
    Dalum, Laursen and Villumsen 1998; methodology D3. Example: 100 of 205, 190 of 1222: 3.137356, limits 2.590039 to
    3.800329, symmetric 0.516599.
    """
    row, column, whole = margins.row, margins.column, margins.whole
    some = np.asarray((row.high > 0) & (column.high > 0), np.bool_)
    positive = [Cells(np.maximum(one.low, 1), np.maximum(one.high, 1)) for one in (row, column)]
    cells = (part, *positive, whole)
    found = [
        monotone(formula, "+--+", *cells, magnitude=size) for formula, size in ((_lq, 0.0), (_symmetric, 1.0))
    ]
    drawn = [Figures(one.low, one.high, some, some) for one in found]
    is_published = row.is_exact & column.is_exact & whole.is_exact & (part.low > 0)
    expected = with_room(row.low, squares=1) * column.low
    return Specialisation(
        drawn[0],
        drawn[1],
        _limits(part, margins, is_published, z),
        np.asarray(expected >= minimum * whole.high, np.bool_),
    )


def _limits(part: Cells, margins: Margins, place: Flags, z: Decimal) -> Figures:
    x, i, k, n = (one[place] for one in (part, margins.row, margins.column, margins.whole))
    least = Cells.exact(x.low), Cells.exact(i.low - x.low), Cells.exact(n.low - k.low)
    ends = [monotone(formula, "+--+---", x, i, k, n, *least, constants=(z,)) for formula in (_lower, _upper)]
    return Figures(filled(place, ends[0].low), filled(place, ends[1].high), place, place)


def _lq(x: Numbers, row: Numbers, column: Numbers, whole: Numbers) -> Numbers:
    return np.asarray(x / row * (whole / column))


def _symmetric(x: Numbers, row: Numbers, column: Numbers, whole: Numbers) -> Numbers:
    found = _lq(x, row, column, whole)
    return np.asarray((found - 1) / (found + 1))


def _lower(*given: Numbers) -> Numbers:
    return np.asarray(_lq(*given[:4]) / _factor(*given))


def _upper(*given: Numbers) -> Numbers:
    return np.asarray(_lq(*given[:4]) * _factor(*given))


def _factor(*given: Numbers) -> Numbers:
    """1/x - 1/row and 1/column - 1/whole as quotients of whole numbers, so that nothing cancels."""
    _, row, column, whole, x, others, outside, z = given
    variance = others / row / x + outside / column / whole
    return np.asarray(np.exp(z * np.sqrt(variance)))
