"""Every bound on a file a person brings, in one frozen place; units are in the names."""

from __future__ import annotations

from dataclasses import dataclass

_MIB = 1 << 20
_GIB = 1 << 30


@dataclass(frozen=True, slots=True)
class ReadingLimits:
    """Bounds of one upload.

    CSV and Parquet are read in chunks, so only time and disk bound them: their limits keep a mistake from
    filling the disk. A workbook is unpacked and held whole, so its bounds are those of memory.
    `max_cell_characters` is Excel's own, so that every file can be shown there. `analysed_bytes`: up to this
    size every cell is looked at before the file is read; of a longer one a sample, and what contradicts the
    sample is refused by its row while the file is read.
    """

    max_file_bytes: int = 8 * _GIB
    max_rows: int = 100_000_000
    max_columns: int = 256
    max_cell_characters: int = 32_767
    max_uncompressed_bytes: int = 32 * _GIB
    max_compression_ratio: int = 200
    max_workbook_bytes: int = 256 * _MIB
    max_workbook_rows: int = 1_048_576
    max_workbook_uncompressed_bytes: int = 1024 * _MIB
    max_group_bytes: int = 1024 * _MIB
    max_xml_bytes: int = 1024 * _MIB
    max_xml_depth: int = 32
    analysed_bytes: int = 64 * _MIB


DEFAULT_READING_LIMITS = ReadingLimits()
