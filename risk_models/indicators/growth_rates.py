"""D1 over many cells: growth per exposure, its logarithm, and growth against the region's.

Invariants: growth that is the region's is nobody's own. One cell with its limits and exact probability is
`dynamics.growth`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from risk_models.certified import Numbers, ln
from risk_models.indicators.monotone import Cells, Figures, monotone, placed


@dataclass(frozen=True, slots=True)
class Growths:
    """Growth ratio and its natural logarithm, where neither period may be without a case."""

    ratio: Figures
    log: Figures


def growth_rates(now: Cells, before: Cells, exposure: Cells, exposure_before: Cells) -> Growths:
    """D1: how many times the rate of the period before.

    now, before: vectors of counts; exposures of both periods (population, transactions; ones if equal). Definition:
    (x_t / e_t) / (x_(t-1) / e_(t-1)); its natural logarithm. Unit: ratio, from 0; natural units. Direction: higher is
    more risk. Minimum: 10 reports in both periods together. Withheld: endpoints; "at least" where there may have been
    none before; no logarithm where either may be zero. None before, or no exposure: no figure. Source: methodology
    D1. Example: 100 after 40, equal exposure: 2.5, logarithm 0.916291.
    """
    ratio = _ratio(now, before, exposure_before, exposure)
    has_log = np.asarray(
        (now.low > 0) & (before.low > 0) & (exposure.low > 0) & (exposure_before.low > 0), np.bool_
    )
    columns = (one[has_log] for one in (now, before, exposure_before, exposure))
    return Growths(ratio, placed(monotone(_log, "+-+-", *columns, magnitude=1.0), has_log))


def relative_growth(now: Cells, before: Cells, region_now: Cells, region_before: Cells) -> Figures:
    """D1 against the region: growth over the growth of the same typology in all members together.

    now, before, region_now, region_before: vectors. Definition: (x_t / x_(t-1)) / (X_t / X_(t-1)). Unit: ratio, 1 as
    the region. Direction: higher is more risk. Minimum: 10 reports in both periods together. Withheld: endpoints;
    sharp with published totals of the region, bounds that hold without. None before, or none in the region now: no
    figure. Source: methodology D1. Example: 100 after 40, region 345 after 141: 1.021739.
    """
    return _ratio(now, before, region_before, region_now)


def _ratio(now: Cells, before: Cells, times: Cells, over: Cells) -> Figures:
    """Two divisors that may be zero: the second one takes its places away, the first one its upper bounds."""
    some = np.asarray(over.high > 0, np.bool_)
    found = monotone(_over, "+-+-", now[some], before[some], times[some], _positive(over)[some], divisor=1)
    has_upper = found.has_upper & (over.low > 0)[some]
    return placed(Figures(found.low, found.high, found.is_defined, has_upper), some)


def _positive(cells: Cells) -> Cells:
    return Cells(np.maximum(cells.low, 1), np.maximum(cells.high, 1))


def _over(now: Numbers, before: Numbers, times: Numbers, over: Numbers) -> Numbers:
    return np.asarray(now / before * (times / over))


def _log(now: Numbers, before: Numbers, times: Numbers, over: Numbers) -> Numbers:
    return np.asarray(ln(_over(now, before, times, over)))
