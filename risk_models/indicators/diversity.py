"""D4 `diversity`: is a member's profile spread over many typologies or on few?

Invariants: a whole that was published is used, so withheld cells move against one another; measures of one profile
come from the same two extreme tables. Worked examples use the fixture FX4.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from risk_models.certified import USUAL_ERROR, Numbers, Procedure, Quantised, certified, certified_all, ln
from risk_models.indicators.monotone import Cells, Figures, Integers, quotient
from risk_models.indicators.spread import spreads
from risk_models.numerics.loglinear import added
from risk_models.numerics.series import Flags, filled, with_room

_ERROR_OF_A_TERM = 1e-15


@dataclass(frozen=True, slots=True)
class Diversity:
    """Herfindahl index, Shannon entropy, its evenness, and the Hill numbers of order 1 and 2, of each profile."""

    hhi: Figures
    shannon: Figures
    evenness: Figures
    hill_1: Figures
    hill_2: Figures


def diversity(cells: Cells, wholes: Integers) -> Diversity:
    """D4: how diverse profiles are.

    cells: counts (K, R), typologies in rows, profiles in columns. wholes: (R,), the published sums. Definition, p the
    shares: H2 = sum p^2; H = -sum p ln p; evenness H / ln K; Hill numbers exp H and 1 / H2. Unit: index, 1/K to 1;
    natural units, 0 to ln K; 0 to 1; effective typologies, 1 to K. Direction: ambiguous. Minimum: 30 reports.
    Withheld: least and greatest over the most even and the most uneven whole numbers inside the bounds, with their
    whole. A whole of zero: no figure; one typology: no evenness. Source: Herfindahl 1950; Shannon 1948; Hill 1973;
    methodology D4. Example: 400 100 50 10: H2 0.550383, H 0.835562, evenness 0.602731, Hill 2.306110 and 1.816918.

    Raises:
        InvalidInput: a whole that the bounds of its profile cannot reach.
    """
    tables = spreads(cells, wholes)
    has_some = np.asarray(wholes > 0, np.bool_)
    even, uneven = tables.levelled[:, has_some], tables.piled[:, has_some]
    squares = [_squares(uneven), _squares(even)] if even is not uneven else [_squares(even)] * 2
    least, most = squares[1], squares[0]
    entropies = _figures(_entropies, uneven, even, has_some)
    has_evenness = has_some & (len(cells.low) > 1)
    return Diversity(
        _placed(certified(quotient, *least), certified(quotient, *most), has_some),
        entropies[0],
        Figures(entropies[1].low, entropies[1].high, has_evenness, has_evenness),
        entropies[2],
        _placed(certified(quotient, *most[::-1]), certified(quotient, *least[::-1]), has_some),
    )


def _squares(table: Integers) -> tuple[Integers, Integers]:
    """The sum of squares and the square of the sum of each column, exactly."""
    roomy = with_room(table, squares=len(table) ** 2)
    whole = roomy.sum(axis=0)
    return (roomy * roomy).sum(axis=0), whole * whole


def _figures(procedure: Procedure, least: Integers, most: Integers, is_defined: Flags) -> list[Figures]:
    error = USUAL_ERROR + _ERROR_OF_A_TERM * len(least)
    low = certified_all(procedure, *least, error=error, magnitude=1.0)
    high = low if np.array_equal(least, most) else certified_all(procedure, *most, error=error, magnitude=1.0)
    return [_placed(one, other, is_defined) for one, other in zip(low, high, strict=True)]


def _placed(low: Quantised, high: Quantised, is_defined: Flags) -> Figures:
    return Figures(filled(is_defined, low), filled(is_defined, high), is_defined, is_defined)


def _entropies(*rows: Numbers) -> tuple[Numbers, Numbers, Numbers]:
    """Entropy, evenness (the entropy itself for one typology, which has none) and exponential."""
    whole = added(np.array(rows))
    entropy = whole * 0
    for row in rows:
        seen = np.where(row == 0, whole, row)
        entropy = entropy - row / whole * ln(seen / whole)
    kinds = whole * 0 + max(len(rows), 2)
    return entropy, np.asarray(entropy / ln(kinds)), np.asarray(np.exp(entropy))
