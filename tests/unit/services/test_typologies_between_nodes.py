"""A typology from one node to another: shared, received, superseded, retired, answered and verified again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import update

from exchange.receipt import Outcome
from node.adapters.sqlite.tables import typology_records
from node.ports.typologies import EntryStatus
from node.services import receipts, sync, typologies
from node.services.verify import verify
from node.services.views.coverage import unread
from node.services.views.register import register, spoken
from node.services.views.register_entry import differences, entry_page
from tests.support.described import AUTHOR, OFFICER, REVIEWER, described, shared, titled
from tests.support.federation import Nodes, federation


@pytest.fixture
def nodes(tmp_path: Path) -> Iterator[Nodes]:
    """Three nodes that say nothing yet."""
    with federation(tmp_path) as built:
        yield built


def look(nodes: Nodes, reader: str, peer: str) -> sync.SyncOutcome:
    """Let a node read a peer, and answer what it owes."""
    outcome = sync.sync_peer(nodes[reader], peer, holder="test", now=nodes.clock.now())
    receipts.answer(nodes[reader], nodes.clock.now())
    return outcome


def second_version(nodes: Nodes, typology: str, *audience: str) -> None:
    """Write, review and share a second version."""
    ctx, clock = nodes["KZ"], nodes.clock
    typologies.edit(ctx, AUTHOR, typology, titled("Иначе"), based_on=1, change="заголовок", now=clock.now())
    typologies.review(ctx, REVIEWER, typology, number=2, now=clock.now())
    typologies.share(ctx, OFFICER, typology, number=2, audience=audience, now=clock.now())


def test_what_is_shared_arrives_with_its_audience_alone(nodes: Nodes) -> None:
    """Word for word, read-only, with its originator; to others the entry of the log says nothing."""
    entry = shared(nodes, "KZ", "RU")

    assert look(nodes, "RU", "KZ").failure is None
    assert look(nodes, "BY", "KZ").failure is None

    page = entry_page(nodes["RU"], entry.typology)
    assert page.shown.description == entry.newest.description
    assert (page.originator, page.status, page.own) == ("KZ", EntryStatus.SHARED, None)
    assert page.shown.author == ""
    assert register(nodes["BY"], {}).total == 0
    assert (unread(nodes["RU"], "KZ", ()), unread(nodes["BY"], "KZ", ())) == (0, 1)


def test_drafts_stay_at_home(nodes: Nodes) -> None:
    """What nobody reviewed is in no log."""
    described(nodes, "KZ")

    look(nodes, "RU", "KZ")

    assert nodes["KZ"].ledger.head() is None
    assert register(nodes["RU"], {}).total == 0


def test_a_newer_version_supersedes_and_the_older_stays_readable(nodes: Nodes) -> None:
    """The difference is shown to who received both."""
    typology = shared(nodes, "KZ", "RU").typology
    look(nodes, "RU", "KZ")
    second_version(nodes, typology, "BY")
    look(nodes, "RU", "KZ")
    look(nodes, "BY", "KZ")

    page = entry_page(nodes["RU"], typology)
    older = entry_page(nodes["RU"], typology, number=1)
    assert (page.shown.number, [one.number for one in page.versions]) == (2, [1, 2])
    changed = differences(older.shown.description, page.shown.description)
    assert [(one.field, one.removed, one.added) for one in changed] == [
        ("texts.ru.title", ("Обналичивание через дропперов",), ("Иначе",))
    ]
    assert [one.number for one in entry_page(nodes["BY"], typology).versions] == [2]


def test_a_retirement_retires_wherever_it_is(nodes: Nodes) -> None:
    """With its reason; the text stays readable."""
    typology = shared(nodes, "KZ", "BY", "RU").typology
    look(nodes, "RU", "KZ")
    typologies.retire(nodes["KZ"], OFFICER, typology, reason="Способ не встречается", now=nodes.clock.now())
    for reader in ("RU", "BY"):  # one has the version already, the other reads both at once
        look(nodes, reader, "KZ")
        page = entry_page(nodes[reader], typology)

        assert page.status is EntryStatus.RETIRED
        assert page.retirement is not None
        assert page.retirement.reason == "Способ не встречается"
        assert spoken(page.shown.description, "en").wording.title == "Cash-out through mules"


def test_receipts_say_who_has_it(nodes: Nodes) -> None:
    """Silence is shown as silence."""
    typology = shared(nodes, "KZ", "BY", "RU").typology
    look(nodes, "RU", "KZ")
    look(nodes, "KZ", "RU")

    holders = {one.code: one.outcome for one in entry_page(nodes["KZ"], typology).holders}

    assert holders == {"BY": None, "RU": Outcome.IMPORTED}


def test_what_is_held_verifies_again_until_it_is_altered(nodes: Nodes) -> None:
    """At both ends, from the envelope to the row."""
    shared(nodes, "KZ", "RU")
    look(nodes, "RU", "KZ")
    for code in ("KZ", "RU"):
        report = verify(nodes[code])
        assert (report.findings, report.checked["typologies"]) == ((), 1)

    (held,) = nodes["RU"].typologies.records()
    forged = replace(held.typology, number=7)
    with nodes["RU"].typologies._database.write() as connection:  # type: ignore[attr-defined]
        connection.execute(update(typology_records).values(document=forged.to_bytes()))

    assert [one.where for one in verify(nodes["RU"]).findings] == ["typology 0 of KZ"]


def test_filters_lead_to_something_and_know_the_hierarchy(nodes: Nodes) -> None:
    """A method finds what is below it; a value that nothing has is no choice."""
    shared(nodes, "KZ", "RU")
    look(nodes, "RU", "KZ")
    described(nodes, "RU", titled("Игры", codes={"METHOD": ("TM15",)}))
    ctx = nodes["RU"]

    assert register(ctx, {"METHOD": "TM03"}).lines == register(ctx, {"originator": "KZ"}).lines
    assert register(ctx, {"METHOD": "TM_COVER"}).lines[0].typology == "KZ-2026-001"
    assert [one.typology for one in register(ctx, {"status": "PROPOSED"}).lines] == ["RU-2026-001"]
    assert [one.typology for one in register(ctx, {"text": "игры"}).lines] == ["RU-2026-001"]
    assert register(ctx, {"METHOD": "TM08", "status": "x", "weather": "rain"}).is_narrowed is False
    narrowed = register(ctx, {"originator": "RU"})
    options = {one.name: one.options for one in narrowed.filters}
    assert options["METHOD"] == ("TM_ASSET", "TM15")
    assert set(options["originator"]) == {"KZ", "RU"}
    for name, values in options.items():
        for value in values:
            assert register(ctx, {"originator": "RU", name: value}).lines


def test_a_text_is_in_the_readers_language_or_marked_original(nodes: Nodes) -> None:
    """Nobody takes an original for a translation, or a translation for the original."""
    said = described(nodes, "KZ").newest.description

    assert (spoken(said, "en").is_original, spoken(said, "en").is_missing) == (False, False)
    assert (spoken(said, "kk").language, spoken(said, "kk").is_missing) == ("ru", True)
    assert spoken(said, "ru").is_original
