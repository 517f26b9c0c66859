"""Past results that were computed again, as a page shows them: the newest, and those that came out otherwise."""

from __future__ import annotations

from dataclasses import dataclass

from node.ports.reruns import Rerun
from node.services.context import Context

RERUNS_SHOWN = 10
INCIDENTS_SHOWN = 50


@dataclass(frozen=True, slots=True)
class Incident:
    """A past result that came out otherwise or could not be computed, with the bundles it was computed from."""

    rerun: Rerun
    inputs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RerunView:
    """results: how many past results are kept. incidents: at most INCIDENTS_SHOWN, the oldest first."""

    results: int
    newest: tuple[Rerun, ...]
    incidents: tuple[Incident, ...]


def rerun_view(ctx: Context) -> RerunView:
    """Give what was computed again, and what came of it."""
    return RerunView(
        results=ctx.indicators.count(),
        newest=tuple(ctx.reruns.newest(RERUNS_SHOWN)),
        incidents=tuple(_incident(ctx, one) for one in ctx.reruns.incidents()[:INCIDENTS_SHOWN]),
    )


def _incident(ctx: Context, rerun: Rerun) -> Incident:
    run = ctx.indicators.by_view(rerun.model_id, rerun.view_id)
    return Incident(rerun, run.inputs if run is not None else ())
