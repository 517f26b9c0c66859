"""The union of releases: one system in which an attacker may use whatever was released to anybody.

Invariants: one unknown for each key and true value of a dataflow, and for each cell without a key that the same
other cells determine; an equation that two releases share stands once; numbering follows the order of releases
and of their cells, so the same releases give the same union. Source: methodology 3.6.

That unchanged cells are one unknown gives an attacker more than they may have: they know what did not change.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from risk_models.disclosure.ledger.released import Bridge, Key, Released, Revision
from risk_models.disclosure.ledger.rests import numbered
from risk_models.disclosure.linear.attack import Need
from risk_models.disclosure.linear.system import Integers, Mask, System

NEVER = -1
Terms = tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Joined:
    """The union; arrays are over its unknowns unless said otherwise.

    places: for each release the unknown of each cell of its system. first_shown: number of the first release that
    showed the unknown to anybody, `NEVER` if none did. signed: unknowns that may be negative (differences).
    needs: of all releases and revisions, one an unknown, the strictest. differences: unknown to its revision.
    """

    releases: tuple[Released, ...]
    system: System
    places: tuple[Integers, ...]
    first_shown: Integers
    signed: Mask
    needs: tuple[Need, ...]
    differences: Mapping[int, Revision] = field(hash=False)

    @property
    def hidden(self) -> Mask:
        """True for what no release showed to anybody."""
        return np.equal(self.first_shown, NEVER)

    @property
    def fixed(self) -> Mask:
        """True for what a release before the last one showed: it can no longer be hidden."""
        return ~self.hidden & np.less(self.first_shown, len(self.releases) - 1)

    @property
    def open_needs(self) -> tuple[Need, ...]:
        """The needs that cover can still meet: those of cells that no release showed."""
        return tuple(need for need in self.needs if self.first_shown[need.cell] == NEVER)

    def place(self, release: int, cell: int) -> int:
        """Return the unknown of a cell of one release."""
        return int(self.places[release][cell])

    def spread(self, release: int, values: npt.NDArray[np.generic], default: int) -> npt.NDArray[np.generic]:
        """Return an array over the unknowns from one over the cells of a release, `default` elsewhere."""
        wide = np.full(self.system.cells, default, values.dtype)
        wide[self.places[release][: values.size]] = values
        return wide


def joined(
    releases: Sequence[Released], revisions: Sequence[Revision] = (), bridges: Sequence[Bridge] = ()
) -> Joined:
    """Join releases in the order in which they were released; the last one may be still to be decided.

    revisions: differences that nobody may work out. bridges: equations between cells of several releases.

    Raises:
        InvalidInput: a revision names a key that one of its releases does not have.
    """
    union = _Union()
    places = []
    for number, release in enumerate(releases):
        places.append(union.take(number, release))
    for bridge in bridges:
        union.bridge({int(places[release][cell]): sign for (release, cell), sign in bridge.items()})
    for revision in revisions:
        earlier = union.of_key(releases[revision.earlier], revision.key)
        union.revise(earlier, union.of_key(releases[revision.later], revision.key), revision)
    return Joined(
        tuple(releases),
        System.of(union.values, [dict(terms) for terms in union.equations]),
        tuple(places),
        np.array(union.first_shown, np.int64),
        np.array([unknown in union.differences for unknown in range(len(union.values))], np.bool_),
        tuple(union.needs[cell] for cell in sorted(union.needs)),
        union.differences,
    )


class _Union:
    """Grows one release at a time."""

    def __init__(self) -> None:
        self.values: list[int] = []
        self.first_shown: list[int] = []
        self.equations: dict[Terms, None] = {}
        self.needs: dict[int, Need] = {}
        self.differences: dict[int, Revision] = {}
        self._numbers: dict[Hashable, int] = {}

    def take(self, number: int, release: Released) -> Integers:
        """Add one release; return the unknown of each cell of its system."""
        values, equations = release.system.values.tolist(), release.system.equations()
        names: list[Hashable | None] = [None] * len(values)
        unnamed = release.unnamed.tolist()
        for cell, key in enumerate(release.keys):
            if not unnamed[cell]:
                names[cell] = (release.dataflow, key, values[cell])
        found = numbered(names, values, equations, self._number, fallback=(release.id, number))
        for cell, is_shown in enumerate(release.anyone.tolist()):
            if is_shown and self.first_shown[found[cell]] == NEVER:
                self.first_shown[found[cell]] = number
        for equation in equations:
            self._relate({found[cell]: sign for cell, sign in equation})
        for need in release.needs:
            self._need(Need(found[need.cell], need.lower, need.upper, need.width))
        return np.array(found, np.int64)

    def bridge(self, terms: dict[int, int]) -> None:
        """Add an equation; a rest of zero or more fills what its true values leave open."""
        rest = sum(sign * self.values[unknown] for unknown, sign in terms.items())
        if rest:
            name = ("rest of a bridge", tuple(sorted(terms.items())))
            terms = {**terms, self._number(name, abs(rest)): -1 if rest > 0 else 1}
        self._relate(terms)

    def revise(self, earlier: int, later: int, revision: Revision) -> None:
        """Add the difference of two unknowns, with what must stay open around it."""
        if earlier == later:
            return
        difference = self._number(("difference", earlier, later), self.values[later] - self.values[earlier])
        self.differences.setdefault(difference, revision)
        self._relate({later: 1, earlier: -1, difference: -1})
        self._need(Need(difference, revision.lower, revision.upper, revision.width))

    def of_key(self, release: Released, key: Key) -> int:
        """Return the unknown of a key of a release."""
        value = int(release.system.values[release.cell(key)])
        return self._numbers[(release.dataflow, key, value)]

    def _number(self, name: Hashable, value: int) -> int:
        number = self._numbers.setdefault(name, len(self.values))
        if number == len(self.values):
            self.values.append(value)
            self.first_shown.append(NEVER)
        return number

    def _relate(self, terms: Mapping[int, int]) -> None:
        ordered = sorted(terms.items())
        turn = ordered[0][1]
        self.equations[tuple((unknown, sign * turn) for unknown, sign in ordered)] = None

    def _need(self, need: Need) -> None:
        other = self.needs.get(need.cell, need)
        self.needs[need.cell] = Need(
            need.cell,
            max(need.lower, other.lower),
            max(need.upper, other.upper),
            max(need.width, other.width),
        )
