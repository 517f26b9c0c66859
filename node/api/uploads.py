"""A file on its way from the network to the disk: in pieces, bounded, and gone when the request is.

* Never more than one piece is in memory, whatever the size of the file.
* The temporary file has a name nobody can guess and is readable by this process alone; it is removed
  whatever happens, and what a killed process left behind is removed at the next start.
"""

from __future__ import annotations

import errno
import os
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import BinaryIO

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request

from node.errors import Invalid, Unavailable

PIECE_BYTES = 1024 * 1024
NAME_BYTES = 16
PREFIX = "upload-"
LONGEST_FILE_NAME = 200


@asynccontextmanager
async def received(request: Request, staging: Path, random: Callable[[int], bytes]) -> AsyncIterator[Path]:
    """Give the path of a file that holds the body of the request, for the time of the block.

    Raises:
        Invalid: the body is empty.
        Unavailable: the disk is full or read-only.
    """
    path = staging / f"{PREFIX}{random(NAME_BYTES).hex()}"
    try:
        with await run_in_threadpool(_open, path) as file:
            length = await _copy(request, file)
        if length == 0:
            raise Invalid("The file is empty", hint="Send the bytes of the file as the body of the request.")
        yield path
    finally:
        path.unlink(missing_ok=True)


def clear_abandoned(staging: Path) -> int:
    """Remove what a process that was killed left behind; gives how many. For the start, before any upload."""
    abandoned = list(staging.glob(f"{PREFIX}*"))
    for path in abandoned:
        path.unlink(missing_ok=True)
    return len(abandoned)


def plain_name(file_name: str) -> str:
    """Give the last part of a file name as people see it, whatever system it comes from.

    Raises:
        Invalid: nothing printable is left, or it is too long.
    """
    name = file_name.replace("\\", "/").rpartition("/")[2].strip()
    if not name or len(name) > LONGEST_FILE_NAME or not name.isprintable():
        raise Invalid(
            "The file name cannot be used",
            hint=f"1 to {LONGEST_FILE_NAME} printable characters, such as flows.csv",
        )
    return name


async def _copy(request: Request, file: BinaryIO) -> int:
    length = 0
    waiting = bytearray()
    async for chunk in request.stream():
        waiting += chunk
        if len(waiting) >= PIECE_BYTES:
            length += await run_in_threadpool(_write, file, bytes(waiting))
            waiting.clear()
    return length + await run_in_threadpool(_write, file, bytes(waiting))


def _open(path: Path) -> BinaryIO:
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb", buffering=0)
    except OSError as error:
        raise _unavailable(error) from error


def _write(file: BinaryIO, piece: bytes) -> int:
    rest = memoryview(piece)
    try:
        while rest:
            # unbuffered: a write may take less than it was given
            rest = rest[file.write(rest) :]
    except OSError as error:
        raise _unavailable(error) from error
    return len(piece)


def _unavailable(error: OSError) -> Unavailable:
    reason = errno.errorcode.get(error.errno or 0, "unknown")
    return Unavailable(
        "The file cannot be taken in",
        detail=f"The disk refused it ({reason}).",
        hint="Ask the operator for space.",
    )
