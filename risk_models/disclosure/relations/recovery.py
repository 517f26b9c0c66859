"""Withheld cells that follow exactly from what is shown, in one table or in several together.

Invariants: one unknown is one cell as released: the same key with the same value, bounds and status in two tables is
the same unknown, and a cell that was revised is another one; a relation to which something may be missing gives
nothing away; only exact arithmetic decides. Source: methodology 3.4 and 3.6 (elimination over the union of releases).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from risk_models.disclosure.findings import Seen
from risk_models.disclosure.linear.elimination import determined
from risk_models.disclosure.linear.system import System
from risk_models.disclosure.relations.network import Relation
from risk_models.disclosure.relations.reading import Reading

Unknown = tuple[object, ...]


def recoverable(readings: Sequence[Reading]) -> frozenset[Unknown]:
    """Give the withheld cells (see `unknown`) whose values the readings together leave no choice for."""
    places: dict[Unknown, int] = {}
    rows: list[Seen | None] = []
    equations: dict[frozenset[tuple[int, int]], None] = {}
    for number, reading in enumerate(readings):
        cells = []
        for key, row in zip(reading.network.keys, reading.rows, strict=True):
            name: Unknown = (number, key) if row is None else unknown(row)
            if places.setdefault(name, len(rows)) == len(rows):
                rows.append(row)
            cells.append(places[name])
        for relation in _sums(reading):
            signs = [(cells[relation.whole], 1), *((cells[part], -1) for part in relation.parts)]
            equations[frozenset(signs)] = None
    hidden = np.array([row is None or row.value is None for row in rows], np.bool_)
    # what is determined depends on the equations alone: they are homogeneous, so zeros meet them
    system = System.of([0] * len(rows), [dict(equation) for equation in equations])
    found = determined(system, hidden)
    return frozenset(
        name
        for (name, place), row in zip(places.items(), rows, strict=True)
        if found[place] and row is not None and row.is_withheld
    )


def unknown(row: Seen) -> Unknown:
    """What makes a cell the same in two tables: its key and everything that is released of it."""
    return (row.key, row.value, row.lower, row.upper, row.status)


def _sums(reading: Reading) -> Iterator[Relation]:
    """The relations that hold and are complete; shown figures that disagree are no relation."""
    for relation in reading.network.relations:
        rows = [reading.rows[cell] for cell in (relation.whole, *relation.parts)]
        shown = [row.value for row in rows if row is not None and row.value is not None]
        disagree = len(shown) == len(rows) and shown[0] != sum(shown[1:])
        if not disagree and reading.adds_up(relation):
            yield relation
