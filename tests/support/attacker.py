"""An attacker that shares no code with the disclosure control it judges.

Invariants: it knows released tables, how codes add up and what it is told besides, never a true value that was
withheld; every answer comes from scipy's linear or integer programming, one problem a question.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from itertools import product

import numpy as np
import pyarrow as pa
from scipy.optimize import Bounds, LinearConstraint, OptimizeResult, milp
from scipy.sparse import csr_array, hstack, lil_array

Key = tuple[str, ...]
Parents = Mapping[str, Mapping[str, str]]
Span = tuple[float, float]
WITHHELD = "Q"
EPSILON = 1e-5
SOLVED = 0
# An unknown that is 0 or at least something is a count, and no count of these tests comes near this.
LARGEST_COUNT = 100_000


class Contradicted(AssertionError):
    """What the attacker read and presumes cannot all be true."""


class Reader:
    """Everything one reader, or several who collude, have put together.

    An unknown is named by any hashable value: by its key alone, or by key and vintage; it is 0 or more. Differences
    are asked for as sums of unknowns. `whole_numbers`: values are integers, which takes integer programming.
    """

    def __init__(self, *, whole_numbers: bool = False) -> None:
        self.whole_numbers = whole_numbers
        self._places: dict[Hashable, int] = {}
        self._spans: list[Span] = []
        self._gaps: dict[int, int] = {}
        self._sums: list[tuple[dict[int, int], Span]] = []

    def reads(
        self,
        table: pa.Table,
        dimensions: Sequence[str],
        parents: Parents,
        *,
        at_most: Sequence[str] = (),
        names: Callable[[Key], Hashable] = lambda key: key,
    ) -> None:
        """Take in a released table: shown values, and that parents are the sums of their children.

        table: columns of the dimensions, OBS_VALUE (null where not shown) and OBS_STATUS (`Q` withheld; rows
        without a value that are not withheld were not collected and say nothing). parents: code to parent code
        by dimension. at_most: dimensions whose parts add up to the whole or less. names: what the attacker calls
        a key; two tables that call a key the same speak of one unknown.
        """
        values = {}
        columns = [table.column(name).to_pylist() for name in (*dimensions, "OBS_VALUE", "OBS_STATUS")]
        for *key, value, status in zip(*columns, strict=True):
            if value is not None or status == WITHHELD:
                values[tuple(key)] = value
        for key, value in values.items():
            if value is not None:
                self.presumes(names(key), value, value)
        for position, dimension in enumerate(dimensions):
            for whole, parts in families(values, position, parents.get(dimension, {})):
                terms = {names(whole): -1}
                for part in parts:
                    terms[names(part)] = terms.get(names(part), 0) + 1
                self.relates(terms, -math.inf if dimension in at_most else 0, 0)

    def presumes(self, name: Hashable, lower: float = -math.inf, upper: float = math.inf) -> None:
        """Narrow an unknown to what the attacker knows of it besides: its own mirror, its own part, a status."""
        place = self._place(name)
        known = self._spans[place]
        self._spans[place] = (max(known[0], lower), min(known[1], upper))

    def presumes_zero_or(self, name: Hashable, least: int) -> None:
        """The unknown is 0, or `least` or more: what a status tells of a count that passed the minimum."""
        self._gaps[self._place(name)] = least

    def relates(self, terms: Mapping[Hashable, int], lower: float = 0, upper: float = 0) -> None:
        """Add one more relation: the sum of coefficient times unknown lies between the two."""
        self._sums.append(({self._place(name): factor for name, factor in terms.items()}, (lower, upper)))

    def interval(self, terms: Mapping[Hashable, int] | Hashable) -> Span:
        """The narrowest interval of one unknown, or of a sum of coefficient times unknown.

        Raises:
            Contradicted: nothing agrees with all that was read and presumed.
        """
        wanted = terms if isinstance(terms, Mapping) else {terms: 1}
        objective = np.zeros(len(self._places))
        for name, factor in wanted.items():
            objective[self._places[name]] += factor
        low, high = self._least(objective), -self._least(-objective)
        if self.whole_numbers:
            low = low if math.isinf(low) else math.ceil(low - EPSILON)
            high = high if math.isinf(high) else math.floor(high + EPSILON)
        return low, high

    def _place(self, name: Hashable) -> int:
        if name not in self._places:
            self._places[name] = len(self._spans)
            self._spans.append((0, math.inf))
        return self._places[name]

    def _least(self, objective: np.ndarray) -> float:
        """The least value of the objective; minus infinity if there is none."""
        answer = self._solved(objective)
        if answer.status == SOLVED:
            return float(answer.fun)
        # the solver does not always tell "no least value" from "nothing agrees"
        if self._solved(np.zeros_like(objective)).status != SOLVED:
            raise Contradicted(answer.message)
        return -math.inf

    def _solved(self, objective: np.ndarray) -> OptimizeResult:
        # one switch for every unknown with a gap: off means 0, on means `least` or more
        matrix, lower, upper = self._matrix()
        unknowns, gaps = len(self._spans), sorted(self._gaps.items())
        switches = lil_array((2 * len(gaps), unknowns + len(gaps)))
        for number, (place, least) in enumerate(gaps):
            switches[[2 * number, 2 * number + 1], place] = 1
            switches[2 * number, unknowns + number] = -least
            switches[2 * number + 1, unknowns + number] = -LARGEST_COUNT
        sums = hstack([matrix, csr_array((len(lower), len(gaps)))]).tocsr()
        below = np.tile([0, -np.inf], len(gaps))
        above = np.tile([np.inf, 0], len(gaps))
        whole = np.full(unknowns, int(self.whole_numbers))
        low, high = np.array([*self._spans, *[(0, 1)] * len(gaps)], float).T
        return milp(
            np.concatenate([objective, np.zeros(len(gaps))]),
            constraints=[
                LinearConstraint(sums, lower, upper),
                LinearConstraint(switches.tocsr(), below, above),
            ],
            bounds=Bounds(low, high),
            integrality=np.concatenate([whole, np.ones(len(gaps), dtype=int)]),
            options={"mip_rel_gap": 0},
        )

    def _matrix(self) -> tuple[csr_array, np.ndarray, np.ndarray]:
        rows = [row for row, (terms, _) in enumerate(self._sums) for _ in terms]
        places = [place for terms, _ in self._sums for place in terms]
        factors = [float(factor) for terms, _ in self._sums for factor in terms.values()]
        matrix = csr_array((factors, (rows, places)), shape=(len(self._sums), len(self._spans)))
        spans = np.array([span for _, span in self._sums], float).reshape(-1, 2)
        return matrix, spans[:, 0], spans[:, 1]


def families(keys: Iterable[Key], position: int, parents: Mapping[str, str]) -> list[tuple[Key, list[Key]]]:
    """Every given key with its nearest given descendants along one dimension, in the order of the keys."""
    given = set(keys)
    children: dict[str, list[str]] = defaultdict(list)
    for child, parent in sorted(parents.items()):
        children[parent].append(child)

    def nearest(key: Key, code: str) -> list[Key]:
        found = []
        for child in children[code]:
            part = (*key[:position], child, *key[position + 1 :])
            found.extend([part] if part in given else nearest(key, child))
        return found

    return [(key, parts) for key in sorted(given) if (parts := nearest(key, key[position]))]


def released_table(dimensions: Sequence[str], values: Mapping[Key, int], withheld: Iterable[Key]) -> pa.Table:
    """Cells as somebody releases them: a withheld key keeps its row and loses its value."""
    hidden = set(withheld)
    keys = sorted(values)
    columns: dict[str, list[object]] = {
        name: [key[position] for key in keys] for position, name in enumerate(dimensions)
    }
    columns["OBS_VALUE"] = [None if key in hidden else values[key] for key in keys]
    columns["OBS_STATUS"] = [WITHHELD if key in hidden else "A" for key in keys]
    return pa.table(columns)


def with_margins(inner: Mapping[Key, int], parents: Sequence[Mapping[str, str]]) -> dict[Key, int]:
    """Add every sum along every hierarchy; `parents`: code to parent, one mapping a dimension."""
    sums: dict[Key, int] = defaultdict(int)
    for key, value in inner.items():
        for above in product(*(_line(code, up) for code, up in zip(key, parents, strict=True))):
            sums[above] += value
    return dict(sums)


def _line(code: str, parents: Mapping[str, str]) -> list[str]:
    line = [code]
    while line[-1] in parents:
        line.append(parents[line[-1]])
    return line
