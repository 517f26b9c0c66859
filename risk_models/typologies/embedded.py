"""Records compiled in this process, by DuckDB.

Invariants: the joins of a statement are done as they are written, with the right side held in memory, so that
what is held is known from the statement and not from a guess about the records.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import duckdb
import pyarrow as pa

from risk_models.engine import Engine, connected, show
from risk_models.errors import UnusableRecords
from risk_models.typologies.ports import ClusterTable, Records, Session


@dataclass(frozen=True, slots=True)
class Embedded:
    """The engine in this process, within the bounds of `limits`."""

    limits: Engine = field(default_factory=Engine)

    @contextmanager
    def session(self) -> Iterator[Session]:
        """Open a private database, and close it with the block."""
        with connected(self.limits, {}) as connection:
            # Guessing wrong, the planner held ten million records to look up thirty blocks in them.
            connection.execute("SET disabled_optimizers = 'join_order,build_side_probe_side'")
            connection.execute("SET preserve_insertion_order = false")
            yield _Conversation(connection)


@dataclass(frozen=True, slots=True)
class _Conversation:
    connection: duckdb.DuckDBPyConnection

    def see(self, name: str, records: Records) -> None:
        if isinstance(records, ClusterTable):
            raise UnusableRecords(
                "The records are on a cluster.",
                detail="A table of the cluster can be compiled on the cluster only.",
                hint="Configure the cluster as the engine, or name Parquet files.",
            )
        show(self.connection, name, records)

    def keep(self, name: str, statement: str) -> None:
        self.connection.execute(f"CREATE OR REPLACE TABLE {name} AS {statement}")

    def read(self, statement: str) -> pa.Table:
        table: pa.Table = self.connection.sql(statement).to_arrow_table()
        return table
