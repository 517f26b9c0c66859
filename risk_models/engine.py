"""The SQL engine in memory, over Arrow tables.

Invariants: a connection is explicit, bounded in memory and threads, and closed when its block ends; it writes
no spill file and loads no extension; a query names its order, so the answer does not depend on threads.
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
    """How much of the machine a compilation may use."""

    memory_limit: str = "2GB"
    threads: int = 2


@contextmanager
def connected(engine: Engine, tables: Mapping[str, pa.Table]) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open a private in-memory database that sees `tables` under their names, and close it.

    Raises:
        UnusableRecords: the engine refuses a query (a sum beyond 64 bits, or not enough memory).
    """
    connection = duckdb.connect(
        ":memory:",
        config={
            "memory_limit": engine.memory_limit,
            "threads": engine.threads,
            "temp_directory": "",
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
        },
    )
    try:
        for name, table in tables.items():
            connection.register(name, table)
        yield connection
    except (duckdb.ConversionException, duckdb.OutOfRangeException, duckdb.OutOfMemoryException) as reason:
        raise UnusableRecords(
            "The records cannot be aggregated.",
            detail=f"The engine answered: {type(reason).__name__}.",
            hint="Check the amounts (a cell's sum must stay below 2**63 minor units) and the memory limit.",
        ) from None
    finally:
        connection.close()
