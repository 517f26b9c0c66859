"""Parts while they arrive, in a folder of their own for each peer.

Invariants: nothing unfinished is ever an object; appended bytes are not synced one by one (after a power cut
the digest tells whether they are whole), the finished part is. A part holds exactly the bytes that went through this
sink, in which their digest was found while they came: a file of another length was written by somebody else too.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

from exchange.manifest import MEMBER_CODE
from node.adapters.durable import make_folder, named_refusals
from node.errors import Conflict
from schemas.digest import digest_bytes

_READ_BYTES = 1 << 20
# A large piece is kept in memory that nobody has touched, which a virtual machine has to be given first, at three
# times the processor time; pieces of this size are kept in what was just freed.
_WRITE_BYTES = 1 << 15
# Of a part that is still arriving: what was written is sent to the disk meanwhile, and little is left to wait for.
_FLUSHED_BYTES = 8 << 20


class _Objects(Protocol):
    """The store that a finished part goes to."""

    def has(self, digest: str) -> bool: ...

    def get(self, digest: str) -> bytes: ...

    def adopt(self, digest: str, file: Path) -> None: ...


class FolderParts:
    """The PartSink port of the exchange, for one peer; what is finished is an object of `objects`."""

    def __init__(self, objects: _Objects, folder: Path, peer: str) -> None:
        if not MEMBER_CODE.fullmatch(peer):
            raise ValueError(f"{peer[:40]!r} is not a member code")
        self._objects = objects
        self._passed: dict[str, int] = {}
        self._folder = folder / peer
        make_folder(self._folder)

    def has(self, digest: str) -> bool:
        """Say whether the part was finished before, whoever it came from."""
        return self._objects.has(digest)

    def partial(self, digest: str) -> Iterator[bytes]:
        """Give what is kept of an unfinished part, from its first byte."""
        unfinished = self._unfinished(digest)
        self._passed[digest] = 0
        if unfinished.is_file():
            with named_refusals(unfinished), unfinished.open("rb") as handle:
                while chunk := handle.read(_READ_BYTES):
                    self._passed[digest] += len(chunk)
                    yield chunk

    def append(self, digest: str, chunk: bytes) -> None:
        """Add bytes at the end of an unfinished part; raises Unavailable."""
        unfinished = self._unfinished(digest)
        before = self._passed.get(digest, 0)
        with named_refusals(unfinished), unfinished.open("ab", buffering=0) as handle:
            rest = memoryview(chunk)
            while rest:
                rest = rest[handle.write(rest[:_WRITE_BYTES]) :]
            _begin_flushing(handle.fileno(), before, before + len(chunk))
        self._passed[digest] = before + len(chunk)

    def discard(self, digest: str) -> None:
        """Forget an unfinished part; no error when there is none."""
        unfinished = self._unfinished(digest)
        self._passed.pop(digest, None)
        with named_refusals(unfinished):
            unfinished.unlink(missing_ok=True)

    def finish(self, digest: str) -> None:
        """Make the part an object; raises Conflict when another transfer wrote into it, Unavailable."""
        unfinished = self._unfinished(digest)
        with named_refusals(unfinished):
            unfinished.touch(mode=0o600)
            length = unfinished.stat().st_size
        if length == self._passed.pop(digest, 0):
            self._objects.adopt(digest, unfinished)
        else:
            self.discard(digest)
            raise Conflict(
                "Two transfers of one part met",
                detail=f"What was kept of {digest} is not what one of them received; it was forgotten.",
                hint="Nothing to do: the next synchronisation fetches the part again.",
                digest=digest,
            )

    def read(self, digest: str) -> bytes:
        """Give the bytes of a finished part, verified; raises NotFound, Damaged."""
        return self._objects.get(digest)

    def _unfinished(self, digest: str) -> Path:
        return self._folder / digest_bytes(digest).hex()


def _begin_flushing(file: int, before: int, after: int) -> None:
    """Have the system begin to write what is full between two lengths; it keeps in memory what is not yet written."""
    first, last = (length // _FLUSHED_BYTES * _FLUSHED_BYTES for length in (before, after))
    if last > first:
        os.posix_fadvise(file, first, last - first, os.POSIX_FADV_DONTNEED)
