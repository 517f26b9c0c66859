"""The cells that an assessment reads, found by member and year.

Invariants: a cell is that of its own reporter; only whole years count; a cell that nobody gives is absent and never
zero.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from risk_models import propagation
from risk_models.observations import Corridor, Corridors, Observations, Observed
from schemas.interval import Interval

ZERO = Decimal(0)
NOTHING = Interval(ZERO, ZERO)
DIRECTIONS = ("IN", "OUT")
_LENGTH_OF_YEAR = 4
# What names a cell; every other dimension of the dataflow stands for its whole.
_FLOW = ("TIME_PERIOD", "REF_AREA", "COUNTERPART_AREA", "FLOW_DIRECTION", "MEASURE")
_STATISTIC = ("TIME_PERIOD", "REF_AREA", "MEASURE")
_STATISTICS = ("R33_D", "CONTEXT")
_STATISTICS_BY_CRIME = ("R33_A", "R33_B")
_BY_CRIME = (*_STATISTIC, "CRIME_TYPE")


@dataclass(frozen=True, slots=True)
class Reading:
    """One input of one member: its interval, the year of its cells, the bundles they stand in."""

    value: Interval
    year: int
    inputs: frozenset[str]


@dataclass(frozen=True, slots=True)
class Facts:
    """Cells by what the inputs ask for.

    suspicious: by reporter, counterpart (W1: all), direction, measure and year. declared: between members, by reporter
    and year, then by corridor. ratings: by member and item, then by year. statistics: by member, measure and year.
    by_crime: also by type of crime. areas: the members that give anything.
    """

    suspicious: Mapping[tuple[str, str, str, str, int], Observed]
    declared: Mapping[tuple[str, int], Corridors]
    ratings: Mapping[tuple[str, str], Mapping[int, Observed]]
    statistics: Mapping[tuple[str, str, int], Observed]
    by_crime: Mapping[tuple[str, str, str, int], Observed]
    areas: tuple[str, ...]
    newest: int


def facts_of(seen: Observations) -> Facts:
    """Find the cells of whole years; every member that gave any of them is assessed."""
    suspicious = {
        (area, counterpart, direction, measure, int(period)): cell
        for (period, area, counterpart, direction, measure), cell in seen.totals(
            "SUSPICIOUS_FLOW", _FLOW
        ).items()
        if is_year(period)
    }
    declared = seen.corridors("DECLARED_FLOW")
    ratings: dict[tuple[str, str], dict[int, Observed]] = defaultdict(dict)
    for (period, area, item, _), cell in seen.of("FATF_RATING").items():
        ratings[area, item][int(period)] = cell
    statistics = {
        (area, measure, int(period)): cell
        for name in _STATISTICS
        for (period, area, measure), cell in seen.totals(name, _STATISTIC).items()
        if is_year(period)
    }
    by_crime = {
        (area, crime, measure, int(period)): cell
        for name in _STATISTICS_BY_CRIME
        for (period, area, measure, crime), cell in seen.totals(name, _BY_CRIME).items()
        if is_year(period)
    }
    given = {(area, year) for area, *_, year in suspicious}
    given |= {(area, year) for area, _, year in statistics}
    given |= {(area, year) for area, *_, year in by_crime}
    given |= {(one.ref_area, int(one.time_period)) for one in declared if is_year(one.time_period)}
    given |= {(area, year) for (area, _), years in ratings.items() for year in years}
    areas = {area for area, _ in given}
    return Facts(
        suspicious=suspicious,
        declared=_between(declared, areas),
        ratings=ratings,
        statistics=statistics,
        by_crime=by_crime,
        areas=tuple(sorted(areas)),
        newest=max((year for _, year in given), default=0),
    )


def _between(declared: Corridors, areas: Collection[str]) -> dict[tuple[str, int], dict[Corridor, Observed]]:
    found: dict[tuple[str, int], dict[Corridor, Observed]] = defaultdict(dict)
    for corridor, cell in declared.items():
        if corridor.counterpart in areas and is_year(corridor.time_period):
            found[corridor.ref_area, int(corridor.time_period)][corridor] = cell
    return dict(found)


def newest(made: Callable[[int], Reading | None], year: int, window: int) -> Reading | None:
    """Return the reading of the newest year up to `year` that gives one, and is not older than the window."""
    readings = (made(one) for one in range(year, year - window, -1))
    return next((reading for reading in readings if reading is not None), None)


def read(value: Interval, year: int, cells: Iterable[Observed]) -> Reading:
    """Return a reading of these cells."""
    return Reading(value, year, frozenset().union(*(cell.inputs for cell in cells)))


def part_of(part: Interval, rest: Interval) -> Interval:
    """Return part / (part + rest), a share from 0 to 1; of nothing at all it is 0 (the bounds hold)."""
    found = propagation.share(part, rest)
    if found is None:
        return NOTHING
    return found if part.lower else Interval(ZERO, found.upper)


def excess(one: Interval, other: Interval) -> Interval:
    """Return by how much `one` is above `other`, nothing if it is below: max(0, one - other)."""
    lower = ZERO if other.upper is None else max(ZERO, one.lower - other.upper)
    return Interval(lower, None if one.upper is None else max(ZERO, one.upper - other.lower))


def least(one: Interval, other: Interval) -> Interval:
    """Return the smaller of two values."""
    uppers = [value.upper for value in (one, other) if value.upper is not None]
    return Interval(min(one.lower, other.lower), min(uppers, default=None))


def counterparts(facts: Facts, area: str) -> tuple[str, ...]:
    """Return the other members."""
    return tuple(other for other in facts.areas if other != area)


def is_year(period: str) -> bool:
    """Say whether a period is a whole year."""
    return len(period) == _LENGTH_OF_YEAR
