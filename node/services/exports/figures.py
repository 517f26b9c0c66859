"""Extracts of what was computed: a model's results, a member's, a corridor with its mirrors, warnings."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from node.errors import NotFound
from node.ports.ledger import live
from node.ports.work import IndicatorRun
from node.services.context import Context
from node.services.exports.extracts import Extract, Wanted, refuse_unknown
from node.services.exports.kinds import OF_RESULTS, kind_of, results_with_kind
from node.services.indicators import CROSS_BORDER, EARLY_WARNING, latest_results, shown
from node.services.rows import having
from node.services.views.corridor import MirrorPeriod, corridor
from node.services.views.evidence import Evidence, evidence, named
from node.services.views.standing import roll
from node.services.views.warnings import Alarm, warnings

FILTERS = ("INDICATOR", "TIME_PERIOD", "REF_AREA", "COUNTERPART_AREA", "FACET", "SIGNAL", "GRADE", "STATUS")
_ENDS = ("SENT", "RECEIVED")
_CORRIDOR = pa.schema(
    [(name, pa.string()) for name in ("SENDER", "RECEIVER", "TIME_PERIOD")]
    + [
        (f"{end}_{name}", pa.int64() if name in {"VALUE", "LOWER", "UPPER"} else pa.string())
        for end in _ENDS
        for name in ("KIND", "VALUE", "LOWER", "UPPER", "STATUS", "BUNDLE")
    ]
    + [
        (f"{name}_{end}", pa.string())
        for name in ("ASYMMETRY", "GAP")
        for end in ("LOWER", "UPPER", "SIGNAL", "GRADE", "STATUS")
    ]
)
_WARNINGS = pa.schema(
    [("LEVEL", pa.int64())]
    + [
        (name, pa.string())
        for name in ("DATAFLOW", "TIME_PERIOD", "REF_AREA", "COUNTERPART_AREA", "FACET", "SIGNAL", "GRADE")
    ]
    + [(name, pa.string()) for name in ("DETECTORS", "STATUS", "INPUTS")]
)


def indicators(ctx: Context, wanted: Wanted, now: datetime) -> Extract:
    """Give the rows of a model's newest run, filtered by columns' names in small or capital letters."""
    known = {name.lower(): name for name in FILTERS}
    refuse_unknown(wanted, {"model", *known})
    chosen = {known[name.lower()]: value for name, value in wanted.items() if name.lower() in known}
    run = shown_run(ctx, wanted.get("model", CROSS_BORDER))
    rows = _filtered(ctx, run, chosen)
    return Extract(
        f"indicators-{run.model_id}",
        results_with_kind(rows),
        _stands_on(ctx, rows, now),
        {"model": run.model_id},
        chosen,
        (run,),
        kinds=OF_RESULTS,
    )


def member(ctx: Context, wanted: Wanted, now: datetime) -> Extract:
    """Give a member's results of every model that was computed."""
    refuse_unknown(wanted, {"area"})
    code = wanted.get("area", "")
    if code not in roll(ctx, now).members:
        raise NotFound(
            "This is not a member", detail=code[:64], hint="See the exchange status for their codes."
        )
    runs = tuple(run for run in (shown(ctx, model.id) for model in ctx.models) if run is not None)
    if not runs:
        raise _nothing_computed()
    found = [_filtered(ctx, run, {"REF_AREA": code}) for run in runs]
    rows = pa.concat_tables(found, promote_options="default")
    return Extract(
        f"member-{code}",
        results_with_kind(rows),
        _stands_on(ctx, rows, now),
        {"area": code},
        {"area": code},
        runs,
        kinds=OF_RESULTS,
    )


def corridor_ends(ctx: Context, wanted: Wanted, now: datetime) -> Extract:
    """Give a corridor by direction and period: what either end reported, and what follows from the two."""
    area, counterpart = wanted.get("area", ""), wanted.get("counterpart", "")
    facets = {name.upper(): value for name, value in wanted.items()}
    view = corridor(ctx, area, counterpart, dataflow=wanted.get("dataflow", ""), wanted=facets, now=now)
    rows = [
        {"SENDER": one.sender, "RECEIVER": one.receiver} | _mirrors(period)
        for one in view.directions
        for period in one.periods
    ]
    run = shown(ctx, CROSS_BORDER)
    return Extract(
        f"corridor-{area}-{counterpart}-{view.dataflow}",
        pa.Table.from_pylist(rows, schema=_CORRIDOR),
        view.evidence,
        {"area": area, "counterpart": counterpart, "dataflow": view.dataflow},
        {"area": area, "counterpart": counterpart, "dataflow": view.dataflow, **view.selection.address},
        (run,) if run is not None else (),
    )


def alarms(ctx: Context, wanted: Wanted, now: datetime) -> Extract:
    """Give every alarm of a choice, the most serious first."""
    refuse_unknown(wanted, {"dataflow", "area"})
    run = shown_run(ctx, EARLY_WARNING)
    view = warnings(ctx, wanted, now, at_most=None)
    return Extract(
        "warnings",
        pa.Table.from_pylist([_alarm(one) for one in view.alarms], schema=_WARNINGS),
        view.evidence,
        {},
        view.address,
        (run,),
        kinds=(),
    )


def shown_run(ctx: Context, model: str) -> IndicatorRun:
    """Give a model's newest run; raises NotFound for no such model, and before its first run."""
    if model not in {one.id for one in ctx.models}:
        raise NotFound(
            "This node computes no such model",
            detail=model[:64],
            hint="One of: " + ", ".join(one.id for one in ctx.models),
        )
    run = shown(ctx, model)
    if run is None:
        raise _nothing_computed()
    return run


def _nothing_computed() -> NotFound:
    return NotFound(
        "No indicators were computed yet", hint="They are computed after the first release or import."
    )


def _filtered(ctx: Context, run: IndicatorRun, chosen: Mapping[str, str]) -> pa.Table:
    rows = latest_results(ctx, run.model_id)
    if rows is None:  # it was taken back between two looks
        raise _nothing_computed()
    for column, value in chosen.items():
        rows = having(rows, column, value)
    return rows


def _stands_on(ctx: Context, rows: pa.Table, now: datetime) -> Evidence:
    listed = pc.unique(rows["INPUTS"]).to_pylist()
    inputs = {digest for digests in listed for digest in (digests or "").split(",")}
    return evidence(named(live(ctx.ledger.bundles()), inputs), roll(ctx, now))


def _mirrors(period: MirrorPeriod) -> dict[str, Any]:
    row: dict[str, Any] = {"TIME_PERIOD": period.time_period}
    for end, figure in zip(_ENDS, (period.sent, period.received), strict=True):
        row |= {
            f"{end}_KIND": kind_of(figure),
            f"{end}_VALUE": figure.value,
            f"{end}_LOWER": figure.lower,
            f"{end}_UPPER": figure.upper,
            f"{end}_STATUS": figure.status or None,
            f"{end}_BUNDLE": figure.bundle,
        }
    for name, result in (("ASYMMETRY", period.asymmetry), ("GAP", period.gap)):
        if result is not None:
            row |= {
                f"{name}_LOWER": _text(result.lower),
                f"{name}_UPPER": _text(result.upper),
                f"{name}_SIGNAL": result.signal,
                f"{name}_GRADE": result.grade,
                f"{name}_STATUS": result.status,
            }
    return row


def _text(number: Decimal | None) -> str | None:
    return None if number is None else f"{number:f}"


def _alarm(alarm: Alarm) -> dict[str, Any]:
    one = alarm.result
    return {
        "LEVEL": alarm.level,
        "DATAFLOW": alarm.dataflow,
        "TIME_PERIOD": one.time_period,
        "REF_AREA": one.ref_area,
        "COUNTERPART_AREA": one.counterpart_area,
        "FACET": one.facet,
        "SIGNAL": one.signal,
        "GRADE": one.grade,
        "DETECTORS": _joined(result.indicator for result in alarm.fired),
        "STATUS": one.status,
        "INPUTS": ",".join(one.inputs),
    }


def _joined(names: Iterable[str]) -> str:
    return " ".join(sorted(names))
