"""Cells that are one and the same figure under several keys, as where all reports came through one channel.

Invariants: cells are the same only by an equation of the release, never because their values happen to agree; an order
to show one of them reaches those that break the same rules, and no other.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from risk_models.disclosure.candidate import Candidate
from risk_models.disclosure.memory import linked_of
from schemas.structure import Dataflow

Key = tuple[str, ...]
PAIR = 2


def with_identical(
    shown: frozenset[Key], candidates: Sequence[Candidate], dataflow: Dataflow
) -> frozenset[Key]:
    """Return the cells that are shown with those that officers order to be shown.

    candidates: the cells as the rules leave them.
    """
    if not shown:
        return shown
    same = list(_pairs(candidates, dataflow))
    found = set(shown)
    while reached := {other for one, other in same if one in found} - found:
        found |= reached
    return frozenset(found)


def _pairs(candidates: Sequence[Candidate], dataflow: Dataflow) -> Iterator[tuple[Key, Key]]:
    """Every two cells that an equation of two makes equal, both ways; zeros that are shown count for nothing."""
    system = linked_of(candidates, dataflow).system
    is_nothing = [one.value == 0 and one.unsafe is None for one in candidates]
    for start, end in pairwise(system.starts.tolist()):
        places = [
            place
            for place in system.places[start:end].tolist()
            if place >= len(candidates) or not is_nothing[place]
        ]
        cells = [candidates[place] for place in places if place < len(candidates)]
        if len(places) != PAIR or len(cells) != PAIR:
            continue
        one, other = cells
        if one.unsafe and other.unsafe and one.unsafe.rules == other.unsafe.rules:
            yield one.key, other.key
            yield other.key, one.key
