"""A file on its way to the disk: bounded memory, a private name, and nothing left behind."""

from __future__ import annotations

import asyncio
import errno
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Self

import pytest
from starlette.requests import ClientDisconnect, Request
from starlette.types import Message

from node.api import uploads
from node.errors import Invalid, Unavailable


def _request(messages: list[Message]) -> Request:
    waiting: Iterator[Message] = iter(messages)

    async def receive() -> Message:
        return next(waiting)

    return Request({"type": "http", "method": "POST", "path": "/", "headers": []}, receive)


def _pieces(*bodies: bytes) -> list[Message]:
    last = len(bodies) - 1
    return [
        {"type": "http.request", "body": body, "more_body": place < last} for place, body in enumerate(bodies)
    ]


def _receive(messages: list[Message], staging: Path, seen: list[tuple[bytes, int]]) -> None:
    async def go() -> None:
        async with uploads.received(_request(messages), staging, lambda count: b"\x07" * count) as path:
            seen.append((path.read_bytes(), path.stat().st_mode & 0o777))

    asyncio.run(go())


def test_the_file_holds_what_was_sent_and_only_for_the_time_of_the_block(tmp_path: Path) -> None:
    """Larger than a piece, so that it is written in several."""
    sent = os.urandom(uploads.PIECE_BYTES * 2 + 5)
    seen: list[tuple[bytes, int]] = []

    _receive(_pieces(sent[:700_000], sent[700_000:2_000_000], sent[2_000_000:]), tmp_path, seen)

    assert seen == [(sent, 0o600)]
    assert list(tmp_path.iterdir()) == []


def test_an_empty_file_is_refused(tmp_path: Path) -> None:
    """It is a mistake of the caller more often than a file without rows."""
    with pytest.raises(Invalid):
        _receive(_pieces(b""), tmp_path, [])
    assert list(tmp_path.iterdir()) == []


def test_nothing_stays_when_the_caller_hangs_up(tmp_path: Path) -> None:
    """The half that arrived is removed."""
    messages = [*_pieces(b"half", b"")[:1], {"type": "http.disconnect"}]

    with pytest.raises(ClientDisconnect):
        _receive(messages, tmp_path, [])
    assert list(tmp_path.iterdir()) == []


def test_a_full_disk_is_said_to_be_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An operator can help; the person who uploads cannot."""

    class _Full:
        def __enter__(self) -> Self:
            return self

        def __exit__(self, *_error: object) -> None:
            return None

        def write(self, _piece: Any) -> int:
            raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(uploads, "_open", lambda _path: _Full())

    with pytest.raises(Unavailable, match="ENOSPC"):
        _receive(_pieces(b"rows"), tmp_path, [])


def test_what_a_killed_process_left_behind_is_removed_at_the_next_start(tmp_path: Path) -> None:
    """Only what uploads left; other files in the folder stay."""
    (tmp_path / "upload-00").write_bytes(b"half")
    (tmp_path / "other").write_bytes(b"stays")

    assert uploads.clear_abandoned(tmp_path) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["other"]


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ("flows.csv", "flows.csv"),
        ("C:\\Users\\aigerim\\Потоки 2026.xlsx", "Потоки 2026.xlsx"),
        ("../../etc/passwd", "passwd"),
    ],
)
def test_a_file_name_is_its_last_part(given: str, name: str) -> None:
    """Browsers and scripts send whole paths of whichever system they run on."""
    assert uploads.plain_name(given) == name


@pytest.mark.parametrize("given", ["", "folder/", "a\nb.csv", "a\x00.csv", "x" * 201])
def test_a_file_name_that_could_mislead_is_refused(given: str) -> None:
    """It stands in reports, logs and pages."""
    with pytest.raises(Invalid):
        uploads.plain_name(given)
