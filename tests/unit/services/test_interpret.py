"""How a file is read is shown, corrected by a person, kept, and replayed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from node.access import Actor, Role
from node.errors import Conflict, Denied, Invalid
from node.ports.reading import Recipe
from node.ports.submissions import Submission, SubmissionState, UploadMode
from node.services import interpret, questions, release, submit
from node.services.interpret import ColumnCorrection, Correction, corrected
from node.services.questions import Question, open_questions
from schemas.registry import dataflow
from tests.support.federation import APPROVER, PASSWORD, SUBMITTER, Nodes, federation

HEADER = "TIME_PERIOD;REF_AREA;COUNTERPART_AREA;FLOW_DIRECTION;FLOW_KIND;CURRENCY;OBS_VALUE"
TWO_WAYS = f"{HEADER}\n2012;KZ;RU;OUT;TRADE;USD;1,234\n2012;KZ;BY;OUT;TRADE;USD;5,678\n"
MISSPELT = f"{HEADER}\n2012;KZ;Kyrgystan;OUT;TRADE;USD;10\n2012;KZ;RU;OUT;TRADE;USD;20\n"


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


def position(submission: Submission, concept: str) -> int:
    """Give the place of the column that is read as a concept."""
    columns = Recipe.from_document(submission.recipe).columns
    (place,) = (column.position for column in columns if column.concept == concept)
    return place


def values(nodes: Nodes, number: int) -> list[int]:
    """Give the values that would leave, in US cents."""
    table = release.preview(nodes["KZ"], APPROVER, number, nodes.clock.now()).released.table
    return sorted(table.column("OBS_VALUE").to_pylist())


@pytest.mark.parametrize(
    ("decimal", "thousands", "cents"),
    [(",", "", None), (".", ",", [123_400, 567_800])],
    ids=["decimals", "thousands"],
)
def test_numbers_that_can_be_read_in_two_ways_wait_for_a_person(
    nodes: Nodes, tmp_path: Path, decimal: str, thousands: str, cents: list[int] | None
) -> None:
    """1,234 is one and a bit, or a thousand and a bit: nobody but the analyst knows."""
    unsure = uploaded(nodes, tmp_path, TWO_WAYS)
    assert Question.READING in open_questions(unsure)
    column = ColumnCorrection(decimal=decimal, thousands=thousands)
    said = Correction(columns={position(unsure, "OBS_VALUE"): column})

    answered = interpret.correct(nodes["KZ"], SUBMITTER, unsure.submission_id, said, now=nodes.clock.now())

    assert Question.READING not in open_questions(answered)
    if cents is None:
        assert answered.violation_totals["money.too_precise"] == 2
    else:
        assert answered.state is SubmissionState.SUBMITTED
        assert values(nodes, answered.submission_id) == cents


def test_a_misspelt_name_is_read_as_the_code_a_person_ticks(nodes: Nodes, tmp_path: Path) -> None:
    """The check suggests it; nothing is turned into a code unasked."""
    faulty = uploaded(nodes, tmp_path, MISSPELT)
    assert [one["params"]["suggestion"] for one in faulty.violations] == ["KG"]
    column = ColumnCorrection(codes={"Kyrgystan": "KG"})
    said = Correction(columns={position(faulty, "COUNTERPART_AREA"): column})

    interpret.correct(nodes["KZ"], SUBMITTER, faulty.submission_id, said, now=nodes.clock.now())

    again = nodes["KZ"].submissions.get(faulty.submission_id)
    assert again.state is SubmissionState.SUBMITTED
    assert values(nodes, again.submission_id) == [1_000, 2_000]


def test_an_answer_about_other_cells_is_taken_back(nodes: Nodes, tmp_path: Path) -> None:
    """Rows left out under one reading are not left out unasked under another."""
    ctx = nodes["KZ"]
    faulty = uploaded(nodes, tmp_path, MISSPELT)

    questions.leave_out(ctx, SUBMITTER, faulty.submission_id, reason="old name", now=nodes.clock.now())

    again = interpret.correct(ctx, SUBMITTER, faulty.submission_id, Correction(), now=nodes.clock.now())

    assert (again.state, again.leave_out_reason) == (SubmissionState.FAULTY, None)


def test_the_reading_of_an_approved_file_is_fixed(nodes: Nodes, tmp_path: Path) -> None:
    """Somebody signed what was read."""
    ctx = nodes["KZ"]
    clean = uploaded(nodes, tmp_path, MISSPELT.replace("Kyrgystan", "KG"))
    release.approve(ctx, APPROVER, clean.submission_id, password=PASSWORD, now=nodes.clock.now())

    with pytest.raises(Conflict):
        interpret.correct(ctx, SUBMITTER, clean.submission_id, Correction(), now=nodes.clock.now())


def test_only_a_submitter_corrects(nodes: Nodes, tmp_path: Path) -> None:
    """An auditor looks on."""
    one = uploaded(nodes, tmp_path, MISSPELT)
    auditor = Actor("inspector", frozenset({Role.AUDITOR}))

    with pytest.raises(Denied):
        interpret.correct(nodes["KZ"], auditor, one.submission_id, Correction(), now=nodes.clock.now())


@pytest.mark.parametrize(
    "correction",
    [
        Correction(header_first=3, header_last=2),
        Correction(header_first=1, header_last=1, last_row=1),
        Correction(columns={0: ColumnCorrection(concept="REF_AREA")}),
        Correction(columns={0: ColumnCorrection(concept="NO_SUCH_COLUMN")}),
        Correction(columns={6: ColumnCorrection(decimal=",", thousands=",")}),
        Correction(columns={6: ColumnCorrection(dates="american")}),
    ],
    ids=["header", "table", "doubled", "unknown", "marks", "dates"],
)
def test_a_correction_that_cannot_be_is_refused(nodes: Nodes, tmp_path: Path, correction: Correction) -> None:
    """It says which column or rows, and changes nothing."""
    recipe = Recipe.from_document(uploaded(nodes, tmp_path, MISSPELT).recipe)

    with pytest.raises(Invalid):
        corrected(recipe, correction, dataflow("DECLARED_FLOW").upload)
