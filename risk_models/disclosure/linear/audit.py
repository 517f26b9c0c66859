"""The audit of a release: which protected cells could somebody narrow further than their needs allow?

Invariants: a need passes only on the strength of tables of integers that meet every equation, keep every shown
value and respect what the attacker knows, and lie as far apart as the need asks; a need for which no such tables
are found is a breach. The answer is the same for the same input, on any machine.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from risk_models.disclosure.linear.aims import Aims
from risk_models.disclosure.linear.arrays import NO_BOUND, Mask
from risk_models.disclosure.linear.attack import Attacker, Need
from risk_models.disclosure.linear.proof import Proof
from risk_models.disclosure.linear.remainder import Remainder
from risk_models.disclosure.linear.rooms import Room
from risk_models.disclosure.linear.system import System
from risk_models.errors import InvalidInput


@dataclass(frozen=True, slots=True)
class Breach:
    """A need that could not be proved against an attacker.

    lower, upper: the least and the greatest value of the cell in the tables that were found; what the attacker
    can reach is at least as wide, and mostly just as wide. Both are the true value where it is known outright.
    """

    need: Need
    attacker: str
    lower: int
    upper: int


def breaches(
    system: System, hidden: Mask, needs: Sequence[Need], attackers: Sequence[Attacker]
) -> tuple[Breach, ...]:
    """Return every need that some attacker may break, in the order of the attackers, then of the needs.

    hidden: one mark a cell of the system; a need of a cell that is not hidden is a breach. Tables found against
    one attacker serve the next ones as far as their knowledge allows them.

    Raises:
        InvalidInput: the marks or an attacker do not fit the system, or an attacker knows what is not true.
    """
    left = system.restricted(hidden)
    if any(need.cell >= system.cells for need in needs):
        raise InvalidInput(
            "What is to be audited does not fit the cells.",
            detail=f"{len(needs)} needs for {system.cells} cells, one of them beyond the last cell.",
            hint="This is a fault of the protection, not of the file.",
        )
    proof = Proof(left)
    found: list[Breach] = []
    for attacker in attackers:
        found.extend(_against(system, left, proof, attacker, attacker.needs(needs)))
    return tuple(found)


def _against(
    system: System, left: Remainder, proof: Proof, attacker: Attacker, needs: Sequence[Need]
) -> Iterator[Breach]:
    room = Room.of(system, left, attacker)
    place_of = np.full(system.cells, -1, np.int64)
    place_of[left.cells] = np.arange(left.unknowns)
    places = place_of[[need.cell for need in needs]] if needs else np.zeros(0, np.int64)
    unknown = np.flatnonzero(places >= 0)
    unmet, reach = proof.unproved(
        Aims.of([needs[number] for number in unknown.tolist()], places[unknown]), room
    )
    broken = places < 0
    broken[unknown[unmet]] = True
    for number in np.flatnonzero(broken).tolist():
        need, place = needs[number], int(places[number])
        value = int(system.values[need.cell])
        low, high = (0, 0) if place < 0 else (int(reach.low[place]), int(reach.high[place]))
        yield Breach(need, attacker.name, max(value + low, -NO_BOUND), min(value + high, NO_BOUND))
