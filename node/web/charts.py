"""Small drawings beside tables, as geometry for inline SVG.

Invariants: a drawing never says more than the table beside it; what is withheld is drawn as a range, never as
a point; geometry is written as attributes, because the content security policy allows no inline style.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

from node.services.views.figure import NOT_SHARED, Figure, Kind
from node.services.views.warnings import WatchedPeriod

BAR_WIDTH = 100
CHART_WIDTH, CHART_HEIGHT = 640, 180
LEAST_RANGE = 1


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar of a hundred units: solid up to `solid`, hatched from there for `hatched`."""

    solid: int
    hatched: int


@dataclass(frozen=True, slots=True)
class Mark:
    """One period of a series: a point (`low` equals `high`) or a range, y counted from the top."""

    x: int
    low: int
    high: int


@dataclass(frozen=True, slots=True)
class Chart:
    """Two series over the same periods on one linear scale from zero to `top`."""

    top: int
    periods: tuple[tuple[int, str], ...]
    sent: tuple[Mark, ...]
    received: tuple[Mark, ...]


def interval_bar(lower: Decimal, upper: Decimal | None) -> Bar:
    """Draw a share (0 to 1); one without an upper bound is hatched to the end."""
    solid = _clamped(lower)
    end = BAR_WIDTH if upper is None else _clamped(upper)
    return Bar(solid, max(end - solid, 0))


def part_bar(one: Figure, top: int) -> Bar:
    """Draw a figure as a part of the largest one; what is withheld is hatched between its bounds."""
    whole = Decimal(max(top, LEAST_RANGE))
    upper = None if one.upper is None else one.upper / whole
    return interval_bar((one.lower or 0) / whole, upper)


@dataclass(frozen=True, slots=True)
class Span:
    """A range on a scale of a hundred units; one that is a point is still a unit wide."""

    x: int
    width: int


@dataclass(frozen=True, slots=True)
class Fall:
    """One step of a waterfall: from where, how wide, and whether it adds."""

    x: int
    width: int
    is_gain: bool


def span(lower: Decimal, upper: Decimal) -> Span:
    """Draw a range of a score from 0 to 100."""
    low, high = (_clamped(end / BAR_WIDTH) for end in (lower, upper))
    return Span(min(low, BAR_WIDTH - LEAST_RANGE), max(high - low, LEAST_RANGE))


def waterfall(start: Decimal, points: Sequence[Decimal]) -> tuple[Fall, ...]:
    """Draw steps one after another from a start, on a scale of scores that just holds them all."""
    levels = [start]
    for one in points:
        levels.append(levels[-1] + one)
    low, high = min(levels), max(levels)
    room = (high - low) or Decimal(1)
    at = [round((level - low) / room * BAR_WIDTH) for level in levels]
    return tuple(
        Fall(min(*ends, BAR_WIDTH - LEAST_RANGE), max(abs(ends[1] - ends[0]), LEAST_RANGE), one >= 0)
        for ends, one in zip(pairwise(at), points, strict=True)
    )


def lines(periods: Sequence[str], sent: Sequence[Figure], received: Sequence[Figure]) -> Chart | None:
    """Draw what both ends of a corridor reported; None when there is nothing, or one period only."""
    bounded = [figure for figure in (*sent, *received) if figure.upper is not None]
    top = max((figure.upper or 0 for figure in bounded), default=0)
    if len(periods) <= LEAST_RANGE or not top:
        return None
    step = CHART_WIDTH / (len(periods) - 1)
    at = [round(index * step) for index in range(len(periods))]
    every = max(1, len(periods) // 8)
    return Chart(
        top=top,
        periods=tuple((at[index], periods[index]) for index in range(0, len(periods), every)),
        sent=_marks(at, sent, top),
        received=_marks(at, received, top),
    )


def watched(periods: Sequence[WatchedPeriod]) -> Chart | None:
    """Draw one series, its alarms as a second one; None as `lines` says."""
    quiet = [NOT_SHARED if period.is_alarm else period.figure for period in periods]
    alarmed = [period.figure if period.is_alarm else NOT_SHARED for period in periods]
    return lines([period.time_period for period in periods], quiet, alarmed)


def _marks(at: Sequence[int], figures: Sequence[Figure], top: int) -> tuple[Mark, ...]:
    return tuple(
        Mark(x, _height(figure.lower or 0, top), _height(figure.upper, top))
        for x, figure in zip(at, figures, strict=True)
        if figure.kind in {Kind.EXACT, Kind.ZERO, Kind.WITHHELD} and figure.upper is not None
    )


def _height(value: int, top: int) -> int:
    return CHART_HEIGHT - round(CHART_HEIGHT * value / top)


def _clamped(share: Decimal) -> int:
    return max(0, min(BAR_WIDTH, round(share * BAR_WIDTH)))
