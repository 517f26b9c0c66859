"""Detectors judged together: false discovery rates over the whole view, and one level for each series.

Invariants: a detector signals within its family of tests (one detector, measure, period, direction and level of
detail); a level rests on the false discovery rate over all series of the view in one period; a detector that knows no
season and no trend counts only as far as growth says the same; a series that is too short has no level, and says so.
A level is an interval: its lower end is certain, its upper end the most that withheld values allow; what is only
possible counts for level 1 (`shown_level`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from risk_models.cross_border.families import judged
from risk_models.early_warning.detectors import detectors, readings
from risk_models.early_warning.growing import CommonGrowth, common_figures, growth_readings
from risk_models.early_warning.growth import common_growths, growth_of
from risk_models.early_warning.parameters import COUNTS, Thresholds, WarningParameters, Watched
from risk_models.early_warning.readings import Reading
from risk_models.early_warning.series import Series, series_of
from risk_models.exact import working
from risk_models.figures import Figure
from risk_models.indicators.multiplicity import Signal, adjusted_intervals
from risk_models.indicators.warning.fusion import Family, alarm_level
from risk_models.observations import Observations
from schemas.hierarchy import WORLD
from schemas.interval import Interval

LEVEL, TREND, GROWTH, COMMON, EXCESS = "E13", "E15", "E16", "E17", "E18"
# What each family rests on; of several detectors the first that was run.
_FAMILIES: Mapping[Family, tuple[str, ...]] = {
    "short_memory": (GROWTH,),
    "seasonal": ("E6", "E2"),
    "predictive": ("E5",),
    "change": ("E9",),
}
# They take a season, a trend or more spread than chance for an outbreak: never surer than growth is.
_BOUND_BY_GROWTH = frozenset({"E2", "E5"})
_ANY_LEVEL = Interval(Decimal(0), Decimal(3))


@dataclass(frozen=True, slots=True)
class Judged:
    """A series up to one period, with what the detectors say of that period."""

    series: Series
    is_newest: bool
    found: Mapping[str, Reading]


@dataclass(frozen=True, slots=True)
class Graded:
    """A level: its interval, the figure it rests on most (p, and q over the whole view), or None: not judged."""

    level: Interval
    p: Interval | None
    q: Interval | None


def warning_figures(seen: Observations, parameters: WarningParameters) -> Iterator[Figure]:
    """Yield the figures of every detector, and one level a series and period."""
    views: dict[str, list[Judged]] = defaultdict(list)
    for watched in parameters.watched:
        by_frequency: dict[str, list[Series]] = defaultdict(list)
        for frequency, series in series_of(seen, watched):
            by_frequency[frequency].append(series)
        for frequency, group in by_frequency.items():
            if frequency in parameters.lengths:
                rows, common = read(group, watched, frequency, parameters)
                views[frequency] += rows
                yield from _of_common(common, watched, parameters.thresholds.significance)
    for rows in views.values():
        yield from _of_view(rows, parameters.thresholds)


def read(
    group: Sequence[Series], watched: Watched, frequency: str, parameters: WarningParameters
) -> tuple[list[Judged], list[CommonGrowth]]:
    """Every series of one measure and frequency as it was after each of its last periods, read by all detectors."""
    limits, lengths = parameters.thresholds, parameters.lengths[frequency]
    common = common_growths(group, lengths, watched, limits.least_corridors)
    ends = [
        (place, length, length == len(series.periods))
        for place, series in enumerate(group)
        for length in range(max(1, len(series.periods) - lengths.judged + 1), len(series.periods) + 1)
    ]
    least = limits.least_total if watched.kind == COUNTS else 1
    cut = [group[place].until(length) for place, length, _ in ends]
    enough = [series if sum(series.upper) >= least else series.until(0) for series in cut]
    run = tuple(detectors(watched.kind, lengths, parameters.seasons.get(frequency), limits))
    grown = [growth_of(series, lengths, common) for series in group]
    growths = [
        grown[place].until(max(0, len(series.periods) - lengths.year))
        for (place, _, _), series in zip(ends, enough, strict=True)
    ]
    both = zip(readings(enough, run), growth_readings(growths, watched, lengths), strict=True)
    rows = [
        Judged(series, is_newest, one | other)
        for series, (_, _, is_newest), (one, other) in zip(cut, ends, both, strict=True)
    ]
    return rows, common_figures(common, lengths, limits)


def shown_level(value: Interval) -> int:
    """E13 as it is shown and acted on: the certain level, or 1 where an alarm is only possible, or 0."""
    return int(value.lower) or min(1, int(value.upper or 0))


def graded(rows: Sequence[Judged], limits: Thresholds) -> list[Graded]:
    """The level of every series of a view, each of one period, judged together.

    Every test of every series of the period is one family of E10: the view is what a person looks at, so the view is
    where false alarms are counted.
    """
    tested = [_tested(row) for row in rows]
    places = [(place, family) for place, one in enumerate(tested) for family in one]
    adjusted = adjusted_intervals([tested[place][family] for place, family in places])
    by_row: list[dict[Family, Interval]] = [{} for _ in rows]
    for (place, family), q in zip(places, adjusted, strict=True):
        by_row[place][family] = q
    return [_graded(*one, limits) for one in zip(rows, tested, by_row, strict=True)]


def _of_view(rows: Sequence[Judged], limits: Thresholds) -> Iterator[Figure]:
    yield from _signals(rows, limits.significance)
    by_period: dict[str, list[Judged]] = defaultdict(list)
    for row in rows:
        by_period[row.series.periods[-1]].append(row)
    for together in by_period.values():
        for row, found in zip(together, graded(together, limits), strict=True):
            yield from _told(row, found)


def _told(row: Judged, found: Graded) -> Iterator[Figure]:
    """The level of one series, and how large what it warns of is."""
    if found.p is None:
        # that a series is too short is said once, of its newest period
        if row.is_newest:
            yield _figure(LEVEL, row.series, Reading(_ANY_LEVEL), is_sufficient=False)
        return
    signal: Signal = "certain" if found.level.lower else ("possible" if found.level.upper else "no")
    yield _figure(LEVEL, row.series, Reading(found.level, found.p, signal), found.q)
    if signal != "no":
        yield _figure(EXCESS, row.series, Reading(_excess(row)))


def _signals(rows: Sequence[Judged], significance: Decimal) -> Iterator[Figure]:
    """Every reading as a figure, with the false discovery rate of its family."""
    families: dict[tuple[object, ...], list[Figure]] = defaultdict(list)
    for row in rows:
        series = row.series
        for indicator, reading in row.found.items():
            measure = (series.watched.dataflow, series.watched.measure)
            key = (indicator, *measure, series.periods[-1], series.key.direction, series.level)
            families[key].append(_figure(indicator, series, reading))
    for family in families.values():
        yield from judged(family, significance, _verdict)


def _of_common(found: Sequence[CommonGrowth], watched: Watched, significance: Decimal) -> Iterator[Figure]:
    """What the corridors of a reporter had in common, once for all of them; one family of tests a period."""
    by_period: dict[str, list[Figure]] = defaultdict(list)
    for one in found:
        area, facet, direction = one.group
        whole = f"{facet}/{direction}/{watched.measure}/{watched.dataflow}"
        by_period[one.period].append(
            Figure(COMMON, one.period, area, WORLD, whole, one.value, one.inputs, p=one.p)
        )
    for family in by_period.values():
        yield from judged(family, significance)


def _figure(
    indicator: str, series: Series, one: Reading, q: Interval | None = None, *, is_sufficient: bool = True
) -> Figure:
    place = (series.periods[-1], series.key.ref_area, series.key.counterpart, facet_of(series))
    return Figure(
        *(indicator, *place, one.value, series.inputs),
        p=one.p,
        q=q,
        signal=one.signal or "",
        is_sufficient=is_sufficient,
    )


def facet_of(series: Series) -> str:
    """What a series counts: its cuts, its direction, its measure and its dataflow."""
    key = series.key
    return f"{key.facet}/{key.direction}/{key.measure}/{series.watched.dataflow}"


def _verdict(figure: Figure, verdict: Signal) -> Signal:
    """A detector with a threshold of its own says its own word; a trend that may fall is possible at most."""
    if figure.signal:
        return figure.signal
    if figure.indicator != TREND or figure.value is None:
        return verdict
    if figure.value.upper is not None and figure.value.upper <= 0:
        return "no"
    return "possible" if verdict == "certain" and figure.value.lower <= 0 else verdict


def _tested(row: Judged) -> dict[Family, Interval]:
    """The p-value of each family of detectors; none without growth, which every level asks for."""
    growth = row.found.get(GROWTH)
    if growth is None or growth.p is None:
        return {}
    tested: dict[Family, Interval] = {}
    for family, names in _FAMILIES.items():
        name = next((name for name in names if name in row.found), None)
        p = row.found[name].p if name is not None else None
        if p is not None:
            tested[family] = _larger(p, growth.p) if name in _BOUND_BY_GROWTH else p
    return tested


def _larger(one: Interval, other: Interval) -> Interval:
    return Interval(max(one.lower, other.lower), max(_upper(one), _upper(other)))


def _upper(p: Interval) -> Decimal:
    return Decimal(1) if p.upper is None else p.upper


def _graded(
    row: Judged, tested: Mapping[Family, Interval], q_values: Mapping[Family, Interval], limits: Thresholds
) -> Graded:
    if not tested:
        return Graded(_ANY_LEVEL, None, None)
    rules, expected, seen = limits.fusion(row.series.watched), _expected(row), _seen(row)
    least = alarm_level(q_values, Interval.exact(seen.lower), expected.upper or expected.lower, rules)
    sharpest = {family: Interval.exact(q.lower) for family, q in q_values.items()}
    most = alarm_level(sharpest, Interval.exact(seen.upper or seen.lower), expected.lower, rules)
    level = Interval(Decimal(least.level if least.is_certain else 0), Decimal(most.level))
    strongest = min(q_values, key=lambda family: (_upper(q_values[family]), family))
    return Graded(level, tested[strongest], q_values[strongest])


def _seen(row: Judged) -> Interval:
    return Interval(Decimal(row.series.lower[-1]), Decimal(row.series.upper[-1]))


def _expected(row: Judged) -> Interval:
    """What growth as usual would have given; known wherever there is a level."""
    return row.found[GROWTH].expected or _seen(row)


def _excess(row: Judged) -> Interval:
    """E18 `excess`: how much more than expected was seen, in the unit of the series; below zero for less."""
    seen, expected = _seen(row), _expected(row)
    with working():
        return Interval(
            seen.lower - (expected.upper or expected.lower), (seen.upper or seen.lower) - expected.lower
        )
