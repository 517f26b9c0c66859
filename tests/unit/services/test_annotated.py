"""The report in the analyst's own file: rows around what was found, and a workbook that can be corrected and sent."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from node.access import Actor, Role
from node.errors import Denied, Invalid
from node.ports.reading import Recipe
from node.ports.submissions import Submission, UploadMode
from node.services import annotated, submit
from node.services.views import file_table as views
from tests.support.federation import APPROVER, SUBMITTER, Nodes, federation, trade, write_csv

REVIEWER = Actor("rustam", frozenset({Role.REVIEWER}))
FORMULA = '=cmd|" /C calc"!A1'


@pytest.fixture
def nodes(tmp_path: Path) -> Iterator[Nodes]:
    """One member."""
    with federation(tmp_path / "nodes", ["KZ"]) as built:
        yield built


def sent(nodes: Nodes, path: Path, name: str = "") -> Submission:
    """Upload a file of declared flows."""
    return submit.upload(
        nodes["KZ"], SUBMITTER, path, file_name=name or path.name, dataflow_id="DECLARED_FLOW",
        mode=UploadMode.APPEND, now=nodes.clock.now(),
    )  # fmt: skip


def flows(count: int, wrong: Sequence[int] = ()) -> list[dict[str, str]]:
    """Give `count` rows of different products; those at the places named carry a value that is none."""
    return [
        trade("KZ", "RU", "OUT", "x" if place in wrong else "5") | {"PRODUCT": f"HS{place % 90 + 1:02}"}
        for place in range(count)
    ]


def opened(nodes: Nodes, found: Submission, language: str = "en") -> Any:
    """Give the annotated workbook as somebody else's program reads it."""
    content = annotated.annotated(
        nodes["KZ"], SUBMITTER, found.submission_id, language=language, now=nodes.clock.now()
    )
    return openpyxl.load_workbook(io.BytesIO(content))


def test_a_finding_stands_in_its_cell_with_the_rows_beside_it(nodes: Nodes, tmp_path: Path) -> None:
    """Row 4 of the file is the third of its rows; the second and the fourth are shown with it."""
    found = sent(nodes, write_csv(tmp_path / "a.csv", flows(9, wrong=[2])))

    table = views.file_table(nodes["KZ"], SUBMITTER, found)

    assert [(row.number, row.is_faulty) for row in table.rows] == [(3, False), (4, True), (5, False)]
    (cell,) = [cell for cell in table.rows[1].cells if cell.findings]
    assert (cell.text, cell.findings[0].violation.column) == ("x", "OBS_VALUE")
    assert table.columns[cell.findings[0].place or 0] == "OBS_VALUE"


def test_pages_hold_twenty_faulty_rows_and_the_last_is_the_end(nodes: Nodes, tmp_path: Path) -> None:
    """45 faulty rows are three pages; a page far beyond is the third."""
    found = sent(nodes, write_csv(tmp_path / "a.csv", flows(45, wrong=range(45))))

    pages = [views.file_table(nodes["KZ"], SUBMITTER, found, page=page) for page in (1, 3, 99)]

    assert [(one.page, one.pages) for one in pages] == [(1, 3), (3, 3), (3, 3)]
    assert sum(row.is_faulty for row in pages[0].rows) == 20
    assert [row.number for row in pages[2].rows if row.is_faulty] == list(range(42, 47))


def test_a_choice_offers_only_what_there_is(nodes: Nodes, tmp_path: Path) -> None:
    """Within a column only its own kinds are offered; a choice that nothing fits shows everything."""
    rows = flows(4, wrong=[0, 1])
    rows[3]["COUNTERPART_AREA"] = "QQ"
    found = sent(nodes, write_csv(tmp_path / "a.csv", rows))

    chosen = views.file_table(nodes["KZ"], SUBMITTER, found, field="COUNTERPART_AREA")
    nothing = views.file_table(nodes["KZ"], SUBMITTER, found, rule="no.such")

    assert [(one.name, one.count) for one in chosen.rules] == [("code.unknown", 1)]
    assert {one.name for one in chosen.fields} == {"OBS_VALUE", "COUNTERPART_AREA"}
    assert (nothing.rule, nothing.listed) == ("", 3)


def test_each_finding_leads_to_the_one_an_eye_meets_next(nodes: Nodes, tmp_path: Path) -> None:
    """From left to right, then down; the last leads nowhere."""
    rows = flows(3, wrong=[0, 2])
    rows[0]["COUNTERPART_AREA"] = "QQ"
    table = views.file_table(nodes["KZ"], SUBMITTER, sent(nodes, write_csv(tmp_path / "a.csv", rows)))
    inside = [one for row in table.rows for cell in row.cells for one in cell.findings]

    assert [table.after(one) for one in inside] == [inside[1].number, inside[2].number, None]


def test_rows_of_a_wide_workbook_keep_the_columns_of_the_file(nodes: Nodes, tmp_path: Path) -> None:
    """A finding in a year's column stands in that column, not in one that only we made."""
    book = openpyxl.Workbook()
    head = [name for name in trade("KZ", "RU", "OUT", "1") if name not in {"TIME_PERIOD", "OBS_VALUE"}]
    book.active.append([*head, "2015", "2016"])
    book.active.append(["KZ", "RU", "OUT", "TRADE", "HS27", "USD", 5, "wrong"])
    book.save(path := tmp_path / "wide.xlsx")

    table = views.file_table(nodes["KZ"], SUBMITTER, sent(nodes, path))

    (faulty,) = [cell for row in table.rows for cell in row.cells if cell.findings]
    assert table.columns[-2:] == ("2015", "2016")
    assert faulty.findings[0].place == len(head) + 1
    assert (table.rows[0].number, faulty.text) == (2, "wrong")


def test_the_workbook_says_the_finding_at_the_cell_of_the_file(nodes: Nodes, tmp_path: Path) -> None:
    """The cell in row 4 has a ground, a comment with a mark, and a line on the sheet of findings."""
    book = opened(nodes, sent(nodes, write_csv(tmp_path / "a.csv", flows(9, wrong=[2]))))
    sheet, listed = book.worksheets
    column = [cell.value for cell in sheet[1]].index("OBS_VALUE") + 1
    cell = sheet.cell(4, column)

    assert (cell.value, sheet.max_row, cell.fill.fgColor.rgb) == ("x", 10, "FFF8D7D3")
    assert cell.comment.text.startswith("✕ ")
    assert sheet.cell(5, column).comment is None
    (line,) = [row for row in listed.iter_rows(values_only=True) if row[0] == 4]
    assert line[1:4] == ("OBS_VALUE", "x", "✕ error")


def test_no_text_of_the_file_is_a_formula_in_the_workbook(nodes: Nodes, tmp_path: Path) -> None:
    """A cell that begins with = + - @ comes back as the text it was, in the table and in the list."""
    texts = [FORMULA, "+1+1", "-2+3", "@SUM(A1)", "https://example.org"]
    rows = [one | {"COUNTERPART_AREA": text} for one, text in zip(flows(5), texts, strict=True)]

    book = opened(nodes, sent(nodes, write_csv(tmp_path / "a.csv", rows), name="=cmd <script>.csv"))

    for sheet in book.worksheets:
        cells = [cell for row in sheet.iter_rows() for cell in row if cell.value is not None]
        assert {cell.data_type for cell in cells} <= {"s", "n"}
        assert all(cell.hyperlink is None for cell in cells)
        assert set(texts) <= {cell.value for cell in cells}


def test_a_corrected_workbook_is_read_as_the_file_it_was(nodes: Nodes, tmp_path: Path) -> None:
    """Header, rows and sheets lie so that the same table is found again, in every language."""
    found = sent(nodes, write_csv(tmp_path / "a.csv", flows(9, wrong=[2])))
    for language in ("ru", "kk", "en"):
        book = opened(nodes, found, language)
        sheet = book.worksheets[0]
        sheet.cell(4, 8).value = f"7{len(language)}"
        book.save(path := tmp_path / f"{language}.xlsx")

        report = submit.check_only(nodes["KZ"], path, file_name=path.name, dataflow_id="DECLARED_FLOW")

        assert (report.result.rows, report.result.is_clean) == (9, True), language


def test_a_long_file_comes_as_an_excerpt_that_says_so(
    nodes: Nodes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The rows keep their numbers in a column of their own, and the first line says what is left out."""
    monkeypatch.setattr(annotated, "MOST_ROWS", 5)
    sheet = opened(nodes, sent(nodes, write_csv(tmp_path / "a.csv", flows(30, wrong=[20])))).worksheets[0]

    rows = list(sheet.iter_rows(values_only=True))
    assert "excerpt: 3 rows" in rows[0][0]
    assert rows[2][0] == "Row"
    assert [row[0] for row in rows[3:]] == [21, 22, 23]


def test_nothing_after_the_last_wanted_row_is_read(nodes: Nodes, tmp_path: Path) -> None:
    """The first page of a long file does not cost its length: reading stops before a row that cannot be read."""
    path = write_csv(tmp_path / "a.csv", flows(120_000))
    ctx = nodes["KZ"]
    recipe = ctx.reader.detect(path, "a.csv", submit.known_dataflow("DECLARED_FLOW").upload)
    with path.open("a", encoding="utf-8") as file:
        file.write('a,row,of,"another\n')

    rows = ctx.reader.rows(path, "a.csv", recipe, [1, 2, 4])

    assert [row.number for row in rows] == [2, 4]
    assert isinstance(recipe, Recipe)


def test_officers_and_auditors_do_not_read_the_rows_of_a_file(nodes: Nodes, tmp_path: Path) -> None:
    """Records hold identifiers: who brings files sees them, and the reviewer of passages."""
    found = sent(nodes, write_csv(tmp_path / "a.csv", flows(3, wrong=[1])))

    assert views.file_table(nodes["KZ"], REVIEWER, found).rows
    for person in (APPROVER, Actor("inspector", frozenset({Role.AUDITOR}))):
        with pytest.raises(Denied):
            views.file_table(nodes["KZ"], person, found)
        with pytest.raises(Denied):
            annotated.annotated(
                nodes["KZ"], person, found.submission_id, language="en", now=nodes.clock.now()
            )


def test_a_language_the_node_does_not_speak_is_refused(nodes: Nodes, tmp_path: Path) -> None:
    """Whoever asks is told which there are."""
    found = sent(nodes, write_csv(tmp_path / "a.csv", flows(3, wrong=[1])))

    with pytest.raises(Invalid, match="does not speak"):
        annotated.annotated(nodes["KZ"], SUBMITTER, found.submission_id, language="fr", now=nodes.clock.now())
