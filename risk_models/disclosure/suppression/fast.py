"""A good cover of a block of any size.

Invariants: a small block is covered at once, a large one region after region around what is not yet protected, in the
order of the demands; what a region cannot do is left to the cheapest move that there is. Limits are counts.
"""

from __future__ import annotations

import numpy as np

from risk_models.disclosure.linear.arrays import Integers
from risk_models.disclosure.suppression import windows
from risk_models.disclosure.suppression.blocks import narrowed
from risk_models.disclosure.suppression.cover import Cover
from risk_models.disclosure.suppression.cuts import Separator
from risk_models.disclosure.suppression.dive import dive
from risk_models.disclosure.suppression.regions import Regions, Width

# Units up to which a block is covered at once.
_AT_ONCE = 1_200
_REGION = Width(4, 6, 1500)
# Blocks of up to so many units are looked through once more, in so many windows: larger ones take too long.
_POLISHED = 500
_WINDOWS = 20


def build(cover: Cover) -> list[int]:
    """Meet every demand of the block; return the numbers of those that nothing meets."""
    block = cover.block
    everything = range(len(block.demands))
    if len(block.costs) <= _AT_ONCE:
        _at_once(cover)
    else:
        regions = Regions(block)
        for number in everything:
            if not cover.is_met(number):
                region = regions.around(block.demands[number].cell, cover.hidden, _REGION)
                inside = np.isin([demand.cell for demand in block.demands], region)
                _in_region(
                    cover,
                    region,
                    [other for other in np.flatnonzero(inside).tolist() if not cover.is_met(other)],
                )
    return cover.grow(everything)


def polish(cover: Cover) -> None:
    """Make the cover of a block that is not large cheaper: windows of it are chosen anew, the dearest first."""
    if len(cover.block.costs) <= _POLISHED:
        windows.improve(cover, windows=_WINDOWS)


def _at_once(cover: Cover) -> None:
    block = cover.block
    chosen = dive(block, Separator(block))
    if chosen is not None:
        cover.adopt(np.flatnonzero(chosen).tolist(), range(len(block.demands)), np.arange(block.size))


def _in_region(cover: Cover, region: Integers, numbers: list[int]) -> None:
    """Cover those demands that can be met inside a region."""
    block = cover.block
    units = block.unit[region]
    units = np.unique(units[units >= 0])
    units = units[~cover.taken[units]]
    every = np.ones(units.size)
    lost = set(Separator(narrowed(block, region, units, numbers)).unmet(every))
    numbers = [number for place, number in enumerate(numbers) if place not in lost]
    part = narrowed(block, region, units, numbers)
    chosen = dive(part, Separator(part))
    if chosen is not None:
        cover.adopt(units[chosen].tolist(), numbers, region)
