"""Growth (D1) of suspicious reports by corridor, from one period to the next.

Invariants: both periods must have a cell for the corridor, so a table that is not there is not a fall to
zero; an alarm says growth only, a fall has its p-value and no alarm; all corridors of a period, direction and
facet are one family.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from functools import cache

from risk_models.cross_border.families import judged
from risk_models.figures import Figure
from risk_models.indicators.dynamics import growth
from risk_models.indicators.multiplicity import Signal
from risk_models.observations import Corridor, Corridors, Observed
from risk_models.specification import Parameters
from schemas.errors import InvalidValue
from schemas.hierarchy import WORLD
from schemas.period import TimePeriod

REPORTS = "N_STR"


def growth_figures(corridors: Corridors, parameters: Parameters) -> Iterator[Figure]:
    """Growth ratio, confidence limits and p-values of every corridor that two successive periods show."""
    previous = cache(_previous)
    families: dict[tuple[str, str, str], list[Figure]] = defaultdict(list)
    for corridor, now in corridors.items():
        if corridor.measure != REPORTS or corridor.counterpart == WORLD:
            continue
        before = corridors.get(corridor._replace(time_period=previous(corridor.time_period)))
        if before is not None and (now.interval.upper != 0 or before.interval.upper != 0):
            family = families[corridor.time_period, corridor.direction, corridor.facet]
            family.append(_figure(corridor, now, before, parameters))
    for family in families.values():
        yield from judged(family, parameters.significance, _only_upwards)


def _figure(corridor: Corridor, now: Observed, before: Observed, parameters: Parameters) -> Figure:
    measured = growth(now.interval, before.interval, parameters.z)
    least = now.interval.lower + before.interval.lower
    return Figure(
        "D1",
        corridor.time_period,
        corridor.ref_area,
        corridor.counterpart,
        f"{corridor.facet}/{corridor.direction}/{corridor.measure}",
        None if measured is None else measured.ratio,
        now.inputs | before.inputs,
        is_sufficient=least >= parameters.min_growth_reports,
        p=None if measured is None else measured.p,
        confidence=None if measured is None else measured.confidence,
    )


def _only_upwards(figure: Figure, verdict: Signal) -> Signal:
    """A certain fall is no alarm; a change that may be a fall is a possible alarm at most."""
    if figure.value is None or (figure.value.upper is not None and figure.value.upper <= 1):
        return "no"
    return "possible" if verdict == "certain" and figure.value.lower <= 1 else verdict


def _previous(time_period: str) -> str:
    """The text of the period before; empty before the first one that can be written."""
    try:
        return str(TimePeriod.parse(time_period).previous())
    except InvalidValue:
        return ""
