"""Trade gaps (B6): imports of one member against exports of the other.

Invariants: both sides must have released the same product and year; a gap belongs to the importer's row; gaps
of different corridors or products are not netted.
"""

from __future__ import annotations

from collections.abc import Iterator

from risk_models.cross_border.mirrors import TRADE, mirrored
from risk_models.figures import Figure
from risk_models.indicators.corridors import trade_gap
from risk_models.observations import Corridors
from risk_models.specification import Parameters


def gap_figures(declared: Corridors, parameters: Parameters) -> Iterator[Figure]:
    """The gap in US cents and its size as a share of both declarations, by importer, partner and product."""
    for corridor, exported, imported in mirrored(declared):
        if corridor.facet.split("/")[0] != TRADE:
            continue
        gap = trade_gap(imported.interval, exported.interval, parameters.beta)
        importer, exporter = corridor.counterpart, corridor.ref_area
        inputs = exported.inputs | imported.inputs
        for facet, value in (
            (corridor.facet, None if gap is None else gap.gap),
            (f"{corridor.facet}/SHARE", None if gap is None else gap.share),
        ):
            yield Figure("B6", corridor.time_period, importer, exporter, facet, value, inputs)
