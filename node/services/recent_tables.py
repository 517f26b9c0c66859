"""What pages read again and again, kept ready for as long as it fits: decoded tables, and what was counted in them.

Invariants: everything is kept under the digests of what it was made from, so it is never an older one; what is kept is
bounded in bytes, and the longest unused goes first; verification never asks here, it reads what is on the disk.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from threading import Lock
from typing import Any, Generic, Protocol, TypeVar

MOST_BYTES = 512 * 1024 * 1024
T = TypeVar("T")


class Weighed(Protocol):
    """Something that says how many bytes it takes."""

    @property
    def nbytes(self) -> int:
        """Bytes of memory."""


@dataclass(frozen=True, slots=True)
class Noted(Generic[T]):
    """Something that does not know how many bytes it takes: about `nbytes`."""

    value: T
    nbytes: int


Made = TypeVar("Made", bound=Weighed)


class RecentTables:
    """Tables and the like by what they follow from."""

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        self._most_bytes = most_bytes
        self._bytes = 0
        self._held: OrderedDict[Hashable, Any] = OrderedDict()
        self._lock = Lock()

    def get(self, key: Hashable, make: Callable[[], Made]) -> Made:
        """Give what is kept under a key, made now if nothing is; what `make` raises is not kept."""
        with self._lock:
            if key in self._held:
                self._held.move_to_end(key)
                held: Made = self._held[key]
                return held
        made = make()
        with self._lock:
            if key not in self._held and made.nbytes <= self._most_bytes:
                self._held[key] = made
                self._bytes += made.nbytes
                while self._bytes > self._most_bytes:
                    self._bytes -= self._held.popitem(last=False)[1].nbytes
        return made
