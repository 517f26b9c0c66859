"""schemas.structure and schemas.arrow."""

from __future__ import annotations

import pyarrow as pa
import pytest

from schemas.arrow import arrow_schema, conform, empty_table
from schemas.errors import InvalidDefinition, InvalidTable, UnknownDefinition
from schemas.registry import structure
from schemas.structure import Column, Dataflow, DataStructure, Rule

AREA = Column("REF_AREA", "code", "CL_AREA", role="dimension")
COUNT = Column("N", "count", role="measure")
DAY = Column("DAY", "date")


def a_structure(*columns: Column, rules: tuple[Rule, ...] = ()) -> DataStructure:
    """A structure of the given columns."""
    return DataStructure("IRAC", "TEST", "1.0.0", columns, rules)


def test_a_structure_knows_its_columns_and_dimensions() -> None:
    """Columns keep their order; dimensions make the key."""
    tested = a_structure(AREA, COUNT)

    assert tested.column_ids == ("REF_AREA", "N")
    assert tested.dimensions == ("REF_AREA",)
    assert tested.column("N") is COUNT
    with pytest.raises(UnknownDefinition):
        tested.column("M")


def test_a_structure_that_contradicts_itself_cannot_be_constructed() -> None:
    """Columns are named once, rules name columns of the structure, code lists belong to columns of codes."""
    with pytest.raises(InvalidDefinition, match="twice"):
        a_structure(AREA, AREA)
    with pytest.raises(InvalidDefinition, match="rule"):
        a_structure(AREA, rules=(Rule("key.duplicate", ("N",)),))
    with pytest.raises(InvalidDefinition, match="unit"):
        a_structure(Column("OBS_VALUE", "amount"), Column("MEASURE", "code", "CL_MEASURE"))
    with pytest.raises(InvalidDefinition, match="code list"):
        Column("N", "count", "CL_AREA")
    with pytest.raises(InvalidDefinition, match="code list"):
        Column("REF_AREA", "code")


def test_a_block_is_made_of_dimensions_of_the_cells() -> None:
    """A dataflow refuses a block that its cells do not have."""
    cells = a_structure(AREA, COUNT)
    with pytest.raises(InvalidDefinition, match="block"):
        Dataflow("IRAC", "TEST", "1.0.0", cells, cells, "open", ("N",), {}, {})


def test_arrow_types_follow_from_kinds() -> None:
    """Text is string, days are date32, numbers are int64."""
    expected = pa.schema([("REF_AREA", pa.string()), ("N", pa.int64()), ("DAY", pa.date32())])

    assert arrow_schema(a_structure(AREA, COUNT, DAY)) == expected
    assert empty_table(a_structure(AREA, COUNT, DAY)).schema == expected


def test_cells_have_dimensions_then_five_value_columns() -> None:
    """The wire form of the first dataflow is the one the protocol names."""
    schema = arrow_schema(structure("SUSPICIOUS_FLOW"))

    assert schema.names == [
        *("TIME_PERIOD", "REF_AREA", "COUNTERPART_AREA", "FLOW_DIRECTION", "METHOD", "CHANNEL"),
        *("PREDICATE", "ENTITY_TYPE", "MEASURE"),
        *("OBS_VALUE", "OBS_LOWER", "OBS_UPPER", "OBS_STATUS", "CONF_STATUS"),
    ]
    assert [str(schema.field(name).type) for name in ("OBS_VALUE", "OBS_LOWER", "OBS_UPPER")] == ["int64"] * 3


def test_a_table_is_brought_into_its_structures_order_and_types() -> None:
    """Extra columns go, the order is the structure's, types are converted only without loss."""
    table = pa.table({"N": pa.array([1], pa.int32()), "X": ["x"], "REF_AREA": ["KZ"]})

    assert conform(table, a_structure(AREA, COUNT)).to_pylist() == [{"REF_AREA": "KZ", "N": 1}]


def test_a_table_that_does_not_fit_is_refused() -> None:
    """An absent column and a value that would be changed are both refused."""
    with pytest.raises(InvalidTable, match="lacks"):
        conform(pa.table({"N": [1]}), a_structure(AREA, COUNT))
    with pytest.raises(InvalidTable, match="does not fit"):
        conform(pa.table({"N": [1.5], "REF_AREA": ["KZ"]}), a_structure(AREA, COUNT))
