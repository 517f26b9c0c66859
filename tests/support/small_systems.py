"""Small systems of cells drawn at random, and an attacker on them that shares no code with the audit."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

import numpy as np
import numpy.typing as npt
from hypothesis import strategies as st
from scipy.optimize import Bounds, LinearConstraint, milp

from risk_models.disclosure.linear.attack import Attacker, Need
from risk_models.disclosure.linear.system import NO_BOUND, System

SOLVED, UNBOUNDED = 0, (3, 4)


@dataclass(frozen=True)
class Situation:
    """A system, which of its cells are hidden, and who looks at it."""

    system: System
    hidden: npt.NDArray[np.bool_]
    attacker: Attacker

    @property
    def unknown(self) -> npt.NDArray[np.bool_]:
        """The cells that the attacker does not know."""
        return self.hidden & ~self.attacker.known

    @property
    def matrix(self) -> npt.NDArray[np.int64]:
        """The equations as a dense matrix, one row each."""
        matrix = np.zeros((len(self.system.equations()), self.system.cells), np.int64)
        for row, terms in enumerate(self.system.equations()):
            for place, sign in terms:
                matrix[row, place] = sign
        return matrix

    def span(self, cell: int, *, whole_numbers: bool) -> tuple[float, float]:
        """The least and the greatest value of a cell, infinite without an end, by scipy's programming."""
        return self._end(cell, 1.0, whole_numbers=whole_numbers), -self._end(
            cell, -1.0, whole_numbers=whole_numbers
        )

    def _end(self, cell: int, sign: float, *, whole_numbers: bool) -> float:
        values, unknown = self.system.values, self.unknown
        lower = np.where(unknown, self.attacker.lower, values).astype(float)
        upper = np.where(unknown, self.attacker.upper, values).astype(float)
        lower[lower <= -NO_BOUND], upper[upper >= NO_BOUND] = -math.inf, math.inf
        cost = np.zeros(self.system.cells)
        cost[cell] = sign
        matrix = self.matrix
        found = milp(
            cost,
            constraints=[LinearConstraint(matrix, 0, 0)] if len(matrix) else (),
            bounds=Bounds(lower, upper),
            integrality=np.full(self.system.cells, int(whole_numbers)),
        )
        if found.status in UNBOUNDED:
            return -math.inf
        assert found.status == SOLVED
        return float(found.fun)

    def tables(self, largest: int) -> Iterator[tuple[int, ...]]:
        """Every table an attacker must reckon with, by trying all values up to the largest."""
        choices = [
            range(max(0, int(low)), min(int(high), largest) + 1) if unknown else [int(value)]
            for value, low, high, unknown in zip(
                self.system.values, self.attacker.lower, self.attacker.upper, self.unknown, strict=True
            )
        ]
        matrix = self.matrix
        return (table for table in product(*choices) if not (matrix @ np.array(table)).any())


@st.composite
def systems(draw: st.DrawFn, cells: int = 8, equations: int = 6, largest: int = 6) -> System:
    """A system of sums and differences of cells at will, each closed by a cell of its own, some said twice."""
    values = draw(st.lists(st.integers(-largest // 2, largest), min_size=1, max_size=cells))
    count, rows = len(values), list[dict[int, int]]()
    for _ in range(draw(st.integers(0, equations))):
        chosen = draw(st.lists(st.integers(0, count - 1), min_size=1, max_size=4, unique=True))
        row = {cell: draw(st.sampled_from((1, -1))) for cell in chosen}
        total = sum(sign * values[cell] for cell, sign in row.items())
        row[len(values)] = -1 if total >= 0 else 1
        values.append(abs(total))
        rows.extend([row] * draw(st.sampled_from((1, 1, 1, 2))))
    return System.of(values, rows)


@st.composite
def situations(draw: st.DrawFn) -> Situation:
    """A system with hidden cells, and an attacker with some knowledge; cells below zero have no lower bound."""
    system = draw(systems())
    values = system.values.tolist()
    hidden = [draw(st.sampled_from((True, True, True, False))) for _ in values]
    known = [draw(st.sampled_from((False,) * 9 + (True,))) for _ in values]
    lower = [
        draw(st.sampled_from((None, 0, 1, 2))) if value >= 0 else draw(st.sampled_from((None, None, 1)))
        for value in values
    ]
    upper = [draw(st.sampled_from((None, None, 0, 1, 3))) for _ in values]
    floors = [0 if value >= 0 else -NO_BOUND for value in values]
    attacker = Attacker(
        "somebody",
        np.array(
            [
                floor if room is None else max(floor, value - room)
                for floor, room, value in zip(floors, lower, values, strict=True)
            ],
            np.int64,
        ),
        np.array(
            [NO_BOUND if room is None else value + room for room, value in zip(upper, values, strict=True)],
            np.int64,
        ),
        np.array(known, np.bool_),
    )
    return Situation(system, np.array(hidden, np.bool_), attacker)


@st.composite
def needs(draw: st.DrawFn, cells: int) -> list[Need]:
    """One need a cell."""
    return [
        Need(
            cell,
            draw(st.sampled_from((0, 0, 1, 3))),
            draw(st.sampled_from((0, 0, 1, 4))),
            draw(st.sampled_from((1, 1, 2, 3, 5))),
        )
        for cell in range(cells)
    ]
