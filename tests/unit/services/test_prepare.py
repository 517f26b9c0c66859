"""What of a file of statistics would leave, what stays, and what is refused."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from node.access import Actor, Role
from node.errors import Conflict, Invalid
from node.ports.submissions import Submission, SubmissionState, UploadMode
from node.services import questions, release, submit, sync, verify
from node.services.cells import cells
from node.services.views.preview import preview
from tests.support.federation import (
    APPROVER,
    PASSWORD,
    RELEASER,
    SUBMITTER,
    Nodes,
    federation,
    release_rows,
    write_csv,
)

REVIEWER = Actor("rustam", frozenset({Role.REVIEWER}))
REPORTS = {
    "TIME_PERIOD": "2024",
    "REF_AREA": "KZ",
    "CRIME_TYPE": "ML",
    "MEASURE": "N_STR",
    "ENTITY_TYPE": "_T",
    "OBS_VALUE": "50",
    "OBS_STATUS": "P",
    "KNOWN_GAPS": "",
}

FROZEN = {"MEASURE": "N_FROZ", "OBS_VALUE": "40"}
STOCK = {"MEASURE": "S_FROZ", "OBS_VALUE": "9000"}


@pytest.fixture
def nodes(tmp_path: Path) -> Iterator[Nodes]:
    """Two members in one process."""
    with federation(tmp_path / "nodes", ["KZ", "RU"]) as built:
        yield built


def sent(
    nodes: Nodes,
    folder: Path,
    *changes: dict[str, str],
    dataflow: str = "R33_A",
    mode: UploadMode = UploadMode.APPEND,
) -> Submission:
    """A submission of reports, each row changed in some cells."""
    file = write_csv(folder / "file.csv", [{**REPORTS, **change} for change in changes])
    return submit.upload(
        nodes["KZ"],
        SUBMITTER,
        file,
        file_name=file.name,
        dataflow_id=dataflow,
        mode=mode,
        now=nodes.clock.now(),
    )


def test_parts_leave_with_their_totals(nodes: Nodes, tmp_path: Path) -> None:
    """Reports in all and by type of entity: every cut of the file leaves, and nothing stays."""
    parts = [{"ENTITY_TYPE": "FI", "OBS_VALUE": "30"}, {"ENTITY_TYPE": "VASP", "OBS_VALUE": "20"}]
    submission = sent(nodes, tmp_path, {}, *parts)

    prepared = release.preview(nodes["KZ"], APPROVER, submission.submission_id, nodes.clock.now())

    assert prepared.staying == 0
    table = prepared.released.table
    values = zip(table.column("ENTITY_TYPE").to_pylist(), table.column("OBS_VALUE").to_pylist(), strict=True)
    assert sorted(values) == [("FI", 30), ("VASP", 20), ("_T", 50)]


def test_a_stock_stays_at_the_node_and_the_preview_counts_it(nodes: Nodes, tmp_path: Path) -> None:
    """The stock of frozen property is checked against the flows; the flow alone would leave."""
    submission = sent(nodes, tmp_path, FROZEN, STOCK, dataflow="R33_C")

    prepared = release.preview(nodes["KZ"], APPROVER, submission.submission_id, nodes.clock.now())

    assert prepared.staying == 1
    assert prepared.released.table.column("MEASURE").to_pylist() == ["N_FROZ"]


def test_the_preview_shows_what_is_said_beside_a_figure(nodes: Nodes, tmp_path: Path) -> None:
    """Officers see every column that leaves with something in it, and no empty one."""
    submission = sent(nodes, tmp_path, {"DEFINITION": "2.1"})

    shown = preview(nodes["KZ"], APPROVER, submission.submission_id, nodes.clock.now())

    (cell,) = shown.cells
    said = dict(zip(shown.dimensions, cell.dimensions, strict=True))
    assert said["DEFINITION"] == "2.1"
    assert (said["MEASURE"], cell.measure, said["ENTITY_TYPE"]) == ("N_STR", "N_STR", "_T")
    assert "KNOWN_GAPS" not in said
    assert (shown.counts, shown.staying) == ({"provisional": 1}, 0)


def test_a_file_of_stocks_alone_releases_nothing_and_says_why(nodes: Nodes, tmp_path: Path) -> None:
    """The one row was accepted, and is of a measure that stays."""
    submission = sent(nodes, tmp_path, STOCK, dataflow="R33_C")
    with pytest.raises(Invalid, match="Nothing would be released") as raised:
        release.preview(nodes["KZ"], APPROVER, submission.submission_id, nodes.clock.now())

    assert "1 row(s)" in raised.value.detail
    assert "measures that leave" in raised.value.hint


def test_the_status_of_a_figure_arrives_at_the_peer(nodes: Nodes, tmp_path: Path) -> None:
    """Provisional and not available pass the peer's own check and re-check."""
    rows = [REPORTS, {**REPORTS, "TIME_PERIOD": "2023", "OBS_VALUE": "", "OBS_STATUS": "L"}]
    release_rows(nodes, "KZ", "R33_A", rows, tmp_path)

    outcome = sync.sync_peer(nodes["RU"], "KZ", holder="test", now=nodes.clock.now())

    assert (outcome.imported, outcome.refused) == (1, 0)
    held = cells(nodes["RU"], "R33_A").sort_by("TIME_PERIOD")
    assert held["OBS_STATUS"].to_pylist() == ["L", "P"]
    assert held["OBS_VALUE"].to_pylist() == [None, 50]


def test_indicators_are_not_uploaded(nodes: Nodes, tmp_path: Path) -> None:
    """What every node computes has no file."""
    with pytest.raises(Invalid, match="no dataflow 'INDICATOR'") as raised:
        sent(nodes, tmp_path, {}, dataflow="INDICATOR")

    assert "INDICATOR" not in raised.value.detail
    assert "R33_A" in raised.value.detail


def test_free_text_that_nobody_has_read_does_not_leave(nodes: Nodes, tmp_path: Path) -> None:
    """A sentence beside a figure may name a person; a reviewer who read it lets that very sentence pass."""
    named = sent(nodes, tmp_path, {"KNOWN_GAPS": "ask Petrov P.P., petrov@example.org"})
    ctx, number = nodes["KZ"], named.submission_id
    assert questions.open_questions(named) == (questions.Question.CONTENT,)
    with pytest.raises(Conflict, match="was not cleared") as raised:
        release.preview(ctx, APPROVER, number, nodes.clock.now())
    assert "content.email" in raised.value.detail

    questions.clear_content(ctx, REVIEWER, number, reason="a made-up address", now=nodes.clock.now())

    table = release.preview(ctx, APPROVER, number, nodes.clock.now()).released.table
    assert table.column("KNOWN_GAPS").to_pylist() == ["ask Petrov P.P., petrov@example.org"]


def test_text_that_names_nobody_leaves_unasked(nodes: Nodes, tmp_path: Path) -> None:
    """A sentence about the figures themselves."""
    submission = sent(nodes, tmp_path, {"KNOWN_GAPS": "without one region"})

    table = release.preview(nodes["KZ"], APPROVER, submission.submission_id, nodes.clock.now()).released.table

    assert table.column("KNOWN_GAPS").to_pylist() == ["without one region"]


def test_a_deletion_takes_the_named_rows_out_and_keeps_the_others(nodes: Nodes, tmp_path: Path) -> None:
    """What is gone is shown before anybody signs, and the new vintage recomputes from the kept files."""
    both = [{**REPORTS, "TIME_PERIOD": year} for year in ("2023", "2024")]
    release_rows(nodes, "KZ", "R33_A", both, tmp_path)
    ctx = nodes["KZ"]
    sent_out = sent(nodes, tmp_path, both[0], mode=UploadMode.DELETE)

    prepared = release.preview(ctx, APPROVER, sent_out.submission_id, nodes.clock.now())

    assert prepared.difference.counts == {"new": 0, "changed": 0, "unchanged": 1, "gone": 1}
    (gone,) = prepared.difference.changes
    assert gone.dimensions[0] == "2023"
    assert prepared.released.table.column("TIME_PERIOD").to_pylist() == ["2024"]
    release.approve(ctx, APPROVER, sent_out.submission_id, password=PASSWORD, now=nodes.clock.now())
    release.release(ctx, RELEASER, sent_out.submission_id, password=PASSWORD, now=nodes.clock.now())
    assert cells(ctx, "R33_A").column("TIME_PERIOD").to_pylist() == ["2024"]
    assert verify.verify(ctx).findings == ()


def test_a_deletion_of_what_is_not_released_is_refused(nodes: Nodes, tmp_path: Path) -> None:
    """A misspelt period must not look like a success."""
    release_rows(nodes, "KZ", "R33_A", [REPORTS], tmp_path)
    ctx = nodes["KZ"]
    wrong = sent(nodes, tmp_path, REPORTS, {**REPORTS, "TIME_PERIOD": "2020"}, mode=UploadMode.DELETE)

    with pytest.raises(Conflict, match="not released"):
        release.preview(ctx, APPROVER, wrong.submission_id, nodes.clock.now())


def test_a_figure_of_another_size_than_the_live_one_wants_a_reason(nodes: Nodes, tmp_path: Path) -> None:
    """Ten times as many reports: a digit was mistaken, or the world changed. The release is not affected by it."""
    release_rows(nodes, "KZ", "R33_A", [{**REPORTS, "OBS_VALUE": "500"}], tmp_path)
    ctx = nodes["KZ"]
    jump = sent(nodes, tmp_path, {**REPORTS, "OBS_VALUE": "5000"}, mode=UploadMode.REPLACE)
    number = jump.submission_id
    assert (questions.open_questions(jump), jump.violation_totals) == (
        (questions.Question.WARNINGS,),
        {"jump.previous": 1},
    )

    questions.confirm_warnings(ctx, SUBMITTER, number, reason="a new law", now=nodes.clock.now())
    release.approve(ctx, APPROVER, number, password=PASSWORD, now=nodes.clock.now())
    bundle = release.release(ctx, RELEASER, number, password=PASSWORD, now=nodes.clock.now())

    assert bundle.vintage == 2


def test_an_sdmx_csv_says_itself_what_it_means(nodes: Nodes, tmp_path: Path) -> None:
    """Its own columns are no findings; another dataflow or another mode than was chosen is refused."""
    ctx, now = nodes["KZ"], nodes.clock.now
    own = {"STRUCTURE": "dataflow", "STRUCTURE_ID": "IRAC:R33_A(1.0.0)", "ACTION": "A"}
    right = write_csv(tmp_path / "right.csv", [{**own, **REPORTS}])
    names = {"file_name": "sdmx.csv", "dataflow_id": "R33_A"}

    with pytest.raises(Invalid, match="something else"):
        submit.upload(ctx, SUBMITTER, right, **names, mode=UploadMode.REPLACE, now=now())
    taken = submit.upload(ctx, SUBMITTER, right, **names, mode=UploadMode.APPEND, now=now())
    assert (taken.state, taken.violation_totals) == (SubmissionState.SUBMITTED, {})

    other = write_csv(tmp_path / "other.csv", [{**own, **REPORTS, "STRUCTURE_ID": "IRAC:R33_B(1.0.0)"}])
    with pytest.raises(Invalid, match="another dataflow"):
        submit.upload(ctx, SUBMITTER, other, **names, mode=UploadMode.APPEND, now=now())


def test_the_same_content_in_other_bytes_is_recognised(nodes: Nodes, tmp_path: Path) -> None:
    """A file that was saved again, with its rows in another order, is no new vintage."""
    both = [{**REPORTS, "TIME_PERIOD": year} for year in ("2023", "2024")]
    release_rows(nodes, "KZ", "R33_A", both, tmp_path)
    ctx = nodes["KZ"]
    again = sent(nodes, tmp_path, *both[::-1], mode=UploadMode.REPLACE)

    with pytest.raises(Conflict, match="Nothing would change"):
        release.preview(ctx, APPROVER, again.submission_id, nodes.clock.now())


def test_a_file_with_a_secrecy_marking_above_its_table_is_held_and_cleared_by_nobody(
    nodes: Nodes, tmp_path: Path
) -> None:
    """H-08 of the handling rules: the title never leaves, but who marked the file marked its figures."""
    table = write_csv(tmp_path / "table.csv", [REPORTS]).read_text(encoding="utf-8")
    marked = tmp_path / "marked.csv"
    commas = "," * table.splitlines()[0].count(",")
    marked.write_text(f"Для служебного пользования{commas}\n{table}", encoding="utf-8")
    ctx = nodes["KZ"]
    names = {"file_name": marked.name, "dataflow_id": "R33_A", "mode": UploadMode.APPEND}

    held = submit.upload(ctx, SUBMITTER, marked, **names, now=nodes.clock.now())

    assert [hit["kind"] for hit in held.content_hits] == ["marking"]
    with pytest.raises(Invalid, match="cleared by nobody"):
        questions.clear_content(
            ctx, REVIEWER, held.submission_id, reason="an old form", now=nodes.clock.now()
        )
