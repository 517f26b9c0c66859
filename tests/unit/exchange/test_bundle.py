"""Bundles: only released tables are packed, and only what was signed is unpacked."""

from __future__ import annotations

import dataclasses
from typing import Any

import pyarrow as pa
import pytest

from exchange import bundle, parquet
from exchange.errors import Misconfigured, Refused
from exchange.limits import DEFAULT
from exchange.manifest import DataflowRef, Manifest, TimeRange
from schemas.digest import sha256_hex
from tests.support.peer_simulator import a_header, declared_flows


def packed(**header: Any) -> bundle.Bundle:
    """Return a bundle of three cells."""
    return bundle.pack(declared_flows("RU", [100, 200, 300]), a_header("RU", **header))


def refusal(manifest: Manifest, content: bytes) -> str:
    """Return the name under which unpacking refuses."""
    with pytest.raises(Refused) as caught:
        bundle.unpack(manifest, lambda _digest: content, DEFAULT)
    return caught.value.name


def with_part(made: bundle.Bundle, **changes: Any) -> Manifest:
    """Return the manifest with its only part changed."""
    part = dataclasses.replace(made.manifest.parts[0], **changes)
    return dataclasses.replace(made.manifest, parts=(part,))


def test_a_plain_table_cannot_be_packed() -> None:
    """What disclosure control has not made cannot leave the node."""
    table = declared_flows("RU", [1]).table

    with pytest.raises(TypeError, match="only a ReleasedTable"):
        bundle.pack(table, a_header("RU"))  # type: ignore[arg-type] # that is the point


def test_the_manifest_describes_the_cells() -> None:
    """Definitions, period, rows and both digests come from the table itself."""
    released = declared_flows("RU", [100, 200, 300], period="2016-Q3")

    made = bundle.pack(released, a_header("RU"))

    manifest, (content,) = made.manifest, made.parts.values()
    assert manifest.dataflow == DataflowRef("IRAC", "DECLARED_FLOW", "1.0.0")
    assert manifest.codelists["CL_PRODUCT"] == "1.0.0"
    assert manifest.time_range == TimeRange("2016-Q3", "2016-Q3")
    assert manifest.certificate == released.certificate.to_dict()
    (part,) = manifest.parts
    assert (part.rows, part.length, part.digest) == (3, len(content), sha256_hex(content))
    assert part.logical_digest == parquet.logical_digest(released.table)


def test_the_audience_is_sorted_and_each_member_named_once() -> None:
    """Two orders of one audience are one manifest."""
    assert packed(audience=("KZ", "BY", "KZ")).manifest.audience == ("BY", "KZ")


def test_packing_twice_gives_the_same_bytes() -> None:
    """Nothing but the arguments goes in."""
    assert packed().manifest.digest == packed().manifest.digest


def test_a_table_without_cells_is_not_packed() -> None:
    """It has no period to speak of."""
    with pytest.raises(ValueError, match="no cell"):
        bundle.pack(declared_flows("RU", []), a_header("RU"))


def test_what_was_packed_is_unpacked() -> None:
    """The same cells, in the writer's order."""
    made = packed()

    found = bundle.unpack(made.manifest, made.parts.__getitem__, DEFAULT)

    assert found.equals(declared_flows("RU", [100, 200, 300]).table)


def test_several_parts_are_one_table() -> None:
    """A later writer may split what it sends."""
    first, second = (bundle.pack(declared_flows("RU", [value]), a_header("RU")) for value in (1, 2))
    parts = (first.manifest.parts[0], dataclasses.replace(second.manifest.parts[0], name="more.parquet"))
    contents = {**first.parts, **second.parts}

    found = bundle.unpack(dataclasses.replace(first.manifest, parts=parts), contents.__getitem__, DEFAULT)

    assert found["OBS_VALUE"].to_pylist() == [1, 2]


def test_a_part_of_another_length_is_refused() -> None:
    """Before it is digested."""
    made = packed()

    assert refusal(made.manifest, b"x") == "part_length_mismatch"


def test_a_part_with_another_digest_is_refused_unparsed() -> None:
    """The bytes are not even Parquet, which nobody gets to see."""
    made = packed()

    assert refusal(made.manifest, b"x" * made.manifest.parts[0].length) == "part_digest_mismatch"


def test_other_rows_than_announced_are_refused() -> None:
    """The manifest is what was signed."""
    made = packed()

    assert refusal(with_part(made, rows=4), *made.parts.values()) == "part_rows_mismatch"


def test_another_content_than_announced_is_refused() -> None:
    """The logical digest is computed from the decoded cells."""
    made = packed()
    manifest = with_part(made, logical_digest="sha256:" + "0" * 64)

    assert refusal(manifest, *made.parts.values()) == "logical_digest_mismatch"


def test_another_period_than_announced_is_refused() -> None:
    """Receivers plan by the period without opening the part."""
    made = packed()
    manifest = dataclasses.replace(made.manifest, time_range=TimeRange("2016", "2017"))

    assert refusal(manifest, *made.parts.values()) == "time_range_mismatch"


@pytest.mark.parametrize("period", [None, "2016-13", "x" * 100])
def test_a_cell_whose_period_is_none_is_refused(period: str | None) -> None:
    """Checked before the structure check, because the time range is compared."""
    table = declared_flows("RU", [1]).table
    table = table.set_column(0, "TIME_PERIOD", pa.array([period], pa.string()))
    content = parquet.write(table)
    manifest = with_part(
        packed(),
        length=len(content),
        digest=sha256_hex(content),
        logical_digest=parquet.logical_digest(table),
        rows=1,
    )

    assert refusal(manifest, content) == "time_range_mismatch"


def test_other_columns_than_the_dataflow_has_are_refused() -> None:
    """A part of another dataflow under this one's name."""
    content = parquet.write(pa.table({"X": ["y"]}))
    manifest = with_part(packed(), length=len(content), digest=sha256_hex(content), rows=1)

    assert refusal(manifest, content) == "parquet_unexpected_column"


@pytest.mark.parametrize(
    ("ref", "name"),
    [
        (DataflowRef("IRAC", "NOT_YET_INVENTED", "1.0.0"), "unknown_dataflow"),
        (DataflowRef("IRAC", "DECLARED_FLOW", "2.0.0"), "unknown_structure_version"),
        (DataflowRef("OTHER", "DECLARED_FLOW", "1.0.0"), "unknown_structure_version"),
    ],
)
def test_a_dataflow_this_node_does_not_know_calls_for_an_upgrade(ref: DataflowRef, name: str) -> None:
    """It is no attack, and it is not read as if it were known."""
    made = packed()

    with pytest.raises(Misconfigured) as caught:
        bundle.unpack(dataclasses.replace(made.manifest, dataflow=ref), made.parts.__getitem__, DEFAULT)

    assert caught.value.name == name


def test_a_later_minor_version_of_the_structure_is_read() -> None:
    """As long as the columns are those known."""
    made = packed()
    manifest = dataclasses.replace(made.manifest, dataflow=DataflowRef("IRAC", "DECLARED_FLOW", "1.4.0"))

    assert bundle.unpack(manifest, made.parts.__getitem__, DEFAULT).num_rows == 3
