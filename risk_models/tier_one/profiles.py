"""Family D by member: novelty (D2), specialisation (D3), diversity (D4), shift (D8) and likeness (D9) of profiles.

Invariants: a profile has a row for each code of its level, whoever gave which; a code that a member does not give is
none of its profile; a profile with a cell of which nothing is known is no profile. Diversity and shift need the sum of
a profile: where a cell is withheld it is not known, as reports that show several codes count in each, and there is no
figure, which is said.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import combinations

import numpy as np

from risk_models.indicators.diversity import diversity
from risk_models.indicators.monotone import Cells, placed
from risk_models.indicators.novelty import Novelty, emergence
from risk_models.indicators.profiles import krugman, profile_shift, profile_similarity
from risk_models.indicators.specialisation import Margins, lq
from risk_models.numerics.series import Flags
from risk_models.tier_one.columns import CONFIDENCE, VALUE, Found, P, taken
from risk_models.tier_one.cubes import KNOWN, UNKNOWN, Codes, Panel, State
from risk_models.tier_one.parameters import Profile, Thresholds
from risk_models.tier_one.places import Strips, Surprises, before, surprises
from schemas.registry import codelist
from schemas.structure import Dataflow


@dataclass(frozen=True, slots=True)
class Profiles:
    """Profiles of one measure and direction: (codes, periods, members), with the flat place of each."""

    panel: Panel
    label: str
    low: Codes
    high: Codes
    state: State
    place: Codes

    @property
    def is_given(self) -> Flags:
        """Periods and members that have a profile."""
        return np.asarray((self.state == KNOWN).any(axis=0) & ~(self.state == UNKNOWN).any(axis=0), np.bool_)

    @property
    def is_exact(self) -> Flags:
        """Those of which every cell is exact."""
        return self.is_given & np.asarray((self.low == self.high).all(axis=0), np.bool_)


def profile_figures(panel: Panel, profile: Profile, is_wanted: Flags, limits: Thresholds) -> Iterator[Found]:
    """D3, D4, D8 and D9 of one kind of profile, in each direction."""
    for direction in sorted({way for measure, way in panel.cubes if measure == profile.measure}):
        given = _given(panel, profile, direction)
        yield from _specialities(given, is_wanted, limits)
        yield from _diversities(given, is_wanted, limits, profile)
        yield from _shifts(given, is_wanted, limits, profile)
        yield from _likenesses(given, is_wanted, limits, profile)


def novelty_figures(panel: Panel, profile: Profile, is_wanted: Flags, limits: Thresholds) -> Iterator[Found]:
    """D2 of every code of one kind of profile, in each direction."""
    for direction in sorted({way for measure, way in panel.cubes if measure == profile.measure}):
        given = _given(panel, profile, direction)
        parts = (part.swapaxes(0, 1) for part in (given.low, given.high, given.state, given.place))
        yield from novel_figures("D2", panel, Strips(given.label, *parts), is_wanted, limits)


@cache
def codes_of_level(flow: Dataflow, dimension: str, level: int) -> tuple[str, ...]:
    """The codes of a level of a dimension's list, and those of higher levels that have none within; no whole."""
    listed = codelist(flow.cells.column(dimension).codelist or "")
    depth = {code.id: len(listed.ancestors(code.id)) + 1 for code in listed}
    parents = {code.parent for code in listed}
    return tuple(
        sorted(
            code.id
            for code in listed
            if code.id != flow.whole(dimension)
            and (depth[code.id] == level or (depth[code.id] < level and code.id not in parents))
        )
    )


def _given(panel: Panel, profile: Profile, direction: str) -> Profiles:
    cube = panel.cube(profile.measure, direction)
    codes = codes_of_level(panel.flow, profile.dimension, profile.level)
    facets = [panel.facet({profile.dimension: code}) for code in codes]
    whole = panel.whole_counterpart
    shape = (len(codes), len(panel.axes.periods), len(panel.axes.reporters))
    low, high, state = np.zeros(shape, np.int64), np.zeros(shape, np.int64), np.zeros(shape, np.uint8)
    place = np.zeros(shape, np.int64)
    everywhere = panel.place
    for row, facet in enumerate(facets):
        if facet is not None:
            at = (slice(None), facet, slice(None), whole)
            low[row], high[row], state[row] = cube.low[at], cube.high[at], cube.state[at]
            place[row] = everywhere[at]
    label = "/".join(one for one in (direction, profile.measure, panel.flow.id) if one)
    return Profiles(panel, label, low, high, state, place)


def novel_figures(
    indicator: str, panel: Panel, strips: Strips, is_wanted: Flags, limits: Thresholds
) -> Iterator[Found]:
    """D2 and B10 of cells over time; a signal where the period before was a surprise too."""
    earlier = before(panel.axes, 1)
    needed = is_wanted.copy()
    needed[earlier[is_wanted & (earlier >= 0)]] = True
    everywhere = np.broadcast_to(needed.reshape(-1, *(1 for _ in strips.low.shape[1:])), strips.low.shape)
    found = surprises(panel.axes, strips, everywhere, limits)
    size = int(np.prod(strips.low.shape[1:]))
    period = found.place // max(size, 1)
    is_shown = is_wanted[period]
    signal = _persisting(found, earlier, size, limits)
    yield Found(
        indicator,
        strips.label,
        panel.axes,
        strips.place.ravel()[found.place][is_shown],
        {VALUE: taken(found.novelty.index, is_shown), P: taken(found.novelty.p, is_shown)},
        np.ones(int(is_shown.sum()), np.bool_),
        "reporter",
        signal=signal[is_shown],
    )


def _persisting(found: Surprises, earlier: Codes, size: int, limits: Thresholds) -> np.ndarray:
    """What emerges or surges in a place for the second period."""
    period, inner = np.divmod(found.place, max(size, 1))
    wanted = earlier[period] * size + inner
    at = np.searchsorted(found.place, wanted)
    at = np.minimum(at, max(len(found.place) - 1, 0))
    has_before = (earlier[period] >= 0) & (found.place[at] == wanted) if len(at) else np.zeros(0, np.bool_)
    verdict = np.zeros(len(found.place), np.int8)
    now = Novelty(taken(found.novelty.p, has_before), taken(found.novelty.index, has_before))
    then = Novelty(taken(found.novelty.p, at[has_before]), taken(found.novelty.index, at[has_before]))
    seen = emergence(now, then, found.before[has_before], found.periods[has_before], limits.novelty_level)
    verdict[has_before] = np.maximum(seen.emerging, seen.surging)
    return verdict


def _specialities(given: Profiles, is_wanted: Flags, limits: Thresholds) -> Iterator[Found]:
    counted = given.is_given & is_wanted[:, None]
    table = Cells(given.low * counted, given.high * counted)
    sums = [
        Cells(table.low.sum(axis=axis), table.high.sum(axis=axis)) for axis in (0, 2, (0, 2))
    ]  # by member, by code, of all
    some = counted & (given.state == KNOWN)
    codes, periods, members = np.nonzero(some)
    margins = Margins(sums[0][periods, members], sums[1][codes, periods], sums[2][periods])
    found = lq(table[some], margins, limits.z, limits.min_expected)
    enough = found.is_sufficient
    place, axes = given.place[some], given.panel.axes
    bounds = {VALUE: found.quotient, CONFIDENCE: found.confidence}
    yield Found("D3", given.label, axes, place, bounds, enough, "region")
    yield Found("D3", given.label, axes, place, {VALUE: found.symmetric}, enough, "region", "SYMMETRIC")


def _diversities(given: Profiles, is_wanted: Flags, limits: Thresholds, profile: Profile) -> Iterator[Found]:
    some = given.is_given & is_wanted[:, None] & (given.high.sum(axis=0) > 0)
    is_exact = given.is_exact[some]
    table = given.low[:, some][:, is_exact]
    found = diversity(Cells.exact(table), table.sum(axis=0))
    enough = np.asarray(given.low.sum(axis=0)[some] >= limits.min_profile, np.bool_)
    place = _at_head(given, some)
    named = {"": found.hhi, "SHANNON": found.shannon, "EVENNESS": found.evenness}
    named |= {"HILL_1": found.hill_1, "HILL_2": found.hill_2}
    for suffix, value in named.items():
        suffixes = "/".join(one for one in (profile.dimension, suffix) if one)
        bounds = {VALUE: placed(value, is_exact)}
        yield Found("D4", given.label, given.panel.axes, place, bounds, enough, "reporter", suffixes)


def _shifts(given: Profiles, is_wanted: Flags, limits: Thresholds, profile: Profile) -> Iterator[Found]:
    earlier = before(given.panel.axes, 1)
    has_both = given.is_given & given.is_given[earlier] & ((earlier >= 0) & is_wanted)[:, None]
    wholes = given.low.sum(axis=0)
    is_exact = (given.is_exact & given.is_exact[earlier])[has_both]
    now, then = given.low[:, has_both][:, is_exact], given.low[:, earlier][:, has_both][:, is_exact]
    found = profile_shift(
        Cells.exact(now), now.sum(axis=0), Cells.exact(then), then.sum(axis=0), limits.min_shift
    )
    enough = np.asarray((wholes >= limits.min_shift) & (wholes[earlier] >= limits.min_shift), np.bool_)
    place = _at_head(given, has_both)
    for suffix, value in (("", found.half_l1), ("JENSEN_SHANNON", found.distance)):
        name = "/".join(one for one in (profile.dimension, suffix) if one)
        bounds = {VALUE: placed(value, is_exact)}
        yield Found("D8", given.label, given.panel.axes, place, bounds, enough[has_both], "reporter", name)


def _likenesses(given: Profiles, is_wanted: Flags, limits: Thresholds, profile: Profile) -> Iterator[Found]:
    """D9 of every two members, at the first one's place."""
    axes = given.panel.axes
    pairs = list(combinations(range(len(axes.reporters)), 2))
    if not pairs:
        return
    one, other = (np.array(side, np.int64) for side in zip(*pairs, strict=True))
    has_both = (given.is_given[:, one] & given.is_given[:, other]) & is_wanted[:, None]
    sides = [
        Cells(given.low[:, :, side][:, has_both], given.high[:, :, side][:, has_both])
        for side in (one, other)
    ]
    has_some = np.asarray((sides[0].high.sum(axis=0) > 0) & (sides[1].high.sum(axis=0) > 0), np.bool_)
    is_exact = np.all([side.is_exact.all(axis=0) for side in sides], axis=0) & has_some
    exact = [side[:, is_exact] for side in sides]
    index = krugman(exact[0], exact[0].low.sum(axis=0), exact[1], exact[1].low.sum(axis=0))
    cosine = profile_similarity(*sides)
    wholes = given.low.sum(axis=0)
    enough = (np.minimum(wholes[:, one], wholes[:, other]) >= limits.min_profile)[has_both]
    place = _of_pairs(given, one, other)[has_both]
    for suffix, value in (("", cosine), ("KRUGMAN", placed(index, is_exact))):
        name = "/".join(part for part in (profile.dimension, suffix) if part)
        found = Found("D9", given.label, axes, place, {VALUE: value}, enough, "pair", name)
        yield found


def _of_pairs(given: Profiles, one: Codes, other: Codes) -> Codes:
    """The places of pairs of members at the facet of the whole: (periods, pairs)."""
    axes = given.panel.axes
    columns = np.array([axes.counterparts.index(member) for member in axes.reporters], np.int64)
    facet = given.panel.whole_facet
    return np.asarray(given.panel.place[:, facet][:, one, columns[other]])


def _at_head(given: Profiles, some: Flags) -> Codes:
    """Where figures of whole profiles stand: the facet of the whole, towards everyone."""
    return np.asarray(given.panel.place[:, given.panel.whole_facet, :, given.panel.whole_counterpart][some])
