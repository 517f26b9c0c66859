"""Files that survive a power cut.

Invariants: a reader sees the old bytes or the new bytes, never a mixture; when a write returns, both the
bytes and the folder entry are on the disk. The system calls of one write, in order: open a temporary file
beside the target, write, fsync, rename over the target, fsync the folder.
"""

from __future__ import annotations

import contextlib
import errno
import os
import secrets
from collections.abc import Iterator
from pathlib import Path

from node.errors import Unavailable

_TITLES = {
    errno.ENOSPC: ("The disk is full", "Free some space, then try again."),
    errno.EDQUOT: ("The disk quota is used up", "Free some space or raise the quota, then try again."),
    errno.EROFS: ("The disk is read-only", "Mount the data folder for writing; check the disk for errors."),
    errno.EACCES: ("The node may not use this file", "Give the folder to the user the node runs as."),
    errno.EPERM: ("The node may not use this file", "Give the folder to the user the node runs as."),
}


def refusal(error: OSError, path: Path) -> Unavailable:
    """Say in words why a file could not be used, and what an operator can do."""
    title, hint = _TITLES.get(
        error.errno or 0, ("A file could not be used", "Check the disk, then try again.")
    )
    return Unavailable(title, detail=f"{path}: {error.strerror or error}", hint=hint)


@contextlib.contextmanager
def named_refusals(path: Path) -> Iterator[None]:
    """Turn every OSError of the block into Unavailable, naming `path`."""
    try:
        yield
    except OSError as error:
        raise refusal(error, path) from error


def sync_folder(folder: Path) -> None:
    """Put the entries of a folder on the disk; raises OSError."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def make_folder(folder: Path, *, mode: int = 0o700) -> None:
    """Make a folder and its parents durably; one that exists is no error. Raises Unavailable."""
    with named_refusals(folder):
        missing = [part for part in (folder, *folder.parents) if not part.exists()]
        for part in reversed(missing):
            part.mkdir(mode=mode, exist_ok=True)
            sync_folder(part.parent)


def write_durably(path: Path, content: bytes, *, mode: int = 0o600) -> None:
    """Write a whole file so that it survives a power cut; the folder must exist.

    Raises Unavailable when the disk is full, read-only or refuses; the old file, if any, is then untouched.
    """
    with named_refusals(path), _written_beside(path, content, mode) as temporary:
        temporary.replace(path)
        sync_folder(path.parent)


def create_durably(path: Path, content: bytes, *, mode: int = 0o600) -> bool:
    """Write a file as `write_durably` unless one is there already; False when there is (it is untouched).

    Of two processes that create the same file, one gets True. Raises Unavailable.
    """
    with named_refusals(path), _written_beside(path, content, mode) as temporary:
        try:
            path.hardlink_to(temporary)
        except FileExistsError:
            return False
        sync_folder(path.parent)
    return True


@contextlib.contextmanager
def _written_beside(path: Path, content: bytes, mode: int) -> Iterator[Path]:
    """Give a synced temporary file in the folder of `path`, gone at the end of the block if still there."""
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(8)}.tmp")
    try:
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
        with os.fdopen(descriptor, "wb") as handle:
            handle.write(content)
            handle.flush()
            os.fsync(handle.fileno())
        yield temporary
    finally:
        with contextlib.suppress(OSError):
            temporary.unlink()
