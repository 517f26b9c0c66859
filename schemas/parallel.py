"""Several pieces of work at once, where the work is the library's and not Python's.

Invariants: results come in the order of what was asked for; the number of processors changes no result.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import pyarrow as pa

Given = TypeVar("Given")
Made = TypeVar("Made")
# Beyond these the interpreter's own share of the work keeps the others waiting.
_MOST_THREADS = 8


def side_by_side(work: Callable[[Given], Made], pieces: Iterable[Given]) -> list[Made]:
    """Return what `work` makes of every piece; the first exception of a piece is raised."""
    given = list(pieces)
    threads = min(len(given), pa.cpu_count(), _MOST_THREADS)
    if threads <= 1:
        return [work(piece) for piece in given]
    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(work, given))
