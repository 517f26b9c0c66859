"""What every IndicatorStore, AuditLog and JobStore promises."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from pathlib import Path

from node.adapters.sqlite import Stores
from node.adapters.sqlite.work import HISTORY_RUNS
from node.audit import FIRST_LINK, first_broken
from node.ports.work import Said
from schemas.digest import sha256_hex
from tests.support.builders import NOON, a_job_run, a_run, an_event

HOUR = timedelta(hours=1)


def test_a_run_is_the_same_after_reopening(reopen: Callable[[], Stores]) -> None:
    """Every field survives."""
    reopen()["indicators"].add(a_run())

    assert reopen()["indicators"].latest("CROSS_BORDER") == a_run()
    assert reopen()["indicators"].by_view("CROSS_BORDER", a_run().view_id) == a_run()


def test_before_the_first_run_there_is_none(rows: Stores) -> None:
    """None, for the dashboard to say so."""
    assert rows["indicators"].latest("CROSS_BORDER") is None
    assert rows["indicators"].by_view("CROSS_BORDER", "view") is None


def test_the_latest_run_is_the_one_with_the_last_moment(rows: Stores) -> None:
    """Not the one that was stored last."""
    newer = a_run(view_id="newer", run_at=NOON + HOUR)
    rows["indicators"].add(newer)
    rows["indicators"].add(a_run())

    assert rows["indicators"].latest("CROSS_BORDER") == newer
    assert rows["indicators"].by_view("CROSS_BORDER", a_run().view_id) == a_run()


def test_the_same_view_and_model_replace_the_row(rows: Stores) -> None:
    """Another version of the model is another row."""
    rows["indicators"].add(a_run())
    rows["indicators"].add(a_run(model_version="2", run_at=NOON + HOUR))
    again = a_run(run_at=NOON + 2 * HOUR)
    rows["indicators"].add(again)

    assert rows["indicators"].latest("CROSS_BORDER") == again


def test_runs_of_several_models_of_one_view_stand_beside_one_another(rows: Stores) -> None:
    """Neither hides the other, whichever is newer; and a bundle is used by those models that read it."""
    other = a_run(model_id="EARLY_WARNING", run_at=NOON + HOUR, inputs=(sha256_hex(b"another"),))
    rows["indicators"].add(other)
    rows["indicators"].add(a_run())

    assert rows["indicators"].latest("CROSS_BORDER") == a_run()
    assert rows["indicators"].latest("EARLY_WARNING") == other
    assert rows["indicators"].by_view("EARLY_WARNING", a_run().view_id) == other
    assert rows["indicators"].latest("COMPOSITE") is None
    assert rows["indicators"].used(sha256_hex(b"input")) == ("CROSS_BORDER",)
    assert rows["indicators"].used(sha256_hex(b"another")) == ("EARLY_WARNING",)
    assert rows["indicators"].used(sha256_hex(b"neither")) == ()


def test_the_audit_chain_follows_from_its_first_link(reopen: Callable[[], Stores]) -> None:
    """Entries survive, in order, and the chain is whole."""
    events = [an_event(subject=str(number), details={"rows": number, "ok": True}) for number in range(3)]
    for event in events:
        reopen()["audit"].append(event)

    entries = reopen()["audit"].entries()
    assert [entry.event for entry in entries] == events
    assert [entry.sequence for entry in entries] == [1, 2, 3]
    assert entries[0].previous == FIRST_LINK
    assert first_broken(entries) is None


def test_appending_gives_the_entry_that_is_stored(rows: Stores) -> None:
    """What a caller shows is what an auditor reads."""
    assert rows["audit"].append(an_event()) == rows["audit"].entries()[0]


def test_a_moment_of_another_time_zone_keeps_the_chain_whole(rows: Stores) -> None:
    """The digest covers the moment as it is stored."""
    almaty = timezone(timedelta(hours=5))
    rows["audit"].append(an_event(at=datetime(2026, 11, 23, 17, 0, 0, 1, tzinfo=almaty)))

    assert first_broken(rows["audit"].entries()) is None


def test_entries_come_newest_first_and_limited_when_asked(rows: Stores) -> None:
    """As a page shows them."""
    for number in range(5):
        rows["audit"].append(an_event(subject=str(number)))

    assert [entry.sequence for entry in rows["audit"].entries(newest_first=True, limit=2)] == [5, 4]
    assert [entry.sequence for entry in rows["audit"].entries(limit=2)] == [1, 2]


def test_entries_of_several_processes_make_one_chain(reopen: Callable[[], Stores]) -> None:
    """Nobody appends after an entry that is no longer the last."""
    doors = [reopen()["audit"] for _ in range(4)]

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda number: doors[number % 4].append(an_event(subject=str(number))), range(40)))

    entries = reopen()["audit"].entries()
    assert len(entries) == 40
    assert first_broken(entries) is None


def test_a_lease_has_one_holder_until_it_expires(rows: Stores) -> None:
    """Somebody else waits until the moment it ends."""
    jobs = rows["jobs"]

    assert jobs.take_lease("sync KG", "one", now=NOON, until=NOON + HOUR)
    assert not jobs.take_lease("sync KG", "two", now=NOON, until=NOON + HOUR)
    assert jobs.take_lease("sync RU", "two", now=NOON, until=NOON + HOUR)
    just_before = NOON + HOUR - timedelta(microseconds=1)
    assert not jobs.take_lease("sync KG", "two", now=just_before, until=NOON + 2 * HOUR)
    assert jobs.take_lease("sync KG", "two", now=NOON + HOUR, until=NOON + 2 * HOUR)
    assert not jobs.take_lease("sync KG", "one", now=NOON + HOUR, until=NOON + 2 * HOUR)


def test_a_lease_is_renewed_by_its_holder(rows: Stores) -> None:
    """Renewing moves the end."""
    jobs = rows["jobs"]
    jobs.take_lease("sync", "one", now=NOON, until=NOON + HOUR)

    assert jobs.take_lease("sync", "one", now=NOON, until=NOON + 3 * HOUR)
    assert not jobs.take_lease("sync", "two", now=NOON + 2 * HOUR, until=NOON + 3 * HOUR)


def test_a_lease_given_back_is_free(rows: Stores) -> None:
    """Only its holder can give it back; nobody else does by mistake."""
    jobs = rows["jobs"]
    jobs.take_lease("sync", "one", now=NOON, until=NOON + HOUR)

    jobs.give_lease("sync", "two")
    assert not jobs.take_lease("sync", "two", now=NOON, until=NOON + HOUR)
    jobs.give_lease("sync", "one")
    jobs.give_lease("sync", "one")
    assert jobs.take_lease("sync", "two", now=NOON, until=NOON + HOUR)


def test_of_two_schedulers_that_ask_at_once_one_gets_the_lease(reopen: Callable[[], Stores]) -> None:
    """The same job never runs twice at once."""
    doors = [reopen()["jobs"] for _ in range(4)]

    def take(number: int) -> bool:
        return doors[number].take_lease("sync", f"process {number}", now=NOON, until=NOON + HOUR)

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(take, range(4))) == [False, False, False, True]


def test_the_history_is_newest_first_and_bounded(rows: Stores) -> None:
    """The newest thousand runs stay."""
    first = a_job_run(subject="first")
    rows["jobs"].record(first)
    assert rows["jobs"].history() == [first]
    for number in range(HISTORY_RUNS):
        rows["jobs"].record(replace(a_job_run(), subject=str(number)))

    assert [run.subject for run in rows["jobs"].history(2)] == ["999", "998"]
    kept = rows["jobs"].history(HISTORY_RUNS + 10)
    assert (len(kept), kept[-1].subject) == (1000, "0")


def test_a_sentence_of_an_earlier_version_is_read_as_what_it_told(rows: Stores, tmp_path: Path) -> None:
    """The history of a node that was brought up to date opens."""
    rows["jobs"].record(a_job_run())
    with closing(sqlite3.connect(tmp_path / "node.db")) as connection, connection:
        connection.execute("UPDATE job_runs SET detail = '3 bundles, 0 refused'")

    assert rows["jobs"].history()[0].detail == Said("told", {"detail": "3 bundles, 0 refused"})
