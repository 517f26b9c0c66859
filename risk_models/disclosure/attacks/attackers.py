"""Who looks at a release: readers of statuses, counterparts with their mirrors, reporting entities.

Invariants: what an attacker presumes holds for the true values, so it is given at least what a lucky guess would
give; a cell that somebody knows anyway is not judged against them. Source: methodology 3.1, 3.6.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from risk_models.disclosure.linear.attack import Attacker
from risk_models.disclosure.linear.system import Integers, System
from risk_models.errors import InvalidInput

READER_OF_STATUSES = "reader_of_statuses"
EXACTLY = 1


def reader_of_statuses(
    before: Attacker, system: System, small: Mapping[int, int], passed: Mapping[int, int]
) -> Attacker:
    """Return who also knows what a status tells of a withheld count.

    small: cells withheld as small to the least count n that may be shown: they are 1 to n - 1. passed: other
    withheld cells to their n: they are n or more; leave those out that may be zero. Nobody may find the value
    itself; that a cell is small is what its status says.

    Raises:
        InvalidInput: a status tells what is not so.
    """
    lower, upper = before.lower.copy(), before.upper.copy()
    for cell, least in small.items():
        lower[cell], upper[cell] = max(1, int(lower[cell])), min(least - 1, int(upper[cell]))
    for cell, least in passed.items():
        lower[cell] = max(least, int(lower[cell]))
    _require_truth(system.values, lower, upper, READER_OF_STATUSES)
    return replace(before, name=READER_OF_STATUSES, lower=lower, upper=upper, width=EXACTLY)


def counterpart_with_mirror(
    before: Attacker, system: System, name: str, mirrors: Mapping[int, int], percent: int
) -> Attacker:
    """Return a counterpart that takes its own mirror m of a cell for the cell, give or take `percent` of it.

    mirrors: cell to m. The cell lies in [m (1 - e), m (1 + e)], rounded outwards, and where the truth does not,
    the interval is stretched to it: a counterpart that is wrong learns nothing, so it is taken to be lucky. Its
    own cells are not judged: it knew them.
    """
    lower, upper = before.lower.copy(), before.upper.copy()
    for cell, mirror in mirrors.items():
        value = int(system.values[cell])
        least, most = mirror * (100 - percent) // 100, -(-mirror * (100 + percent) // 100)
        lower[cell] = max(int(lower[cell]), min(least, value))
        upper[cell] = min(int(upper[cell]), max(most, value))
    return replace(before, name=name, lower=lower, upper=upper, spared=before.spared | frozenset(mirrors))


def reporting_entity(before: Attacker, system: System, name: str, own: Mapping[int, int]) -> Attacker:
    """Return a reporting entity that knows its own part of cells: cell to amount or count.

    A cell holds at least that part; a cell that is all its own it knows, and is not judged for. Of the others it
    may not find the value itself.

    Raises:
        InvalidInput: a part exceeds its cell.
    """
    lower, known = before.lower.copy(), before.known.copy()
    for cell, part in own.items():
        lower[cell] = max(int(lower[cell]), part)
        known[cell] |= part == int(system.values[cell])
    _require_truth(system.values, lower, before.upper, name)
    alone = frozenset(cell for cell in own if known[cell])
    return replace(before, name=name, lower=lower, known=known, spared=before.spared | alone, width=EXACTLY)


def _require_truth(values: Integers, lower: Integers, upper: Integers, name: str) -> None:
    wrong = np.flatnonzero((values < lower) | (values > upper))
    if wrong.size:
        raise InvalidInput(
            "An attacker presumes what is not so.",
            detail=f"{name}: {wrong.size} cells, the first is number {int(wrong[0])}.",
            hint="A status, a mirror or a part was given for the wrong cell: a fault of the caller, not of the file.",
        )
