"""Reports beside what exposure lets expect (A9), and requests from abroad beside disseminations (A10).

Invariants: a ratio is of one period, over the members that give both reports and exposure; where one of their counts is
withheld there is none at all, because the prior that all share would depend on how it was withheld.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from fractions import Fraction

from risk_models.effectiveness.parameters import EffectivenessParameters
from risk_models.figures import NO_COUNTERPART, Figure
from risk_models.indicators.effectiveness import coop_load
from risk_models.indicators.reporting_ratio import srr_eb
from risk_models.observations import Observations, Observed

REPORTS, REQUESTS, CONTEXT = "R33_A", "R33_D", "CONTEXT"
REPORTED, DISSEMINATED, RECEIVED = "N_STR", "N_DISS", "N_REQ_IN"
_BY_MEASURE = ("TIME_PERIOD", "REF_AREA", "MEASURE")


def reporting_figures(seen: Observations, parameters: EffectivenessParameters) -> Iterator[Figure]:
    """A9 by each exposure: 1 is as many reports as the members together file for it."""
    reported, context = seen.totals(REPORTS, _BY_MEASURE), seen.totals(CONTEXT, _BY_MEASURE)
    for exposure in parameters.exposures:
        pairs: dict[str, dict[str, tuple[Observed, Observed]]] = defaultdict(dict)
        for (period, area, measure), reports in sorted(reported.items()):
            size = context.get((period, area, exposure))
            if measure == REPORTED and size is not None:
                pairs[period][area] = reports, size
        for period, by_area in sorted(pairs.items()):
            if all(_is_usable(reports, size) for reports, size in by_area.values()):
                yield from _ratios(period, exposure, by_area, parameters)


def request_figures(seen: Observations, parameters: EffectivenessParameters) -> Iterator[Figure]:
    """A10: requests received for every hundred disseminations, over all counterparts and crimes."""
    received = seen.totals(REQUESTS, _BY_MEASURE)
    for (period, area, measure), base in sorted(seen.totals(REPORTS, _BY_MEASURE).items()):
        requests = received.get((period, area, RECEIVED))
        if measure == DISSEMINATED and requests is not None:
            yield Figure(
                "A10",
                period,
                area,
                NO_COUNTERPART,
                f"{RECEIVED}/{DISSEMINATED}",
                coop_load(requests.interval, base.interval),
                requests.inputs | base.inputs,
                is_sufficient=base.interval.lower >= parameters.min_disseminations,
            )


def _is_usable(reports: Observed, size: Observed) -> bool:
    return reports.interval.is_exact and size.interval.is_exact and size.interval.lower > 0


def _ratios(
    period: str,
    exposure: str,
    by_area: Mapping[str, tuple[Observed, Observed]],
    parameters: EffectivenessParameters,
) -> Iterator[Figure]:
    counts = [int(reports.interval.lower) for reports, _ in by_area.values()]
    sizes = [Fraction(size.interval.lower) for _, size in by_area.values()]
    found = srr_eb([(one, one) for one in counts], sizes)
    inputs = frozenset[str]().union(*(reports.inputs | size.inputs for reports, size in by_area.values()))
    enough = len(counts) >= parameters.min_members and sum(counts) >= parameters.min_expected
    for place, area in enumerate(by_area):
        yield Figure(
            "A9",
            period,
            area,
            NO_COUNTERPART,
            f"{REPORTED}/{exposure}",
            None if found is None else found[place].shrunken,
            inputs,
            is_sufficient=enough,
        )
