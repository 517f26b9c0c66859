"""How a file was read, as its submitter is told, and replayed for its release."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from node.errors import Invalid
from node.ports.reading import Recipe
from node.services.submit import CheckReport, check_only
from tests.support.federation import Nodes, federation


@pytest.fixture(scope="module")
def nodes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nodes]:
    """One member; nothing here is kept."""
    with federation(tmp_path_factory.mktemp("nodes"), ["KZ"]) as built:
        yield built


def checked(nodes: Nodes, place: Path, content: str, recipe: Recipe | None = None) -> CheckReport:
    """Check a file of reports received."""
    place.write_text(content, encoding="utf-8")
    return check_only(nodes["KZ"], place, file_name=place.name, dataflow_id="R33_A", recipe=recipe)


def test_a_violation_of_a_wide_table_points_at_the_cell_of_the_file(nodes: Nodes, tmp_path: Path) -> None:
    """Not at a row that only the node made."""
    text = "TIME_PERIOD;REF_AREA;CRIME_TYPE;N_STR;N_DISS\n2023;KZ;ML;10;4\n2022;KZ;ML;10;many\n"

    report = checked(nodes, tmp_path / "wide.csv", text)

    (wrong,) = [one for one in report.result.violations if one.severity == "error"]
    assert (wrong.row, wrong.column, wrong.value) == (3, "OBS_VALUE", "many")
    assert wrong.params["header"] == "N_DISS"
    assert report.result.rows == 4
    assert report.result.refused_rows == frozenset({3})


def test_an_unsure_reading_accepts_nothing_until_it_is_confirmed(nodes: Nodes, tmp_path: Path) -> None:
    """A file is never taken in on a guess."""
    text = "TIME_PERIOD;REF_AREA;CRIME_TYPE;MEASURE;OBS_VALUE\n2023;KZ;ML;N_STR;1,234\n"
    place = tmp_path / "unsure.csv"

    asked = checked(nodes, place, text)
    document = {**asked.read.recipe, "confirmed": True}
    confirmed = checked(nodes, place, text, Recipe.from_document(document))

    assert asked.result.is_fatal
    assert asked.result.accepted.num_rows == 0
    assert asked.result.totals["reading.ambiguous_number"] == 1
    assert confirmed.result.accepted.column("OBS_VALUE").to_pylist() == [1234]


def test_a_stored_recipe_is_followed_and_not_found_anew(nodes: Nodes, tmp_path: Path) -> None:
    """What a person decided about a column holds."""
    text = "TIME_PERIOD,REF_AREA,CRIME_TYPE,MEASURE,OBS_VALUE,KNOWN_GAPS\n2023,KZ,ML,N_STR,5,none\n"
    place = tmp_path / "decided.csv"
    document = checked(nodes, place, text).read.recipe
    document["columns"][5]["concept"] = ""

    report = checked(nodes, place, text, Recipe.from_document(document))

    assert "KNOWN_GAPS" not in report.read.table.column_names
    assert report.result.totals == {"reading.column_not_read": 1}


def test_counted_reports_are_this_members(nodes: Nodes, tmp_path: Path) -> None:
    """An export does not say which state it is of."""
    report = "<report><report_code>STR</report_code><submission_date>2023-05-01</submission_date></report>"

    read = checked(nodes, tmp_path / "export.xml", f"<reports>{report}</reports>")

    assert read.result.accepted.select(["REF_AREA", "OBS_VALUE"]).to_pylist() == [
        {"REF_AREA": "KZ", "OBS_VALUE": 1}
    ]


def test_the_recipe_of_the_first_release_is_understood(nodes: Nodes, tmp_path: Path) -> None:
    """Files that were kept then are still read as they were."""
    old = {
        "format": "csv", "encoding": "utf-8", "separator": ",", "sheet": "", "header_row": 1,
        "columns": ["TIME_PERIOD", "REF_AREA", "CRIME_TYPE", "MEASURE", "OBS_VALUE"],
    }  # fmt: skip
    text = ",".join(old["columns"]) + "\n2023,KZ,ML,N_STR,5\n"

    report = checked(nodes, tmp_path / "old.csv", text, Recipe.from_document(old))

    assert report.result.accepted.num_rows == 1


@pytest.mark.parametrize(
    "damage",
    [
        {"version": 2},
        {"header_last": "1"},
        {"columns": [{"position": 0}]},
        {"columns": [{"position": 0, "header": "A", "concept": "A", "codes": []}]},
        {"columns": [{"position": True, "header": "A", "concept": "A"}]},
        {"columns": 5},
        {"unknown": ""},
        {"confirmed": "yes"},
    ],
)
def test_what_is_no_recipe_is_refused(damage: dict[str, object]) -> None:
    """A recipe may come from a person or another program."""
    good = Recipe("csv", "utf-8", ",", "", 1, 1, None, ()).to_document()

    with pytest.raises(Invalid, match="no recipe"):
        Recipe.from_document(good | damage)


def test_a_recipe_of_another_file_is_refused(nodes: Nodes, tmp_path: Path) -> None:
    """Columns that are not there cannot be read."""
    place = tmp_path / "file.csv"
    recipe = Recipe.from_document(
        checked(
            nodes, place, "TIME_PERIOD,REF_AREA,CRIME_TYPE,MEASURE,OBS_VALUE\n2023,KZ,ML,N_STR,5\n"
        ).read.recipe
    )

    with pytest.raises(Invalid, match="does not fit"):
        checked(nodes, place, "A,B\n1,2\n", recipe)
