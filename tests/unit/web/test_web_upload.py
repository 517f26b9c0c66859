"""The upload form without scripts: a dry run, a form sent twice, and how far an upload is."""

from __future__ import annotations

import io
import re
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from node.services.uploads import Stage, Upload
from tests.support.federation import trade, write_csv

FAULTY = [trade("KZ", "RU", "OUT", "=cmd()", "2015"), trade("KZ", "BY", "OUT", "1", "2015")]


def send(browser: Any, content: bytes, name: str = "flows.csv", **fields: str) -> Any:
    """Send the upload form."""
    data = {"form_token": browser.token, "dataflow": "DECLARED_FLOW", "mode": "append", **fields}
    return browser.ask("POST", "/workspace/upload", data=data, files={"file": (name, content, "text/csv")})


def test_a_dry_run_shows_the_findings_in_the_table_and_keeps_nothing(pages: Any, tmp_path: Path) -> None:
    """What was chosen comes back, the rows stand below it, and no submission is added."""
    content = write_csv(tmp_path / "a.csv", FAULTY).read_bytes()
    before = len(pages.surface.ctx.submissions.all())

    answer = send(pages.as_person("aigerim"), content, act="check")

    assert answer.status_code == 200
    assert "Checked only: nothing was kept" in answer.text
    assert re.search(r'class="faulty" aria-describedby="f1">\s*<span class="written">=cmd\(\)', answer.text)
    assert '<option value="DECLARED_FLOW" selected>' in answer.text
    assert "findings.xlsx" not in answer.text
    assert len(pages.surface.ctx.submissions.all()) == before


def test_a_dry_run_of_a_clean_file_says_that_it_would_be_submitted(pages: Any, tmp_path: Path) -> None:
    """The way on is named."""
    content = write_csv(tmp_path / "a.csv", FAULTY[1:]).read_bytes()

    assert "It would be submitted at once" in send(pages.as_person("aigerim"), content, act="check").text


def test_a_person_may_say_the_encoding_and_it_stays_in_the_form(pages: Any, tmp_path: Path) -> None:
    """The file is read so, and the choice comes back with the answer; one that there is not is refused."""
    content = write_csv(tmp_path / "a.csv", FAULTY[1:]).read_bytes()
    browser = pages.as_person("aigerim")

    answer = send(browser, content, act="check", encoding="koi8-r")
    refused = send(browser, content, act="check", encoding="rot13")

    assert answer.status_code == 200
    assert '<option value="koi8-r" selected>' in answer.text
    assert "koi8-r" in re.sub(r"<option.*?</option>", "", answer.text)
    assert refused.status_code == 422


def test_a_person_may_say_the_sheet(pages: Any) -> None:
    """The second sheet of two that both fit; one that there is not is refused with the form."""
    book = openpyxl.Workbook()
    sheets = [book.active, book.create_sheet("Second")]
    for sheet, rows in zip(sheets, (FAULTY, FAULTY[1:]), strict=True):
        sheet.append(list(FAULTY[0]))
        for row in rows:
            sheet.append(list(row.values()))
    content = io.BytesIO()
    book.save(content)
    browser = pages.as_person("aigerim")

    answer = send(browser, content.getvalue(), name="two.xlsx", act="check", sheet=" Second ")
    refused = send(browser, content.getvalue(), name="two.xlsx", act="check", sheet="Third")

    assert "It would be submitted at once" in answer.text
    assert (refused.status_code, "There is no such sheet" in refused.text) == (422, True)
    assert 'value="Third"' in refused.text


def test_each_form_has_a_ticket_of_its_own(pages: Any) -> None:
    """Two pages opened side by side are two uploads."""
    browser = pages.as_person("aigerim")
    found = [re.search(r'name="ticket" value="(\w+)"', browser.get("/workspace/upload").text) for _ in "12"]

    assert found[0]
    assert found[1]
    assert found[0].group(1) != found[1].group(1)


def test_a_form_sent_while_its_file_is_worked_on_leads_to_how_far_it_is(
    own_pages: Any, tmp_path: Path
) -> None:
    """The second click begins no second work; the page says the stage and offers to look again."""
    browser, ctx = own_pages.as_person("aigerim"), own_pages.surface.ctx
    content = write_csv(tmp_path / "a.csv", FAULTY[1:]).read_bytes()
    ctx.uploads.begin(Upload("aigerim", "t1", "flows.csv", len(content), own_pages.nodes.clock.now()))
    ctx.uploads.change("aigerim", "t1", Stage.CHECKING)

    answer = send(browser, content, ticket="t1")
    page = browser.get("/workspace/uploads/t1").text

    assert answer.headers["location"] == "/workspace/uploads/t1"
    assert '<li data-stage="checking" aria-current="step">' in page
    assert "flows.csv" in browser.get("/workspace").text

    ctx.uploads.change("aigerim", "t1", Stage.DONE, 3)

    assert browser.get("/workspace/uploads/t1").headers["location"] == "/workspace/3?done=uploaded"


def test_a_refused_upload_is_told_to_whoever_comes_back(own_pages: Any) -> None:
    """The workspace names the file and the reason, and another's stays unseen."""
    browser = own_pages.as_person("aigerim")
    send(browser, b"", name="<script>.csv", ticket="t2")

    assert "&lt;script&gt;.csv" in browser.get("/workspace").text
    assert 'class="refusal"' in browser.get("/workspace/uploads/t2").text
    assert browser.get("/workspace/uploads/other").status_code == 404


def test_a_ticket_that_is_none_is_refused_with_the_form(pages: Any, tmp_path: Path) -> None:
    """Nothing is taken in under it."""
    content = write_csv(tmp_path / "a.csv", FAULTY).read_bytes()

    answer = send(pages.as_person("aigerim"), content, ticket="../../etc")

    assert answer.status_code == 422
    assert "no proper ticket" in answer.text


@pytest.mark.parametrize("stage", [Stage.READING, Stage.REFUSED])
def test_programs_ask_how_far_an_upload_is(own_pages: Any, stage: Stage) -> None:
    """By the ticket they sent it with; nobody else's."""
    ctx = own_pages.surface.ctx
    ctx.uploads.begin(Upload("aigerim", "t3", "a.csv", 1, own_pages.nodes.clock.now()))
    ctx.uploads.change("aigerim", "t3", stage)
    mine = own_pages.surface.signed_in("aigerim")

    assert mine.get("/api/v1/uploads/t3").json()["stage"] == stage
    assert [one["ticket"] for one in mine.get("/api/v1/uploads").json()] == ["t3"]
    assert mine.get("/api/v1/uploads/t4").status_code == 404


def test_a_program_that_sends_a_ticket_is_answered_as_before(own_pages: Any, tmp_path: Path) -> None:
    """And the ticket names what became of it; sent again while it is worked on, it is refused."""
    mine = own_pages.surface.signed_in("aigerim")
    content = write_csv(tmp_path / "a.csv", FAULTY).read_bytes()
    query = {"dataflow": "DECLARED_FLOW", "mode": "append", "file_name": "a.csv", "ticket": "t5"}

    sent = mine.post("/api/v1/submissions", params=query, content=content)
    told = mine.get("/api/v1/uploads/t5").json()
    ctx = own_pages.surface.ctx
    ctx.uploads.begin(Upload("aigerim", "t6", "a.csv", len(content), own_pages.nodes.clock.now()))
    again = mine.post("/api/v1/submissions", params={**query, "ticket": "t6"}, content=content)

    assert (sent.status_code, told["stage"]) == (201, "done")
    assert told["submission_id"] == sent.json()["submission_id"]
    assert again.status_code == 409


def test_a_corrected_file_takes_the_place_of_the_faulty_one(own_pages: Any, tmp_path: Path) -> None:
    """The form names what it corrects; that one is withdrawn, with a reason in the audit log."""
    browser, ctx = own_pages.as_person("aigerim"), own_pages.surface.ctx
    form = browser.get("/workspace/upload?corrects=3&dataflow=DECLARED_FLOW&mode=replace").text
    content = write_csv(tmp_path / "a.csv", FAULTY[1:]).read_bytes()

    answer = send(browser, content, corrects="3")

    assert 'name="corrects" value="3"' in form
    assert re.search(r'value="replace" checked', form)
    assert answer.status_code == 303
    assert ctx.submissions.get(3).state == "withdrawn"


@pytest.mark.parametrize("corrects", ["4", "999", "x", "-1", "3" * 40])
def test_what_has_no_open_question_is_not_taken_back(own_pages: Any, tmp_path: Path, corrects: str) -> None:
    """A submission that waits for approval stays; a number that is none is none."""
    ctx = own_pages.surface.ctx
    content = write_csv(tmp_path / "a.csv", FAULTY[1:]).read_bytes()

    answer = send(own_pages.as_person("aigerim"), content, corrects=corrects)

    assert answer.status_code == 303
    assert [ctx.submissions.get(number).state for number in (3, 4)] == ["faulty", "submitted"]


def test_programs_name_the_submission_that_they_correct(own_pages: Any, tmp_path: Path) -> None:
    """The same over the interface; of another dataflow nothing is taken back."""
    mine, ctx = own_pages.surface.signed_in("aigerim"), own_pages.surface.ctx
    content = write_csv(tmp_path / "a.csv", FAULTY[1:]).read_bytes()
    query = {"dataflow": "DECLARED_FLOW", "mode": "append", "file_name": "a.csv", "corrects": "3"}

    assert mine.post("/api/v1/submissions", params=query, content=content).status_code == 201
    assert ctx.submissions.get(3).state == "withdrawn"
