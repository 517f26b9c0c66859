"""Which past periods a period is compared with, and which of them share a level.

Invariants: the same for every series and period, counted from the period that is judged; nothing of the periods left
out as too recent enters. Source: Farrington et al. 1996; Noufaily et al. 2013; methodology E6, steps 1 and 7.
"""

from __future__ import annotations

from itertools import pairwise

from risk_models.errors import InvalidSpecification
from risk_models.numerics.loglinear import Layout


def layout_of(*, years: int, half_window: int, frequency: int, levels: int, excluded: int) -> Layout:
    """Return the reference of a period.

    years: how many past years. half_window: periods on either side of the same period of a past year. frequency:
    periods a year. levels: 1: only the windows count, with one level; more: all of the past does, the windows as one
    level and what is between two windows in `levels` - 1 parts, the longer ones first. excluded: so many periods
    before the one judged are left out. Times are whole numbers around the middle of the reference.

    Raises:
        InvalidSpecification: a window longer than the year, or a level of fewer than two points.
    """
    anchors = [-frequency * year for year in range(years, -1, -1)]
    between = frequency - 2 * half_window - 1
    if between < levels - 1 or years < 1:
        raise _refused(f"{levels} levels in {between} periods between windows, {years} years.")
    members: dict[int, int] = {}
    for anchor, following in pairwise(anchors):
        for offset in range(anchor - half_window, anchor + half_window + 1):
            members[offset] = 0
        if levels > 1:
            members |= _parts(anchor + half_window + 1, following - half_window, levels - 1)
    members |= dict.fromkeys(range(-half_window, 0), 0) if levels > 1 else {}
    kept = {offset: level for offset, level in sorted(members.items()) if offset < -excluded}
    if not kept:
        raise _refused(f"Nothing is left of {years} years without the last {excluded} periods.")
    middle = (min(kept) + max(kept)) // 2
    groups = [tuple(i for i, level in enumerate(kept.values()) if level == one) for one in range(levels)]
    if min(len(group) for group in groups) < 2:  # noqa: PLR2004
        raise _refused("A level has fewer than two points.")
    return Layout(tuple(offset - middle for offset in kept), tuple(groups), -middle, 0)


def offsets(layout: Layout) -> tuple[int, ...]:
    """Return the periods of the reference, counted from the one judged (all below zero)."""
    return tuple(time - layout.predicted for time in layout.times)


def _parts(start: int, stop: int, parts: int) -> dict[int, int]:
    length, longer = divmod(stop - start, parts)
    members: dict[int, int] = {}
    for part in range(parts):
        end = start + length + (part < longer)
        members |= dict.fromkeys(range(start, end), part + 1)
        start = end
    return members


def _refused(detail: str) -> InvalidSpecification:
    return InvalidSpecification(
        "The reference of the Farrington test cannot be laid out.",
        detail=detail,
        hint="Use fewer levels, a shorter window or more years.",
    )
