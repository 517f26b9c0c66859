"""Big immutable things, named by the SHA-256 of their bytes.

The store is not trusted: readers verify what they read. What it promises is durability: when `put` returns,
the bytes survive a power cut.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

from exchange.ports import PartSink


class ObjectStore(Protocol):
    """Content-addressed, write-once. Digests are written "sha256:<64 hex>"."""

    def put(self, content: bytes) -> str:
        """Store bytes durably and give their digest; the same bytes twice are no error.

        Raises Unavailable when the disk is full or read-only; nothing half-written is ever visible.
        """

    def put_file(self, path: Path) -> str:
        """Store a copy of a file durably, in pieces, and give its digest. Raises Unavailable as `put` does."""

    def verified(self, digest: str) -> Path:
        """Give the file that holds the bytes, verified in pieces; raises NotFound, or Damaged."""

    def get(self, digest: str) -> bytes:
        """Give the bytes, verified against the digest; raises NotFound, or Damaged when they changed."""

    def has(self, digest: str) -> bool:
        """Say whether something is stored under this digest (its bytes are not verified)."""

    def path(self, digest: str) -> Path:
        """Give the file that holds the bytes, for streaming; raises NotFound."""

    def arriving_from(self, peer: str) -> PartSink:
        """Give where parts from this peer (a member code) arrive; a finished one is an object of this store.

        Unfinished bytes of two peers never mix, so that no peer can spoil what another one sends. `finish`
        raises Conflict, and forgets the bytes, when two transfers from one peer wrote into the same part.
        """

    def digests(self) -> Iterator[str]:
        """Give every stored digest, in order."""

    def delete(self, digest: str) -> None:
        """Remove an orphan; unknown digests are no error."""
