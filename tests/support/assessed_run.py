"""A run of the assessment in a node's stores, computed from the bundles of `assessed`, for tests of views and pages."""

from __future__ import annotations

import random
from datetime import datetime
from functools import cache

from exchange import parquet
from node.ports.work import IndicatorRun
from node.services.context import Context
from risk_models.model import ModelRun, load_spec, run
from tests.support.assessed import bundles, detail_cells
from tests.support.federation import START


def store(ctx: Context, model_id: str = "assessment_1", at: datetime = START) -> IndicatorRun:
    """Compute and keep it: KZ withholds some of its flows, BY all of them, and KG shares no ratings."""
    spec, done = load_spec(model_id), _computed(model_id)
    made = IndicatorRun(
        model_id=spec.id,
        model_version=spec.version,
        spec_digest=spec.digest,
        view_id=done.view_id,
        inputs=done.inputs,
        result_digest=done.result_digest,
        results=ctx.objects.put(parquet.write(done.results)),
        run_at=at,
    )
    ctx.indicators.add(made)
    return made


@cache
def _computed(model_id: str) -> ModelRun:
    """Compute it once for all tests of a process."""
    words = random.Random(7)
    values = []
    for cell in detail_cells():
        flow, area, named = cell
        value = words.randint(1, 3 if flow == "FATF_RATING" else 60)
        if (area, flow) == ("KG", "FATF_RATING"):
            continue
        if area == "BY" and flow in {"SUSPICIOUS_FLOW", "DECLARED_FLOW", "CONTEXT", "R33_A"}:
            values.append((cell, value, 0, None))
        elif (area, flow, named.get("COUNTERPART_AREA")) == ("KZ", "SUSPICIOUS_FLOW", "W1"):
            values.append((cell, value, value, value + 2))
        else:
            values.append((cell, value, value, value))
    return run(load_spec(model_id), bundles(values))
