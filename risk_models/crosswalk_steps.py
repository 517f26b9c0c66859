"""What a map does, as three small tables for the engine.

Invariants: a national code that transfers anything has one relation; its quantity is whole on a chain of codes
(one of them on the top level, unless weights split it across) and partial on codes below that chain; a split
is in integers over one denominator, its targets in the order of their ids.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from math import lcm
from typing import Any

import pyarrow as pa

from schemas.codelist import Codelist
from schemas.hierarchy import NOT_ALLOCATED, TOTAL, nearest_broader, upwards
from schemas.mapping import CodeMap, MapEntry, Relation

# The total is no relation of a map: its rows pass through and are not part of the coverage.
PASSES = "total"
_TEXTS: dict[str, pa.DataType] = dict.fromkeys(("national", "shared", "target", "relation"), pa.string())
_NUMBERS: dict[str, pa.DataType] = dict.fromkeys(("numerator", "denominator", "rank"), pa.int64())
WHOLES = pa.schema({name: _TEXTS[name] for name in ("national", "shared", "relation")})
PARTS = pa.schema({name: _TEXTS[name] for name in ("national", "shared", "target")})
SPLITS = pa.schema({name: _TEXTS[name] for name in ("national", "target")} | _NUMBERS)


@dataclass(frozen=True, slots=True)
class Steps:
    """Rows of the three tables.

    wholes: codes that hold the national code's whole quantity. parts: codes that hold an unknown part of it,
    with the targets under each. splits: the weights of the targets, where they are documented.
    """

    wholes: list[dict[str, Any]] = field(default_factory=list)
    parts: list[dict[str, Any]] = field(default_factory=list)
    splits: list[dict[str, Any]] = field(default_factory=list)


def steps_of(code_map: CodeMap, shared: Codelist) -> Steps:
    """Return the steps of a map without faults."""
    steps = Steps()
    if TOTAL in shared:
        _whole(steps, TOTAL, (TOTAL,), PASSES)
    for national, entries in code_map.by_national.items():
        transferring = [entry for entry in entries if entry.relation not in {Relation.NONE, Relation.RELATED}]
        if not transferring:
            _whole(steps, national, (NOT_ALLOCATED,), Relation.NONE)
        elif transferring[0].relation.transfers_all:
            (entry,) = transferring
            _whole(steps, national, upwards(shared, entry.shared or ""), entry.relation)
        else:
            _narrow(steps, national, transferring, shared)
    return steps


def _whole(steps: Steps, national: str, codes: Sequence[str], relation: str) -> None:
    steps.wholes.extend({"national": national, "shared": code, "relation": str(relation)} for code in codes)


def _narrow(steps: Steps, national: str, entries: Sequence[MapEntry], shared: Codelist) -> None:
    targets = sorted((entry.shared or "", entry.weight) for entry in entries)
    ancestor = nearest_broader(shared, [target for target, _ in targets])
    chain = () if ancestor is None else upwards(shared, ancestor)
    _whole(steps, national, chain, Relation.NARROW)
    for target, _ in targets:
        steps.parts.extend(
            {"national": national, "shared": code, "target": target}
            for code in upwards(shared, target)
            if code not in chain
        )
    weights = [Fraction(weight) for _, weight in targets if weight is not None]
    denominator = lcm(*(weight.denominator for weight in weights))
    steps.splits.extend(
        {
            "national": national,
            "target": target,
            "numerator": int(weight * denominator),
            "denominator": denominator,
            "rank": rank,
        }
        for rank, (target, weight) in enumerate(targets)
        if weight is not None
    )
