"""What a new vintage changes against the cells it supersedes, cell by cell.

Invariants: counts are of all cells, whatever is listed; a cell is the same only if everything said of it is the
same, its status too; what vanishes is listed first, because nobody looks for what is not there.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import pyarrow as pa

LISTED_AT_MOST = 1000
Key = tuple[Any, ...]
Cells = Mapping[Key, Key]


class Change(StrEnum):
    """What happens to one cell; the order is the order of the list."""

    GONE = "gone"
    CHANGED = "changed"
    NEW = "new"


@dataclass(frozen=True, slots=True)
class CellChange:
    """One cell that is not as it was: its dimensions, and its row before and after (None where it is not)."""

    change: Change
    dimensions: tuple[str, ...]
    before: Mapping[str, Any] | None
    after: Mapping[str, Any] | None


@dataclass(frozen=True, slots=True)
class Difference:
    """Cells by what happens to them; `changes` is cut at LISTED_AT_MOST, the counts are not."""

    new: int
    changed: int
    unchanged: int
    gone: int
    changes: tuple[CellChange, ...]

    @property
    def counts(self) -> dict[str, int]:
        """The four counts by name."""
        return {"new": self.new, "changed": self.changed, "unchanged": self.unchanged, "gone": self.gone}

    @property
    def is_cut(self) -> bool:
        """True if there are more changes than are listed."""
        return self.new + self.changed + self.gone > len(self.changes)


def by_key(table: pa.Table, dimensions: tuple[str, ...]) -> Cells:
    """Give what is said of every cell, values and texts alike, by its dimensions."""
    names = said_of(table, dimensions)
    keys, values = ([table.column(name).to_pylist() for name in columns] for columns in (dimensions, names))
    return dict(zip(zip(*keys, strict=True), zip(*values, strict=True), strict=True))


def said_of(table: pa.Table, dimensions: tuple[str, ...]) -> tuple[str, ...]:
    """Give the columns that are no dimensions, in the order of the table."""
    return tuple(name for name in table.column_names if name not in dimensions)


def compare(
    before: Cells, after: Cells, names: Sequence[str], *, listed_at_most: int = LISTED_AT_MOST
) -> Difference:
    """Compare cells by key; `names` are the columns their values stand for."""
    common = before.keys() & after.keys()
    places = {
        Change.GONE: before.keys() - common,
        Change.CHANGED: {key for key in common if before[key] != after[key]},
        Change.NEW: after.keys() - common,
    }
    listed = [(change, key) for change, keys in places.items() for key in sorted(keys, key=_sortable)]
    return Difference(
        new=len(places[Change.NEW]),
        changed=len(places[Change.CHANGED]),
        unchanged=len(common) - len(places[Change.CHANGED]),
        gone=len(places[Change.GONE]),
        changes=tuple(
            CellChange(change, key, _row(before, key, names), _row(after, key, names))
            for change, key in listed[:listed_at_most]
        ),
    )


def _row(cells: Cells, key: Key, names: Sequence[str]) -> Mapping[str, Any] | None:
    return dict(zip(names, cells[key], strict=True)) if key in cells else None


def _sortable(key: Key) -> tuple[str, ...]:
    return tuple("" if part is None else str(part) for part in key)
