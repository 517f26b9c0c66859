"""Revisions that must wait: which ones, against which earlier release, which cells bring it about, until when.

Invariants: only what the last release adds can be held, so everything named stands in it; no date is invented, a
revision waits until the difference it makes is large enough to be shown or is covered. Source: methodology 3.6.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from risk_models.disclosure.ledger.joined import Joined
from risk_models.disclosure.ledger.released import Key

DIFFERENCE_TELLS = "difference_tells_of_few"
EARLIER_CELL_OPENS = "earlier_cell_opens"
UNTIL_ENOUGH = "until_the_difference_covers_enough"
UNTIL_COVERED = "until_cover_is_found_or_the_table_is_coarser"


@dataclass(frozen=True, slots=True)
class Held:
    """One reason to wait.

    key: the revised cell, or the cell that an earlier release withheld. against: id of that earlier release.
    because: cells of the last release that are shown in it for the first time and bear on `key`, in order.
    """

    dataflow: str
    key: Key
    against: str
    reason: str
    until: str
    because: tuple[Key, ...]


def held(joined: Joined, opened: Iterable[int]) -> tuple[Held, ...]:
    """Return what of the last release must wait, in the order of the unknowns.

    opened: unknowns of the union that somebody can work out, or too nearly: those of the breaches of its audit, or
    those that no cover protects. Unknowns that only the last release has are no matter of time and are not
    returned: they take more cover.
    """
    earlier, bearing = _first_in_earlier(joined), _Bearing(joined)
    told = []
    for unknown in sorted(set(opened)):
        if unknown in joined.differences:
            revision = joined.differences[unknown]
            against, key = joined.releases[revision.earlier], revision.key
            reason, until = DIFFERENCE_TELLS, UNTIL_ENOUGH
        elif unknown in earlier:
            number, cell = earlier[unknown]
            against, key = joined.releases[number], joined.releases[number].keys[cell]
            reason, until = EARLIER_CELL_OPENS, UNTIL_COVERED
        else:
            continue
        told.append(Held(against.dataflow, key, against.id, reason, until, bearing.on(unknown)))
    return tuple(told)


def _first_in_earlier(joined: Joined) -> dict[int, tuple[int, int]]:
    """Give the first release and cell of every unknown that a release before the last one has a key for."""
    found: dict[int, tuple[int, int]] = {}
    for number, release in enumerate(joined.releases[:-1]):
        for cell, unknown in enumerate(joined.places[number][: len(release.keys)].tolist()):
            found.setdefault(unknown, (number, cell))
    return found


class _Bearing:
    """What the last release shows for the first time, by the group of hidden unknowns that it bears on."""

    def __init__(self, joined: Joined) -> None:
        self._above = list(range(joined.system.cells))
        self._shown: dict[int, set[int]] = defaultdict(set)
        hidden = joined.hidden.tolist()
        is_new = (joined.first_shown == len(joined.releases) - 1).tolist()
        equations = [[unknown for unknown, _ in equation] for equation in joined.system.equations()]
        for equation in equations:
            inside = [unknown for unknown in equation if hidden[unknown]]
            for unknown in inside[1:]:
                self._above[self._group(unknown)] = self._group(inside[0])
        for equation in equations:
            inside = [unknown for unknown in equation if hidden[unknown]]
            if inside:
                self._shown[self._group(inside[0])].update(unknown for unknown in equation if is_new[unknown])
        self._keys = dict(zip(joined.places[-1].tolist(), joined.releases[-1].keys, strict=False))
        self._new = {unknown for unknown, is_shown in enumerate(is_new) if is_shown}

    def on(self, unknown: int) -> tuple[Key, ...]:
        """Return the keys of the last release that bear on an unknown, itself included if it is now shown."""
        group = self._shown[self._group(unknown)] | ({unknown} & self._new)
        return tuple(sorted(self._keys[other] for other in group))

    def _group(self, unknown: int) -> int:
        while self._above[unknown] != unknown:
            self._above[unknown] = self._above[self._above[unknown]]
            unknown = self._above[unknown]
        return unknown
