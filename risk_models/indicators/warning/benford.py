"""E11 `benford_mad`: do the leading digits of amounts look as amounts do that nobody shaped?

Invariants: computed at the node that has the amounts; only counts of digits ever leave it; a test and a size of the
deviation, never one without the other. Not for amounts that a law or a tariff sets, nor for reports with a threshold.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

import numpy as np

from risk_models.certified import certified
from risk_models.errors import InvalidInput
from risk_models.exact import divided, working
from risk_models.numerics.gamma_tail import gamma_tail
from risk_models.numerics.tails import arc, normal_p, pi

_FIRST_DIGITS = {9: 1, 90: 10}


@dataclass(frozen=True, slots=True)
class Conformity:
    """How far digits are from the law.

    deviation: mean absolute deviation of shares (MAD). chi_square, p: Pearson's test. z, z_p: the deviation against
    what chance gives at this number of amounts, and the probability of one as large. count: amounts.
    """

    deviation: Decimal
    chi_square: Decimal
    p: Decimal
    z: Decimal
    z_p: Decimal
    count: int


def benford(counts: Sequence[int]) -> Conformity:
    """E11: how far first digits (9 counts), or first two digits (90 counts), are from Benford's law.

    Definition: b_d = log10(1 + 1/d); MAD = mean of |share_d - b_d|; chi square = sum of (n_d - n b_d)^2 / (n b_d); z
    = (MAD - E) / sd, E and sd those of the mean of absolute normal deviations with the covariance of a multinomial of
    n, which the MAD tends to. Unit: share; deviations. Direction: higher is more risk. Cut-offs of Nigrini 2012 for
    MAD, which ignore n: 0.006 0.012 0.015 (first digit), 0.0012 0.0018 0.0022 (first two): close, acceptable,
    marginal, beyond them none. Minimum: 1000 amounts of 10 or more that span two orders of magnitude, in one channel.
    Withheld: digit counts are not exchanged withheld. Source: Benford 1938; Nigrini 2012; Cerqueti and Lupi 2023 for
    the size of MAD; methodology E11. Example: the first 1000 powers of 2 (301 176 125 97 79 69 56 52 45): chi square
    0.158551, MAD 0.000678208.

    Raises:
        InvalidInput: neither 9 nor 90 counts, or no amount at all.
    """
    count = sum(counts)
    if len(counts) not in _FIRST_DIGITS or count < 1:
        raise InvalidInput(
            "These are no counts of leading digits.",
            detail=f"{len(counts)} counts of {count} amounts.",
            hint="Give 9 counts (digits 1 to 9) or 90 (10 to 99).",
        )
    with working():
        shares = benford_shares(len(counts))
        gaps = [abs(Decimal(seen) / count - share) for seen, share in zip(counts, shares, strict=True)]
        deviation = sum(gaps, Decimal(0)) / len(counts)
        chi = count * sum((gap * gap / share for gap, share in zip(gaps, shares, strict=True)), Decimal(0))
        middle, spread = _chance(shares)
        z = (deviation * Decimal(count).sqrt() - middle) / spread
        upper = normal_p(z) / 2
        z_p = upper if z > 0 else 1 - upper
    return Conformity(deviation, chi, _chi_tail(chi, len(counts) - 1), z, z_p, count)


def benford_shares(classes: int) -> list[Decimal]:
    """Return the shares that Benford's law expects of 9 or 90 leading digits."""
    first = _FIRST_DIGITS[classes]
    with working():
        return [(1 + Decimal(1) / digit).log10() for digit in range(first, first + classes)]


def _chance(shares: Sequence[Decimal]) -> tuple[Decimal, Decimal]:
    """Mean and deviation of sqrt(n) MAD for many amounts: absolute values of correlated normal variables.

    E|Z| = s sqrt(2/pi); Cov(|Y|, |Z|) = 2/pi s t (sqrt(1 - r^2) + r arcsin r - 1), r their correlation.
    """
    deviations = [(share * (1 - share)).sqrt() for share in shares]
    middle = sum(deviations, Decimal(0)) * (2 / pi()).sqrt() / len(shares)
    total = sum((deviation * deviation for deviation in deviations), Decimal(0)) * (1 - 2 / pi())
    for place, (share, deviation) in enumerate(zip(shares, deviations, strict=True)):
        for other, its in zip(shares[:place], deviations[:place], strict=True):
            size = share * other / (deviation * its)
            rest = (1 - size * size).sqrt()
            total += 4 / pi() * deviation * its * (rest + size * arc(size, rest) - 1)
    return middle, total.sqrt() / len(shares)


def _chi_tail(chi: Decimal, freedom: int) -> Decimal:
    if not chi:
        return Decimal(1)
    top, bottom = (np.array([part], object) for part in (chi / 2).as_integer_ratio())
    shape = divided(freedom, 2)
    return certified(
        lambda one, other, half: gamma_tail(one * 0 + half, one / other), top, bottom, shape, error=1e-12
    ).decimals()[0]
