"""The engine that compiles records in this process, with a private folder for what does not fit its memory.

Invariants: what is spilled holds identifiers, so every session has a folder of its own that nobody else can read and
that is gone when the session ends, or at the next start.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from node.adapters.durable import make_folder, named_refusals
from node.adapters.staging_records import PREFIX
from risk_models.engine import Engine
from risk_models.typologies.embedded import Embedded
from risk_models.typologies.ports import Session

MEMORY_LIMIT = "1500MB"


class FolderEngine:
    """The RecordEngine port over one folder, which is made when missing."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        make_folder(folder)

    @contextmanager
    def session(self) -> Iterator[Session]:
        """Open a private database that may spill, and remove what it spilled."""
        with named_refusals(self._folder):
            spill = Path(tempfile.mkdtemp(prefix=PREFIX, dir=self._folder))
        try:
            with Embedded(Engine(MEMORY_LIMIT, spill=str(spill))).session() as session:
                yield session
        finally:
            shutil.rmtree(spill, ignore_errors=True)
