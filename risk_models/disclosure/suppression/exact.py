"""The cheapest cover of a small block, proven by cuts.

Invariants: a cover is accepted when no attacker violates a cut and the audit passes; what the audit refuses is cut off
by what follows from it: hiding less would fail too. Limits count rounds, refusals and nodes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from risk_models.disclosure.linear.arrays import Mask
from risk_models.disclosure.suppression.blocks import Block
from risk_models.disclosure.suppression.cuts import Cut, Separator
from risk_models.disclosure.suppression.master import Master


@dataclass(frozen=True, slots=True)
class Optimum:
    """The units of a cheapest cover; None if what was known before is one already."""

    units: Mask | None


@dataclass(frozen=True, slots=True)
class Effort:
    """Limits: rounds with shares of units, rounds with whole units, nodes of them all, refusals by the audit."""

    relaxed: int
    rounds: int
    nodes: int
    refusals: int


def cheapest(block: Block, known: int, passes: Callable[[Mask], bool], effort: Effort) -> Optimum | None:
    """Return a cheapest cover, or None if the limits came first.

    known: the cost of a cover that is known. passes: the verdict of the audit on units.
    """
    master = Master(block, effort.nodes)
    separator = Separator(block)
    for _ in range(effort.relaxed):
        chosen = master.relaxed()
        if chosen is None or not (cuts := separator.cuts(chosen)):
            break
        master.add(cuts)
    refused = 0
    for _ in range(effort.rounds):
        units = master.solved()
        if units is None:
            return None
        if sum(block.costs[unit] for unit in np.flatnonzero(units)) >= known:
            return Optimum(None)
        cuts = separator.cuts(units.astype(np.float64))
        if not cuts:
            if passes(units):
                return Optimum(units)
            refused += 1
            if refused > effort.refusals:
                return None
        master.add(cuts or [_another(units)])
    return None


def _another(units: Mask) -> Cut:
    """Whatever hides no more than these units fails too."""
    others = np.flatnonzero(~units)
    return Cut(others, np.ones(others.size), 1.0)
