"""The acid test of CSV readers (suites/csv-spectrum): each file gives its documented cells, as text."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.support.files_read import whole_read

SUITE = Path(__file__).resolve().parents[3] / "shared" / "data" / "suites" / "csv-spectrum"
FILES = sorted(path.stem for path in (SUITE / "csvs").glob("*.csv") if path.stem != "location_coordinates")

pytestmark = pytest.mark.skipif(not FILES, reason="the suite is not beside this repository")


@pytest.mark.parametrize("name", FILES)
def test_a_file_gives_its_documented_cells(name: str) -> None:
    """An empty cell is null here, which is how a check says that nothing was written."""
    documented = json.loads((SUITE / "json" / f"{name}.json").read_text(encoding="utf-8"))

    rows = whole_read(SUITE / "csvs" / f"{name}.csv").table.to_pylist()

    assert [{name: cell or "" for name, cell in row.items()} for row in rows] == documented


def test_the_file_whose_document_disagrees_with_it_gives_its_own_cells() -> None:
    """The suite's JSON of this file is one object, with another phone number than the CSV beside it."""
    documented = json.loads((SUITE / "json" / "location_coordinates.json").read_text(encoding="utf-8"))

    (row,) = whole_read(SUITE / "csvs" / "location_coordinates.csv").table.to_pylist()

    assert row == documented | {"Contact Phone Number": "2095257564"}
