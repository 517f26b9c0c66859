"""Which periods of a series alarm, for pages that show the series for another reason.

Invariants: a series is found by the very facet it was judged under; what was not judged has no level.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pyarrow as pa

from node.services import results as computed
from node.services.context import Context
from node.services.indicators import EARLY_WARNING
from node.services.results import Result
from node.services.rows import among, having
from risk_models.early_warning.alarms import LEVEL
from schemas.structure import Dataflow

_NOT_PARTICULAR = frozenset({"TIME_PERIOD", "REF_AREA", "COUNTERPART_AREA", "FLOW_DIRECTION", "MEASURE"})


@dataclass(frozen=True, slots=True)
class Alarms:
    """The periods that alarm, certainly or possibly, of the series of one choice."""

    facet: str
    table: pa.Table | None

    def of(self, ref_area: str, counterpart_area: str, direction: str) -> dict[str, Result]:
        """Give the levels of one series by period."""
        facet = self.facet.format(direction=direction)
        wanted = {"ref_area": ref_area, "counterpart_area": counterpart_area, "facet": facet}
        return {one.time_period: one for one in computed.where(self.table, **wanted)}


def alarms(ctx: Context, flow: Dataflow, chosen: Mapping[str, str]) -> Alarms:
    """Give the alarms of a dataflow in one choice of its dimensions, the direction and the areas left open."""
    names = [name for name in flow.cells.dimensions if name not in _NOT_PARTICULAR]
    facet = "/".join(
        [*(chosen.get(name, "") for name in names), "{direction}", chosen.get("MEASURE", ""), flow.id]
    )
    table = computed.table(ctx, EARLY_WARNING)
    if table is not None:
        table = among(having(table, "INDICATOR", LEVEL), "SIGNAL", tuple(computed.SIGNALS))
    return Alarms(facet, table)
