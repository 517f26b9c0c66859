"""What a release was, as the next one must take it into account.

Invariants: true values are those of the moment of the release; the cells beside it are the live ones of the same
dataflow that it did not replace, so that relations across bundles (months and their year) are seen as well.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from risk_models.disclosure.candidate import Candidate
from risk_models.disclosure.ledger.released import Released, Revision
from risk_models.disclosure.linear.attack import Need
from risk_models.disclosure.relations import Linked, system_of
from schemas.status import ValueStatus
from schemas.structure import Dataflow

Key = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Past:
    """An earlier release of the dataflow: its cells as they truly were, and which of them were shown.

    id: the bundle's digest. is_live: no later release has superseded it.
    """

    id: str
    candidates: Sequence[Candidate]
    shown: frozenset[Key]
    is_live: bool


def past_of(name: str, candidates: Sequence[Candidate], released: Mapping[Key, ValueStatus]) -> Past:
    """Remember a release: its cells as they truly are, and the status with which each of them left."""
    silent = {key for key, status in released.items() if status is ValueStatus.SECONDARY}
    return Past(
        name,
        [one.disguised() if one.key in silent else one for one in candidates],
        frozenset(key for key, status in released.items() if status.has_value),
        is_live=True,
    )


@dataclass(frozen=True, slots=True)
class Memory:
    """Everything released before, oldest first, and the revisions that nobody may work out.

    left_out: how many releases are older than the window. changes: for a key and the place of an earlier release in
    `releases`, what must stay open around the difference (below, above, width).
    """

    releases: Sequence[Past] = ()
    left_out: int = 0
    changes: Mapping[tuple[int, Key], tuple[int, int, int]] = field(default_factory=dict, hash=False)

    def beside(self, keys: frozenset[Key]) -> list[tuple[Candidate, bool]]:
        """The live cells that a release of `keys` leaves as they are, and whether each is shown; the newest wins."""
        found: dict[Key, tuple[Candidate, bool]] = {}
        for past in self.releases:
            if past.is_live:
                for candidate in past.candidates:
                    if candidate.key not in keys:
                        found[candidate.key] = (candidate, candidate.key in past.shown)
        return [found[key] for key in sorted(found)]

    def revisions(self, keys: frozenset[Key]) -> list[Revision]:
        """The differences to protect between an earlier release and the one that follows all of them.

        keys: the cells of the new release that have a value.
        """
        last = len(self.releases)
        valued = [{one.key for one in past.candidates if one.value is not None} for past in self.releases]
        return [
            Revision(earlier, last, key, below, above, width)
            for (earlier, key), (below, above, width) in sorted(self.changes.items())
            if key in keys and key in valued[earlier]
        ]


def released(past: Past, dataflow: Dataflow) -> Released:
    """Give an earlier release as the ledger takes it."""
    linked = linked_of(past.candidates, dataflow)
    shown = np.array([candidate.key in past.shown for candidate in past.candidates], np.bool_)
    return as_released(past.id, past.candidates, linked, shown, dataflow)


def as_released(
    name: str, candidates: Sequence[Candidate], linked: Linked, shown: np.ndarray, dataflow: Dataflow
) -> Released:
    """Give cells, their relations and what is shown of them as the ledger takes them."""
    return Released(
        id=name,
        dataflow=dataflow.id,
        keys=tuple(candidate.key for candidate in candidates),
        system=linked.system,
        shown=shown,
        unseen=linked.unseen,
        needs=tuple(
            Need(place, unsafe.below, unsafe.above, unsafe.width)
            for place, candidate in enumerate(candidates)
            if (unsafe := candidate.unsafe) is not None
        ),
    )


def linked_of(candidates: Sequence[Candidate], dataflow: Dataflow) -> Linked:
    """Give the relations among cells."""
    return system_of([one.key for one in candidates], [one.value for one in candidates], dataflow)
