"""Two profiles of typologies compared: of one member in two periods (D8), or of two members (D9).

Invariants: profiles are shares, so levels do not matter; differences are taken in whole numbers, before anything is
divided; published wholes are used. Worked examples use the fixture FX4.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

import numpy as np
import numpy.typing as npt

from risk_models.certified import Numbers, certified, ln
from risk_models.exact import divided
from risk_models.indicators.monotone import Cells, Figures, Integers, monotone, placed, quotient
from risk_models.numerics.loglinear import added
from risk_models.numerics.series import Flags, filled, where, with_room

Words = npt.NDArray[np.uint64]

# Below it the root of a divergence would show the error of its floats: decimals decide.
_LEAST_DIVERGENCE = 1e-3
_ERROR = 2e-12


@dataclass(frozen=True, slots=True)
class Shift:
    """Half of the sum of differences, Jensen-Shannon distance, and where both profiles have enough (for certain)."""

    half_l1: Figures
    distance: Figures
    is_sufficient: Flags


def profile_shift(
    one: Cells, one_whole: Integers, other: Cells, other_whole: Integers, minimum: int
) -> Shift:
    """D8: how much of a profile moved between two periods.

    one, other: counts (K, R), typologies in rows. wholes: (R,). Definition, p and q the shares: 1/2 sum |p - q|;
    sqrt(1/2 sum (p lg 2p/(p+q) + q lg 2q/(p+q))), lg the logarithm to base 2. Unit: share that moved, 0 to 1;
    distance, 0 to 1. Direction: higher is more change. Minimum: 50 reports in either period; it is above zero even
    without change, so it alarms only above what chance gives (`chance_shift`). Withheld: cell by cell, with what is
    gained equal to what is lost; the bounds hold, and may be wider than need be. A whole of zero: no figure. Source:
    Duncan and Duncan 1955; Lin 1991; methodology D8. Example: 400 100 50 10 after 420 40 60 8: 0.105519, distance
    0.134683.
    """
    some = np.asarray((one_whole > 0) & (other_whole > 0), np.bool_)
    scaled = _scaled(one, one_whole, other, other_whole, some)
    both = with_room(one_whole[some], squares=1) * other_whole[some]
    return Shift(
        _over(_moved(*scaled), both, some, halves=1),
        _distance(*scaled, both, some),
        np.asarray((one_whole >= minimum) & (other_whole >= minimum), np.bool_),
    )


def chance_shift(one: Sequence[int], other: Sequence[int], draws: Iterable[Words]) -> Decimal:
    """D8: how often chance alone moves a profile as far as it moved.

    one, other: exact counts of both periods, typology by typology. draws: of each trial as many random 64-bit words
    as there are reports in both (10 000 trials, of Philox words keyed by the inputs' digest). Definition: all reports
    of both periods are one pool; each trial draws both periods from it, with replacement; (1 + trials whose half-L1
    is at least the one seen) / (1 + trials). Unit: probability. Direction: lower is more change; an alarm is below
    0.01. Minimum: 50 reports in either period. Withheld: not defined; a shift with withheld cells raises no alarm.
    Source: Davison and Hinkley 1997 for the count of one; methodology D8 and 0.4. Example: all of 60 reports in one
    typology and then all of 60 in another: 1 / (1 + trials).
    """
    sizes = sum(one), sum(other)
    ends = np.cumsum(np.array(one, np.int64) + np.array(other, np.int64))
    seen = _difference(np.array(one), np.array(other), sizes)
    reached = trials = 0
    for words in draws:
        # the upper half of a word, scaled to the pool: exact as long as there are fewer than 2^32 reports
        places = (words >> np.uint64(32)) * np.uint64(sum(sizes)) >> np.uint64(32)
        kinds = np.searchsorted(ends, places.astype(np.int64), side="right")
        counts = [np.bincount(part, minlength=len(ends)) for part in (kinds[: sizes[0]], kinds[sizes[0] :])]
        reached += _difference(counts[0], counts[1], sizes) >= seen
        trials += 1
    return divided(1 + reached, 1 + trials)


def _difference(one: Integers, other: Integers, sizes: tuple[int, int]) -> int:
    return int(abs(one * sizes[1] - other * sizes[0]).sum())


def krugman(one: Cells, one_whole: Integers, other: Cells, other_whole: Integers) -> Figures:
    """D9: how different the profiles of two members are.

    Definition: sum |p - q|. Unit: index, 0 (equal) to 2 (nothing in common). Direction: ambiguous; it finds peers.
    Minimum: 30 reports of either. Withheld and missing: as D8. Source: Krugman 1991; methodology D9. Example: 400 100
    50 10 and 150 200 30 40: 0.75.
    """
    some = np.asarray((one_whole > 0) & (other_whole > 0), np.bool_)
    scaled = _scaled(one, one_whole, other, other_whole, some)
    both = with_room(one_whole[some], squares=1) * other_whole[some]
    return _over(_moved(*scaled), both, some, halves=2)


def profile_similarity(one: Cells, other: Cells) -> Figures:
    """D9: the cosine of the angle between two members' profiles.

    one, other: counts (K, R). Definition: sum x y / sqrt(sum x^2 sum y^2). Unit: cosine, 0 (nothing in common) to 1
    (same mix). Direction: ambiguous; it finds peers. Minimum: 30 reports of either. Withheld: products and squares at
    their own ends; the bounds hold. An empty profile: no figure. Source: methodology D9. Example: 400 100 50 10 and
    20 5 10 2: 0.943970.
    """
    room = [with_room(table, squares=len(table)) for table in (one.low, one.high, other.low, other.high)]
    products = Cells((room[0] * room[2]).sum(axis=0), (room[1] * room[3]).sum(axis=0))
    squares = [
        Cells((low * low).sum(axis=0), (high * high).sum(axis=0)) for low, high in (room[:2], room[2:])
    ]
    some = np.asarray((squares[0].high > 0) & (squares[1].high > 0), np.bool_)
    norms = [Cells(np.maximum(square.low, 1)[some], square.high[some]) for square in squares]
    found = monotone(_cosine, "+--", products[some], *norms)
    return placed(found, some)


def _cosine(product: Numbers, one: Numbers, other: Numbers) -> Numbers:
    return np.asarray(np.minimum(product / (np.sqrt(one) * np.sqrt(other)), product * 0 + 1))


def _scaled(
    one: Cells, one_whole: Integers, other: Cells, other_whole: Integers, some: Flags
) -> tuple[Cells, Cells]:
    """Both profiles over the product of the wholes: whole numbers that differ as the shares do."""
    largest = np.maximum(one_whole, other_whole)
    room = with_room(largest, squares=max(len(one.low), 1)).dtype
    wholes = [whole[some].astype(room) for whole in (one_whole, other_whole)]
    first, second = one[:, some], other[:, some]
    return (
        Cells(first.low * wholes[1], first.high * wholes[1]),
        Cells(second.low * wholes[0], second.high * wholes[0]),
    )


def _moved(one: Cells, other: Cells) -> Cells:
    """What is gained, which is what is lost: each at its least and its most."""
    least, most = one.low - other.high, one.high - other.low
    gained, lost = (_positive(least), _positive(most)), (_positive(-most), _positive(-least))
    return Cells(np.maximum(gained[0], lost[0]), np.minimum(gained[1], lost[1]))


def _positive(differences: Integers) -> Integers:
    return np.asarray(np.maximum(differences, 0).sum(axis=0))


def _over(moved: Cells, both: Integers, some: Flags, *, halves: int) -> Figures:
    found = monotone(quotient, "+-", Cells(moved.low * halves, moved.high * halves), Cells.exact(both))
    return placed(found, some)


def _distance(one: Cells, other: Cells, both: Integers, some: Flags) -> Figures:
    """A cell's part grows with the distance of its two shares: the nearest pair is the least, a furthest the most."""
    above, below = one.low > other.high, one.high < other.low
    near_one = np.where(above, one.low, np.where(below, one.high, 0))
    near_other = np.where(above, other.high, np.where(below, other.low, 0))
    low = certified(_root, *near_one, *near_other, *near_one, *near_other, both, error=_ERROR)
    is_wider = np.asarray(~(one.is_exact & other.is_exact).all(axis=0), np.bool_)
    high = low
    if is_wider.any():
        corners = (one.low, other.high, one.high, other.low)
        columns = [row[is_wider] for corner in corners for row in corner]
        most = certified(_root, *columns, both[is_wider], error=_ERROR)
        high = where(is_wider, filled(is_wider, most), low)
    return Figures(filled(some, low), filled(some, high), some, some)


def _root(*given: Numbers) -> Numbers:
    *rows, both = given
    kinds = len(rows) // 4
    a, b, c, d = (rows[start * kinds : (start + 1) * kinds] for start in range(4))
    terms = [np.maximum(_term(w, x), _term(y, z)) for w, x, y, z in zip(a, b, c, d, strict=True)]
    two = both * 0 + 2
    divergence = np.maximum(np.minimum(added(np.array(terms)) / (2 * both * ln(two)), both * 0 + 1), both * 0)
    if both.dtype != object:
        divergence = np.where(divergence < _LEAST_DIVERGENCE, np.nan, divergence)
    return np.asarray(np.sqrt(divergence))


def _term(one: Numbers, other: Numbers) -> Numbers:
    both = one + other
    return np.asarray(_half(one, both) + _half(other, both))


def _half(one: Numbers, both: Numbers) -> Numbers:
    """Return x ln(2x / (x + y)), and 0 for no x."""
    seen = np.where(one == 0, one * 0 + 1, one)
    around = np.where(one == 0, seen * 2, both)
    return np.asarray(one * ln(2 * seen / around))
