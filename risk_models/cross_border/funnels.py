"""Stage conversion (A5): from suspicious transaction reports to confiscation orders.

Invariants: the stages of one member, period and crime type only, in total over every other cut; both stages must
have been released; this is the period version (cases of a year over cases of the same year), not a cohort.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from risk_models.figures import NO_COUNTERPART, Figure
from risk_models.indicators.funnel import funnel_ratio
from risk_models.observations import Observations
from risk_models.specification import Parameters

# What two stages of the chain have in common; neither is narrowed by any other cut.
STAGE = ("TIME_PERIOD", "REF_AREA", "CRIME_TYPE", "MEASURE")


def funnel_figures(seen: Observations, parameters: Parameters) -> Iterator[Figure]:
    """One conversion ratio with Wilson limits for each step of the chain that both stages show."""
    for (from_flow, from_measure), (to_flow, to_measure) in pairwise(parameters.stages):
        later = seen.totals(to_flow, STAGE)
        for key, entered in sorted(seen.totals(from_flow, STAGE).items()):
            time_period, ref_area, crime_type, measure = key
            reached = later.get((time_period, ref_area, crime_type, to_measure))
            if measure != from_measure or reached is None:
                continue
            conversion = funnel_ratio(reached.interval, entered.interval, parameters.z)
            yield Figure(
                "A5",
                time_period,
                ref_area,
                NO_COUNTERPART,
                f"{crime_type}/{from_measure}/{to_measure}",
                None if conversion is None else conversion.ratio,
                entered.inputs | reached.inputs,
                is_sufficient=entered.interval.lower >= parameters.min_funnel_cases,
                confidence=None if conversion is None else conversion.confidence,
            )
