"""The file under the row stores: migrations, durability settings, refusals in words."""

from __future__ import annotations

import multiprocessing
import sqlite3
import stat
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import text

from node.adapters.sqlite import Stores, stores
from node.adapters.sqlite.database import Database
from node.adapters.sqlite.tables import metadata
from node.audit import first_broken
from node.errors import Damaged, NodeError, Unavailable
from tests.support.builders import an_account, an_event


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    """A migrated database."""
    database = Database(tmp_path / "node.db", busy_timeout_s=1)
    database.migrate()
    yield database
    database.close()


def tamper(path: Path, statement: str) -> None:
    """Do what somebody with the file could do."""
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(statement)
        connection.commit()


def start(path: Path, ready: threading.Barrier, outcomes: multiprocessing.Queue[str]) -> None:
    """Be one of several processes that start on one file."""
    database = Database(path)
    ready.wait()
    try:
        database.migrate()
        stores(database)["audit"].append(an_event())
    except NodeError as error:
        outcomes.put(str(error))
    else:
        outcomes.put("")
    finally:
        database.close()


def test_migrated_tables_are_the_tables_of_the_code(database: Database) -> None:
    """No column is in one place only."""
    with database.read() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": False})

        assert compare_metadata(context, metadata) == []


def test_processes_that_start_together_migrate_once(tmp_path: Path) -> None:
    """Each of them finds a whole database."""
    spawn = multiprocessing.get_context("spawn")
    ready, outcomes = spawn.Barrier(3), spawn.Queue()
    processes = [spawn.Process(target=start, args=(tmp_path / "node.db", ready, outcomes)) for _ in range(3)]
    for process in processes:
        process.start()
    said = [outcomes.get(timeout=60) for _ in processes]
    for process in processes:
        process.join(timeout=60)
        process.close()
    outcomes.close()
    outcomes.join_thread()

    assert said == ["", "", ""]
    database = Database(tmp_path / "node.db")
    entries = stores(database)["audit"].entries()
    database.close()
    assert len(entries) == 3
    assert first_broken(entries) is None


def test_migrating_again_changes_nothing(database: Database) -> None:
    """Every start migrates."""
    stores(database)["accounts"].add(an_account())

    database.migrate()

    assert stores(database)["accounts"].all() == [an_account()]


def test_a_newer_database_is_refused(database: Database) -> None:
    """An older program never guesses what a newer one wrote."""
    tamper(database.path, "UPDATE alembic_version SET version_num = '9999'")

    with pytest.raises(Unavailable, match="newer version of the node") as caught:
        database.migrate()

    assert caught.value.context["revision"] == "9999"


def test_a_migration_that_fails_leaves_nothing_behind(tmp_path: Path) -> None:
    """Tables and the record of the migration are one transaction."""
    # the last table of the migration is there already
    tamper(tmp_path / "node.db", "CREATE TABLE job_runs (run_id INTEGER)")
    database = Database(tmp_path / "node.db")

    with pytest.raises(Exception, match="job_runs already exists"):
        database.migrate()

    database.close()
    with closing(sqlite3.connect(tmp_path / "node.db")) as connection:
        tables = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
    assert tables == [("job_runs",)]


def test_a_commit_is_synced_and_readers_do_not_block(database: Database) -> None:
    """Write-ahead log, full synchronisation, foreign keys, on every connection."""
    with database.read() as connection:
        settings = [
            connection.execute(text(f"PRAGMA {name}")).scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        ]

    assert settings == ["wal", 2, 1, 1000]


def test_the_file_is_readable_by_the_node_only(database: Database) -> None:
    """The logs beside it inherit its mode."""
    stores(database)["accounts"].add(an_account())

    files = [file for file in database.path.parent.iterdir() if file.name.startswith("node.db")]
    assert len(files) >= 3
    assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}


def test_a_block_that_raises_is_undone(database: Database) -> None:
    """Nothing half-done is ever committed."""

    def stop_half_way() -> None:
        with database.write() as connection:
            connection.execute(text("INSERT INTO leases VALUES ('a', 'b', 'c')"))
            raise KeyError

    with pytest.raises(KeyError):
        stop_half_way()

    with database.read() as connection:
        assert connection.execute(text("SELECT count(*) FROM leases")).scalar() == 0


def test_a_reader_sees_one_state(database: Database) -> None:
    """A commit in between does not show before the next block."""
    with database.read() as connection:
        before = connection.execute(text("SELECT count(*) FROM accounts")).scalar()
        stores(database)["accounts"].add(an_account())

        assert connection.execute(text("SELECT count(*) FROM accounts")).scalar() == before == 0


def test_a_writer_that_waits_too_long_is_told_so(database: Database) -> None:
    """Busy is a state of the machine, not an error of the person."""
    with database.write(), pytest.raises(Unavailable, match="busy"):
        stores(database)["accounts"].add(an_account())


def test_a_damaged_file_is_damaged(tmp_path: Path) -> None:
    """The operator restores it before anything is signed."""
    (tmp_path / "node.db").write_bytes(b"this is no database at all" * 100)
    database = Database(tmp_path / "node.db")

    with pytest.raises(Damaged):
        database.migrate()

    database.close()


def test_a_file_in_the_place_of_the_folder_is_said_in_words(tmp_path: Path) -> None:
    """A wrong setting gives no traceback."""
    (tmp_path / "file").write_bytes(b"")
    database = Database(tmp_path / "file" / "node.db")

    with pytest.raises(Unavailable):
        database.migrate()

    database.close()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_entries SET actor = 'nobody' WHERE sequence = 2",
        "UPDATE audit_entries SET details = '{\"rows\":1}' WHERE sequence = 2",
        "DELETE FROM audit_entries WHERE sequence = 2",
        "UPDATE audit_entries SET digest = previous WHERE sequence = 2",
    ],
)
def test_an_altered_audit_entry_breaks_the_chain(database: Database, statement: str) -> None:
    """Whoever changes the file is found by reading the chain."""
    rows: Stores = stores(database)
    for number in range(4):
        rows["audit"].append(an_event(subject=str(number)))

    tamper(database.path, statement)

    assert first_broken(rows["audit"].entries()) == 2


def test_figures_stay_out_of_error_texts(database: Database) -> None:
    """What a person typed is in no message and no log."""
    with pytest.raises(NodeError) as caught, database.write() as connection:
        connection.execute(
            text("INSERT INTO sessions VALUES (:secret, 'x', 'x', 'x', 'x')"), {"secret": "123456789"}
        )

    assert "123456789" not in str(caught.value)
    assert "123456789" not in str(caught.value.__cause__)


def _kept(database: Database) -> int:
    with database.write() as connection:
        connection.exec_driver_sql("CREATE TABLE IF NOT EXISTS kept (value INTEGER)")
        connection.exec_driver_sql("INSERT INTO kept VALUES (1)")
    return database.version()


def test_the_version_changes_with_every_commit_and_with_nothing_else(tmp_path: Path) -> None:
    """Of this process or another: here two openings of one file."""
    mine, other = Database(tmp_path / "node.db"), Database(tmp_path / "node.db")
    mine.migrate()
    try:
        first = mine.version()
        assert mine.version() == first
        second = _kept(mine)
        assert second != first
        _kept(other)
        assert mine.version() not in {first, second}
    finally:
        mine.close()
        other.close()


def test_what_was_read_is_read_again_after_a_commit(tmp_path: Path) -> None:
    """Also after one of another process; a failed reading is not kept."""
    mine, other = Database(tmp_path / "node.db"), Database(tmp_path / "node.db")
    mine.migrate()
    asked: list[int] = []

    def read() -> int:
        asked.append(1)
        return len(asked)

    try:
        assert [mine.remembered("x", read), mine.remembered("x", read)] == [1, 1]
        _kept(other)
        assert mine.remembered("x", read) == 2
        with pytest.raises(ZeroDivisionError):
            mine.remembered("y", lambda: 1 // 0)
        assert mine.remembered("y", lambda: 5) == 5
    finally:
        mine.close()
        other.close()
