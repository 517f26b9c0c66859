"""Stores on a fresh database, and a way to open the same file again."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from node.adapters.sqlite import Stores, stores
from node.adapters.sqlite.database import Database

Reopen = Callable[[], Stores]


@pytest.fixture
def reopen(tmp_path: Path) -> Iterator[Reopen]:
    """Open the stores of one file, as a process that starts does."""
    opened = []

    def open_again() -> Stores:
        database = Database(tmp_path / "node.db")
        opened.append(database)
        database.migrate()
        return stores(database)

    yield open_again
    for database in opened:
        database.close()


@pytest.fixture
def rows(reopen: Reopen) -> Stores:
    """Every row store of one node, empty."""
    return reopen()
