"""The chain from report to confiscation as a whole (A6), and its steps beside the region's (A7).

Invariants: a chain is of one member, period and type of crime, in total over every other cut; where the member did not
give a stage there is no chain, and its other steps are in A5; the region's are the whole chains of all members.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import pairwise

from risk_models.effectiveness.parameters import EffectivenessParameters
from risk_models.figures import NO_COUNTERPART, Figure
from risk_models.indicators.effectiveness import StageGap, bottleneck, funnel_e2e, value_recovery
from risk_models.indicators.multiplicity import signal
from risk_models.observations import Observations, Observed
from risk_models.propagation import summed
from schemas.interval import Interval
from schemas.period import TimePeriod

MISSING = "MISSING"
# What the stages of one chain have in common; none is narrowed by any other cut.
_STAGE = ("TIME_PERIOD", "REF_AREA", "CRIME_TYPE", "MEASURE")
_Place = tuple[str, str, str]
Chains = Mapping[_Place, tuple[Observed, ...]]


def chain_figures(seen: Observations, parameters: EffectivenessParameters) -> Iterator[Figure]:
    """A6 of every whole chain, and A7 of each of its steps: the score, then the cases missing."""
    chains = _chains(seen, parameters)
    regions = defaultdict[tuple[str, str], list[tuple[Observed, ...]]](list)
    for (period, _, crime), chain in sorted(chains.items()):
        regions[period, crime].append(chain)
    pools = {place: _pooled(region) for place, region in regions.items()}
    measures = [measure for _, measure in parameters.stages]
    for (period, area, crime), chain in sorted(chains.items()):
        stages = [stage.interval for stage in chain]
        inputs = frozenset[str]().union(*(stage.inputs for stage in chain))
        whole = funnel_e2e(stages)
        yield Figure(
            "A6",
            period,
            area,
            NO_COUNTERPART,
            f"{crime}/{measures[0]}/{measures[-1]}",
            None if whole is None else whole.ratio,
            inputs,
            is_sufficient=stages[0].lower >= parameters.min_cases,
        )
        pooled, everyone = pools[period, crime]
        is_region = len(regions[period, crime]) >= parameters.min_pool
        found = bottleneck(stages, pooled)
        for (entered, reached), before, step in zip(pairwise(measures), stages, found, strict=False):
            enough = is_region and before.lower >= parameters.min_cases
            facet = f"{crime}/{entered}/{reached}"
            yield from _step((period, area, facet), step, everyone, parameters, is_sufficient=enough)


def recovery_figures(seen: Observations, parameters: EffectivenessParameters) -> Iterator[Figure]:
    """A6 by value: what part of the money that was stopped is confiscated."""
    for (to_flow, to_measure), (from_flow, from_measure) in parameters.recoveries:
        recovered = seen.totals(to_flow, _STAGE)
        for (period, area, crime, measure), base in sorted(seen.totals(from_flow, _STAGE).items()):
            found = recovered.get((period, area, crime, to_measure))
            if measure == from_measure and found is not None:
                yield Figure(
                    "A6",
                    period,
                    area,
                    NO_COUNTERPART,
                    f"{crime}/{from_measure}/{to_measure}",
                    value_recovery(found.interval, base.interval),
                    base.inputs | found.inputs,
                    is_sufficient=TimePeriod.parse(period).freq == "A",
                )


def _chains(seen: Observations, parameters: EffectivenessParameters) -> Chains:
    """Every chain of which each stage is given."""
    totals = {flow: seen.totals(flow, _STAGE) for flow, _ in parameters.stages}
    first_flow, first = parameters.stages[0]
    places = [
        (period, area, crime) for period, area, crime, measure in totals[first_flow] if measure == first
    ]
    found = {
        place: [totals[flow].get((*place, measure)) for flow, measure in parameters.stages]
        for place in places
    }
    return {
        place: tuple(stage for stage in chain if stage is not None)
        for place, chain in found.items()
        if None not in chain
    }


def _pooled(chains: list[tuple[Observed, ...]]) -> tuple[list[Interval], frozenset[str]]:
    """The cases of the region by stage, and the bundles that they stand in."""
    pooled = [summed(chain[at].interval for chain in chains) for at in range(len(chains[0]))]
    return pooled, frozenset[str]().union(*(stage.inputs for chain in chains for stage in chain))


def _step(
    place: tuple[str, str, str],
    step: StageGap | None,
    inputs: frozenset[str],
    parameters: EffectivenessParameters,
    *,
    is_sufficient: bool,
) -> Iterator[Figure]:
    """One step beside the region's; a signal says that fewer pass here, by the level over the whole chain."""
    period, area, facet = place
    bare = Figure("A7", period, area, NO_COUNTERPART, facet, None, inputs, is_sufficient=is_sufficient)
    if step is None:
        yield bare
        return
    said = signal(step.q, parameters.level) if is_sufficient else ""
    yield replace(bare, value=step.z, p=step.p, q=step.q, signal=said)
    yield replace(bare, facet=f"{facet}/{MISSING}", value=step.missing)
