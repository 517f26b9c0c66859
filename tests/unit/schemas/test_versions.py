"""schemas.versions: what was released stays as it was, and what follows may only add."""

from __future__ import annotations

from dataclasses import replace

import pytest

from schemas.errors import InvalidValue
from schemas.registry import dataflow, dataflows, released_digests, structure, structure_ids
from schemas.structure import Column, DataStructure, Rule
from schemas.versions import breaks, dataflow_digest, structure_digest, version_parts

AREA = Column("REF_AREA", "code", "CL_AREA", required=True, role="dimension", labels={"en": "State"})
COUNT = Column("N", "count", role="measure")
NOTE = Column("NOTE", "text", max_length=200)
OLD = DataStructure("IRAC", "TEST", "1.2.0", (AREA, COUNT))


def later(*columns: Column, version: str = "1.3.0", literal: bool = False) -> DataStructure:
    """The structure that follows OLD."""
    return DataStructure("IRAC", "TEST", version, columns, literal=literal)


@pytest.mark.parametrize("structure_id", structure_ids())
def test_a_released_structure_is_what_it_was(structure_id: str) -> None:
    """Its digest stands in released.toml under its version; a change needs a new version and a new line."""
    loaded = structure(structure_id)
    released = released_digests()[f"structure {structure_id}"]

    assert released[loaded.version] == structure_digest(loaded)


@pytest.mark.parametrize("flow", dataflows(), ids=lambda flow: flow.id)
def test_a_released_dataflow_is_what_it_was(flow: object) -> None:
    """How strictly a dataflow is protected is part of its version."""
    loaded = dataflow(flow.id)  # type: ignore[attr-defined]
    released = released_digests()[f"dataflow {loaded.id}"]

    assert released[loaded.version] == dataflow_digest(loaded)


def test_nothing_is_pinned_that_does_not_exist() -> None:
    """A structure or dataflow that was released does not disappear."""
    known = {f"structure {name}" for name in structure_ids()} | {
        f"dataflow {flow.id}" for flow in dataflows()
    }

    assert set(released_digests()) == known


def test_a_label_is_no_change_and_anything_else_is() -> None:
    """The digest sees a column's constraints, a rule's parameters and the version, and no translation."""
    renamed = replace(OLD, columns=(replace(AREA, labels={"en": "Reporting state"}), COUNT))
    changed = [
        replace(OLD, version="1.2.1"),
        replace(OLD, columns=(replace(AREA, excluded=("_O",)), COUNT)),
        replace(OLD, rules=(Rule("balance", ("REF_AREA", "N"), {"total": ("_T",)}),)),
        replace(OLD, literal=True),
    ]

    assert structure_digest(renamed) == structure_digest(OLD)
    assert len({structure_digest(one) for one in (OLD, *changed)}) == 5


def test_a_flow_that_is_protected_otherwise_has_another_digest() -> None:
    """What may leave is part of what was agreed."""
    flow = dataflow("R33_C")

    assert dataflow_digest(flow) != dataflow_digest(replace(flow, inside=()))
    assert dataflow_digest(flow) != dataflow_digest(replace(flow, apart={"CRIME_TYPE": 2}))


@pytest.mark.parametrize(
    ("newer", "reasons"),
    [
        (later(AREA, COUNT), ()),
        (later(AREA, COUNT, NOTE), ()),
        (later(AREA, NOTE, COUNT), ()),
        (later(COUNT, version="2.0.0"), ()),
        (later(AREA, COUNT, version="1.2.0"), ("no later version",)),
        (later(AREA, COUNT, version="0.9.0"), ("no later version",)),
        (later(COUNT, AREA), ("columns in another order",)),
        (later(AREA), ("column N is gone",)),
        (later(AREA, replace(COUNT, kind="money")), ("column N is changed",)),
        (later(AREA, replace(COUNT, required=True)), ("column N is changed",)),
        (later(AREA, COUNT, literal=True), ("cells compared otherwise",)),
        (
            later(AREA, COUNT, replace(NOTE, required=True)),
            ("column NOTE is new and not optional",),
        ),
        (
            later(AREA, COUNT, Column("METHOD", "code", "CL_METHOD", role="dimension")),
            ("column METHOD is new and not optional",),
        ),
        (replace(later(AREA, COUNT), id="OTHER"), ("another structure",)),
    ],
)
def test_within_a_major_version_only_optional_columns_are_added(
    newer: DataStructure, reasons: tuple[str, ...]
) -> None:
    """Every table of the earlier version is a table of the later one; a new major version is free."""
    assert breaks(OLD, newer) == reasons


def test_a_version_has_three_numbers() -> None:
    """1.0 and 1.0.x are refused."""
    assert version_parts("10.0.3") == (10, 0, 3)
    for text in ("1.0", "1.0.x", "1.0.0.0", "1.0.²"):
        with pytest.raises(InvalidValue):
            version_parts(text)
