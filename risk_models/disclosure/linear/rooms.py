"""The room an attacker's knowledge leaves to each unknown: how far it may be from its true value.

Invariants: lower <= 0 <= upper, because what an attacker knows is true; both are integers below `NO_BOUND`
in size where there is a bound.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from risk_models.disclosure.linear.arrays import NO_BOUND, Integers
from risk_models.disclosure.linear.attack import Attacker
from risk_models.disclosure.linear.remainder import Remainder
from risk_models.disclosure.linear.system import System
from risk_models.errors import InvalidInput


@dataclass(frozen=True, slots=True)
class Room:
    """How far each unknown may go down (at most zero) and up (at least zero); `NO_BOUND` without an end."""

    lower: Integers
    upper: Integers

    @classmethod
    def of(cls, system: System, left: Remainder, attacker: Attacker) -> Room:
        """Return the room of the unknowns that are left.

        Raises:
            InvalidInput: what the attacker knows has another shape, or is not true.
        """
        if attacker.lower.size != system.cells:
            raise InvalidInput(
                "What an attacker knows does not fit the cells.",
                detail=f"{attacker.name}: {attacker.lower.size} bounds for {system.cells} cells.",
                hint="This is a fault of the attack, not of the file.",
            )
        values = system.values[left.cells]
        lowest, highest = attacker.lower[left.cells], attacker.upper[left.cells]
        if ((lowest > values) | (highest < values)).any():
            raise InvalidInput(
                "What an attacker is said to know is not true.",
                detail=f"{attacker.name}: {int(((lowest > values) | (highest < values)).sum())} cells.",
                hint="Bounds hold for the true values: this is a fault of the attack, not of the file.",
            )
        # a bound at NO_BOUND or beyond stands for none, and stays so whatever the value is
        lower = np.where(lowest <= -NO_BOUND, -NO_BOUND, np.maximum(lowest, 1 - NO_BOUND) - values)
        upper = np.where(highest >= NO_BOUND, NO_BOUND, np.minimum(highest, NO_BOUND - 1) - values)
        known = attacker.known[left.cells]
        return cls(
            np.where(known, 0, np.maximum(lower, -NO_BOUND)), np.where(known, 0, np.minimum(upper, NO_BOUND))
        )

    def within(self, size: Integers | int) -> Room:
        """Return the room that is left when nothing may go further than `size`; one number, or one an unknown."""
        return Room(np.maximum(self.lower, -size), np.minimum(self.upper, size))

    def of_unknowns(self, kept: Integers) -> Room:
        """Return the room of some unknowns."""
        return Room(self.lower[kept], self.upper[kept])

    def holds(self, other: Room) -> bool:
        """True if the other room lies inside this one."""
        return bool((self.lower <= other.lower).all() and (self.upper >= other.upper).all())
