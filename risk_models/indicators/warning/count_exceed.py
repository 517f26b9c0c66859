"""E5 `count_exceed`: how likely is a count as large as this one, given the periods before?

Invariants: sums are whole numbers; probabilities are certified to nine digits; over intervals the p-value lies
between those of the most and the least surprising case.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from risk_models.certified import Numbers, certified
from risk_models.errors import InvalidInput
from risk_models.numerics.series import Bounds, Counts, Statistic, checked, defined_from, extreme
from risk_models.numerics.tails import MOST_COUNTED, count_error, count_tail

Expectation = Literal["predictive", "poisson", "overdispersed"]


@dataclass(frozen=True, slots=True)
class ExceedParameters:
    """What a count is compared with.

    baseline: how many periods before the one that is judged are its reference, at least 2. expectation: what is
    taken for the distribution of the next count.
    """

    baseline: int
    expectation: Expectation


def count_exceed(lower: Counts, upper: Counts, parameters: ExceedParameters) -> Bounds:
    """E5: the probability of a count at least as large as the one seen.

    Definition: with S the sum and n the number of the periods before, x the count, m = S / n, `predictive` (the
    default of the methodology): P(X >= x) for the negative binomial of size S + 1/2 and probability n / (n + 1),
    which is Poisson with its mean unknown (Jeffreys prior); `poisson`: Poisson of mean m, as if m were known;
    `overdispersed`: negative binomial of mean m and variance phi m, phi = max(1, sample variance / m). Unit:
    probability, from 1E-50. Direction: lower is more risk. Minimum: n periods before. A reference of zeros gives p =
    0 at the floor, or 1 for a count of 0, in all but `predictive`. Withheld: p falls with the count and rises with
    the sum, so bounds are sharp for `predictive` and `poisson`; for `overdispersed` they are the envelope of the four
    corners, and a case between them may lie outside. Counts above a million: refused. Source: methodology E5.
    Example: 19 20 21 26 ... of the fixture, sum 242 in 11 months, then 44: predictive 5.96444e-5, Poisson 2.35122e-5.

    Raises:
        InvalidInput: a count above `tails.MOST_COUNTED`.
    """
    lower, upper = checked(lower, upper)
    if upper.max(initial=0) > MOST_COUNTED:
        raise InvalidInput(
            "A count is too large for this test.",
            detail=f"At most {MOST_COUNTED} a period.",
            hint="Use the test on counts of reports, not on amounts of money.",
        )
    least = _extreme(upper, (lower, upper), parameters, np.minimum)
    if lower is upper:
        return Bounds(least, least)
    return Bounds(least, _extreme(lower, (upper, lower), parameters, np.maximum))


def _extreme(
    judged: Counts, references: tuple[Counts, Counts], parameters: ExceedParameters, chosen: np.ufunc
) -> Statistic:
    """The p-value against the first reference, or the more extreme of both where p is not monotone in it."""
    needed = references if parameters.expectation == "overdispersed" else references[:1]
    return extreme([_p_values(judged, reference, parameters) for reference in needed], chosen)


def _p_values(judged: Counts, reference: Counts, parameters: ExceedParameters) -> Statistic:
    n = parameters.baseline
    is_defined = defined_from(judged.shape, n)
    width = max(0, judged.shape[1] - n)
    total = squares = np.zeros((len(judged), width), np.int64)
    for offset in range(n if width else 0):
        seen = reference[:, offset : offset + width]
        total, squares = total + seen, squares + seen * seen
    spread = n * squares - total * total
    columns = [judged[:, n:].ravel(), total.ravel(), spread.ravel()]
    largest = int(max(judged.max(initial=0), reference.max(initial=0)))
    formula = _FORMULAS[parameters.expectation]
    values = certified(formula, *columns, np.full(total.size, n), error=count_error(largest))
    return Statistic(is_defined, values)


def _predictive(count: Numbers, total: Numbers, _: Numbers, n: Numbers) -> Numbers:
    doubled = 2 * (n + 1)
    return count_tail(count, (2 * total + 1) / doubled, 2 / doubled)


def _poisson(count: Numbers, total: Numbers, _: Numbers, n: Numbers) -> Numbers:
    return count_tail(count, total / n, n * 0)


def _overdispersed(count: Numbers, total: Numbers, spread: Numbers, n: Numbers) -> Numbers:
    """Dispersion is spread / ((n - 1) total): start = mean / dispersion, growth = 1 - 1 / dispersion."""
    poisson = (n - 1) * total
    more = np.maximum(spread - poisson, 0)
    variance = np.maximum(poisson + more, 1)
    return count_tail(count, total / n * poisson / variance, more / variance)


_FORMULAS = {"predictive": _predictive, "poisson": _poisson, "overdispersed": _overdispersed}
