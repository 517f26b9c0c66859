"""Mirror asymmetry (B5): one corridor as both of its ends see it.

Invariants: a corridor is compared only where both members released a cell for it; all corridors of a period
and facet are one family for the false discovery rate, those with too few reports left out of it; mirrors are
never summed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal

from risk_models.cross_border.families import judged
from risk_models.figures import Figure
from risk_models.indicators.corridors import mirror_asym, mirror_log_ratio
from risk_models.observations import Corridor, Corridors, Observed
from risk_models.specification import Parameters

REPORTS = "N_STR"
TRADE = "TRADE"


def mirror_figures(suspicious: Corridors, declared: Corridors, parameters: Parameters) -> Iterator[Figure]:
    """Relative discrepancy of suspicious reports with p-values; logarithmic ratio of declared values."""
    families: dict[tuple[str, str], list[Figure]] = defaultdict(list)
    for corridor, sent, received in mirrored(suspicious):
        if corridor.measure == REPORTS:
            figure = _reports(corridor, sent, received, parameters)
            families[corridor.time_period, corridor.facet].append(figure)
    for family in families.values():
        yield from judged(family, parameters.significance)
    for corridor, sent, received in mirrored(declared):
        yield _values(corridor, sent, received, parameters)


def mirrored(
    corridors: Corridors,
) -> Iterator[tuple[Corridor, Observed, Observed]]:
    """Pairs of what a sender and a receiver say of one corridor, unless both say that nothing flowed."""
    for corridor, sent in corridors.items():
        if corridor.direction != "OUT":
            continue
        received = corridors.get(
            corridor._replace(ref_area=corridor.counterpart, counterpart=corridor.ref_area, direction="IN")
        )
        if received is not None and (sent.interval.upper != 0 or received.interval.upper != 0):
            yield corridor, sent, received


def _reports(corridor: Corridor, sent: Observed, received: Observed, parameters: Parameters) -> Figure:
    asymmetry = mirror_asym(sent.interval, received.interval)
    least = sent.interval.lower + received.interval.lower
    return Figure(
        "B5",
        corridor.time_period,
        corridor.ref_area,
        corridor.counterpart,
        f"{corridor.facet}/{corridor.measure}",
        None if asymmetry is None else asymmetry.discrepancy,
        sent.inputs | received.inputs,
        is_sufficient=least >= parameters.min_mirror_reports,
        p=None if asymmetry is None else asymmetry.p,
    )


def _values(corridor: Corridor, sent: Observed, received: Observed, parameters: Parameters) -> Figure:
    wedge = parameters.beta if corridor.facet.split("/")[0] == TRADE else Decimal(1)
    return Figure(
        "B5",
        corridor.time_period,
        corridor.ref_area,
        corridor.counterpart,
        f"{corridor.facet}/{corridor.measure}",
        mirror_log_ratio(sent.interval, received.interval, wedge),
        sent.inputs | received.inputs,
    )
