"""A cell that could leave, and why it may not.

Invariants: integers only; a candidate that breaks a rule says which, and what nobody may work out of it; what a
reader concludes from its status alone is said as well, because an attacker knows it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from schemas.status import ValueStatus


@dataclass(frozen=True, slots=True)
class Unsafe:
    """Why a cell may not be shown, and how far its value must stay out of reach.

    rules: ids of the primary rules that it breaks. status: what it is released with. Whatever an attacker works out,
    its interval keeps `below` under and `above` over the true value, and is at least `width` wide (units of the
    cell's measure).
    """

    rules: tuple[str, ...]
    status: ValueStatus
    below: int = 0
    above: int = 0
    width: int = 1


@dataclass(frozen=True, slots=True)
class Candidate:
    """One cell of a release before anything is withheld.

    key: in the order of the dataflow's dimensions. value: in the measure's unit; None if it came without one, for the
    reason that `status` names. floor, ceiling: what every reader knows of the value once the cell is withheld.
    worth: what its users lose if it is withheld. notes: what is said beside the value, by column. is_ordered: officers
    let it be shown.
    """

    key: tuple[str, ...]
    value: int | None
    status: ValueStatus = ValueStatus.EXACT
    unsafe: Unsafe | None = None
    floor: int = 0
    ceiling: int | None = None
    worth: int = 1
    notes: Mapping[str, str | None] = field(default_factory=dict, hash=False)
    is_ordered: bool = False

    def shown(self) -> Candidate:
        """The cell as officers order it: shown, whatever rule hides it."""
        return replace(self, unsafe=None, is_ordered=True)

    def disguised(self) -> Candidate:
        """The cell withheld as cover is, where a status that says more would give it away."""
        if self.unsafe is None:
            return self
        unsafe = replace(self.unsafe, status=ValueStatus.SECONDARY)
        return replace(self, unsafe=unsafe, floor=0, ceiling=None)

    def withheld(self, unsafe: Unsafe) -> Candidate:
        """The cell as officers order it: withheld though no rule asks."""
        return replace(self, unsafe=unsafe)


def worth_of_count(count: int) -> int:
    """What is lost with a count: more, the more it counts; a million and above are worth the same."""
    return 1 + min(count, 1_000_000)


def worth_of_amount(amount: int) -> int:
    """What is lost with an amount: its order of magnitude, so that money does not outweigh every count."""
    return 1 + amount.bit_length()
