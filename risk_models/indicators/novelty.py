"""Something that was not there: D2 `novelty` of a typology, B10 `corr_emergence` of a corridor, and bursts.

Invariants: the size of the surprise is a probability that knows how little was seen before; one period alone is not
yet an emergence. Worked examples stand in the methodology.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

import numpy as np

from risk_models.certified import Numbers, Quantised, certified
from risk_models.certified import ln as logarithm
from risk_models.errors import InvalidInput
from risk_models.exact import working
from risk_models.indicators.monotone import Cells, Figures, Integers, monotone
from risk_models.numerics.series import CERTAIN, NO, Signals, as_quantised, signals
from risk_models.numerics.tails import MOST_COUNTED, count_error, count_tail

# -log10 p beyond it says nothing more.
_HIGHEST_INDEX = Decimal(10)
_INDEX_SIZE = 60.0
_ZEROS = 8
_POWER_OF_TEN = 10**_ZEROS


@dataclass(frozen=True, slots=True)
class Novelty:
    """p: of a count at least as large. index: -log10 p, at most 10."""

    p: Figures
    index: Figures


@dataclass(frozen=True, slots=True)
class Emergence:
    """Where something emerges (was below one a period) or surges: `CERTAIN`, `POSSIBLE` or `NO`."""

    emerging: Signals
    surging: Signals


def novelty(now: Cells, before: Cells, exposure: Integers, prior: Decimal) -> Novelty:
    """D2 and B10: how surprising a count is after so few before it.

    now, before: vectors, the count and the sum of the counts before it. exposure: (2, n), of the period and of all
    before it; periods (1 and their number) if exposure does not vary. prior: a_0, 0.5 in the methodology. Definition:
    a Gamma(a_0, 0) prior of the mean gives a negative binomial of size a_0 + sum and probability E / (E + e); p = P(X
    >= x); index = -log10 p. Unit: probability, from 1E-50; index, 0 to 10. Direction: higher index is more risk.
    Minimum: 6 periods before. Withheld: p falls with the count and rises with the sum; endpoints. Missing: a period
    that is missing is no period of exposure. Source: Jeffreys prior of a Poisson mean; methodology D2. Example: 0 0 1
    0 0 1 0 0, then 5: p 1.71733e-4, index 3.7651.

    Raises:
        InvalidInput: a count above `tails.MOST_COUNTED`.
    """
    if max(int(now.high.max(initial=0)), int(before.high.max(initial=0))) > MOST_COUNTED:
        raise InvalidInput(
            "A count is too large for this test.",
            detail=f"At most {MOST_COUNTED} a period and before it.",
            hint="Use the test on counts of reports, not on amounts of money.",
        )
    e, before_e = (Cells.exact(part) for part in exposure)
    largest = int(max(now.high.max(initial=0), before.high.max(initial=0)))
    p = monotone(_tail, "-+++", now, before, e, before_e, constants=(prior,), error=count_error(largest))
    index = Figures(_index(p.high), _index(p.low), p.is_defined, p.has_upper)
    return Novelty(p, index)


def emergence(now: Novelty, earlier: Novelty, before: Cells, periods: Integers, level: Decimal) -> Emergence:
    """D2 and B10: what emerges or surges: a p-value (or its q) below the level in this period and the one before.

    before: sum of the counts before; periods: how many. level: 0.001 in the methodology for a p-value, or that of the
    false discovery rate if both p are adjusted. Definition: `emerging` if the mean before is below one a period, else
    `surging`. Unit: certain, possible or no signal. Direction: a signal is more risk. Minimum: 6 periods before.
    Withheld: certain if every case inside the bounds is. Source: methodology D2, B10. Example: after 2 reports in
    eight periods, 6 and then 5: both p below 0.001, emerging.
    """
    threshold = as_quantised([level]).ranks()
    persists = [
        (now_p.ranks() < threshold) & (earlier_p.ranks() < threshold)
        for now_p, earlier_p in ((now.p.high, earlier.p.high), (now.p.low, earlier.p.low))
    ]
    below = np.asarray(before.high < periods), np.asarray(before.low < periods)
    emerging = signals(persists[0] & below[0], persists[1] & below[1])
    surging = signals(persists[0] & ~below[1], persists[1] & ~below[0])
    return Emergence(emerging, surging)


def first_adoption(emerging: Signals, surging: Signals) -> tuple[int | None, int | None]:
    """D7 (a): the period in which something first emerged or surged: the first possible and the first certain one.

    emerging, surging: of one series, period by period. None: in no period. Definition: the first period with a signal
    of `emergence`. Unit: period. Direction: ambiguous. Minimum: 6 periods before. Withheld: an interval of periods,
    from the first possible to the first certain one. Source: methodology D7. Example: no, possible, no, certain
    signal: the second and the fourth period.
    """
    strongest = np.maximum(emerging, surging)
    possible, certain = np.flatnonzero(strongest > NO), np.flatnonzero(strongest == CERTAIN)
    return (int(possible[0]) if possible.size else None, int(certain[0]) if certain.size else None)


@dataclass(frozen=True, slots=True)
class Burst:
    """The state of each period (1 in a burst) and the cost of the whole sequence."""

    states: tuple[int, ...]
    cost: Decimal


def burst_states(counts: Sequence[int], low: Decimal, high: Decimal, cost: Decimal) -> Burst:
    """D2, optional: the periods in which a series was in a burst.

    low, high: the rates of the two states. cost: of entering the burst state (ln of the number of periods in the
    methodology). Definition: the sequence of states, from the low one, with the least sum of -ln Poisson(x; rate) and
    of the costs of entering; the low state where both cost the same. Unit: state 0 or 1; natural logarithm.
    Direction: 1 is more risk. Minimum: 6 periods. Withheld: not defined; each end on its own. Source: Kleinberg 2002;
    Viterbi 1967; methodology D2. Example: 3 5 4 9 11 10 4 3, rates 4 and 8, cost ln 8: 0 0 0 1 1 1 0 0, cost
    17.492269.
    """
    with working():
        paths: list[tuple[Decimal, tuple[int, ...]]] = [(Decimal(0), ()), (cost, ())]
        for place, count in enumerate(counts):
            entered = paths if not place else [min(paths), min((paths[0][0] + cost, paths[0][1]), paths[1])]
            seen = [_surprise(count, rate) for rate in (low, high)]
            paths = [
                (total + surprise, (*states, state))
                for state, ((total, states), surprise) in enumerate(zip(entered, seen, strict=True))
            ]
        total, states = min(paths)
        return Burst(states, total)


def _surprise(count: int, rate: Decimal) -> Decimal:
    factorial = sum((Decimal(number).ln() for number in range(2, count + 1)), Decimal(0))
    return rate - count * rate.ln() + factorial


def _tail(now: Numbers, before: Numbers, e: Numbers, before_e: Numbers, prior: Numbers) -> Numbers:
    growth = e / (before_e + e)
    return count_tail(now, (before + prior) * growth, growth)


def _index(p: Quantised) -> Quantised:
    """-log10 of the published p, from its two whole numbers; their difference counts against either."""
    mantissa = np.maximum(p.mantissa, 1)
    return certified(_minus_log, mantissa, p.exponent, _HIGHEST_INDEX, magnitude=_INDEX_SIZE)


def _minus_log(mantissa: Numbers, exponent: Numbers, highest: Numbers) -> Numbers:
    """A mantissa of one and zeros is a power of ten, of which nothing is left to round."""
    ten = mantissa * 0 + 10
    log = np.where(mantissa == _POWER_OF_TEN, ten * 0 + _ZEROS, logarithm(mantissa) / logarithm(ten))
    return np.asarray(np.minimum(-(log + exponent), ten * 0 + highest))
