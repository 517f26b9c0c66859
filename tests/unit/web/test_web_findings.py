"""The validation report in the table itself, without scripts: at its cell, in words, by kind, as a workbook."""

from __future__ import annotations

import io
import re
from typing import Any

import openpyxl

from node.access import Role
from tests.support.contexts_api import add_person
from tests.support.web_figures import HOSTILE_VALUE


def test_each_finding_stands_in_its_cell_and_describes_it(pages: Any) -> None:
    """The cell names its finding for those who hear the page; a sign and words say it without colour."""
    html = pages.as_person("aigerim").get("/workspace/3").text
    cells = re.findall(
        r'<td data-column="OBS_VALUE" class="faulty" aria-describedby="(f\d+)">(.*?)</td>', html, re.DOTALL
    )

    assert [name for name, _ in cells] == ["f1", "f2"]
    for name, inside in cells:
        assert f'id="{name}"' in inside
        assert "✕" in inside
        assert '<span class="hidden">Error. </span>' in inside
    assert 'href="#f2"' in cells[0][1]


def test_hostile_cells_are_text_in_the_table(pages: Any) -> None:
    """What looks like an element in a file is shown as characters."""
    html = pages.as_person("aigerim").get("/workspace/3").text

    assert HOSTILE_VALUE not in html
    assert "&lt;img src=x onerror=alert(1)&gt;" in html


def test_a_kind_is_chosen_in_the_address(pages: Any) -> None:
    """The table shows that kind alone, the form what is chosen, and a link leads back to all."""
    html = pages.as_person("aigerim").get("/workspace/3?rule=money.negative").text

    assert re.findall(r'class="faulty" aria-describedby="(f\d+)"', html) == ["f1"]
    assert '<option value="money.negative" selected>' in html
    assert 'href="/workspace/3#report">all findings</a>' in html


def test_a_choice_nobody_offered_shows_everything(pages: Any) -> None:
    """A hostile address changes nothing and comes back in no place."""
    html = pages.as_person("aigerim").get("/workspace/3?rule=%22%3E%3Cscript%3E&field=x&page=9").text

    assert html.count('class="faulty"') == 2
    assert "<script>" not in html


def test_a_page_that_is_no_number_is_no_page(pages: Any) -> None:
    """Not an incident: there is no such page."""
    assert pages.as_person("aigerim").get("/workspace/3?page=first").status_code == 404


def test_the_workbook_is_handed_out_in_the_readers_language(pages: Any) -> None:
    """A file to save, kept by no cache, with the sheet of findings in Russian."""
    answer = pages.as_person("aigerim").get("/workspace/3/findings.xlsx?lang=ru")
    book = openpyxl.load_workbook(io.BytesIO(answer.content))

    assert answer.headers["content-disposition"] == 'attachment; filename="3-findings.xlsx"'
    assert answer.headers["cache-control"] == "no-store"
    assert book.sheetnames == ["Данные", "Замечания"]


def test_who_may_not_read_the_file_sees_the_list_without_its_rows(pages: Any) -> None:
    """Officers and auditors judge what was found; the rows beside it are not theirs."""
    add_person(pages.surface.ctx, pages.nodes.clock, "auditor", Role.AUDITOR)
    for login in ("boris", "auditor"):
        browser = pages.as_person(login)
        html = browser.get("/workspace/3").text

        assert "in-file" not in html
        assert html.count('<tr class="error">') == 2
        assert browser.get("/workspace/3/findings.xlsx").status_code == 403


def test_a_file_that_was_damaged_is_said_beside_the_list(own_pages: Any) -> None:
    """The page stays; it says what happened to the kept file."""
    ctx = own_pages.surface.ctx
    path = ctx.objects.path(ctx.submissions.get(3).file_digest)
    path.chmod(0o600)
    path.write_bytes(b"another file")

    answer = own_pages.as_person("aigerim").get("/workspace/3")

    assert answer.status_code == 200
    assert 'class="refusal"' in answer.text
    assert answer.text.count('<tr class="error">') == 2
