"""Corridors by size, with what is withheld among them: a value or its bounds, and the ranks that these leave possible.

Invariants: a rank is possible only if some value within every other corridor's bounds gives it; what is withheld is
listed by its bounds and never left out for being withheld; a zero is in the count and not in the list.
"""

from __future__ import annotations

from dataclasses import dataclass

import pyarrow as pa

from node.services.views.figure import Figure, Kind, figure
from risk_models.composite.bounds import possible_ranks
from schemas.hierarchy import WORLD

LARGEST, SHOWN_AT_MOST = 10, 40
_KNOWN = frozenset({Kind.EXACT, Kind.ZERO, Kind.WITHHELD})


@dataclass(frozen=True, slots=True)
class RankedCorridor:
    """One corridor, members and other areas alike; best and worst: the ranks that are possible, 1 the largest."""

    ref_area: str
    counterpart_area: str
    figure: Figure
    best: int
    worst: int


@dataclass(frozen=True, slots=True)
class Ranking:
    """Corridors of one choice, the largest lower bound first, and among equal ones the largest upper bound.

    rows: all that are not zero. of: how many were ranked, zeros among them.
    """

    rows: tuple[RankedCorridor, ...]
    of: int

    @property
    def shown(self) -> tuple[RankedCorridor, ...]:
        """Those that may be among the ten largest, at most forty of them."""
        return tuple(one for one in self.rows if one.best <= LARGEST)[:SHOWN_AT_MOST]

    @property
    def top(self) -> int:
        """The largest bound that is known: the end of a scale for all."""
        return max(
            (bound or 0 for one in self.rows for bound in (one.figure.lower, one.figure.upper)), default=0
        )


NOBODY = Ranking((), 0)


def ranked(cells: pa.Table) -> Ranking:
    """Rank the corridors among the cells of one choice; all counterparts together are no corridor."""
    known = [
        (row["REF_AREA"], row["COUNTERPART_AREA"], one)
        for row in cells.to_pylist()
        if row["COUNTERPART_AREA"] != WORLD and (one := figure(row)).kind in _KNOWN
    ]
    ranks = possible_ranks([_ends(one) for _, _, one in known])
    rows = [
        RankedCorridor(*named, rank.best, rank.worst)
        for named, rank in zip(known, ranks, strict=True)
        if named[2].upper != 0
    ]
    return Ranking(tuple(sorted(rows, key=_order)), len(known))


def _ends(one: Figure) -> tuple[int, int | None]:
    """A withheld figure of which nothing may be said can be anything."""
    return one.lower or 0, one.upper


def _order(one: RankedCorridor) -> tuple[object, ...]:
    low, high = _ends(one.figure)
    return (-low, high is not None, -(high or 0), one.ref_area, one.counterpart_area)
