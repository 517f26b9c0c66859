"""B5 over many corridors: how far apart two reporters are, where counts scatter more than chance, and in a region.

Invariants: both sides are compared and never added into one flow; for suspicion a difference is a detection gap, for
measured flows a question about data. One corridor with its exact probability is `corridors.mirror_asym`.
"""

from __future__ import annotations

from decimal import Decimal

import numpy as np

from risk_models.certified import Numbers
from risk_models.indicators.monotone import Cells, Figures, monotone, not_both_zero, placed


def mirror_z(sent: Cells, received: Cells, dispersion: Decimal) -> Figures:
    """B5 with over-dispersion: how many deviations two counts of one corridor are apart.

    sent, received: vectors of what either side counts. dispersion: phi, at least 1, estimated over many corridors.
    Definition: (a - b) / sqrt(phi (a + b)). Unit: deviations; above 0 the sender sees more. Direction: higher size is
    a larger gap. Minimum: 10 reports at both ends together. Withheld: endpoints (rises with one, falls with the
    other). Nothing on either side: no figure. Source: methodology B5. Example: 120 and 100: 1.348400; 60 and 90:
    -2.449490.
    """
    some = np.asarray((sent.high > 0) | (received.high > 0), np.bool_)
    seen = not_both_zero(sent[some], received[some])
    return placed(monotone(_deviations, "+-", *seen, constants=(dispersion,)), some)


def mirror_index(sent: Cells, received: Cells) -> Figures:
    """B5 of a region: how far apart all pairs of mirrors are together.

    sent, received: (corridors, R), both views of each corridor, in R periods. Definition: 2 sum |a - b| / sum (a + b).
    Unit: 0 (agreement) to 2 (nobody sees what others see). Direction: higher is a larger gap. Minimum: 4 corridors, 50
    in all. Withheld: difference and common part of every corridor at their own ends; the bounds hold. Nothing at all:
    no figure. Source: methodology B5. Example (FX4): 0.191657.
    """
    apart = np.maximum(sent.low - received.high, received.low - sent.high)
    least = np.maximum(apart, 0).sum(axis=0)
    most = np.maximum(sent.high - received.low, received.high - sent.low).sum(axis=0)
    common = [
        np.minimum(one, other).sum(axis=0)
        for one, other in ((sent.low, received.low), (sent.high, received.high))
    ]
    gaps, shared = Cells(least, most), Cells(2 * common[0], 2 * common[1])
    some = np.asarray((gaps.high > 0) | (shared.high > 0), np.bool_)
    return placed(monotone(_gap, "+-", *not_both_zero(gaps[some], shared[some])), some)


def _deviations(sent: Numbers, received: Numbers, dispersion: Numbers) -> Numbers:
    """Whole numbers are exact in either kind, so their difference is too."""
    return np.asarray((sent - received) / np.sqrt(dispersion * (sent + received)))


def _gap(gaps: Numbers, shared: Numbers) -> Numbers:
    return np.asarray(2 * (gaps / (gaps + shared)))
