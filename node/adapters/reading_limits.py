"""Every bound on a file a person brings, in one frozen place; units are in the names."""

from __future__ import annotations

from dataclasses import dataclass

_MIB = 1 << 20


@dataclass(frozen=True, slots=True)
class ReadingLimits:
    """Bounds of one upload. `max_cell_characters` is Excel's own, so that every file can be shown there."""

    max_file_bytes: int = 256 * _MIB
    max_rows: int = 5_000_000
    max_columns: int = 64
    max_cell_characters: int = 32_767
    max_uncompressed_bytes: int = 1024 * _MIB
    max_compression_ratio: int = 200


DEFAULT_READING_LIMITS = ReadingLimits()
