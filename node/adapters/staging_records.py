"""Records staged for a check: typed Parquet in a folder of its own, gone when nobody can ask for it any more.

Invariants: nothing outlives the process, and what a killed process left behind is removed at the next start;
the accepted rows are read from the disk each time they are asked for, and held by whoever asked.
"""

from __future__ import annotations

import shutil
import tempfile
import weakref
from datetime import date
from pathlib import Path

import pyarrow as pa

from node.adapters.durable import make_folder, named_refusals
from node.adapters.staging import Staged, stage
from node.adapters.staging_file import staged_table
from node.ports.reading import ReadFile, StagedRecords
from schemas.arrow import empty_table
from schemas.structure import DataStructure
from schemas.typed import decoded

PREFIX = "records-"


class FolderStager:
    """The RecordStager port over one folder, which is made when missing."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        make_folder(folder)

    def stage(
        self, file: ReadFile, structure: DataStructure, *, reporter: str, as_of: date | None
    ) -> StagedRecords:
        """Check a file chunk by chunk; raises Invalid, TooLarge, Unavailable."""
        with named_refusals(self._folder):
            folder = Path(tempfile.mkdtemp(prefix=PREFIX, dir=self._folder))
        try:
            staged = stage(
                file, structure, reporter=reporter, target=folder / "accepted.parquet", as_of=as_of
            )
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise
        accepted = _Accepted(staged, structure)
        weakref.finalize(accepted, shutil.rmtree, folder, ignore_errors=True)
        paths = () if staged.path is None else (str(staged.path),)
        return StagedRecords(staged.result, accepted.table, paths)


def clear_abandoned_records(folder: Path) -> int:
    """Remove what a process that was killed left behind; gives how many. For the start, before any upload."""
    abandoned = list(folder.glob(f"{PREFIX}*"))
    for one in abandoned:
        shutil.rmtree(one, ignore_errors=True)
    return len(abandoned)


class _Accepted:
    """The accepted rows on the disk; their folder goes when this does."""

    def __init__(self, staged: Staged, structure: DataStructure) -> None:
        self._staged = staged
        self._structure = structure

    def table(self) -> pa.Table:
        """Read the accepted rows, in the order of the file."""
        if self._staged.path is None:
            return empty_table(self._structure)
        with named_refusals(self._staged.path):
            typed, _rows = staged_table(self._staged.path, self._structure)
        return decoded(typed, self._structure)
