"""Momentum: what moved a score since an earlier run, split into method, revision and data.

Invariants: the parts sum to the whole change; they are found by recomputing in one published order (first the new
method on the old table, then the revised table of the same time, then the table of now), for another order would
divide the change otherwise. Source: methodology G9; the rule of five years' back-casting in INFORM.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

import pyarrow as pa

from risk_models.composite.running import run
from risk_models.composite.selecting import column_of
from risk_models.composite.specification import Composite
from risk_models.exact import working

ORDER = ("method", "revision", "data")


@dataclass(frozen=True, slots=True)
class Momentum:
    """A score then and now, and what each cause added, in `ORDER`."""

    unit: str
    before: Decimal
    now: Decimal
    method: Decimal
    revision: Decimal
    data: Decimal


def momentum(
    earlier: Composite,
    current: Composite,
    score: str,
    *,
    published: pa.Table,
    revised: pa.Table,
    now: pa.Table,
) -> tuple[Momentum, ...]:
    """Return the momentum of every unit that has the score in all four runs, by name.

    earlier, current: the specification then and now. published: the table as it was read then. revised: the table of
    that time as it is known now. now: the table of now. Each holds one period.

    Raises:
        InvalidInput: a table does not fit the specifications.
    """
    runs = [(earlier, published), (current, published), (current, revised), (current, now)]
    found = []
    for model, table in runs:
        frame = run(model, table).frame
        found.append(dict(zip(frame.units, column_of(frame, score, "result"), strict=True)))
    moved = []
    for unit in sorted(found[0]):
        then, recomputed, corrected, present = (scores.get(unit) for scores in found)
        if then is None or recomputed is None or corrected is None or present is None:
            continue
        moved.append(split(unit, then, recomputed, corrected, present))
    return tuple(moved)


def split(unit: str, then: Decimal, recomputed: Decimal, corrected: Decimal, present: Decimal) -> Momentum:
    """Return what each cause added, of four values of one score.

    then: as it was published. recomputed: of the same table by the method of now. corrected: of that time, by what is
    known of it now. present: of now.
    """
    with working():
        return Momentum(unit, then, present, recomputed - then, corrected - recomputed, present - corrected)
