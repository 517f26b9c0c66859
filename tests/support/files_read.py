"""Files read in tests the way the node reads them: found out, then read by the recipe."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from node.adapters.reading import FileReader
from node.adapters.reading_limits import DEFAULT_READING_LIMITS
from node.ports.reading import ReadFile, ReadTable, Recipe
from schemas.registry import structure
from schemas.structure import Column, DataStructure

# no file of these tests has a column of it, so every cell stays as it is written
NEUTRAL = DataStructure("TEST", "NEUTRAL", "1.0.0", (Column("NO_COLUMN_OF_THE_FILE", "text"),))


def file_read(
    path: Path, name: str = "file.csv", *, upload: str | DataStructure = NEUTRAL, **limits: int
) -> ReadFile:
    """Read a file as this structure, under these limits."""
    reader = FileReader(replace(DEFAULT_READING_LIMITS, **limits))
    wanted = structure(upload) if isinstance(upload, str) else upload
    recipe = reader.detect(path, name, wanted)
    return reader.read(path, name, Recipe.from_document(recipe.to_document()), wanted)


def whole_read(
    path: Path, name: str = "file.csv", *, upload: str | DataStructure = NEUTRAL, **limits: int
) -> ReadTable:
    """Read a whole file as this structure, under these limits."""
    return file_read(path, name, upload=upload, **limits).whole()
