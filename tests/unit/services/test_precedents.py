"""What a person said of a file's columns holds for the next file with the same header."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from node.ports.reading import Recipe
from node.ports.submissions import Submission, SubmissionState, UploadMode
from node.services import interpret, maps, submit
from node.services.interpret import ColumnCorrection, Correction
from node.services.precedents import precedents
from schemas.mapping import MapEntry, Relation
from schemas.registry import dataflow
from tests.support.federation import SUBMITTER, Nodes, federation

OWN_NAMES = "TIME_PERIOD;REF_AREA;Куда ушло;FLOW_DIRECTION;FLOW_KIND;CURRENCY;Итого за год"
FIRST = f"{OWN_NAMES}\n2012;KZ;RU;OUT;TRADE;USD;10\n2012;KZ;Kyrgystan;OUT;TRADE;USD;20\n"
NEXT = f"{OWN_NAMES}\n2013;KZ;Kyrgystan;OUT;TRADE;USD;1 300,50\n"
SAID = {
    2: ColumnCorrection(concept="COUNTERPART_AREA", codes={"Kyrgystan": "KG"}),
    6: ColumnCorrection(concept="OBS_VALUE"),
}


@pytest.fixture
def nodes(tmp_path: Path) -> Iterator[Nodes]:
    """One member."""
    with federation(tmp_path / "nodes", ["KZ"]) as built:
        yield built


def uploaded(nodes: Nodes, folder: Path, text: str) -> Submission:
    """Give the submission of a CSV file of declared flows."""
    path = folder / "flows.csv"
    path.write_text(text, encoding="utf-8")
    return submit.upload(
        nodes["KZ"],
        SUBMITTER,
        path,
        file_name=path.name,
        dataflow_id="DECLARED_FLOW",
        mode=UploadMode.APPEND,
        now=nodes.clock.now(),
    )


def corrected(nodes: Nodes, submission: Submission) -> Submission:
    """Give a submission after a person said what its columns hold."""
    said = Correction(columns=SAID)
    return interpret.correct(nodes["KZ"], SUBMITTER, submission.submission_id, said, now=nodes.clock.now())


def test_the_next_file_is_read_as_a_person_said_of_the_first(nodes: Nodes, tmp_path: Path) -> None:
    """Names of columns and of countries are remembered; the decimal comma is found in the new file itself."""
    first = corrected(nodes, uploaded(nodes, tmp_path, FIRST))
    assert first.state is SubmissionState.SUBMITTED

    following = uploaded(nodes, tmp_path, NEXT)

    assert following.state is SubmissionState.SUBMITTED
    recipe = Recipe.from_document(following.recipe)
    assert (recipe.columns_as_in, recipe.confirmed) == (first.submission_id, False)
    assert (recipe.columns[2].concept, recipe.columns[2].codes) == ("COUNTERPART_AREA", {"Kyrgystan": "KG"})
    assert (recipe.columns[6].decimal, recipe.columns[6].thousands) == (",", " ")
    told = [one for one in following.violations if one["rule"] == "reading.as_before"]
    assert [(one["severity"], one["params"]) for one in told] == [
        ("note", {"submission": first.submission_id})
    ]


def test_a_number_that_can_be_read_in_two_ways_is_asked_about_again(nodes: Nodes, tmp_path: Path) -> None:
    """The habit of one file is not that of the next."""
    corrected(nodes, uploaded(nodes, tmp_path, FIRST))

    following = uploaded(nodes, tmp_path, f"{OWN_NAMES}\n2013;KZ;RU;OUT;TRADE;USD;1,234\n")

    assert following.state is SubmissionState.FAULTY
    assert following.violation_totals["reading.ambiguous_number"] == 1


@pytest.mark.parametrize(
    "header",
    [OWN_NAMES.replace("Итого за год", "Итого"), "Куда ушло;" + OWN_NAMES.replace("Куда ушло;", "")],
    ids=["another name", "another order"],
)
def test_another_header_is_another_table(nodes: Nodes, tmp_path: Path, header: str) -> None:
    """Nothing is taken over from a header that only resembles this one."""
    corrected(nodes, uploaded(nodes, tmp_path, FIRST))

    other = uploaded(nodes, tmp_path, f"{header}\n2013;KZ;RU;OUT;TRADE;USD;5\n")

    assert Recipe.from_document(other.recipe).columns_as_in == 0
    assert other.state is SubmissionState.FAULTY


def test_nothing_is_taken_over_from_what_nobody_stands_for(nodes: Nodes, tmp_path: Path) -> None:
    """Not from a reading the node found itself, and not from a file that was taken back."""
    ctx = nodes["KZ"]
    unread = uploaded(nodes, tmp_path, FIRST)
    assert precedents(ctx, dataflow("DECLARED_FLOW")) == ()
    said = corrected(nodes, unread)
    assert [one.number for one in precedents(ctx, dataflow("DECLARED_FLOW"))] == [said.submission_id]
    assert precedents(ctx, dataflow("FATF_RATING")) == ()

    submit.withdraw(ctx, SUBMITTER, said.submission_id, reason="wrong file", now=nodes.clock.now())

    assert precedents(ctx, dataflow("DECLARED_FLOW")) == ()


def test_what_a_file_says_itself_is_not_marked_as_remembered(nodes: Nodes, tmp_path: Path) -> None:
    """A usual header needs no precedent, though somebody confirmed such a file once."""
    usual = OWN_NAMES.replace("Куда ушло", "COUNTERPART_AREA").replace("Итого за год", "OBS_VALUE")
    first = uploaded(nodes, tmp_path, f"{usual}\n2012;KZ;RU;OUT;TRADE;USD;5\n")
    interpret.correct(nodes["KZ"], SUBMITTER, first.submission_id, Correction(), now=nodes.clock.now())

    following = uploaded(nodes, tmp_path, f"{usual}\n2013;KZ;RU;OUT;TRADE;USD;5\n")

    assert Recipe.from_document(following.recipe).columns_as_in == 0


def test_a_code_that_a_map_reads_otherwise_today_is_not_taken_over(
    nodes: Nodes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A map that was corrected since goes before what was said by its former version."""
    corrected(nodes, uploaded(nodes, tmp_path, FIRST))
    entry = MapEntry("Kyrgystan", Relation.EXACT, "KZ")
    areas = replace(maps.packaged("KZ_PREDICATE"), shared_list="CL_AREA", entries=(entry,))
    monkeypatch.setattr(maps, "listing", lambda: (areas,))
    monkeypatch.setattr(maps, "packaged", lambda _: areas)

    (one,) = precedents(nodes["KZ"], dataflow("DECLARED_FLOW"))

    assert one.columns[2].codes == {}
