"""F7 `bunching`: are amounts kept just below a reporting threshold?

Invariants: bins of one width around one threshold; size and probability are given together; both tests are exact.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

import numpy as np

from risk_models.certified import Numbers
from risk_models.indicators.monotone import Cells, Figures, Integers, monotone
from risk_models.numerics.tails import count_error, count_tail
from risk_models.significance import binomial_p_interval
from schemas.interval import Interval


@dataclass(frozen=True, slots=True)
class Bunching:
    """Of each threshold: ratio to what the bins below let expect, p-values against them and against the bin above.

    excess_low, excess_high: bounds of twice the reports more than expected (whole numbers).
    """

    ratio: Figures
    p_poisson: Figures
    p_binomial: Figures
    excess_low: Integers
    excess_high: Integers


def bunching(second: Cells, first: Cells, below: Cells, above: Cells) -> Bunching:
    """F7: the bin below a reporting threshold against its neighbours.

    second, first, below, above: vectors of counts of four bins in a row, the threshold between the last two.
    Definition: below / ((second + first) / 2); excess below - (second + first) / 2; P(X >= below) of a Poisson count
    of that mean; two-sided exact binomial p of below among below and above at 1/2. Unit: ratio, from 0; reports;
    probabilities, from 1E-50. Direction: higher is more risk. Minimum: 30 reports in the four bins. Withheld:
    endpoints. Nothing below: no ratio, and no Poisson p. Source: methodology F7; structuring, FATF R.10 and R.20.
    Example: 40 38 90 20: ratio 2.307692, excess 51, p 2.12e-12 and 8.64e-12.
    """
    before = second.plus(first)
    some = np.asarray(before.high > 0, np.bool_)
    largest = int(max(before.high.max(initial=0), below.high.max(initial=0)))
    ratio = monotone(_twice_over, "+-", below, before, divisor=1)
    certain = Cells(np.maximum(before.low, 1), np.maximum(before.high, 1))
    p = monotone(_poisson, "-+", below, certain, error=count_error(largest))
    sides = map(binomial_p_interval, _intervals(below), _intervals(above))
    return Bunching(
        ratio,
        Figures(p.low, p.high, some, some),
        Figures.of(list(sides)),
        2 * below.low - before.high,
        2 * below.high - before.low,
    )


def _intervals(cells: Cells) -> Iterator[Interval]:
    for low, high in zip(cells.low.tolist(), cells.high.tolist(), strict=True):
        yield Interval(Decimal(low), Decimal(high))


def _twice_over(below: Numbers, before: Numbers) -> Numbers:
    return np.asarray(2 * below / before)


def _poisson(below: Numbers, before: Numbers) -> Numbers:
    return count_tail(below, before / 2, before * 0)
