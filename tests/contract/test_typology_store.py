"""What every TypologyStore promises, and what commits with it through the ledger and the peers' store."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest

from exchange.sync import PeerState
from exchange.typology import TypologyStatus
from exchange.witness import Seen
from node.adapters.sqlite import Stores
from node.errors import Conflict, NotFound
from node.ports.peers import Brought
from node.ports.typologies import EntryStatus, EntryVersion, OwnEntry, Retirement, Telling
from tests.support.builders import NOON, a_head, a_publication, a_record, an_event
from tests.support.described import a_typology, held

DESCRIPTION = a_typology().description
OTHER = replace(DESCRIPTION, sources=("a public report",))
RETIRED = Retirement("daria", NOON, "не встречалась")


def a_version(number: int = 1, **changes: Any) -> EntryVersion:
    """Give a version of the first entry of a year."""
    values: dict[str, Any] = {
        "typology": "KZ-2026-001",
        "number": number,
        "description": DESCRIPTION,
        "change": "" if number == 1 else "иначе",
        "author": "aigerim",
        "written_at": NOON,
    }
    return EntryVersion(**{**values, **changes})


def proposed(rows: Stores) -> OwnEntry:
    """Store one entry."""
    return rows["typologies"].propose(
        a_version(typology="KZ-2026-"), an_event("typology.proposed", subject="")
    )


def telling(number: int = 1, index: int = 0, **changes: Any) -> Telling:
    """Give what goes out of the first entry."""
    said = a_typology("KZ-2026-001", number=number, audience=("BY",), **changes)
    return Telling(held(said, index), "daria")


def reviewed(version: EntryVersion) -> EntryVersion:
    """Give a version as the second person left it."""
    return replace(version, reviewed_by="boris", reviewed_at=NOON)


def test_of_a_new_node_there_are_none(rows: Stores) -> None:
    """Neither own entries nor records."""
    store = rows["typologies"]

    assert (list(store.entries()), list(store.records()), list(store.records("KG"))) == ([], [], [])
    with pytest.raises(NotFound):
        store.entry("KZ-2026-001")


def test_numbers_are_given_in_their_year_and_stay(reopen: Callable[[], Stores]) -> None:
    """Each year counts from one; the audit names the entry."""
    store = reopen()["typologies"]
    for prefix in ("KZ-2026-", "KZ-2026-", "KZ-2027-"):
        store.propose(a_version(typology=prefix), an_event("typology.proposed", subject=""))

    found = reopen()["typologies"].entries()
    assert [one.typology for one in found] == ["KZ-2026-001", "KZ-2026-002", "KZ-2027-001"]
    assert found[0] == OwnEntry("KZ-2026-001", (a_version(),))
    assert [entry.event.subject for entry in reopen()["audit"].entries()] == [one.typology for one in found]


def test_versions_stand_beside_one_another(reopen: Callable[[], Stores]) -> None:
    """The older one is as it was written; of two that follow the same one the second is refused."""
    proposed(reopen())
    second = a_version(2, description=OTHER, author="timur")
    reopen()["typologies"].write(second, an_event("typology.edited"))
    with pytest.raises(Conflict):
        reopen()["typologies"].write(replace(second, author="boris"), an_event())
    with pytest.raises(Conflict):
        reopen()["typologies"].write(a_version(4), an_event())

    assert reopen()["typologies"].entry("KZ-2026-001").versions == (a_version(), second)


def test_of_many_who_save_at_once_one_does(rows: Stores) -> None:
    """The others are refused, and nothing is lost."""
    proposed(rows)

    def save(author: str) -> bool:
        try:
            rows["typologies"].write(a_version(2, author=author), an_event())
        except Conflict:
            return False
        return True

    with ThreadPoolExecutor(4) as pool:
        saved = list(pool.map(save, "abcd"))

    assert saved.count(True) == 1
    assert len(rows["typologies"].entry("KZ-2026-001").versions) == 2


def test_only_the_newest_version_is_reviewed_and_once(rows: Stores) -> None:
    """A review of what was overtaken would stand for something else."""
    proposed(rows)
    rows["typologies"].write(a_version(2), an_event())
    with pytest.raises(Conflict):
        rows["typologies"].review(reviewed(a_version()), an_event())
    rows["typologies"].review(reviewed(a_version(2)), an_event())
    with pytest.raises(Conflict):
        rows["typologies"].review(reviewed(a_version(2)), an_event())

    entry = rows["typologies"].entry("KZ-2026-001")
    assert (entry.status, entry.newest) == (EntryStatus.REVIEWED, reviewed(a_version(2)))


def test_sharing_is_one_commit_with_the_record(rows: Stores) -> None:
    """Log, step and row; what was never reviewed changes nothing."""
    proposed(rows)
    with pytest.raises(Conflict):
        rows["ledger"].publish(a_publication(typology=telling()))
    assert (rows["ledger"].head(), list(rows["typologies"].records())) == (None, [])

    rows["typologies"].review(reviewed(a_version()), an_event())
    rows["ledger"].publish(a_publication(typology=telling()))

    entry = rows["typologies"].entry("KZ-2026-001")
    assert entry.newest == replace(reviewed(a_version()), shared_by="daria", shared_at=NOON)
    assert (entry.status, entry.shared, entry.audience) == (EntryStatus.SHARED, entry.newest, ("BY",))
    assert list(entry.told) == list(rows["typologies"].records("KZ")) == [telling().held]
    with pytest.raises(Conflict):
        rows["ledger"].publish(a_publication(a_record(0), typology=telling(index=1)))


def test_a_newer_version_leaves_the_shared_one_shared(rows: Stores) -> None:
    """Others have the older one until the newer is shared too; the overtaken one is not shared again."""
    proposed(rows)
    rows["typologies"].review(reviewed(a_version()), an_event())
    rows["typologies"].write(a_version(2), an_event())
    with pytest.raises(Conflict):
        rows["ledger"].publish(a_publication(typology=telling()))

    assert rows["typologies"].entry("KZ-2026-001").shared is None


def test_a_retired_entry_takes_no_further_step(rows: Stores) -> None:
    """Nobody writes, reviews or retires it again."""
    proposed(rows)
    rows["typologies"].retire("KZ-2026-001", RETIRED, an_event("typology.retired"))

    for step in (
        lambda: rows["typologies"].write(a_version(2), an_event()),
        lambda: rows["typologies"].review(reviewed(a_version()), an_event()),
        lambda: rows["typologies"].retire("KZ-2026-001", RETIRED, an_event()),
    ):
        with pytest.raises(Conflict):
            step()
    entry = rows["typologies"].entry("KZ-2026-001")
    assert (entry.status, entry.retirement, len(entry.versions)) == (EntryStatus.RETIRED, RETIRED, 1)


def test_what_others_have_is_retired_with_a_record_only(rows: Stores) -> None:
    """Else they would go on to show it."""
    proposed(rows)
    rows["typologies"].review(reviewed(a_version()), an_event())
    rows["ledger"].publish(a_publication(typology=telling()))
    with pytest.raises(Conflict):
        rows["typologies"].retire("KZ-2026-001", RETIRED, an_event())

    gone = telling(index=1, status=TypologyStatus.RETIRED, reason="не встречалась")
    rows["ledger"].publish(a_publication(a_record(0), typology=gone))

    entry = rows["typologies"].entry("KZ-2026-001")
    assert (entry.status, entry.retirement) == (EntryStatus.RETIRED, RETIRED)
    assert [one.log_index for one in entry.told] == [0, 1]


def test_a_look_brings_typologies_of_its_peer_alone(reopen: Callable[[], Stores]) -> None:
    """With the state, in one commit; a record held already is kept once."""
    head = a_head(a_record(0))
    state = PeerState(Seen(head.frontier, head.checkpoint.encode(), '"e"'))
    one = held(a_typology(), 3)

    def bring(*found: Any) -> None:
        reopen()["peers"].commit_import(
            "KG",
            leaving=PeerState.nothing(),
            state=state,
            brought=Brought(typologies=found),
            event=an_event("peer.synchronised", subject="KG"),
        )

    with pytest.raises(ValueError, match="RU"):
        bring(held(a_typology("RU-2026-001")))
    bring(one, one)

    assert list(reopen()["typologies"].records()) == list(reopen()["typologies"].records("KG")) == [one]
    assert list(reopen()["typologies"].entries()) == []
