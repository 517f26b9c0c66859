"""SDMX-CSV as an upload: the format's columns go, the data stays where it was."""

from __future__ import annotations

import pyarrow as pa
import pytest

from node.errors import Invalid
from node.services.sdmx_csv import RowAction, SdmxCsv, belongs_to, recognised
from schemas import registry


def _table(header: list[str], *rows: list[str | None]) -> pa.Table:
    columns = [pa.array([row[place] for row in rows], pa.string()) for place in range(len(header))]
    return pa.Table.from_arrays(columns, names=header)


def _read(header: list[str], *rows: list[str | None]) -> SdmxCsv:
    read = recognised(_table(header, *rows))
    assert read is not None
    return read


def test_a_plain_table_is_left_alone() -> None:
    """Most uploads are no SDMX-CSV."""
    assert recognised(_table(["TIME_PERIOD", "OBS_VALUE"], ["2025", "1"])) is None


def test_the_columns_of_the_format_are_taken_away_and_rows_keep_their_place() -> None:
    """Also rows that say nothing."""
    read = _read(
        ["STRUCTURE", "STRUCTURE_ID", "ACTION", "TIME_PERIOD", "OBS_VALUE"],
        ["dataflow", "IRAC:R33_A(1.0.0)", "R", "2025", "1"],
        [None, None, None, None, None],
        ["dataflow", "IRAC:R33_A(1.0.0)", "R", "2024", "2"],
    )

    assert read.table.to_pydict() == {"TIME_PERIOD": ["2025", None, "2024"], "OBS_VALUE": ["1", None, "2"]}
    assert read.action is RowAction.REPLACE


@pytest.mark.parametrize(
    ("letter", "action"),
    [
        ("A", RowAction.APPEND),
        ("M", RowAction.MERGE),
        ("R", RowAction.REPLACE),
        ("D", RowAction.DELETE),
        ("I", RowAction.UNSAID),
        (None, RowAction.UNSAID),
    ],
)
def test_every_action_of_the_standard_is_known(letter: str | None, action: RowAction) -> None:
    """The letters of SDMX-CSV 2.0; information says nothing about what to do."""
    read = _read(["STRUCTURE", "STRUCTURE_ID", "ACTION", "X"], ["dataflow", "IRAC:R33_A(1.0.0)", letter, "1"])

    assert read.action is action


def test_a_data_column_may_be_named_like_one_of_the_format() -> None:
    """Only the leading ones are the format's."""
    read = _read(
        ["STRUCTURE", "STRUCTURE_ID", "ACTION", "TIME_PERIOD", "ACTION"],
        ["dataflow", "IRAC:RECOMMENDATION(1.0.0)", "A", "2025", "Train the staff"],
    )

    assert read.table.column_names == ["TIME_PERIOD", "ACTION"]
    assert read.table.column("ACTION").to_pylist() == ["Train the staff"]


def test_headers_with_labels_and_a_separator_of_values_are_understood() -> None:
    """As services write them for people (labels=both)."""
    read = _read(
        ["STRUCTURE[;]", "STRUCTURE_ID", "STRUCTURE_NAME", "ACTION", "REF_AREA: Reporting state"],
        ["dataflow", "IRAC:R33_A(1.0.0)", "R.33 (a)", "A", "KZ"],
    )

    assert read.table.column_names == ["REF_AREA"]


@pytest.mark.parametrize(
    "rows",
    [
        [["dataflow", "IRAC:R33_A(1.0.0)", "A", "1"], ["dataflow", "IRAC:R33_B(1.0.0)", "A", "1"]],
        [["dataflow", "IRAC:R33_A(1.0.0)", "A", "1"], ["dataflow", "IRAC:R33_A(1.0.0)", "D", "1"]],
        [["dataflow", "IRAC:R33_A(1.0.0)", "X", "1"]],
    ],
    ids=["two dataflows", "two actions", "no such action"],
)
def test_a_file_that_means_several_things_is_refused(rows: list[list[str | None]]) -> None:
    """A submission means one thing for what was released before."""
    with pytest.raises(Invalid):
        recognised(_table(["STRUCTURE", "STRUCTURE_ID", "ACTION", "X"], *rows))


@pytest.mark.parametrize(
    ("structure", "reference", "belongs"),
    [
        ("dataflow", "IRAC:R33_A(1.0.0)", True),
        ("dataflow", "IRAC:R33_A(1.7.3)", True),
        ("datastructure", "IRAC:R33_A_UPLOAD(1.0.0)", True),
        ("dataflow", "IRAC:R33_A(2.0.0)", False),
        ("dataflow", "IRAC:R33_B(1.0.0)", False),
        ("dataflow", "ESTAT:R33_A(1.0.0)", False),
        ("dataprovision", "IRAC:R33_A(1.0.0)", False),
        ("dataflow", "R33_A", False),
    ],
)
def test_rows_belong_to_the_dataflow_they_name(structure: str, reference: str, *, belongs: bool) -> None:
    """Of the same agency and major version."""
    read = _read(["STRUCTURE", "STRUCTURE_ID", "X"], [structure, reference, "1"])

    assert belongs_to(read, registry.dataflow("R33_A")) is belongs
