"""Growth over a year: how much more a series moved than it uses to, and than all series of its reporter did.

Invariants: numbers are whole thousandths of a scale on which chance has one size (twice the root of a count, the
logarithm of an amount), so every machine has the same; over withheld values a growth is an interval that holds every
case; a season and a steady trend cancel, because a period stands beside the same one of the year before.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal
from functools import lru_cache
from math import isqrt

from risk_models.early_warning.parameters import COUNTS, Lengths, Watched
from risk_models.early_warning.series import Series
from risk_models.exact import divided, working
from schemas.hierarchy import WORLD
from schemas.interval import Interval

THOUSAND = 1000
# 2 sqrt(x + 3/8) in thousandths is the root of a million times 4 x + 3/2.
_ROOTED, _ROOTED_START = 4_000_000, 1_500_000
# Thousandths of a logarithm beyond which an amount has no meaning; keeps an exponential finite.
_MOST = 60_000
Ends = tuple[tuple[int, ...], tuple[int, ...]]
Group = tuple[str, str, str]
"""Reporter, facet and direction: corridors of one group move together or apart."""


@dataclass(frozen=True, slots=True)
class Growth:
    """The growths of one series, in order of its periods from the first that has a year before it.

    own: least and greatest growth beyond the common one. start: least and greatest value to grow from, the common
    growth added. now: least and greatest value grown to. All in thousandths of the scale.
    """

    own: Ends
    start: Ends
    now: Ends

    def until(self, count: int) -> Growth:
        """The growths as they were after so many of them."""
        return Growth(*((least[:count], most[:count]) for least, most in (self.own, self.start, self.now)))


@dataclass(frozen=True, slots=True)
class Common:
    """What the corridors of one group had in common in one period: the median of their growths, in thousandths.

    grown: the least and the greatest growth of each of them.
    """

    least: int
    most: int
    grown: tuple[tuple[int, int], ...]
    inputs: frozenset[str]


def group_of(series: Series) -> Group:
    """Whose common growth is taken off a series."""
    return series.key.ref_area, series.key.facet, series.key.direction


def common_growths(
    group: Sequence[Series], lengths: Lengths, watched: Watched, least: int
) -> dict[tuple[Group, str], Common]:
    """The common growth of every group and period with `least` corridors or more.

    Only amounts have one: prices, exchange rates and rules move all corridors by one factor, which is one number on a
    logarithmic scale and none on that of counts. A total is no corridor: it is what the corridors have in common.
    """
    if watched.kind == COUNTS:
        return {}
    grown: dict[tuple[Group, str], list[tuple[int, int, frozenset[str]]]] = defaultdict(list)
    for series in group:
        if series.key.counterpart != WORLD:
            periods, highest = series.periods[lengths.year :], series.upper
            largest = map(max, highest, highest[lengths.year :])
            ends = zip(periods, largest, *_grown(series, lengths.year), strict=True)
            for period, most, low, high in ends:
                if most > watched.floor:  # what is below the floor in both years has no growth to speak of
                    grown[group_of(series), period].append((low, high, series.inputs))
    return {key: _common(found) for key, found in grown.items() if len(found) >= least}


def growth_of(series: Series, lengths: Lengths, common: Mapping[tuple[Group, str], Common]) -> Growth:
    """The growths of a series; none where it is shorter than a year and a period."""
    lows, highs = _grown(series, lengths.year)
    whole = Common(0, 0, (), frozenset())
    is_corridor = series.key.counterpart != WORLD
    shared = [
        common.get((group_of(series), period), whole) if is_corridor else whole
        for period in series.periods[lengths.year :]
    ]
    own = (
        tuple(low - one.most for low, one in zip(lows, shared, strict=True)),
        tuple(high - one.least for high, one in zip(highs, shared, strict=True)),
    )
    low, high = (_scaled(series.watched, end) for end in (series.lower, series.upper))
    start = (
        tuple(one + two.least for one, two in zip(low, shared, strict=False)),
        tuple(one + two.most for one, two in zip(high, shared, strict=False)),
    )
    return Growth(own, start, (low[lengths.year :], high[lengths.year :]))


def expected_of(watched: Watched, growth: Growth, past: slice) -> Interval:
    """What the last period should have been, in the series' unit: grown as in the `past` growths on average."""
    ends = []
    for own, start in zip(growth.own, growth.start, strict=True):
        reference = own[past]
        ends.append(_unscaled(watched, start[-1] + divided(sum(reference), len(reference))))
    return Interval(min(ends), max(ends))


def scaled(watched: Watched, value: int) -> int:
    """A value on the scale of its kind, in thousandths.

    Definition: counts: 2 sqrt(x + 3/8), on which a Poisson count has the variance 1 whatever its mean (Anscombe
    1948); amounts: the logarithm of x, or of `floor` where x is less, so that a small amount never seems to explode.
    Example: 22 reports: 9460; 1,000,000 cents: 13816.
    """
    if watched.kind == COUNTS:
        return isqrt(_ROOTED * value + _ROOTED_START)
    return _logarithm(max(value, watched.floor))


def _scaled(watched: Watched, values: Sequence[int]) -> tuple[int, ...]:
    return tuple(scaled(watched, value) for value in values)


@lru_cache(maxsize=1 << 16)
def _logarithm(value: int) -> int:
    with working():
        return int((Decimal(value).ln() * THOUSAND).to_integral_value(ROUND_HALF_EVEN))


def _unscaled(watched: Watched, place: Decimal) -> Decimal:
    with working():
        if watched.kind == COUNTS:
            root = max(Decimal(0), place) / (2 * THOUSAND)
            return max(Decimal(0), root * root - Decimal("0.375"))
        return (min(place, Decimal(_MOST)) / THOUSAND).exp()


def _grown(series: Series, year: int) -> Ends:
    lows, highs = _scaled(series.watched, series.lower), _scaled(series.watched, series.upper)
    return (
        tuple(now - before for now, before in zip(lows[year:], highs, strict=False)),
        tuple(now - before for now, before in zip(highs[year:], lows, strict=False)),
    )


def _common(found: Sequence[tuple[int, int, frozenset[str]]]) -> Common:
    lows, highs, inputs = zip(*found, strict=True)
    grown = tuple(zip(lows, highs, strict=True))
    return Common(_median(lows), _median(highs), grown, frozenset().union(*inputs))


def _median(values: Sequence[int]) -> int:
    """The median, downwards to a whole number: it never falls when a value rises."""
    ordered = sorted(values)
    return (ordered[(len(ordered) - 1) // 2] + ordered[len(ordered) // 2]) // 2
