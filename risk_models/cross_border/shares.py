"""Shares (B1) and concentration (B9) of a reporter's corridors.

Invariants: the whole of all counterparts is the denominator where it is shown, and never one of the corridors; where
it is not, the withheld counterparts count with the intervals that ship; for reports, of which one may name several
counterparts, the whole only bounds the sum of the corridors; an unknown cell makes the others' shares intervals and
never disappears from the denominator.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from risk_models.figures import NO_COUNTERPART, Figure
from risk_models.indicators.corridors import corr_hhi, corr_hhi_norm, corr_share
from risk_models.observations import Corridor, Corridors, Observed
from risk_models.specification import Parameters
from schemas.hierarchy import WORLD
from schemas.interval import Interval

# The only measure whose whole is no sum.
COUNTED_ONCE = "N_STR"
ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class _Block:
    """The corridors of one reporter, period, direction, facet and measure.

    shown: cells that are not withheld. withheld: the others. pooled: what the withheld ones sum to. whole: what all
    counterparts sum to, given or not; None where it is not shown, is no sum or contradicts the corridors.
    """

    shown: Mapping[str, Interval]
    withheld: Mapping[str, Interval]
    pooled: Interval
    whole: Decimal | None
    is_additive: bool
    inputs: frozenset[str]


def share_figures(corridors: Corridors, parameters: Parameters) -> Iterator[Figure]:
    """One share a corridor, one concentration and one normalised concentration a block."""
    blocks: dict[Corridor, dict[str, Observed]] = defaultdict(dict)
    for corridor, cell in corridors.items():
        if corridor.measure in parameters.corridor_measures:
            blocks[corridor._replace(counterpart=NO_COUNTERPART)][corridor.counterpart] = cell
    for key, cells in blocks.items():
        block = _block(cells, is_additive=key.measure != COUNTED_ONCE)
        yield from _shares(key, block)
        yield from _concentrations(key, block)


def _block(cells: Mapping[str, Observed], *, is_additive: bool) -> _Block:
    partners = {name: cell for name, cell in cells.items() if name != WORLD}
    shown = {name: cell.interval for name, cell in partners.items() if not cell.is_withheld}
    withheld = {name: cell.interval for name, cell in partners.items() if cell.is_withheld}
    whole, known = _exact(cells.get(WORLD)), _sum(shown)
    margin = whole - known.lower if whole is not None and known.is_exact else None
    is_whole = is_additive and whole is not None and whole >= known.lower + _sum(withheld).lower
    return _Block(
        shown=shown,
        withheld=withheld,
        pooled=_pooled(withheld, margin, is_additive=is_additive),
        whole=whole if is_whole else None,
        is_additive=is_additive,
        inputs=frozenset().union(*(cell.inputs for cell in cells.values())),
    )


def _exact(cell: Observed | None) -> Decimal | None:
    return cell.interval.lower if cell is not None and cell.interval.is_exact else None


def _pooled(withheld: Mapping[str, Interval], margin: Decimal | None, *, is_additive: bool) -> Interval:
    """The sum of the withheld cells: the margin where it is known and fits, else the sum of intervals."""
    apart = _sum(withheld)
    if not withheld or margin is None:
        return apart
    if margin < apart.lower or (apart.upper is not None and margin > apart.upper):
        return apart
    return Interval(margin, margin) if is_additive else Interval(margin, apart.upper)


def _sum(parts: Mapping[str, Interval]) -> Interval:
    """The sum of separate values; counts and minor units are integers, so no rounding can occur."""
    uppers = [part.upper for part in parts.values()]
    lower = sum((part.lower for part in parts.values()), ZERO)
    known = [upper for upper in uppers if upper is not None]
    return Interval(lower, sum(known, ZERO) if len(known) == len(uppers) else None)


def _shares(key: Corridor, block: _Block) -> Iterator[Figure]:
    if block.whole is not None:
        for name, part in {**block.shown, **block.withheld}.items():
            yield from _share(key, name, part, _rest_of_whole(part, block.whole), block)
        return
    shown = _sum(block.shown)
    unbounded = sum(part.upper is None for part in block.shown.values())
    for name, part in block.shown.items():
        rest_upper = _less(shown.upper, part.upper)
        if part.upper is None and unbounded == 1:
            bounded = {other: value for other, value in block.shown.items() if other != name}
            rest_upper = _sum(bounded).upper
        rest = Interval(shown.lower - part.lower + block.pooled.lower, _plus(rest_upper, block.pooled.upper))
        yield from _share(key, name, part, rest, block)
    for name, part in block.withheld.items():
        yield from _share(key, name, part, _rest_of_withheld(part, shown, block), block)


def _rest_of_whole(part: Interval, whole: Decimal) -> Interval:
    """All other corridors while this one is at its other end: what it leaves of the whole, and never below nothing."""
    others_lower = ZERO if part.upper is None else max(ZERO, whole - part.upper)
    return Interval(others_lower, whole - part.lower)


def _rest_of_withheld(part: Interval, shown: Interval, block: _Block) -> Interval:
    """All other corridors while a withheld one is at its other end: the pool less the corridor itself."""
    others_lower = ZERO if part.upper is None else max(ZERO, block.pooled.lower - part.upper)
    others_upper = _less(block.pooled.upper, part.lower if block.is_additive else part.upper)
    return Interval(shown.lower + others_lower, _plus(shown.upper, others_upper))


def _share(
    key: Corridor, counterpart: str, part: Interval, rest: Interval, block: _Block
) -> Iterator[Figure]:
    value = corr_share(part, rest)
    if value is not None:
        facet = f"{key.facet}/{key.direction}/{key.measure}"
        yield Figure("B1", key.time_period, key.ref_area, counterpart, facet, value, block.inputs)


def _concentrations(key: Corridor, block: _Block) -> Iterator[Figure]:
    published = [part.lower for part in block.shown.values() if part.is_exact]
    unknown = [part for part in block.shown.values() if not part.is_exact]
    if block.whole is not None and not unknown and sum(published, ZERO) + block.pooled.lower != block.whole:
        # corridors that nobody gives hold the difference: how they divide it up is not known
        return
    is_margin_known = block.is_additive and block.pooled.is_exact and not unknown
    margin = block.pooled.lower if is_margin_known else None
    hhi = corr_hhi(published, [*unknown, *block.withheld.values()], margin)
    if hhi is None:
        return
    facet = f"{key.facet}/{key.direction}/{key.measure}"
    place = (key.time_period, key.ref_area, NO_COUNTERPART)
    yield Figure("B9", *place, facet, hhi, block.inputs)
    normalised = corr_hhi_norm(hhi, len(block.shown) + len(block.withheld))
    if normalised is not None:
        yield Figure("B9", *place, f"{facet}/NORM", normalised, block.inputs)


def _less(whole: Decimal | None, part: Decimal | None) -> Decimal | None:
    return None if whole is None or part is None else whole - part


def _plus(one: Decimal | None, other: Decimal | None) -> Decimal | None:
    return None if one is None or other is None else one + other
