"""One SQLite file: connections, transactions, and errors in words.

Invariants: write-ahead log with synchronous=FULL, so a commit that returned survives a power cut; a writing
transaction begins with BEGIN IMMEDIATE (it waits at its beginning, never fails at its end); a reading one
sees one state from its first statement to its last.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
import threading
from collections.abc import Callable, Hashable, Iterator
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.exc import DBAPIError

from node.adapters.durable import make_folder, named_refusals, sync_folder
from node.adapters.lock import waiting_lock
from node.errors import Conflict, Damaged, NodeError, Unavailable

_BEGIN = "irac_begin"
_REMEMBERED = 4096
Read = TypeVar("Read")


class Database:
    """The file at `path`, made when missing. `migrate` before the first use; `close` after the last."""

    def __init__(self, path: Path, *, busy_timeout_s: int = 30) -> None:
        self.path = path
        self._busy_timeout_ms = busy_timeout_s * 1000
        url = URL.create("sqlite+pysqlite", database=str(path))
        # parameters may be somebody's figures: they stay out of every error text
        self._reading: Engine = create_engine(url, hide_parameters=True)
        self._writing: Engine = self._reading.execution_options(**{_BEGIN: "BEGIN IMMEDIATE"})
        event.listen(self._reading, "connect", self._prepare)
        event.listen(self._reading, "begin", _begin)
        # a connection that only ever asks whether others have committed, and what was read since they last did
        self._watching: sqlite3.Connection | None = None
        self._remembered: dict[Hashable, Any] = {}
        self._remembered_at = -1
        self._lock = threading.Lock()

    def migrate(self) -> None:
        """Bring the tables to the newest form; safe when several processes start together.

        Raises Unavailable when the file was written by a newer version of the node, or cannot be used.
        """
        from node.adapters.sqlite.migrate import upgrade  # noqa: PLC0415 - alembic is slow to import

        make_folder(self.path.parent)
        with waiting_lock(self.path.with_name(f"{self.path.name}.migration.lock")):
            with named_refusals(self.path):
                # made here, so that the file and the logs beside it are readable by the node's user only
                os.close(os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600))
                sync_folder(self.path.parent)
            with self._refusals():
                self._use_write_ahead_log()
                with self._writing.begin() as connection:
                    upgrade(connection)

    @contextlib.contextmanager
    def write(self) -> Iterator[Connection]:
        """Run the block as one writing transaction; raises Unavailable, Conflict, Damaged."""
        with self._refusals(), self._writing.begin() as connection:
            yield connection

    @contextlib.contextmanager
    def read(self) -> Iterator[Connection]:
        """Run the block on one unchanging state; raises Unavailable, Damaged."""
        with self._refusals(), self._reading.begin() as connection:
            yield connection

    def version(self) -> int:
        """Give a number that changes with every commit of any process (SQLite, PRAGMA data_version).

        It means something only beside another of the same process: it is not the same after a restart.
        """
        with self._lock, self._refusals():
            return self._version()

    def remembered(self, question: Hashable, read: Callable[[], Read]) -> Read:
        """Give what `read` gave for this question, read again as soon as anybody has committed anything."""
        with self._lock, self._refusals():
            version = self._version()
            if version != self._remembered_at or len(self._remembered) > _REMEMBERED:
                self._remembered, self._remembered_at = {}, version
            known = self._remembered
        if question not in known:
            # what is read now is at least as new as the version; a commit meanwhile changes the version
            known[question] = read()
        answer: Read = known[question]
        return answer

    def close(self) -> None:
        """Close every connection."""
        with self._lock:
            if self._watching is not None:
                self._watching.close()
                self._watching = None
        self._reading.dispose()

    def _version(self) -> int:
        if self._watching is None:
            self._watching = sqlite3.connect(self.path, check_same_thread=False, isolation_level=None)
        return int(self._watching.execute("PRAGMA data_version").fetchone()[0])

    def _prepare(self, connection: sqlite3.Connection, _record: Any) -> None:
        # the driver's own implicit transactions are switched off: _begin writes every BEGIN
        connection.isolation_level = None
        connection.execute(f"PRAGMA busy_timeout = {self._busy_timeout_ms}")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA foreign_keys = ON")

    def _use_write_ahead_log(self) -> None:
        # a property of the file, changed outside any transaction
        connection = self._reading.raw_connection()
        try:
            cursor = connection.cursor()
            cursor.execute("PRAGMA journal_mode = WAL")
            cursor.close()
        finally:
            connection.close()

    @contextlib.contextmanager
    def _refusals(self) -> Iterator[None]:
        try:
            yield
        except (DBAPIError, sqlite3.Error) as error:  # the second while a connection is being prepared
            refusal = _refusal(error.orig if isinstance(error, DBAPIError) else error, self.path)
            if refusal is None:
                raise
            raise refusal from error


def _begin(connection: Connection) -> None:
    connection.exec_driver_sql(connection.get_execution_options().get(_BEGIN, "BEGIN"))


def _refusal(error: BaseException | None, path: Path) -> NodeError | None:
    """Say in words what SQLite refused; None for a mistake in our own code."""
    name = getattr(error, "sqlite_errorname", "")
    detail = f"{path}: {error}"
    if name.startswith(("SQLITE_CORRUPT", "SQLITE_NOTADB")):
        return Damaged(
            "The database is damaged",
            detail=detail,
            hint="Stop the node and restore the database from a copy; do not sign anything before.",
        )
    if name.startswith("SQLITE_CONSTRAINT"):
        return Conflict(
            "This contradicts what is stored",
            detail=detail,
            hint="Look at the state, then try again.",
        )
    hints = {
        "SQLITE_FULL": ("The disk is full", "Free some space, then try again."),
        "SQLITE_READONLY": ("The database is read-only", "Give the file to the user the node runs as."),
        "SQLITE_CANTOPEN": ("The database cannot be opened", "Check the data folder and its owner."),
        "SQLITE_BUSY": ("The database is busy", "Another process writes for very long; look for it."),
        "SQLITE_IOERR": ("The disk does not work", "Check the disk; restore the data folder if needed."),
    }
    for prefix, (title, hint) in hints.items():
        if name.startswith(prefix):
            return Unavailable(title, detail=detail, hint=hint)
    return None
