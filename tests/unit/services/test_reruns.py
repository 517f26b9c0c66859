"""Past results computed again: drawn by lot, from their own bundles, by their own version, nothing repaired."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from itertools import count
from pathlib import Path

import pytest

from node.access import Actor, Role
from node.jobs import Jobs
from node.ports.reruns import RerunOutcome
from node.ports.work import IndicatorRun
from node.services import indicators, reruns
from node.services.context import Context
from node.services.indicators import CROSS_BORDER
from node.services.reruns import Rounds
from node.services.views.exchange import exchange_status
from node.services.views.tasks import tasks
from tests.support.federation import Nodes, federation, release_rows, trade

OTHER = "sha256:" + "0" * 64
DAILY = Rounds(1, timedelta(days=1))
OPERATOR = Actor("timur", frozenset({Role.OPERATOR}))


@pytest.fixture
def nodes(tmp_path: Path) -> Iterator[Nodes]:
    """One member that computed its first model of trade of one year, and again after a second year came."""
    with federation(tmp_path / "nodes", ("KZ",)) as built:
        built.contexts["KZ"] = replace(built["KZ"], models=built["KZ"].models[:1])
        for year in ("2012", "2013"):
            release_rows(built, "KZ", "DECLARED_FLOW", [trade("KZ", "RU", "OUT", "100.50", year)], tmp_path)
            indicators.recompute(built["KZ"], built.clock.now())
        yield built


def drawing(ctx: Context, *places: int) -> Context:
    """Give the node with lots that fall as said."""
    lots = iter(places)
    return replace(ctx, random=lambda size: next(lots).to_bytes(size, "big"))


def past(ctx: Context) -> IndicatorRun:
    """Give the first result, which no page shows any more."""
    run = ctx.indicators.at(0)
    assert run != ctx.indicators.latest(CROSS_BORDER)
    return run


def test_a_past_result_comes_out_the_same(nodes: Nodes) -> None:
    """From the bundles it names, and not from those held since; the audit log says so."""
    ctx = nodes["KZ"]

    done = reruns.rerun(ctx, past(ctx), nodes.clock.now())

    assert (done.outcome, done.found) == (RerunOutcome.SAME, past(ctx).result_digest)
    event = ctx.audit.entries(newest_first=True, limit=1)[0].event
    assert (event.kind, event.subject) == ("result.computed_again", past(ctx).view_id)
    assert event.details["outcome"] == "same"


def test_which_results_are_drawn_is_left_to_the_lot(nodes: Nodes) -> None:
    """Each place once, however many are asked for; every run can be drawn."""
    ctx = nodes["KZ"]

    def drawn(results: int, *lots: int) -> list[IndicatorRun]:
        return list(reruns.chosen(drawing(ctx, *lots), results))

    assert drawn(1, 0) == [ctx.indicators.at(0)]
    assert drawn(1, 1) == [ctx.indicators.at(1)]
    assert drawn(1, 7) == [ctx.indicators.at(1)]
    assert drawn(9, 1, 1) == [ctx.indicators.at(1), ctx.indicators.at(0)]


def test_a_difference_is_kept_with_both_digests_and_repairs_nothing(nodes: Nodes) -> None:
    """What was stored stays; the operator finds it among the tasks and on the exchange page, with its bundles."""
    ctx = nodes["KZ"]
    altered = replace(past(ctx), result_digest=OTHER)
    ctx.indicators.add(altered)

    done = reruns.rerun(ctx, altered, nodes.clock.now())

    assert (done.outcome, done.stored) == (RerunOutcome.DIFFERS, OTHER)
    assert done.found not in {"", OTHER}
    assert ctx.indicators.by_view(CROSS_BORDER, altered.view_id) == altered
    (incident,) = exchange_status(ctx, nodes.clock.now()).reruns.incidents
    assert (incident.rerun, incident.inputs) == (done, altered.inputs)
    (told,) = [one for one in tasks(ctx, OPERATOR, nodes.clock.now()) if one.kind == "results"]
    assert (told.path, told.subject, told.is_urgent) == ("/exchange#reruns", "1", True)


def test_an_incident_is_computed_again_in_every_round_until_it_is_over(nodes: Nodes) -> None:
    """Whatever the lot says; once the stored result is back, it is told of no longer."""
    ctx = nodes["KZ"]
    whole = past(ctx)
    ctx.indicators.add(replace(whole, result_digest=OTHER))
    altered = ctx.indicators.by_view(CROSS_BORDER, whole.view_id)
    assert altered is not None
    reruns.rerun(ctx, altered, nodes.clock.now())

    first = list(reruns.chosen(drawing(ctx, 0), 1))
    assert first[0] == altered
    ctx.indicators.add(whole)
    for run in reruns.chosen(drawing(ctx, 0), 1):
        reruns.rerun(ctx, run, nodes.clock.now())

    assert ctx.reruns.incidents() == []


def test_a_version_that_the_node_no_longer_has_is_said_and_is_no_incident(nodes: Nodes) -> None:
    """No other version is put in its place."""
    ctx = nodes["KZ"]
    of_before = replace(past(ctx), spec_digest=OTHER)

    done = reruns.rerun(ctx, of_before, nodes.clock.now())

    assert (done.outcome, done.found, done.outcome.is_incident) == (RerunOutcome.NO_MODEL, "", False)
    assert OTHER in done.detail


def test_an_archive_that_is_damaged_or_gone_is_an_incident(nodes: Nodes) -> None:
    """A bundle that nobody holds, and bytes that are not what they were."""
    ctx = nodes["KZ"]
    gone = reruns.rerun(ctx, replace(past(ctx), inputs=(OTHER,)), nodes.clock.now())
    bundle = ctx.ledger.bundle(past(ctx).inputs[0])
    assert bundle is not None
    part = ctx.objects.path(bundle.parts[0])
    part.chmod(0o600)
    part.write_bytes(b"altered")

    damaged = reruns.rerun(ctx, past(ctx), nodes.clock.now())

    assert {gone.outcome, damaged.outcome} == {RerunOutcome.UNREADABLE}
    assert OTHER in gone.detail
    assert damaged.detail


def test_a_round_is_due_at_its_interval_and_never_without_results(nodes: Nodes) -> None:
    """At once for the first time; a clock that was set back waits for nobody."""
    ctx = nodes["KZ"]
    now = nodes.clock.now()
    assert reruns.is_due(ctx, DAILY, now)
    assert not reruns.is_due(ctx, Rounds(0, DAILY.every), now)

    reruns.rerun(ctx, past(ctx), now)

    assert not reruns.is_due(ctx, DAILY, now + timedelta(hours=23))
    assert reruns.is_due(ctx, DAILY, now + timedelta(hours=24))
    assert reruns.is_due(ctx, DAILY, now - timedelta(hours=1))


def test_the_job_is_in_the_history_and_fails_where_a_result_came_out_otherwise(nodes: Nodes) -> None:
    """A round that is not due leaves no line."""
    lots = count()
    ctx = replace(nodes["KZ"], random=lambda size: next(lots).to_bytes(size, "big"))
    jobs = Jobs(ctx, nodes.clock.now, "test")
    jobs.rerun(DAILY)
    jobs.rerun(DAILY)
    first = [(run.job, run.outcome, run.detail.code) for run in ctx.jobs.history()]
    assert first == [("rerun", "done", "computed_again")]

    ctx.indicators.add(replace(past(ctx), result_digest=OTHER))
    nodes.clock.at += timedelta(days=1)
    jobs.rerun(Rounds(9, DAILY.every))
    jobs.close()

    newest = ctx.jobs.history(1)[0]
    assert (newest.outcome, newest.detail.code) == ("failed", "came_out_otherwise")
    assert (newest.detail.facts["differs"], newest.detail.facts["same"]) == (1, 1)
