"""Tables that pages read again and again, kept decoded for as long as they fit.

Invariants: a table is kept under the digest of what it was decoded from, so it is never an older one; what is kept is
bounded in bytes, and the longest unused goes first; verification never asks here, it reads what is on the disk.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from threading import Lock

import pyarrow as pa

MOST_BYTES = 512 * 1024 * 1024


class RecentTables:
    """Decoded tables by digest."""

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        self._most_bytes = most_bytes
        self._bytes = 0
        self._tables: OrderedDict[str, pa.Table] = OrderedDict()
        self._lock = Lock()

    def get(self, digest: str, decode: Callable[[], pa.Table]) -> pa.Table:
        """Give the table of this digest, decoded now if it is not kept; what `decode` raises is not kept."""
        with self._lock:
            if digest in self._tables:
                self._tables.move_to_end(digest)
                return self._tables[digest]
        table = decode()
        with self._lock:
            if digest not in self._tables and table.nbytes <= self._most_bytes:
                self._tables[digest] = table
                self._bytes += table.nbytes
                while self._bytes > self._most_bytes:
                    self._bytes -= self._tables.popitem(last=False)[1].nbytes
        return table
