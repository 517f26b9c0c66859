"""Family F: shares of reports that carry the named codes, of all reports.

Invariants: the whole is the released cell of the whole and never a sum; the rest is what the part leaves of it.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from risk_models.indicators.monotone import Cells
from risk_models.indicators.proportions import proportions
from risk_models.numerics.series import Flags
from risk_models.tier_one.columns import CONFIDENCE, VALUE, Found
from risk_models.tier_one.cubes import KNOWN, Panel
from risk_models.tier_one.parameters import Share, Thresholds


def share_of_reports(panel: Panel, share: Share, is_wanted: Flags, limits: Thresholds) -> Iterator[Found]:
    """One share a member, period and direction; it stands at the facet of its part.

    A part that contradicts its whole (more than all) gives no figure.
    """
    part_at, whole_at = panel.facet(share.part), panel.facet(share.whole)
    if part_at is None or whole_at is None:
        return
    for direction in sorted({way for measure, way in panel.cubes if measure == share.measure}):
        cube = panel.cube(share.measure, direction)
        some = (cube.state[:, part_at] == KNOWN) & (cube.state[:, whole_at] == KNOWN)
        some &= is_wanted[:, None, None]
        some &= (cube.low[:, part_at] <= cube.high[:, whole_at]) & (cube.high[:, whole_at] > 0)
        part, whole = (Cells(cube.low[:, at][some], cube.high[:, at][some]) for at in (part_at, whole_at))
        found = proportions(*_apart(part, whole), limits.z, limits.min_cases)
        label = "/".join(one for one in (direction, share.measure, panel.flow.id) if one)
        yield Found(
            share.indicator,
            label,
            panel.axes,
            panel.place[:, part_at][some],
            {VALUE: found.share, CONFIDENCE: found.confidence},
            np.asarray(whole.low >= limits.min_cases, np.bool_),
            "reporter",
            suffix=_measured_against(panel, share),
        )


def _apart(part: Cells, whole: Cells) -> tuple[Cells, Cells]:
    """A part, which is at most the whole, and what it leaves of it."""
    most = np.minimum(part.high, whole.high)
    rest = Cells(np.maximum(whole.low - most, 0), whole.high - part.low)
    return Cells(part.low, most), rest


def _measured_against(panel: Panel, share: Share) -> str:
    """The codes of the whole, where it is not all reports."""
    return "/".join(share.whole[name] for name in panel.flow.cells.dimensions if name in share.whole)
