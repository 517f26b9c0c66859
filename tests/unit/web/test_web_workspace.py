"""The workspace by forms alone: from a file to the log, and every refusal on the way keeps what was typed."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from node.ports.submissions import SubmissionState
from tests.support.federation import PASSWORD, trade, write_csv


def send(browser: Any, content: bytes, name: str = "flows.csv", **fields: str) -> Any:
    """Send the upload form."""
    data = {"form_token": browser.token, "dataflow": "DECLARED_FLOW", "mode": "append", **fields}
    return browser.ask("POST", "/workspace/upload", data=data, files={"file": (name, content, "text/csv")})


def a_file(folder: Path, year: str = "2015") -> bytes:
    """Give a clean file."""
    return write_csv(folder / "made.csv", [trade("KZ", "RU", "OUT", "12.50", year)]).read_bytes()


def test_three_people_take_a_file_to_the_log(own_pages: Any, tmp_path: Path) -> None:
    """Upload, preview, approve, release, each by a form; the bundle's page is where it ends."""
    received = send(own_pages.as_person("aigerim"), a_file(tmp_path))
    path = received.headers["location"].partition("?")[0]
    preview = own_pages.as_person("boris").get(f"{path}/preview")
    approved = own_pages.as_person("boris").post(f"{path}/approve", {"password": PASSWORD})
    released = own_pages.as_person("daria").post(f"{path}/release", {"password": PASSWORD})
    page = own_pages.as_person("daria").get(path).text

    assert (received.status_code, approved.status_code, released.status_code) == (303, 303, 303)
    assert "12.50" in preview.text
    bundle = re.search(r'href="(/bundles/sha256:[0-9a-f]{64})"', page)
    assert bundle is not None
    assert "It is in force." in own_pages.as_person("head").get(bundle.group(1)).text


def test_the_report_says_row_column_value_and_rule_in_the_readers_language(pages: Any) -> None:
    """Rows are counted as the spreadsheet counts them: the first data row is row 2."""
    html = pages.as_person("aigerim").get("/workspace/3?lang=ru").text
    rows = re.findall(r'<tr class="error"><th[^>]*>(\d+)</th><td><code>(\w+)</code>', html)

    assert rows == [("2", "OBS_VALUE"), ("3", "OBS_VALUE")]
    assert "отрицательная" in html
    assert "money.negative" in html


def test_a_faulty_file_goes_on_without_its_refused_rows_when_a_reason_is_given(own_pages: Any) -> None:
    """The reason stands on the page afterwards."""
    browser = own_pages.as_person("aigerim")

    answer = browser.post("/workspace/3/leave_out", {"reason": "two rows of the source are broken"})
    page = browser.get("/workspace/3").text

    assert answer.status_code == 303
    assert "two rows of the source are broken" in page
    assert own_pages.surface.ctx.submissions.get(3).state is SubmissionState.SUBMITTED


def test_a_refused_step_keeps_the_reason_that_was_typed(own_pages: Any) -> None:
    """A reason that is too long comes back into its field."""
    reason = "because " * 80

    answer = own_pages.as_person("aigerim").post("/workspace/4/withdraw", {"reason": reason})

    assert answer.status_code == 422
    assert f'value="{reason}"' in answer.text
    assert own_pages.surface.ctx.submissions.get(4).state is SubmissionState.SUBMITTED


def test_a_wrong_password_signs_nothing_and_is_not_shown_again(own_pages: Any) -> None:
    """The officer stays signed in and tries again on the same page."""
    answer = own_pages.as_person("boris").post(
        "/workspace/4/approve", {"password": "not the password at all"}
    )

    assert answer.status_code == 401
    assert "not the password" not in answer.text
    assert own_pages.surface.ctx.submissions.get(4).state is SubmissionState.SUBMITTED


def test_the_approver_is_told_that_a_third_person_must_release(own_pages: Any) -> None:
    """A step that is not offered says why."""
    browser = own_pages.as_person("boris")
    browser.post("/workspace/4/approve", {"password": PASSWORD})

    page = browser.get("/workspace/4").text

    assert "You approved this file; a third person must release it." in page
    assert "/workspace/4/release" not in page


def test_an_upload_without_a_file_keeps_the_choices(pages: Any) -> None:
    """Dataflow and mode come back chosen; the browser alone may name the file again."""
    browser = pages.as_person("aigerim")
    data = {"form_token": browser.token, "dataflow": "FATF_RATING", "mode": "replace"}

    answer = browser.ask("POST", "/workspace/upload", data=data, files={"file": ("", b"", "text/csv")})

    assert answer.status_code == 422
    assert "No file was chosen" in answer.text
    assert '<option value="FATF_RATING" selected>' in answer.text
    assert re.search(r'value="replace" checked', answer.text)


def test_the_mode_is_never_guessed(pages: Any, tmp_path: Path) -> None:
    """A file that may replace what was released must say so."""
    answer = send(pages.as_person("aigerim"), a_file(tmp_path), mode="")

    assert answer.status_code == 422
    assert "Say what the file means" in answer.text


def test_the_same_file_twice_leads_to_the_first(pages: Any, tmp_path: Path) -> None:
    """Nothing is added, and the page links to the submission that has it."""
    browser = pages.as_person("aigerim")
    content = a_file(tmp_path, "2016")
    first = send(browser, content).headers["location"].partition("?")[0]

    answer = send(browser, content)

    assert answer.status_code == 409
    assert f'href="{first}"' in answer.text


def test_a_file_over_the_limit_is_refused_with_a_page_and_kept_nowhere(pages: Any) -> None:
    """The bound of these pages is 64 KiB; the answer comes as a page, whatever the length that was stated."""
    before = len(pages.surface.ctx.submissions.all())
    browser = pages.as_person("aigerim")

    answer = send(browser, b"x" * 400_000)

    assert answer.status_code == 413
    assert "The file is too large" in answer.text
    assert "nothing was kept" in answer.text
    assert len(pages.surface.ctx.submissions.all()) == before


@pytest.mark.parametrize(
    "name", ["..\\..\\<script>.csv", "../../etc/passwd", "имя файла.csv", "=cmd|'x'.csv"]
)
def test_a_hostile_file_name_is_only_a_name(own_pages: Any, tmp_path: Path, name: str) -> None:
    """It is shown as text, without a path, and names nothing on the disk."""
    browser = own_pages.as_person("aigerim")

    answer = send(browser, a_file(tmp_path), name=name)
    page = browser.get(answer.headers["location"]).text

    assert answer.status_code == 303
    assert "<script>" not in page
    assert "../" not in page


def test_an_unreadable_file_is_refused_in_the_readers_language(pages: Any) -> None:
    """What is wrong, and what to do, in Russian."""
    browser = pages.as_person("aigerim")
    browser.sent = {}

    answer = browser.ask(
        "POST",
        "/workspace/upload?lang=ru",
        data={"form_token": browser.token, "dataflow": "DECLARED_FLOW", "mode": "append"},
        files={"file": ("empty.csv", b"", "text/csv")},
    )

    assert answer.status_code == 422
    assert "Файл пуст" in answer.text
