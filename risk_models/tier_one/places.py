"""Where figures stand and which cells they meet: squares of members, periods before, and marginal cells.

Invariants: a square has a row and a column for each member that reports; the periods before one are those of the
calendar, whether anyone gave them or not.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from risk_models.certified import Quantised, certified
from risk_models.indicators.monotone import Cells, Figures
from risk_models.indicators.novelty import Novelty, novelty
from risk_models.numerics.series import Flags
from risk_models.numerics.tails import MOST_COUNTED
from risk_models.tier_one.columns import taken
from risk_models.tier_one.cubes import KNOWN, Axes, Codes, Cube, Panel, State
from risk_models.tier_one.parameters import Thresholds
from schemas.errors import InvalidValue
from schemas.period import TimePeriod


@dataclass(frozen=True, slots=True)
class Square:
    """Corridors between members: (periods, facets, members, members), with the flat place of each in its cube."""

    low: Codes
    high: Codes
    state: State
    place: Codes

    def cells(self, some: Flags) -> Cells:
        """Some corridors, as vectors."""
        return Cells(self.low[some], self.high[some])

    def backwards(self, some: Flags) -> Cells:
        """The corridors that go the other way than these."""
        return Cells(self.low.swapaxes(2, 3)[some], self.high.swapaxes(2, 3)[some])


def square_of(panel: Panel, cube: Cube, facets: Sequence[int] | slice = slice(None)) -> Square:
    """The corridors between members at some facets."""
    columns = [panel.axes.counterparts.index(member) for member in panel.axes.reporters]
    parts = [part[:, facets][..., columns] for part in (cube.low, cube.high, cube.state, panel.place)]
    return Square(*parts)


def off_diagonal(members: int) -> Flags:
    """Every pair of two members."""
    return ~np.eye(members, dtype=np.bool_)


def before(axes: Axes, back: int) -> Codes:
    """For each period the place of the one so many periods before it, -1 where nobody gave it."""
    known = {period: place for place, period in enumerate(axes.periods)}
    return np.array([known.get(earlier(period, back), -1) for period in axes.periods], np.int64)


@lru_cache(maxsize=1 << 12)
def window_of(period: str, back: int) -> tuple[str, ...]:
    """A period and so many before it."""
    return tuple(earlier(period, one) for one in range(back + 1))


@lru_cache(maxsize=1 << 14)
def earlier(period: str, back: int) -> str:
    """The text of a period so many periods before; empty before the first that can be written."""
    try:
        found = TimePeriod.parse(period)
        for _ in range(back):
            found = found.previous()
    except InvalidValue:
        return ""
    return str(found)


@dataclass(frozen=True, slots=True)
class Strips:
    """Cells over time: arrays of any shape with the periods first, and the flat place of each cell in its cube."""

    label: str
    low: Codes
    high: Codes
    state: State
    place: Codes


@dataclass(frozen=True, slots=True)
class History:
    """What was before each place: sums of the known periods of a window, and how many they are."""

    low: Codes
    high: Codes
    periods: Codes


def history(axes: Axes, strips: Strips, length: int) -> History:
    """Add up so many periods before each one."""
    sums = [np.zeros(strips.low.shape, np.int64) for _ in range(3)]
    for back in range(1, length + 1):
        at = before(axes, back)
        rows = np.flatnonzero(at >= 0)
        is_known = strips.state[at[rows]] == KNOWN
        for total, values in zip(sums, (strips.low, strips.high, None), strict=True):
            total[rows] += is_known if values is None else np.where(is_known, values[at[rows]], 0)
    return History(*sums)


@dataclass(frozen=True, slots=True)
class Surprises:
    """Novelty of some places of an array, and their flat places in it."""

    place: Codes
    novelty: Novelty
    before: Cells
    periods: Codes


def surprises(axes: Axes, strips: Strips, is_wanted: Flags, limits: Thresholds) -> Surprises:
    """Novelty of every wanted place with enough history and little in it; of equal numbers it is computed once."""
    low, high = strips.low, strips.high
    past = history(axes, strips, limits.history)
    some = is_wanted & (strips.state == KNOWN) & (past.periods >= limits.min_history)
    some &= (high <= MOST_COUNTED) & (past.high <= limits.most_usual * past.periods)
    columns = [one[some] for one in (low, high, past.low, past.high, past.periods)]
    distinct, inverse = np.unique(np.array(columns), axis=1, return_inverse=True)
    inverse = inverse.ravel()
    exposure = np.array([np.ones(distinct.shape[1], np.int64), distinct[4]])
    found = novelty(Cells(distinct[0], distinct[1]), Cells(distinct[2], distinct[3]), exposure, limits.prior)
    return Surprises(
        np.flatnonzero(some),
        Novelty(taken(found.p, inverse), taken(found.index, inverse)),
        Cells(columns[2], columns[3]),
        columns[4],
    )


def whole_numbers(cells: Cells) -> Figures:
    """Whole numbers as figures of nine digits."""
    low, high = (certified(np.asarray, end) for end in (cells.low, cells.high))
    known = np.ones(cells.low.shape, np.bool_)
    return Figures(low, high, known, known)


def undefined(count: int) -> Figures:
    """Figures without a value."""
    zeros, nowhere = np.zeros(count, np.int64), np.zeros(count, np.bool_)
    return Figures(Quantised(zeros, zeros, 0), Quantised(zeros, zeros, 0), nowhere, nowhere)
