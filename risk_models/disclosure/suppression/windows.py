"""A cover made cheaper window by window: around a dear unit everything is chosen anew, exactly.

Invariants: a window's choice only replaces what it had if it is cheaper and every demand that used the old one has
proven moves again; the order of windows is fixed by costs and numbers.
"""

from __future__ import annotations

import numpy as np

from risk_models.disclosure.linear.arrays import Integers
from risk_models.disclosure.suppression import exact
from risk_models.disclosure.suppression.blocks import narrowed
from risk_models.disclosure.suppression.cover import Cover
from risk_models.disclosure.suppression.regions import Regions, Width

_WIDTH = Width(2, 4, 120)
_LARGEST = 60
_EFFORT = exact.Effort(relaxed=20, rounds=15, nodes=50, refusals=0)


def improve(cover: Cover, *, windows: int) -> None:
    """Look through up to so many windows, the dearest unit first, leaving out units that a window had."""
    regions = Regions(cover.block)
    seen: set[int] = set()
    for pivot in cover.dearest():
        if not windows:
            return
        if pivot in seen or not cover.taken[pivot]:
            continue
        windows -= 1
        seen.add(pivot)
        seen.update(_window(cover, regions, pivot))


def _window(cover: Cover, regions: Regions, pivot: int) -> list[int]:
    block = cover.block
    cell = int(block.members[pivot][0])
    around = regions.around(cell, cover.hidden, _WIDTH)
    units = _some(block.unit[around], pivot, cover)
    own = units[cover.taken[units]]
    demands = cover.users(own.tolist())
    cells = np.unique(
        np.concatenate(
            [
                around[cover.hidden[around]],
                *(block.members[u] for u in units),
                *(cover.support(d) for d in demands),
            ]
        )
    )
    part = narrowed(block, cells, units, demands)
    before = sum(block.costs[unit] for unit in own.tolist())
    found = exact.cheapest(part, before, lambda _: True, _EFFORT)
    if found is not None and found.units is not None:
        new = units[found.units]
        cover.without(np.setdiff1d(own, new).tolist(), np.setdiff1d(new, own).tolist(), cells)
    return list(map(int, own))


def _some(units: Integers, pivot: int, cover: Cover) -> Integers:
    names = np.unique(units[units >= 0])
    order = sorted(
        names.tolist(), key=lambda unit: (unit != pivot, not cover.taken[unit], cover.block.costs[unit], unit)
    )
    return np.sort(np.array(order[:_LARGEST], np.int64))
