"""Files that are whole or not there."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path

import pytest

from node.adapters.durable import create_durably, make_folder, write_durably
from node.errors import Unavailable


def test_a_file_is_replaced_whole(tmp_path: Path) -> None:
    """And nothing else is left in the folder."""
    place = tmp_path / "file"
    write_durably(place, b"old")
    write_durably(place, b"new")

    assert place.read_bytes() == b"new"
    assert stat.S_IMODE(place.stat().st_mode) == 0o600
    assert list(tmp_path.iterdir()) == [place]


def test_a_write_syncs_the_file_before_it_renames_and_the_folder_after(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In any other order a power cut could leave a name without bytes."""
    calls: list[str] = []
    real_sync, real_replace = os.fsync, Path.replace

    def sync(descriptor: int) -> None:
        calls.append("sync folder" if stat.S_ISDIR(os.fstat(descriptor).st_mode) else "sync file")
        real_sync(descriptor)

    def replace(source: Path, target: Path) -> Path:
        calls.append("rename")
        return real_replace(source, target)

    monkeypatch.setattr(os, "fsync", sync)
    monkeypatch.setattr(Path, "replace", replace)
    write_durably(tmp_path / "file", b"content")

    assert calls == ["sync file", "rename", "sync folder"]


def test_a_created_file_is_never_overwritten(tmp_path: Path) -> None:
    """The second creator is told."""
    assert create_durably(tmp_path / "file", b"first")
    assert not create_durably(tmp_path / "file", b"second")

    assert (tmp_path / "file").read_bytes() == b"first"
    assert list(tmp_path.iterdir()) == [tmp_path / "file"]


@pytest.mark.parametrize(
    ("number", "title"),
    [
        (errno.ENOSPC, "The disk is full"),
        (errno.EDQUOT, "The disk quota is used up"),
        (errno.EROFS, "The disk is read-only"),
        (errno.EACCES, "The node may not use this file"),
        (errno.EIO, "A file could not be used"),
    ],
)
def test_a_refusing_disk_is_named_and_the_old_file_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, title: str
) -> None:
    """Title, place and what to do."""
    place = tmp_path / "file"
    write_durably(place, b"old")

    def refuse(descriptor: int) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, "fsync", refuse)
    with pytest.raises(Unavailable) as caught:
        write_durably(place, b"new")

    assert caught.value.title == title
    assert str(place) in caught.value.detail
    assert caught.value.hint
    assert place.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [place]


def test_folders_are_made_with_their_parents(tmp_path: Path) -> None:
    """For the node's user only; making one twice is no error."""
    folder = tmp_path / "a" / "b"
    make_folder(folder)
    make_folder(folder)

    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert stat.S_IMODE(folder.parent.stat().st_mode) == 0o700
