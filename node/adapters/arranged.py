"""Arranged cells in a folder: `<name>.<sha256 of the content>`, so that a torn or altered file is known as one.

Invariants: a file appears under its name whole, by a rename, and is never written again; nothing is synced to the
disk, because a file that a power cut has torn is made again. If lost: nothing but time.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Collection, Iterator
from pathlib import Path

from node.adapters.durable import make_folder, named_refusals


class FolderArranged:
    """The ArrangedStore port over one folder, which is made when missing."""

    def __init__(self, root: Path) -> None:
        self._root = root
        make_folder(root)

    def find(self, name: str) -> Path | None:
        """Give the file of a name if its content has the digest in its name, else None."""
        for file in self._files(name):
            with named_refusals(file), file.open("rb") as handle:
                if hashlib.file_digest(handle, "sha256").hexdigest() == file.suffix[1:]:
                    return file
        return None

    def keep(self, name: str, content: bytes) -> Path:
        """Put a file under a name in place of the one before, at once and whole; raises Unavailable."""
        target = self._root / f"{name}.{hashlib.sha256(content).hexdigest()}"
        with named_refusals(target):
            handle, temporary = tempfile.mkstemp(suffix=".tmp", dir=self._root)
            try:
                with os.fdopen(handle, "wb") as file:
                    file.write(content)
                Path(temporary).replace(target)
            except BaseException:
                Path(temporary).unlink(missing_ok=True)
                raise
            for other in self._files(name):
                if other != target:
                    other.unlink(missing_ok=True)
        return target

    def names(self) -> Iterator[str]:
        """Give every name, in order."""
        yield from sorted({file.stem for file in self._files("*")})

    def drop(self, names: Collection[str]) -> None:
        """Remove files; unknown names are no error. Raises Unavailable."""
        for name in names:
            for file in self._files(name):
                with named_refusals(file):
                    file.unlink(missing_ok=True)

    def _files(self, name: str) -> list[Path]:
        """Give the files of a name; what a killed process left half-written is none."""
        return [file for file in self._root.glob(f"{name}.*") if file.suffix != ".tmp"]
