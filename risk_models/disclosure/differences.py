"""Revisions that change a cell by too little: the difference between two vintages is a release as well.

Invariants: a difference is judged by the rules of a cell that holds nothing but what changed; one that fails may not be
worked out, neither by subtraction nor through sums. Source: methodology 3.2 (differencing) and 3.6.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import pyarrow as pa

from risk_models.disclosure.candidate import Candidate
from risk_models.disclosure.flows import AMOUNT, profile_of
from risk_models.disclosure.memory import Memory
from risk_models.disclosure.policy import Policy
from risk_models.disclosure.rules import broken_rules, protection_level
from risk_models.disclosure.statistics import is_count
from schemas.structure import MEASURE, Dataflow

Key = tuple[str, ...]
# Place of an earlier release and key, to what must stay open around the difference: below, above, width.
Changes = Mapping[tuple[int, Key], tuple[int, int, int]]


def with_small_counts(
    memory: Memory, candidates: Sequence[Candidate], dataflow: Dataflow, policy: Policy
) -> Memory:
    """Add the counts that a new release changes by less than the least count, against every earlier release."""
    measured = dataflow.cells.dimensions.index(MEASURE)
    now = {one.key: one.value for one in candidates if one.value is not None}
    changes = dict(memory.changes)
    for place, past in enumerate(memory.releases):
        for one in past.candidates:
            after = now.get(one.key)
            if one.value is None or after is None or not is_count(one.key[measured]):
                continue
            least = policy.least_count(dict(zip(dataflow.cells.dimensions, one.key, strict=True)))
            if 0 < abs(after - one.value) < least:
                changes[place, one.key] = (0, 0, least)
    return replace(memory, changes=changes)


def of_few_records(changed: pa.Table, place: int, dataflow: Dataflow, policy: Policy) -> Changes:
    """Return the cells of which too few records changed since an earlier release.

    changed: cells as `typologies.compilation.comparing` compiles them, of the records that stand in one of the two
    vintages only. place: of the earlier release in `Memory.releases`.
    """
    found: dict[tuple[int, Key], tuple[int, int, int]] = {}
    for row in changed.to_pylist():
        profile = profile_of(row)
        if not broken_rules(profile, policy):
            continue
        level = protection_level(profile, policy.concentration_percent)
        for measure in dataflow.cells.column(MEASURE).only:
            named = {**row, MEASURE: measure}
            key = tuple(named[dimension] for dimension in dataflow.cells.dimensions)
            is_amount = measure == AMOUNT
            found[place, key] = (level, level, 1) if is_amount else (0, 0, policy.min_reports)
    return found
