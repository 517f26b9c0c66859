"""E4 `cusum_poisson`: small excesses that add up.

Invariants: the reference value has nine digits, and from there on all is whole numbers; the sum rises with every
value that enters, so bounds from intervals are sharp.
"""

from __future__ import annotations

from decimal import Decimal

import numpy as np

from risk_models.certified import Numbers, Quantised, certified
from risk_models.exact import working
from risk_models.indicators.warning.ewma import Centre
from risk_models.numerics.series import Bounds, Counts, Statistic, checked, defined_from

_ROOM = 1 << 62


def cusum(lower: Counts, upper: Counts, reference: Quantised) -> Bounds:
    """E4: the sum of what each period has above a reference value, never below zero.

    Definition: C_t = max(0, C_(t-1) + x_t - k), C before the first period 0; k a series, as `reference_values` gives
    it. Unit: that of the values. Direction: higher is more risk. Alarm: at h or more, where h gives a stated rate of
    false alarms (`run_length`). Minimum: one period and a reference value. Withheld: endpoints (sharp). Missing: a
    series has none. Source: Page 1954; Lucas 1985 for counts; methodology E4. Example: 20 23 20 27 25 24 19 17 20 22
    25 44 with k 27.129338: 0 for eleven months, then 16.8707.
    """
    lower, upper = checked(lower, upper)
    low = _summed(lower, reference)
    return Bounds(low, low if lower is upper else _summed(upper, reference))


def reference_values(centre: Centre, ratio: Decimal) -> Quantised:
    """Return the k of each series that is best at telling its centre from `ratio` times its centre.

    Definition: k = (m1 - m0) / (ln m1 - ln m0), m1 = ratio m0 (the likelihood ratio of two Poisson means). Source:
    Lucas 1985; methodology E4. Example: centre 22, ratio 1.5: 27.129338. The centre is above zero, the ratio above 1.
    """

    def best(total: Numbers, more: Decimal, logarithm: Decimal) -> Numbers:
        return np.asarray(total * more / (logarithm * centre.periods))

    with working():
        more, logarithm = ratio - 1, ratio.ln()
    return certified(best, centre.total, more, logarithm)


def _summed(counts: Counts, reference: Quantised) -> Statistic:
    """Count in units of the ninth digit of each series' reference value: whole numbers, however long the sum."""
    powers = [10 ** max(0, -exponent) for exponent in reference.exponent.tolist()]
    largest = int(counts.max(initial=0)) * max(1, counts.shape[1]) * max(powers, default=1)
    kind = np.int64 if largest < _ROOM else object
    unit = np.array(powers, kind)
    scale = np.array([10 ** max(0, exponent) for exponent in reference.exponent.tolist()], kind)
    k = reference.mantissa * scale
    running = np.zeros(len(counts), kind)
    sums = np.zeros(counts.shape, kind)
    for period in range(counts.shape[1]):
        running = np.maximum(0, running + counts[:, period].astype(kind) * unit - k)
        sums[:, period] = running
    units = np.broadcast_to(unit[:, None], counts.shape)
    values = certified(_quotient, sums.ravel(), units.ravel())
    return Statistic(defined_from(counts.shape, 0), values)


def _quotient(number: Numbers, unit: Numbers) -> Numbers:
    return np.asarray(number / unit)
