"""What compiling records asks of an SQL engine, be it in this process or on a cluster.

Invariants: every engine is handed the same statements (`typologies.statements`), character for character; what
a session has kept and seen is gone when it ends; a session names no file and no table that it was not given.
"""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol

import pyarrow as pa

from risk_models.engine import ParquetFiles


@dataclass(frozen=True, slots=True)
class ClusterTable:
    """A table of records that the cluster knows under a name; only an engine that is a cluster can see it."""

    name: str


Records = pa.Table | ParquetFiles | ClusterTable


class Session(Protocol):
    """A conversation with an engine; every method raises UnusableRecords when the engine refuses the records."""

    def see(self, name: str, records: Records) -> None:
        """Let statements read `records` under `name`."""

    def keep(self, name: str, statement: str) -> None:
        """Run a statement once and let later ones read its rows under `name`, instead of what had that name."""

    def read(self, statement: str) -> pa.Table:
        """Run a statement and give its rows, in no order that means anything."""


class RecordEngine(Protocol):
    """Something that runs SQL over records."""

    def session(self) -> AbstractContextManager[Session]:
        """Open a session, and end it with the block."""
