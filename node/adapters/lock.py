"""One process at a time.

Invariants: the lock belongs to the open file, so the system frees it when the process dies, however it dies;
the file stays behind (removing it would let two processes lock two files of one name).
"""

from __future__ import annotations

import contextlib
import fcntl
import os
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Self

from node.adapters.durable import make_folder, named_refusals
from node.errors import Unavailable


class InstanceLock:
    """An exclusive lock on `<folder>/<name>.lock`, held by this process until released or ended."""

    def __init__(self, folder: Path, name: str) -> None:
        self._path = folder / f"{name}.lock"
        self._name = name
        self._descriptor: int | None = None

    def acquire(self) -> None:
        """Take the lock at once; raises Unavailable naming the process that holds it."""
        make_folder(self._path.parent)
        with named_refusals(self._path):
            descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                holder = os.pread(descriptor, 32, 0).decode("ascii", "replace").strip()
                os.close(descriptor)
                raise self._held_by(holder) from error
            os.ftruncate(descriptor, 0)
            os.pwrite(descriptor, f"{os.getpid()}\n".encode("ascii"), 0)
        self._descriptor = descriptor

    def release(self) -> None:
        """Give the lock back; not holding it is no error."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def __enter__(self) -> Self:
        self.acquire()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()

    def _held_by(self, holder: str) -> Unavailable:
        who = f"process {holder}" if holder else "another process"
        return Unavailable(
            f"Another instance of {self._name} is running",
            detail=f"{self._path} is held by {who}.",
            hint="Stop that process first, or leave it running and use it.",
            pid=holder,
        )


@contextlib.contextmanager
def waiting_lock(path: Path) -> Iterator[None]:
    """Hold an exclusive lock on `path` for the block, waiting as long as it takes. Raises Unavailable."""
    with named_refusals(path):
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)
