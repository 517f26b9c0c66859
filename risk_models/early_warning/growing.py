"""The detectors that look at growth: E16 at the newest one, E9 at a lasting change, E17 at what all have in common.

Invariants: each judges the last growth it is given, against earlier ones of the same series and against nothing else;
a series with too few of them is not judged.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

import numpy as np

from risk_models.early_warning.growth import THOUSAND, Common, Ends, Group, Growth, expected_of
from risk_models.early_warning.parameters import Lengths, Thresholds, Watched
from risk_models.early_warning.readings import (
    Reading,
    change_upwards,
    either_tail,
    intervals,
    predictive_tail,
)
from risk_models.exact import divided
from risk_models.indicators.warning.ears import EarsParameters, ears
from risk_models.significance import binomial_p_interval
from schemas.interval import Interval

GROWTH, CHANGE = "E16", "E9"


@dataclass(frozen=True, slots=True)
class CommonGrowth:
    """E17: the common growth of one group in one period, with its p-value."""

    group: Group
    period: str
    value: Interval
    p: Interval | None
    inputs: frozenset[str]


def growth_readings(
    growths: Sequence[Growth], watched: Watched, lengths: Lengths
) -> list[dict[str, Reading]]:
    """What E16, and where a year has seasons E9, say of the last growth of each series.

    E16 `growth_excess`. Definition: z = (g - mean) / sd, g the growth over a year (`growth.scaled`) beyond the common
    one, mean and sd those of up to `most_growths` earlier growths, sd at least `least_spread`; p is that of Student's
    distribution for one more value beside them, of a rise, or for amounts of either. Unit: standard deviations,
    below zero for a fall. Direction: higher is more risk. Minimum: `least_growths` earlier growths. Withheld: bounds
    hold every case. Source: the form of E7 (EARS C2) on year-on-year growth; prediction interval of a normal sample.
    """
    found: list[dict[str, Reading]] = [{} for _ in growths]
    spread = watched.least_spread * THOUSAND
    for place, z, baseline in _scores([one.own for one in growths], lengths, spread):
        p = either_tail(z, baseline) if watched.falls else predictive_tail(z, baseline)
        past = _past(len(growths[place].own[0]), baseline, lengths)
        found[place][GROWTH] = Reading(z, p, expected=expected_of(watched, growths[place], past))
    if lengths.year > 1:
        for place, one in enumerate(growths):
            if len(one.own[0]) >= lengths.window:
                found[place][CHANGE] = _changed(one, lengths.window)
    return found


def _changed(growth: Growth, window: int) -> Reading:
    """E9 where both the level and its growth rose for good: what is less sure of the two.

    A trend moves the level and not its growth; a year after a fall growth comes back and the level does not. Growth
    has to be more than a wandering level gives; the level, whose season makes neighbours alike, need not.
    """
    growth_rose, level_rose = (
        change_upwards(least[-window:], most[-window:], is_independent=is_level > 0)
        for is_level, (least, most) in enumerate((growth.own, growth.now))
    )
    return max(
        growth_rose, level_rose, key=lambda one: (one.p.upper, one.p.lower) if one.p is not None else ()
    )


def common_figures(
    common: Mapping[tuple[Group, str], Common], lengths: Lengths, limits: Thresholds
) -> list[CommonGrowth]:
    """E17 `common_growth`: whether a whole period moved, for the last periods of every group.

    Definition: the median growth over a year of all corridors of one reporter, facet and direction; p is that of the
    sign test of the corridors' growths against the mean of up to `most_growths` earlier medians, and 1 where the
    median is nearer to it than `least_common_growth`. Unit: logarithms: 0.1 is a rise of 10.5 %. Direction: neutral.
    Minimum: `least_corridors`; no p-value below `least_growths` earlier periods. Withheld: corridors that may lie on
    either side count for both. Source: the sign test; a period effect estimated by the median, which no single
    corridor can move. Example: nine corridors, all below what is usual: p 2 / 2^9 = 0.00390625.
    """
    by_group: dict[Group, list[tuple[str, Common]]] = defaultdict(list)
    for (group, period), one in sorted(common.items(), key=lambda item: item[0]):
        by_group[group].append((period, one))
    return [
        CommonGrowth(group, known[place][0], *_moved([one for _, one in known[: place + 1]], lengths, limits))
        for group, known in by_group.items()
        for place in range(max(0, len(known) - lengths.judged), len(known))
    ]


def _moved(
    known: Sequence[Common], lengths: Lengths, limits: Thresholds
) -> tuple[Interval, Interval | None, frozenset[str]]:
    """The value of the last period, its p-value, and the bundles it is of."""
    past, last = known[-1 - lengths.most_growths : -1], known[-1]
    value = Interval(Decimal(last.least) / THOUSAND, Decimal(last.most) / THOUSAND)
    if len(past) < lengths.least_growths:
        return value, None, last.inputs
    low, high = (
        divided(sum(ends), len(past)) for ends in zip(*((p.least, p.most) for p in past), strict=True)
    )
    room = limits.least_common_growth * THOUSAND
    if last.least - high > -room and last.most - low < room:
        return value, Interval.exact(1), last.inputs
    above = _between(sum(one > high for one, _ in last.grown), sum(other > low for _, other in last.grown))
    below = _between(sum(other < low for _, other in last.grown), sum(one < high for one, _ in last.grown))
    return value, binomial_p_interval(above, below), last.inputs


def _between(certain: int, possible: int) -> Interval:
    return Interval(Decimal(certain), Decimal(possible))


def _scores(rows: Sequence[Ends], lengths: Lengths, spread: Decimal) -> list[tuple[int, Interval, int]]:
    """Place, z and baseline of every row that is long enough, those of one baseline computed together."""
    by_baseline: dict[int, list[int]] = defaultdict(list)
    for place, (least, _) in enumerate(rows):
        baseline = min(lengths.most_growths, len(least) - lengths.growth_gap - 1)
        if baseline >= lengths.least_growths:
            by_baseline[baseline].append(place)
    found = []
    for baseline, places in by_baseline.items():
        needed = baseline + lengths.growth_gap + 1
        lows, highs = (np.array([rows[place][end][-needed:] for place in places], np.int64) for end in (0, 1))
        # a distance does not change with what is added to all, and a series starts from zero
        floor = lows.min(axis=1, keepdims=True)
        scores = ears(lows - floor, highs - floor, EarsParameters(baseline, lengths.growth_gap, spread)).c2
        for place, z in zip(places, intervals(scores), strict=True):
            if z is not None:
                found.append((place, z, baseline))
    return found


def _past(count: int, baseline: int, lengths: Lengths) -> slice:
    last = count - 1 - lengths.growth_gap
    return slice(last - baseline, last)
