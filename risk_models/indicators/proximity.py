"""D6 `proximity` and `complexity`: which typologies go together in members' specialities?

Invariants: a speciality is decided in whole numbers; complexity is not given for few members, where it means nothing.
Worked examples use the fixture FX4.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

import numpy as np

from risk_models.exact import divided, working
from risk_models.indicators.monotone import Cells, Integers
from risk_models.numerics.eigen import eigenpairs
from risk_models.numerics.series import CERTAIN, Flags, Signals, signals, with_room
from risk_models.propagation import share
from schemas.interval import Interval

Proximities = list[list[Interval | None]]


def specialities(table: Cells, rows: Integers, columns: Integers, whole: int) -> Signals:
    """D6: where a member is specialised, with a location quotient of 1 or more.

    table: counts (members, typologies). rows, columns, whole: its published margins. Gives `CERTAIN`, `POSSIBLE` or
    `NO`. Definition: x_ik x_.. >= x_i. x_.k, x_ik above zero. Unit: certain, possible or no signal. Direction:
    ambiguous. Minimum: 4 members. Withheld: endpoints. Source: Hidalgo et al. 2007; methodology D6. Example (FX4): A
    in K1, B in K2 and K4, C in K3, D in K1, K3 and K4.
    """
    expected = with_room(rows, squares=1).astype(object)[:, None] * columns.astype(object)[None, :]
    ends = [
        np.asarray((part * whole >= expected) & (part > 0), np.bool_)
        for part in (table.low.astype(object), table.high.astype(object))
    ]
    return signals(ends[0], ends[1])


def proximity(special: Signals) -> Proximities:
    """D6: how often two typologies are specialities of the same member.

    special: (members, typologies), of `specialities`. Definition: members specialised in both, over those in the more
    common of the two. Unit: share, 0 to 1. Direction: ambiguous. Minimum: 4 members. Withheld: fewest in both over
    most in either, and the reverse, at most 1; the bounds hold. Neither is a speciality: no figure. Source: Hidalgo
    et al. 2007; methodology D6. Example (FX4): K1-K3 0.5, K2-K4 0.5, K1-K2 0.
    """
    certain, possible = special == CERTAIN, special > 0
    kinds = range(special.shape[1])
    return [
        [_proximity(certain[:, [one, other]], possible[:, [one, other]]) for other in kinds] for one in kinds
    ]


def _proximity(certain: Flags, possible: Flags) -> Interval | None:
    together = [int(np.all(part, axis=1).sum()) for part in (certain, possible)]
    common = [int(part.sum(axis=0).max()) for part in (certain, possible)]
    if not common[1]:
        return None
    upper = min(Fraction(1), Fraction(together[1], common[0])) if common[0] else Fraction(1)
    return Interval(divided(together[0], common[1]), divided(upper))


def density(special: Signals, near: Proximities) -> list[list[Interval | None]]:
    """D6: how near a typology is to what a member is specialised in already: which one may come next.

    near: of `proximity`. Definition: sum over l of M_il phi_kl / sum over l of phi_kl, l other than k. Unit: share, 0
    to 1. Direction: higher is more risk. Minimum: 4 members. Withheld: least near specialities against most near
    others, and the reverse; the bounds hold. A typology near to none: no figure. Source: Hidalgo et al. 2007;
    methodology D6. Example (FX4): A is specialised in K1; of K3's nearness to K1 and K4 (0.5 each) it has half: 0.5.
    """
    return [[_density(member, near[kind], kind) for kind in range(len(near))] for member in special.tolist()]


def _density(member: Sequence[int], near: Sequence[Interval | None], kind: int) -> Interval | None:
    zero = Decimal(0)
    inside = outside = Interval(zero, zero)
    for place, (state, one) in enumerate(zip(member, near, strict=True)):
        if place == kind or one is None:
            continue
        upper = one.upper or zero
        held = Interval(one.lower if state == CERTAIN else zero, upper if state else zero)
        missed = Interval(zero if state else one.lower, zero if state == CERTAIN else upper)
        inside, outside = _sum(inside, held), _sum(outside, missed)
    return share(inside, outside)


def _sum(one: Interval, other: Interval) -> Interval:
    with working():
        return Interval(one.lower + other.lower, (one.upper or Decimal(0)) + (other.upper or Decimal(0)))


@dataclass(frozen=True, slots=True)
class Complexity:
    """Standardised complexity of members and of typologies (mean 0, standard deviation 1 over either)."""

    members: tuple[Decimal, ...]
    typologies: tuple[Decimal, ...]


def complexity(special: Signals, minimum: int) -> Complexity | None:
    """D6, optional: members ordered by how rare the company of their specialities is.

    special: of `specialities`, all exact. Minimum: 15 members; fewer are forbidden. Definition: the eigenvector of
    the second largest eigenvalue of M~_ij = sum over k of M_ik M_jk / (d_i u_k), d the specialities of a member and u
    the members of a typology, standardised, with the sign that correlates with d; of typologies alike. Unit: standard
    deviations. Direction: ambiguous. Withheld: only certain specialities count; no figure if one is merely possible.
    A member or typology without specialities, or two equal eigenvalues: no figure. Source: Hidalgo and Hausmann 2009;
    methodology D6. Example (FX4, which is too small to be published): -0.756813 1.681188 -0.756813 -0.167562.
    """
    certain = np.asarray(special == CERTAIN)
    if len(certain) < minimum or bool(((special > 0) & ~certain).any()):
        return None
    held, spread = certain.sum(axis=1).tolist(), certain.sum(axis=0).tolist()
    if not min(*held, *spread):
        return None
    one = _second(certain, held, spread, held)
    return None if one is None else Complexity(one, _of_typologies(certain, spread, one))


def _second(
    certain: Flags, held: list[int], spread: list[int], against: list[int]
) -> tuple[Decimal, ...] | None:
    """The second vector of D^-1/2 M U^-1 M' D^-1/2, which is symmetric, turned back by D^-1/2."""
    with working():
        roots = [Decimal(count).sqrt() for count in held]
        matrix = [
            [
                divided(
                    sum((Fraction(1, spread[k]) for k in np.flatnonzero(row & other).tolist()), Fraction(0))
                )
                / one
                / two
                for other, two in zip(certain, roots, strict=True)
            ]
            for row, one in zip(certain, roots, strict=True)
        ]
        pairs = eigenpairs(matrix)
        if any(abs(pairs[1][0] - pairs[place][0]) < _SAME for place in (0, 2) if place < len(pairs)):
            return None
        return _standardised([part / root for part, root in zip(pairs[1][1], roots, strict=True)], against)


_SAME = Decimal("1E-20")


def _of_typologies(certain: Flags, spread: list[int], members: tuple[Decimal, ...]) -> tuple[Decimal, ...]:
    with working():
        means = [
            sum((members[place] for place in np.flatnonzero(column).tolist()), Decimal(0)) / count
            for column, count in zip(certain.T, spread, strict=True)
        ]
        return _standardised(means, None)


def _standardised(numbers: list[Decimal], against: list[int] | None) -> tuple[Decimal, ...]:
    mean = sum(numbers, Decimal(0)) / len(numbers)
    away = [number - mean for number in numbers]
    size = (sum((one * one for one in away), Decimal(0)) / len(numbers)).sqrt()
    way = sum((one * weight for one, weight in zip(away, against or (), strict=False)), Decimal(0))
    return tuple((-one if way < 0 else one) / size for one in away)
