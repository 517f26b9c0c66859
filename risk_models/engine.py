"""The SQL engine in this process, over Arrow tables and Parquet files.

Invariants: a connection is explicit, bounded in memory and threads, and closed when its block ends; it writes
nothing unless it was given a folder for what does not fit, and loads no extension; a query names its order, so
the answer does not depend on threads. What is spilled holds identifiers: the folder is the caller's own, to be
kept from others and removed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

import duckdb
import pyarrow as pa

from risk_models.errors import UnusableRecords


@dataclass(frozen=True, slots=True)
class Engine:
    """How much of the machine a compilation may use.

    spill: the path of a folder of the caller for what does not fit into `memory_limit`; None: it has to fit. A
    folder serves one connection at a time, and is empty after it unless the process was killed.
    """

    memory_limit: str = "2GB"
    threads: int = 2
    spill: str | None = None


@dataclass(frozen=True, slots=True)
class ParquetFiles:
    """A table of records that is read from typed Parquet files, where it is needed and never whole."""

    paths: tuple[str, ...]


@contextmanager
def connected(
    engine: Engine, tables: Mapping[str, pa.Table | ParquetFiles]
) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open a private database that sees `tables` under their names, and close it.

    Raises:
        UnusableRecords: the engine refuses a query (a sum beyond 64 bits, or not enough memory), or cannot read
            a file.
    """
    try:
        with _opened(engine) as connection:
            connection.execute("SET enable_progress_bar = false")
            for name, table in tables.items():
                show(connection, name, table)
            yield connection
    except (duckdb.ConversionException, duckdb.OutOfRangeException, duckdb.OutOfMemoryException) as reason:
        raise UnusableRecords(
            "The records cannot be aggregated.",
            detail=f"The engine answered: {type(reason).__name__}.",
            hint="Check the amounts (a cell's sum must stay below 2**63 minor units) and the memory limit.",
        ) from None
    except (duckdb.IOException, duckdb.InvalidInputException) as reason:
        # the library's own message may quote what it read
        raise UnusableRecords(
            "The records cannot be read.",
            detail=f"The engine answered: {type(reason).__name__}.",
            hint="Check that the files are whole, and that the folder for spilling has room.",
        ) from None


def show(connection: duckdb.DuckDBPyConnection, name: str, table: pa.Table | ParquetFiles) -> None:
    """Let the connection see a table under `name`; a path is a value, never part of a statement."""
    if isinstance(table, ParquetFiles):
        connection.read_parquet(list(table.paths)).create_view(name)
    else:
        connection.register(name, table)


def _opened(engine: Engine) -> duckdb.DuckDBPyConnection:
    return duckdb.connect(
        ":memory:",
        config={
            "memory_limit": engine.memory_limit,
            "threads": engine.threads,
            "temp_directory": engine.spill or "",
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
        },
    )
