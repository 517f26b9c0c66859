"""Past results, computed again from the archived bundles: does the method still give what it gave?

Invariants: which results are computed again is drawn by lot and cannot be foreseen; a result is computed from its own
bundles by its own version of the method, or not at all; nothing is repaired, and no stored result is replaced; a
difference is kept with both digests and told of until the same result comes out again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from exchange.errors import ExchangeError
from node.audit import AuditEvent
from node.errors import Damaged, NotFound
from node.ports.reruns import Rerun, RerunOutcome
from node.ports.work import IndicatorRun
from node.services import indicators
from node.services.context import Context

_DRAWN_BYTES = 8


@dataclass(frozen=True, slots=True)
class Rounds:
    """results: how many past results are drawn in a round, 0 for none. every: the time between two rounds."""

    results: int
    every: timedelta


def is_due(ctx: Context, rounds: Rounds, now: datetime) -> bool:
    """Say whether a round is to begin: there is something to draw from, and the last was long enough ago."""
    if not rounds.results or not ctx.indicators.count():
        return False
    last = ctx.reruns.newest(1)
    # a moment to come: the clock was set back since
    return not last or not now - rounds.every < last[0].rerun_at <= now


def chosen(ctx: Context, results: int) -> Iterator[IndicatorRun]:
    """Give what a round computes again: incidents of before, and as many drawn by lot; at most `results` of each."""
    troubled = [run for one in ctx.reruns.incidents()[:results] for run in _kept(ctx, one)]
    yield from troubled
    for place in _drawn(ctx.random, results, ctx.indicators.count()):
        run = ctx.indicators.at(place)
        if run not in troubled:
            yield run


def rerun(ctx: Context, run: IndicatorRun, now: datetime) -> Rerun:
    """Compute one past result again, and keep what came out beside what was stored."""
    found, outcome, detail = _computed(ctx, run)
    done = Rerun(
        model_id=run.model_id,
        model_version=run.model_version,
        spec_digest=run.spec_digest,
        view_id=run.view_id,
        run_at=run.run_at,
        stored=run.result_digest,
        found=found,
        outcome=outcome,
        detail=detail,
        rerun_at=now,
    )
    ctx.reruns.record(done)
    facts = {"model": run.model_id, "outcome": outcome.value, "stored": run.result_digest, "found": found}
    ctx.audit.append(AuditEvent("result.computed_again", ctx.member, run.view_id, now, facts))
    return done


def _drawn(random: Callable[[int], bytes], number: int, of: int) -> Iterator[int]:
    """Give so many different places below `of`."""
    left = list(range(of))
    for _ in range(min(number, of)):
        yield left.pop(int.from_bytes(random(_DRAWN_BYTES), "big") % len(left))


def _kept(ctx: Context, rerun: Rerun) -> Iterator[IndicatorRun]:
    """Give the result that was computed again, if it is still kept."""
    run = ctx.indicators.by_view(rerun.model_id, rerun.view_id)
    if run is not None and run.model_version == rerun.model_version:
        yield run


def _computed(ctx: Context, run: IndicatorRun) -> tuple[str, RerunOutcome, str]:
    model = next((one for one in ctx.models if (one.id, one.digest) == (run.model_id, run.spec_digest)), None)
    if model is None:
        return "", RerunOutcome.NO_MODEL, f"{run.model_id} {run.model_version} of {run.spec_digest}"
    held = {digest: ctx.ledger.bundle(digest) for digest in run.inputs}
    gone = [digest for digest, bundle in held.items() if bundle is None]
    if gone:
        return "", RerunOutcome.UNREADABLE, f"not held: {gone[0]}"
    try:
        found = indicators.compute(ctx, model, [one for one in held.values() if one is not None])
        indicators.results_of(ctx, run)
    except (Damaged, NotFound, ExchangeError) as error:
        return "", RerunOutcome.UNREADABLE, str(error)
    same = found.result_digest == run.result_digest
    return found.result_digest, RerunOutcome.SAME if same else RerunOutcome.DIFFERS, ""
