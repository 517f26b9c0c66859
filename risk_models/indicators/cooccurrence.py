"""D5 `cooccurrence`: do two typologies meet in cases more often than they would by chance?

Invariants: counts of cases, in which a case with both is inside the cases with either; a pair is withheld more often
than not, and what the margins say about it is used. Worked examples stand in the methodology.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

import numpy as np

from risk_models.certified import Formula, Numbers, ln
from risk_models.exact import working
from risk_models.indicators.monotone import Cells, Figures, Integers, monotone, placed
from risk_models.numerics.series import Flags
from risk_models.significance import P_FLOOR
from schemas.interval import Interval

_NEGLIGIBLE = Decimal("1E-75")


@dataclass(frozen=True, slots=True)
class Cooccurrence:
    """Lift, pointwise mutual information (bits), its normalised form, Jaccard index and p-value of each pair."""

    lift: Figures
    pmi: Figures
    npmi: Figures
    jaccard: Figures
    p: Figures


def cooccurrence(both: Cells, one: Cells, other: Cells, cases: Integers) -> Cooccurrence:
    """D5: how strongly two typologies (or a label and a channel) go together.

    both, one, other: vectors, cases with both, with the first, with the second. cases: all of them. Definition: lift
    n n_ab / (n_a n_b); PMI lg lift; NPMI PMI / -lg(n_ab / n); Jaccard n_ab / (n_a + n_b - n_ab); p = P(X >= n_ab) of
    a hypergeometric count. Unit: ratio, from 0; bits; -1 to 1; 0 to 1; probability, from 1E-50. Direction: higher is
    more risk (lower p). Minimum: 5 cases expected with both. Withheld: endpoints, with n_ab inside max(0, n_a + n_b -
    n) to min(n_a, n_b); all pairs of a table are one family (E10). No case with either: no figure; none with both: no
    PMI and NPMI; both in every case: no NPMI. Source: Church and Hanks 1990; Bouma 2009; Fisher 1935; methodology D5.
    Example: 1000 cases, 120, 150, both 30: lift 1.666667, PMI 0.736966, NPMI 0.145677, Jaccard 0.125, p 1.48531e-3.
    """
    both = _within(both, one, other, cases)
    whole = Cells.exact(cases)
    some = np.asarray((one.low > 0) & (other.low > 0), np.bool_)
    a, b, ab, n = one[some], other[some], both[some], whole[some]
    has_both = ab.low > 0
    is_partial = has_both & (ab.high < n.low)
    rest = Cells(np.maximum(a.low + b.low - 2 * ab.high, 0), a.high + b.high - 2 * ab.low)
    pmi = _inside(_pmi, "+--+", (ab, a, b, n), has_both)
    npmi = _inside(_npmi, "+--+", (ab, a, b, n), is_partial)
    p = Figures.of(list(_p_values(ab, a, b, n)))
    found = (
        monotone(_lift, "+--+", ab, a, b, n),
        pmi,
        npmi,
        _inside(_jaccard, "+-", (ab, rest), a.low > 0),
        p,
    )
    return Cooccurrence(*(placed(one_of, some) for one_of in found))


@lru_cache(maxsize=1 << 14)
def hypergeometric_p(both: int, one: int, other: int, cases: int) -> Decimal:
    """Return P(X >= both) for the cases that two labels of `one` and `other` cases share by chance.

    Method: weights by recurrence from the largest, in 50 digits, until they are negligible. Example: 30 of 120 and
    150 in 1000: 1.48531e-3.
    """
    least, most = max(0, one + other - cases), min(one, other)
    mode = min(max((one + 1) * (other + 1) // (cases + 2), least), most)
    with working():
        tail = total = Decimal(0)
        for count, weight in _weights(one, other, cases, mode, (least, most)):
            total += weight
            tail += weight if count >= both else 0
        return max(P_FLOOR, tail / total)


def _weights(
    one: int, other: int, cases: int, mode: int, ends: tuple[int, int]
) -> Iterator[tuple[int, Decimal]]:
    """Outcomes and their weights, the mode's being 1, up from the mode and down from it."""
    outside = cases - one - other
    weight = Decimal(1)
    for count in range(mode, ends[1] + 1):
        yield count, weight
        weight = weight * (one - count) * (other - count) / ((count + 1) * (outside + count + 1))
        if weight < _NEGLIGIBLE:
            break
    weight = Decimal(1)
    for count in range(mode, ends[0], -1):
        weight = weight * count * (outside + count) / ((one - count + 1) * (other - count + 1))
        if weight < _NEGLIGIBLE:
            break
        yield count - 1, weight


def _p_values(both: Cells, one: Cells, other: Cells, cases: Cells) -> Iterator[Interval]:
    """The p-value falls with the cases of both and rises with those of either."""
    columns = (both.low, both.high, one.low, one.high, other.low, other.high, cases.low)
    for low, high, a_low, a_high, b_low, b_high, n in zip(
        *(column.tolist() for column in columns), strict=True
    ):
        yield Interval(hypergeometric_p(high, a_low, b_low, n), hypergeometric_p(low, a_high, b_high, n))


def _within(both: Cells, one: Cells, other: Cells, cases: Integers) -> Cells:
    """What the margins leave possible; a table that leaves nothing possible is refused by `Cells`."""
    least = np.maximum(both.low, one.low + other.low - cases)
    return Cells(least, np.minimum(both.high, np.minimum(one.high, other.high)))


def _inside(formula: Formula, signs: str, cells: tuple[Cells, ...], place: Flags) -> Figures:
    is_defined = np.asarray(place, np.bool_)
    found = monotone(formula, signs, *(cell[is_defined] for cell in cells), magnitude=1.0)
    return placed(found, is_defined)


def _lift(both: Numbers, one: Numbers, other: Numbers, cases: Numbers) -> Numbers:
    return np.asarray(both / one * (cases / other))


def _pmi(both: Numbers, one: Numbers, other: Numbers, cases: Numbers) -> Numbers:
    return np.asarray(ln(_lift(both, one, other, cases)) / ln(cases * 0 + 2))


def _npmi(both: Numbers, one: Numbers, other: Numbers, cases: Numbers) -> Numbers:
    return np.asarray(ln(_lift(both, one, other, cases)) / ln(cases / both))


def _jaccard(both: Numbers, others: Numbers) -> Numbers:
    return np.asarray(both / (both + others))
