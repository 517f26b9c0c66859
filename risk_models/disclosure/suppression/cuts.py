"""What an attacker's failure to be held off says of every cover: a cut.

Invariants: a cut holds for every cover that protects the cell, whatever duals it was made from, because it follows from
weak duality alone; duals are rounded to simple fractions first, so that differences of them are exact.
Source: Fischetti and Salazar, Solving the cell suppression problem on tabular data with linear constraints,
Management Science 47(7), 2001.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

import numpy as np

from risk_models.disclosure.linear.arrays import Integers
from risk_models.disclosure.suppression.blocks import Block, Demand
from risk_models.disclosure.suppression.solver import Floats, Program, columns, load, solved, solver

# How far a deviation may seem to fall short by floating point; what is met is decided by the audit.
_SHORT = 1e-6
# Duals are simple fractions; whole multiples of one part hold all those with denominators up to 16.
_PARTS = 720_720
# Deviations that are remembered for every demand.
_REMEMBERED = 8
_PRIMAL = 4
# Questions from which on they are first asked together.
_MANY = 8


@dataclass(frozen=True, slots=True)
class Cut:
    """At least `least` of the weights of the hidden units."""

    units: Integers
    weights: Floats
    least: float


class _Seen:
    """Deviations that an attacker was shown to be unable to exclude under some choice, the latest ones."""

    def __init__(self, size: int, demands: int) -> None:
        self.rows = np.zeros((_REMEMBERED * demands, size))
        self.written = 0


class _View:
    """What one attacker sees of a choice: room with the shares of the choice, room if hidden."""

    def __init__(self, down_now: Floats, up_now: Floats, down: Floats, up: Floats, seen: _Seen) -> None:
        self.down_now, self.up_now, self.down, self.up = down_now, up_now, down, up
        self._seen = seen
        rows = seen.rows[: min(seen.written, len(seen.rows))]
        slack = _SHORT * np.abs(rows).max(axis=1, initial=0.0)[:, None]
        fits = ((rows >= -down_now - slack) & (rows <= up_now + slack)).all(axis=1)
        self._most = rows[fits].max(axis=0, initial=0.0)
        self._least = rows[fits].min(axis=0, initial=0.0)

    def meets(self, cell: int, signs: tuple[int, ...], distance: int) -> bool:
        """True if deviations that are known already carry a cell far enough."""
        reached = sum(float(self._most[cell] if sign > 0 else -self._least[cell]) for sign in signs)
        return reached >= distance * (1 - _SHORT)

    def learn(self, deviation: Floats) -> None:
        """Remember a deviation that holds under this choice, and its reverse if that holds too."""
        self._remember(deviation)
        if ((-deviation >= -self.down_now) & (-deviation <= self.up_now)).all():
            self._remember(-deviation)

    def _remember(self, deviation: Floats) -> None:
        self._seen.rows[self._seen.written % len(self._seen.rows)] = deviation
        self._seen.written += 1
        np.maximum(self._most, deviation, out=self._most)
        np.minimum(self._least, deviation, out=self._least)


@dataclass(frozen=True, slots=True)
class _Question:
    """A part of a demand: can `cell` be carried over the distance, in the directions of the signs together?"""

    view: _View
    number: int
    cell: int
    signs: tuple[int, ...]
    distance: int

    @property
    def is_met(self) -> bool:
        """True if known deviations do."""
        return self.view.meets(self.cell, self.signs, self.distance)


class Separator:
    """Looks for cuts that a choice of units violates; the choice may be fractional."""

    def __init__(self, block: Block) -> None:
        """Put the equations of the block into a solver, every cell still."""
        self._block = block
        by_cell = block.by_cell
        still = np.zeros(block.size)
        nothing = np.zeros(block.equations.size)
        self._highs = solver()
        # a deviation of zero always holds, so the primal simplex has nothing to repair first
        self._highs.setOptionValue("simplex_strategy", _PRIMAL)
        load(
            self._highs,
            Program(
                still,
                still,
                still,
                nothing,
                nothing,
                by_cell.starts.astype(np.int32),
                by_cell.columns.astype(np.int32),
                by_cell.signs.astype(np.float64),
            ),
        )
        self._aims: tuple[int, ...] = ()
        self._bounds: tuple[_View, int] | None = None
        self._all = np.arange(block.size)
        self._numbers = self._all.astype(np.int32)
        self._seen: dict[int, _Seen] = defaultdict(lambda: _Seen(block.size, len(block.demands)))

    def cuts(self, chosen: Floats) -> list[Cut]:
        """Return one cut for every part of a demand that `chosen` (a share of every unit) does not meet."""
        found = [self._cut(question) for question in self._open(chosen)]
        return [cut for cut in found if cut and float(cut.weights @ chosen[cut.units]) < cut.least - _SHORT]

    def unmet(self, chosen: Floats) -> list[int]:
        """Return the numbers of the demands that `chosen` does not meet."""
        return sorted({asked.number for asked in self._open(chosen) if not self._reaches(asked)})

    def _open(self, chosen: Floats) -> Iterator[_Question]:
        """The parts of demands that no known deviation meets."""
        share = np.append(chosen, 1.0)[self._block.unit]
        numbered = enumerate(self._block.demands)
        for attacker, demands in groupby(numbered, key=lambda one: one[1].attacker):
            down, up = (side.astype(np.float64) for side in self._block.room(attacker, self._all))
            view = _View(down * share, up * share, down, up, self._seen[attacker])
            asked = [
                _Question(view, number, demand.cell, signs, distance)
                for number, demand in demands
                for signs, distance in _parts(demand)
            ]
            asked = [question for question in asked if not question.is_met]
            if len(asked) > _MANY:
                self._ask_together(view, asked)
            yield from (question for question in asked if not question.is_met)

    def _ask_together(self, view: _View, asked: Sequence[_Question]) -> None:
        """Move many cells at once, some up and some down, twice: often most of them are met."""
        for half in (1, 2):
            self._bound(view, max(question.distance for question in asked))
            self._aim_at({q.cell: 1 if place // half % 2 else -1 for place, q in enumerate(asked)})
            if solved(self._highs):
                view.learn(columns(self._highs) * max(question.distance for question in asked))

    def _reaches(self, asked: _Question) -> bool:
        reached = 0.0
        for sign in asked.signs:
            reached += self._furthest(asked, sign)
            if reached >= asked.distance * (1 - _SHORT):
                return True
        return False

    def _cut(self, asked: _Question) -> Cut | None:
        reached, view, distance = 0.0, asked.view, asked.distance
        weights = np.zeros(self._block.size)
        for sign in asked.signs:
            reached += self._furthest(asked, sign)
            if reached >= distance * (1 - _SHORT):
                return None
            weights += self._weights(asked.cell, sign, view.down / distance, view.up / distance)
        return self._summed(weights)

    def _furthest(self, asked: _Question, sign: int) -> float:
        self._bound(asked.view, asked.distance)
        self._aim_at({asked.cell: sign})
        if not solved(self._highs):
            return 0.0
        deviation = columns(self._highs) * asked.distance
        asked.view.learn(deviation)
        return sign * float(deviation[asked.cell])

    def _aim_at(self, cells: dict[int, int]) -> None:
        """Let the solver move cells as far as it can, each in the direction of its sign."""
        for cell in self._aims:
            self._highs.changeColCost(cell, 0.0)
        for cell, sign in cells.items():
            self._highs.changeColCost(cell, float(-sign))
        self._aims = tuple(cells)

    def _bound(self, view: _View, distance: int) -> None:
        """Let cells move as far as the view allows, counted in distances; unless they may already."""
        if self._bounds == (view, distance):
            return
        self._bounds = (view, distance)
        lower = -np.minimum(view.down_now / distance, 1.0)
        upper = np.minimum(view.up_now / distance, 1.0)
        self._highs.changeColsBounds(self._block.size, self._numbers, lower, upper)

    def _weights(self, cell: int, sign: int, down: Floats, up: Floats) -> Floats:
        """How much each cell, if hidden, adds at most to the distance: its reduced cost times its room."""
        duals = np.rint(np.array(self._highs.getSolution().row_dual) * _PARTS)
        by_cell = self._block.by_cell
        reduced = -np.bincount(
            by_cell.rows(), weights=by_cell.signs * duals[by_cell.columns], minlength=self._block.size
        )
        reduced[cell] -= sign * _PARTS
        return np.where(reduced < 0, -reduced * up, reduced * down) / _PARTS

    def _summed(self, weights: Floats) -> Cut | None:
        unit = self._block.unit
        least = 1.0 - float(weights[unit < 0].sum())
        if least <= _SHORT:
            return None
        of_units = np.bincount(unit[unit >= 0], weights=weights[unit >= 0], minlength=len(self._block.costs))
        units = np.flatnonzero(of_units > 0)
        return Cut(units, np.minimum(of_units[units] / least, 1.0), 1.0)


def _parts(demand: Demand) -> list[tuple[tuple[int, ...], int]]:
    """The inequalities of a demand: directions whose distances add up, and what they must add up to."""
    parts: list[tuple[tuple[int, ...], int]] = []
    if demand.upper:
        parts.append(((1,), demand.upper))
    if demand.lower:
        parts.append(((-1,), demand.lower))
    if demand.width > demand.lower + demand.upper:
        parts.append(((1, -1), demand.width))
    return parts
