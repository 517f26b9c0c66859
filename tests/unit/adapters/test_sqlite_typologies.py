"""What the SQLite store of typologies does at its edges: the last number of a year, and altered rows."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import insert, update

from node.adapters.sqlite.database import Database
from node.adapters.sqlite.tables import typologies, typology_records, typology_versions
from node.adapters.sqlite.typologies import SqliteTypologies, add_typology
from node.errors import Conflict, Damaged
from node.ports.typologies import EntryVersion
from tests.support.builders import NOON, an_event
from tests.support.described import a_typology, held


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    """A migrated file."""
    opened = Database(tmp_path / "node.db")
    opened.migrate()
    yield opened
    opened.close()


def first() -> EntryVersion:
    """Give a new entry of 2026."""
    return EntryVersion("KZ-2026-", 1, a_typology().description, "", "aigerim", NOON)


def test_a_year_without_numbers_left_takes_no_more(database: Database) -> None:
    """Three digits are the whole of it; the next year begins anew."""
    with database.write() as connection:
        connection.execute(insert(typologies).values(typology="KZ-2026-999"))
    store = SqliteTypologies(database)

    with pytest.raises(Conflict):
        store.propose(first(), an_event())


def test_an_altered_version_is_damaged_and_never_shown(database: Database) -> None:
    """Whatever somebody wrote into the file."""
    store = SqliteTypologies(database)
    store.propose(first(), an_event())
    with database.write() as connection:
        connection.execute(update(typology_versions).values(description={"codes": {}}))

    with pytest.raises(Damaged):
        store.entry("KZ-2026-001")


def test_an_altered_record_is_damaged_and_never_shown(database: Database) -> None:
    """As above."""
    with database.write() as connection:
        add_typology(connection, held(a_typology()))
        connection.execute(update(typology_records).values(document=b"{}"))

    with pytest.raises(Damaged):
        SqliteTypologies(database).records()
