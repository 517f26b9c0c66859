"""What a revision tells beside what it corrects: the difference between two vintages is a release as well.

Invariants: every figure that a reader of both vintages can subtract is a group of records or a count that satisfies
the primary rules itself; otherwise the revision is held. Source: methodology 3.2 (differencing) and 3.6.

A reader of both vintages can subtract a shown counterpart from itself, and the remainder together with every
counterpart that either vintage pools: whatever moves between them cancels out. A counterpart that one of the
vintages hides without a remainder gives no equation.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pyarrow as pa

from risk_models.disclosure.cells import COUNTERPART, compiled
from risk_models.disclosure.flows import is_record_level
from risk_models.disclosure.policy import WITHOUT_POLICY, Policy, policy_for
from risk_models.disclosure.rules import primary_status
from risk_models.disclosure.statistics import is_count
from risk_models.engine import Engine, connected
from risk_models.typologies import REMAINDER_AREA
from schemas.structure import Dataflow

Key = tuple[str, ...]
_PER_CELL = "V_TXN"


@dataclass(frozen=True, slots=True)
class Vintage:
    """One vintage as compiled (`typologies.compile` or `.statistics`) and as released."""

    compiled: pa.Table
    released: pa.Table


def unsafe_differences(
    before: Vintage, after: Vintage, dataflow: Dataflow, engine: Engine | None = None
) -> tuple[Key, ...]:
    """Return the cells whose difference between two vintages would be unsafe to show, in canonical order.

    For a dataflow of records a key is (block, counterpart), where `_O` stands for all pooled counterparts; for
    statistics it is the cell's dimensions. Open dataflows and registers have no unsafe difference.
    """
    if dataflow.disclosure in WITHOUT_POLICY:
        return ()
    policy = policy_for(dataflow)
    if is_record_level(dataflow):
        return tuple(_unsafe_groups(before, after, dataflow, policy, engine or Engine()))
    return tuple(_unsafe_counts(before, after, dataflow, policy))


def _unsafe_groups(
    before: Vintage, after: Vintage, dataflow: Dataflow, policy: Policy, engine: Engine
) -> Iterator[Key]:
    groups = _comparable(before.released, after.released, dataflow)
    changed = _changed_records(before.compiled, after.compiled, groups, dataflow, engine)
    for block in compiled(changed, dataflow.block, engine).blocks:
        for cell in block.cells:
            if primary_status(cell.profile, policy) is not None:
                yield (*block.key, cell.counterpart)


def _comparable(before: pa.Table, after: pa.Table, dataflow: Dataflow) -> pa.Table:
    """Give every (block, counterpart) that both vintages show, with the group in which a reader compares it."""
    earlier, later = _shown_as(before, dataflow), _shown_as(after, dataflow)
    blocks = {key[:-1] for key in earlier} & {key[:-1] for key in later}
    rows = []
    for key in sorted(earlier.keys() | later.keys()):
        # a counterpart without a row in a block that is there has no records: its own cell, a known zero
        labels = {shown.get(key, key[-1]) for shown in (earlier, later)}
        if key[:-1] in blocks and None not in labels:
            rows.append((*key, REMAINDER_AREA if REMAINDER_AREA in labels else key[-1]))
    names = (*dataflow.block, COUNTERPART, "GROUP_AREA")
    columns = list(zip(*rows, strict=True)) or [()] * len(names)
    return pa.table(
        {name: pa.array(column, pa.string()) for name, column in zip(names, columns, strict=True)}
    )


def _shown_as(released: pa.Table, dataflow: Dataflow) -> dict[Key, str | None]:
    """Give the cell in which each counterpart is shown: its own, the remainder, or none."""
    values = {
        tuple(row[name] for name in (*dataflow.block, COUNTERPART)): row["OBS_VALUE"]
        for row in released.to_pylist()
        if row["MEASURE"] == _PER_CELL
    }
    shown: dict[Key, str | None] = {}
    for key, value in values.items():
        remainder = values.get((*key[:-1], REMAINDER_AREA))
        shown[key] = key[-1] if value is not None else (None if remainder is None else REMAINDER_AREA)
    return shown


def _changed_records(
    before: pa.Table, after: pa.Table, groups: pa.Table, dataflow: Dataflow, engine: Engine
) -> pa.Table:
    """Give the records that stand in one vintage only, under the group in which their cell is compared."""
    using = ", ".join([*dataflow.block, COUNTERPART])
    columns = f"{', '.join(dataflow.block)}, GROUP_AREA AS {COUNTERPART}"
    records = "REPORT_ID, SUBJECT_ID, REPORTING_ENTITY, N_TXN, V_TXN"
    statement = f"""
        WITH one AS (SELECT {columns}, {records} FROM earlier JOIN compared USING ({using})),
             two AS (SELECT {columns}, {records} FROM later JOIN compared USING ({using}))
        (FROM one EXCEPT ALL FROM two) UNION ALL (FROM two EXCEPT ALL FROM one)
    """  # noqa: S608 - the names are those of a packaged structure, never a user's text
    with connected(engine, {"earlier": before, "later": after, "compared": groups}) as connection:
        changed: pa.Table = connection.sql(statement).to_arrow_table()
    return changed


def _unsafe_counts(before: Vintage, after: Vintage, dataflow: Dataflow, policy: Policy) -> Iterator[Key]:
    earlier, later = _values(before.released, dataflow), _values(after.released, dataflow)
    for key in sorted(earlier.keys() & later.keys()):
        named = dict(zip(dataflow.cells.dimensions, key, strict=True))
        if is_count(named["MEASURE"]) and 0 < abs(later[key] - earlier[key]) < policy.least_count(named):
            yield key


def _values(released: pa.Table, dataflow: Dataflow) -> dict[Key, int]:
    return {
        tuple(row[name] for name in dataflow.cells.dimensions): row["OBS_VALUE"]
        for row in released.to_pylist()
        if row["OBS_VALUE"] is not None
    }
