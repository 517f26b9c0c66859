"""What every RerunStore promises, and how its subjects are found in the IndicatorStore."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from node.adapters.sqlite import Stores
from node.errors import NotFound
from node.ports.reruns import Rerun, RerunOutcome
from tests.support.builders import NOON, a_run

Reopen = Callable[[], Stores]
MINUTE = timedelta(minutes=1)


def again(outcome: RerunOutcome = RerunOutcome.SAME, **changes: object) -> Rerun:
    """Give one result computed again."""
    one = Rerun(
        "cross_border_1", "1.0.0", "sha256:spec", "view", NOON, "sha256:a", "sha256:a", outcome, "", NOON
    )
    return replace(one, **changes)


def test_what_was_computed_again_is_kept_newest_first(reopen: Reopen) -> None:
    """Every field survives; as many are given as are asked for."""
    assert reopen()["reruns"].newest(5) == []
    first, second = again(), again(RerunOutcome.DIFFERS, found="sha256:b", rerun_at=NOON + MINUTE)
    reopen()["reruns"].record(first)
    reopen()["reruns"].record(second)

    assert reopen()["reruns"].newest(5) == [second, first]
    assert reopen()["reruns"].newest(1) == [second]


def test_an_incident_lasts_until_the_same_result_comes_out_again(rows: Stores) -> None:
    """Of each result the newest counts; a version that is gone is no incident, and no other result ends one."""
    store = rows["reruns"]
    differs = again(RerunOutcome.DIFFERS)
    unreadable = again(RerunOutcome.UNREADABLE, view_id="another")
    for one in (again(), differs, unreadable, again(RerunOutcome.NO_MODEL, view_id="third")):
        store.record(one)
    store.record(again(model_version="2.0.0"))

    assert store.incidents() == [differs, unreadable]
    store.record(again(rerun_at=NOON + MINUTE))
    assert store.incidents() == [unreadable]


def test_runs_are_counted_and_found_by_their_place(rows: Stores) -> None:
    """The one stored first stands at 0; beyond the last there is none."""
    store = rows["indicators"]
    assert store.count() == 0
    later = a_run(view_id="later", run_at=NOON + MINUTE)
    store.add(later)
    store.add(a_run())

    assert (store.count(), store.at(0), store.at(1)) == (2, later, a_run())
    with pytest.raises(NotFound):
        store.at(2)


def test_the_newest_runs_of_some_models_are_given_newest_first(rows: Stores) -> None:
    """By their moment; of no other model, and no more than are asked for."""
    store = rows["indicators"]
    later = a_run(view_id="later", run_at=NOON + MINUTE)
    other = a_run(model_id="OTHER", view_id="other", run_at=NOON + 2 * MINUTE)
    for one in (later, a_run(), other, a_run(model_id="THIRD", view_id="third")):
        store.add(one)

    assert store.runs(["CROSS_BORDER", "OTHER"], 9) == [other, later, a_run()]
    assert store.runs(("CROSS_BORDER",), 1) == [later]
    assert store.runs((), 9) == []
