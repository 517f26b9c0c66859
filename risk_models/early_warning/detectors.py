"""Every detector over many series at once, on as many last periods as it looks back on.

Invariants: a detector is given series that are long enough and no others; it judges the last period; one that
supposes counts is not run on amounts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache, partial

import numpy as np

from risk_models.early_warning.parameters import COUNTS, Lengths, Season, Thresholds
from risk_models.early_warning.readings import (
    Reading,
    intervals,
    last_of,
    normal_tail,
    predictive_tail,
    words,
)
from risk_models.early_warning.series import Series
from risk_models.indicators.multiplicity import Signal
from risk_models.indicators.warning.count_exceed import ExceedParameters, count_exceed
from risk_models.indicators.warning.cusum import cusum, reference_values
from risk_models.indicators.warning.ears import EarsParameters, ears
from risk_models.indicators.warning.ewma import Centre, ewma_counts
from risk_models.indicators.warning.farrington import exceedance_p, farrington
from risk_models.indicators.warning.reference_weeks import offsets
from risk_models.indicators.warning.robust_z import RobustParameters, robust_z
from risk_models.indicators.warning.run_length import calibrated_level
from risk_models.indicators.warning.stl import stl_residuals
from risk_models.indicators.warning.trend_momentum import trend_momentum
from risk_models.numerics.series import Bounds, Counts, Statistic, signals
from risk_models.numerics.tails import MOST_COUNTED
from schemas.interval import Interval

Read = Callable[[Counts, Counts], Sequence[Reading | None]]


@dataclass(frozen=True, slots=True)
class Detector:
    """needs: so many last periods. most: the largest value it can judge, None: any."""

    indicator: str
    needs: int
    read: Read
    most: int | None = None


def detectors(kind: str, lengths: Lengths, season: Season | None, limits: Thresholds) -> Iterator[Detector]:
    """Yield the detectors for series of one kind and frequency."""
    yield Detector("E15", lengths.trend, partial(_trend, lengths))
    if season is not None:
        yield Detector("E2", season.stl_periods, partial(_residual, limits, season))
    if kind != COUNTS:
        return
    yield Detector("E1", lengths.reference + 1, partial(_robust, limits, lengths))
    yield Detector("E7", lengths.before + lengths.gap + 1, partial(_ears, limits, lengths))
    both = lengths.centre + lengths.run
    yield Detector("E3", both, partial(_moving, limits, lengths), MOST_COUNTED)
    yield Detector("E4", both, partial(_summed, limits, lengths), MOST_COUNTED)
    yield Detector("E5", lengths.baseline + 1, partial(_exceeding, lengths), MOST_COUNTED)
    if season is not None:
        years = 1 - min(offsets(season.farrington.layout))
        yield Detector("E6", years, partial(_seasonal, season), MOST_COUNTED)


def readings(rows: Sequence[Series], run: Sequence[Detector]) -> list[dict[str, Reading]]:
    """What each detector says of the last period of each series; nothing where it is too short or not defined."""
    found: list[dict[str, Reading]] = [{} for _ in rows]
    for detector in run:
        places = [place for place, row in enumerate(rows) if _takes(detector, row)]
        if not places:
            continue
        lower, upper = (
            np.array([ends[place][-detector.needs :] for place in places], np.int64)
            for ends in ([row.lower for row in rows], [row.upper for row in rows])
        )
        for place, reading in zip(places, detector.read(lower, upper), strict=True):
            if reading is not None:
                found[place][detector.indicator] = reading
    return found


def _takes(detector: Detector, row: Series) -> bool:
    if len(row.periods) < detector.needs:
        return False
    return detector.most is None or max(row.upper[-detector.needs :]) <= detector.most


def _robust(limits: Thresholds, lengths: Lengths, lower: Counts, upper: Counts) -> list[Reading | None]:
    rules = RobustParameters(limits.mad_factor, limits.mean_factor, lengths.reference)
    scores = robust_z(lower, upper, rules)
    return _sized(scores, words(scores.reaching(limits.robust_threshold)))


def _residual(limits: Thresholds, season: Season, lower: Counts, upper: Counts) -> list[Reading | None]:
    scores = stl_residuals(lower, upper, season.stl, judged=1)
    sized = _sized(scores, words(scores.reaching(limits.robust_threshold)))
    return [None if one is None else Reading(one.value, normal_tail(one.value), one.signal) for one in sized]


def _ears(limits: Thresholds, lengths: Lengths, lower: Counts, upper: Counts) -> list[Reading | None]:
    scores = ears(lower, upper, EarsParameters(lengths.before, lengths.gap, limits.min_sigma)).c2
    return [None if z is None else Reading(z, predictive_tail(z, lengths.before)) for z in intervals(scores)]


def _moving(limits: Thresholds, lengths: Lengths, lower: Counts, upper: Counts) -> list[Reading | None]:
    (fewest, most), (low, high) = _centres(lower, upper, lengths)
    scores = Bounds(
        ewma_counts(low, low, most, limits.ewma_weight).low,
        ewma_counts(high, high, fewest, limits.ewma_weight).low,
    )
    return _sized(scores, words(scores.exceeding(limits.ewma_limit)))


def _summed(limits: Thresholds, lengths: Lengths, lower: Counts, upper: Counts) -> list[Reading | None]:
    found: list[Reading | None] = [None] * len(lower)
    totals = upper[:, : lengths.centre].sum(axis=1)
    places = np.flatnonzero(totals <= limits.cusum_most_expected * lengths.centre)
    (fewest, most), (low, high) = _centres(lower[places], upper[places], lengths)
    least, greatest = _sums(low, most, limits), _sums(high, fewest, limits)
    alarms = signals(least[0].reaches(least[1]), greatest[0].reaches(greatest[1]))
    for place, one in zip(places.tolist(), _sized(Bounds(least[0], greatest[0]), words(alarms)), strict=True):
        found[place] = one
    return found


def _sums(counts: Counts, centre: Centre, limits: Thresholds) -> tuple[Statistic, list[Decimal]]:
    reference = reference_values(centre, limits.cusum_ratio)
    means_of = [max(1, round(total / centre.periods)) for total in centre.total.tolist()]
    return cusum(counts, counts, reference).low, [_alarm_at(mean, limits) for mean in means_of]


@cache
def _alarm_at(mean: int, limits: Thresholds) -> Decimal:
    (reference,) = reference_values(Centre(np.array([mean]), 1), limits.cusum_ratio).decimals()
    target = Decimal(limits.cusum_run_length)
    return calibrated_level(Decimal(mean), reference, target, limits.cusum_steps)


def _centres(
    lower: Counts, upper: Counts, lengths: Lengths
) -> tuple[tuple[Centre, Centre], tuple[Counts, Counts]]:
    """The least and the greatest level expected, at least one report in all, and the periods that run against it."""
    totals = (np.maximum(1, one[:, : lengths.centre].sum(axis=1)) for one in (lower, upper))
    fewest, most = (Centre(total, lengths.centre) for total in totals)
    return (fewest, most), (lower[:, lengths.centre :], upper[:, lengths.centre :])


def _exceeding(lengths: Lengths, lower: Counts, upper: Counts) -> list[Reading | None]:
    bounds = count_exceed(lower, upper, ExceedParameters(lengths.baseline, "predictive"))
    return [None if p is None else Reading(p, p) for p in intervals(bounds)]


def _seasonal(season: Season, lower: Counts, upper: Counts) -> list[Reading | None]:
    found = farrington(lower, upper, season.farrington, lower.shape[1] - 1)
    least = zip(*(last_of(exceedance_p(upper, one)) for one in found.forecasts), strict=True)
    most = zip(*(last_of(exceedance_p(lower, one)) for one in found.forecasts), strict=True)
    read: list[Reading | None] = []
    for low, high, signal in zip(least, most, words(found.signals), strict=True):
        p = Interval(min(_given(low)), max(_given(high)))
        read.append(Reading(p, p, signal))
    return read


def _given(numbers: Sequence[Decimal | None]) -> list[Decimal]:
    return [number for number in numbers if number is not None]


def _trend(lengths: Lengths, lower: Counts, upper: Counts) -> list[Reading | None]:
    found = trend_momentum(lower, upper, lengths.trend)
    pairs = zip(intervals(found.slope), intervals(found.p), strict=True)
    return [None if slope is None or p is None else Reading(slope, p) for slope, p in pairs]


def _sized(scores: Bounds, told: Sequence[Signal]) -> list[Reading | None]:
    return [
        None if value is None else Reading(value, signal=signal)
        for value, signal in zip(intervals(scores), told, strict=True)
    ]
