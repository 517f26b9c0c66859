"""Arranged cells in a folder: whole or not there."""

from __future__ import annotations

from pathlib import Path

from node.adapters.arranged import FolderArranged


def test_a_file_is_found_by_its_name(tmp_path: Path) -> None:
    """With the content it was kept with; another name is another file."""
    store = FolderArranged(tmp_path / "arranged")
    store.keep("abc-1", b"cells")

    found = store.find("abc-1")

    assert found is not None
    assert found.read_bytes() == b"cells"
    assert store.find("abc") is None
    assert store.find("abc-2") is None


def test_a_file_that_was_altered_or_torn_is_not_there(tmp_path: Path) -> None:
    """Its name says what it held."""
    store = FolderArranged(tmp_path / "arranged")
    for content in (b"cellz", b"cel", b""):
        store.keep("abc-1", b"cells").write_bytes(content)

        assert store.find("abc-1") is None


def test_a_name_has_one_file(tmp_path: Path) -> None:
    """The newer takes the place of the older; what a killed process left is no file."""
    store = FolderArranged(tmp_path / "arranged")
    store.keep("abc-1", b"before")
    (tmp_path / "arranged" / "abc-1.tmp").write_bytes(b"half")
    now = store.keep("abc-1", b"now")
    store.keep("def-1", b"other")

    assert store.find("abc-1") == now
    assert list(store.names()) == ["abc-1", "def-1"]


def test_dropped_files_are_gone(tmp_path: Path) -> None:
    """Names that nothing is kept under are no error."""
    store = FolderArranged(tmp_path / "arranged")
    store.keep("abc-1", b"cells")
    store.keep("def-1", b"cells")
    store.drop(["abc-1", "ghi-1"])

    assert list(store.names()) == ["def-1"]
