"""Extracts of one series as its page draws it: a row a period, or a period and a member.

Invariants: a row says of a figure what the page says of it; where nothing was shared a row says so.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import pyarrow as pa

from node.services.context import Context
from node.services.exports.extracts import Extract, Wanted, refuse_unknown
from node.services.exports.figures import shown_run
from node.services.exports.kinds import FIGURE_COLUMNS, OF_CELLS, figure_row
from node.services.indicators import EARLY_WARNING
from node.services.results import level_of
from node.services.views.typologies import typology
from node.services.views.warnings import warning

_WARNING = pa.schema(
    [("TIME_PERIOD", pa.string()), *FIGURE_COLUMNS, ("LEVEL", pa.int64()), ("SIGNAL", pa.string())]
)
_TYPOLOGY = pa.schema(
    [*((name, pa.string()) for name in ("METHOD", "REF_AREA", "TIME_PERIOD")), *FIGURE_COLUMNS]
)


def warning_series(ctx: Context, wanted: Wanted, now: datetime) -> Extract:
    """Give the series that a warning is about, the newest period first; raises NotFound for none."""
    refuse_unknown(wanted, {"area", "counterpart", "facet", "period"})
    view = warning(ctx, wanted, now)
    rows = [
        {"TIME_PERIOD": one.time_period}
        | figure_row(one.figure)
        | ({"LEVEL": level_of(one.level), "SIGNAL": one.level.signal} if one.level and one.is_alarm else {})
        for one in view.periods
    ]
    about = {"area": view.alarm.result.ref_area, "counterpart": view.alarm.result.counterpart_area}
    return Extract(
        f"warning-{about['area']}-{about['counterpart']}",
        pa.Table.from_pylist(rows, schema=_WARNING),
        view.evidence,
        about,
        {**about, "facet": view.alarm.result.facet, "MEASURE": view.measure},
        (shown_run(ctx, EARLY_WARNING),),
        kinds=OF_CELLS,
    )


def typology_series(ctx: Context, wanted: Wanted, now: datetime) -> Extract:
    """Give a typology by period and member, the newest period first; raises NotFound for one nobody shared."""
    code, flow = wanted.get("method", ""), wanted.get("dataflow", "")
    view = typology(ctx, code, dataflow=flow, wanted=_dimensions(wanted), now=now)
    rows = [
        {"METHOD": view.code, "REF_AREA": member, "TIME_PERIOD": period} | figure_row(one)
        for period, figures in view.periods
        for member, one in zip(view.members, figures, strict=True)
    ]
    chosen = view.selection.without("TIME_PERIOD")
    return Extract(
        f"typology-{view.code}-{view.dataflow}",
        pa.Table.from_pylist(rows, schema=_TYPOLOGY),
        view.evidence,
        {"method": view.code, "dataflow": view.dataflow},
        {"dataflow": view.dataflow, "METHOD": view.code, **chosen},
    )


def _dimensions(wanted: Wanted) -> Mapping[str, str]:
    return {name.upper(): value for name, value in wanted.items()}
