"""One release as the ledger keeps it: true values, relations, who was shown what, and what had to stay open.

Invariants: the first cells of a release's system are its keys, in their order; a shown cell has a key and a value;
a release without views showed everybody the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from risk_models.disclosure.linear.attack import Need
from risk_models.disclosure.linear.system import Mask, System
from risk_models.errors import InvalidInput

Key = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Released:
    """One vintage of one dataflow.

    keys: unique in the release. system: values as of then; cells after the keys are those that stand in nobody's
    table. shown: one mark a key. unseen: one mark a cell of the system, for cells without a value of their own
    (missing ones) and those after the keys; None: exactly those after the keys. needs: of this release's
    protected cells, by cell of `system`. views: what an audience was shown where it differs, by audience.
    """

    id: str
    dataflow: str
    keys: tuple[Key, ...]
    system: System
    shown: Mask
    unseen: Mask | None = None
    needs: tuple[Need, ...] = ()
    views: Mapping[str, Mask] = field(default_factory=dict, hash=False)
    _cells: Mapping[Key, int] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_cells", {key: cell for cell, key in enumerate(self.keys)})
        masks = [self.shown, *self.views.values()]
        if len(self._cells) != len(self.keys) or any(mask.size != len(self.keys) for mask in masks):
            raise _refused(self.id, f"{len(self.keys)} keys, marks for {[mask.size for mask in masks]}.")
        if self.system.cells < len(self.keys) or (self.unnamed[: len(self.keys)] & self.anyone).any():
            raise _refused(self.id, "A cell is shown that has no value, or a key has no cell.")

    @property
    def anyone(self) -> Mask:
        """One mark a key: True if any audience was shown the cell."""
        shown = self.shown.copy()
        for view in self.views.values():
            shown |= view
        return shown

    @property
    def unnamed(self) -> Mask:
        """One mark a cell of the system: True if only its equations say what it is."""
        if self.unseen is not None:
            return self.unseen
        return np.arange(self.system.cells) >= len(self.keys)

    def cell(self, key: Key) -> int:
        """Return the cell of a key.

        Raises:
            InvalidInput: the release has no such key, or no value for it.
        """
        place = self._cells.get(key)
        if place is None or self.unnamed[place]:
            raise _refused(self.id, f"no value for {'/'.join(key)}.")
        return place

    def value(self, key: Key) -> int | None:
        """Return the true value of a key, None if the release has none."""
        place = self._cells.get(key)
        return None if place is None or self.unnamed[place] else int(self.system.values[place])


@dataclass(frozen=True, slots=True)
class Revision:
    """A cell of two releases (by number) whose records differ by so little that the difference may not be known.

    The difference is the later value minus the earlier one, and may be negative. lower, upper, width: what must
    stay open around it, as in `Need`. A revision that leaves the value as it was tells nothing and is passed over.
    """

    earlier: int
    later: int
    key: Key
    lower: int = 0
    upper: int = 0
    width: int = 1


# An equation between releases: (release number, cell) to +1 or -1. Its signed true values add up to zero, or a rest
# of zero or more that nobody sees makes them: old and new codes, tables that overlap.
Bridge = Mapping[tuple[int, int], int]


def _refused(release: str, detail: str) -> InvalidInput:
    return InvalidInput(
        "A release does not fit the ledger.",
        detail=f"Release {release}: {detail}",
        hint="This is a fault of the caller, not of the file.",
    )
