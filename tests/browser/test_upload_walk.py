"""The walk of an analyst who has never seen the workspace: a real workbook uploaded, corrected, submitted, released.

With scripts, by keyboard alone, and without scripts; then tired and hostile people: a form sent twice, a session that
ends in the middle, going back, a name that is a script.
"""

from __future__ import annotations

import csv
import re
import threading
from collections.abc import Callable
from importlib import resources
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from node.ports.submissions import SubmissionState
from node.services import submit
from schemas import registry
from tests.support.federation import PASSWORD, Nodes, trade, write_csv

pytestmark = pytest.mark.browser

DESK = {"width": 1200, "height": 900}
NARROW = {"width": 360, "height": 740}
COLUMNS = tuple(trade("KZ", "RU", "OUT", "1"))
HEADER = [registry.concept_labels(name)["ru"] for name in COLUMNS]
MISTAKES = {("COUNTERPART_AREA", 1): "Росия", ("OBS_VALUE", 4): "нет", ("OBS_VALUE", 9): -12}
DROP = """([frame, name, text]) => {
    const data = new DataTransfer();
    data.items.add(new File([text], name, {type: 'text/csv'}));
    frame.dispatchEvent(new DragEvent('drop', {dataTransfer: data, bubbles: true, cancelable: true}));
}"""
DONE = re.compile(r"/workspace/\d+\?done=uploaded")


def real_rows(year: str) -> list[dict[str, str]]:
    """Give what KZ declared of mineral fuels in one year, as the demo's open data have it."""
    path = resources.files("node.demo") / "data" / "KZ" / "declared_trade.csv"
    rows = csv.DictReader(path.read_text(encoding="utf-8").splitlines())
    return [
        row for row in rows if row["TIME_PERIOD"] == year and row["PRODUCT"] == "HS27" and all(row.values())
    ]


def workbook(path: Path, year: str, *, mistakes: dict[tuple[str, int], object]) -> Path:
    """Write a year as a person keeps it: a title, names of columns in Russian, numbers as numbers, and mistakes."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append([f"Экспорт и импорт минерального топлива, {year} год"])
    sheet.append([])
    sheet.append(HEADER)
    for place, row in enumerate(real_rows(year)):
        said = {name: mistakes.get((name, place), row[name]) for name in COLUMNS}
        value = said["OBS_VALUE"]
        said["OBS_VALUE"] = int(value) if str(value).isdigit() else value
        sheet.append([said[name] for name in COLUMNS])
    book.save(path)
    return path


def corrected(path: Path, year: str) -> int:
    """Correct an annotated workbook where it has remarks, and nowhere else; gives how many cells that were."""
    book = openpyxl.load_workbook(path)
    sheet, rows = book.worksheets[0], real_rows(year)
    remarked = [cell for line in sheet.iter_rows() for cell in line if cell.comment]
    for cell in remarked:
        right = rows[cell.row - 4][COLUMNS[cell.column - 1]]
        cell.value = int(right) if right.isdigit() and COLUMNS[cell.column - 1] == "OBS_VALUE" else right
    book.save(path)
    return len(remarked)


def fill_in(page: Any, file: Path) -> None:
    """Choose what a person chooses on the upload form."""
    page.select_option("#dataflow", "DECLARED_FLOW")
    page.set_input_files("#file", file)


@pytest.fixture
def in_russian(visit: Callable[..., Any], served: tuple[str, Nodes]) -> Callable[..., Any]:
    """Give a window of an analyst who reads Russian, signed in."""

    def come(login: str = "aigerim", **options: Any) -> Any:
        window = visit(**{"viewport": DESK, **options})
        page = window.sign_in(login)
        if page.locator("html").get_attribute("lang") != "ru":
            page.click("button[value=ru]")
            page.wait_for_selector("html[lang=ru]")
        return window

    return come


def test_an_analyst_uploads_corrects_and_submits_guided_by_the_page_alone(
    in_russian: Callable[..., Any], served: tuple[str, Nodes], tmp_path: Path
) -> None:
    """Tried first, uploaded with three mistakes, taken home with remarks, corrected there, submitted."""
    window = in_russian()
    page = window.page
    window.picture("walk-1-start")
    page.click("main a.button[href='/workspace/upload']")
    fill_in(page, workbook(tmp_path / "топливо 2010.xlsx", "2010", mistakes=MISTAKES))
    page.click("button[value=check]")
    page.wait_for_selector("#checked .faulty")
    window.picture("walk-2-checked")

    assert page.input_value("#dataflow") == "DECLARED_FLOW"

    page.click("form#upload button:not([value])")
    page.wait_for_url(DONE)
    faulty = int(re.findall(r"\d+", page.url)[-1])
    window.picture("walk-3-report")

    written = [text.strip() for text in page.locator(".in-file .faulty .written").all_inner_texts()]
    assert written == ["Росия", "нет", "-12"]

    page.click(".jump button:last-of-type")

    assert page.evaluate("document.activeElement.classList.contains('finding')")

    with page.expect_download() as download:
        page.click("a[href$='/findings.xlsx']")
    taken = tmp_path / "исправить.xlsx"
    download.value.save_as(taken)

    assert corrected(taken, "2010") == 3

    page.click("a[href*='corrects=']")
    page.set_input_files("#file", taken)
    page.click("form#upload button:not([value])")
    page.wait_for_url(DONE)
    window.picture("walk-4-submitted")

    submissions = served[1]["KZ"].submissions
    assert page.locator(".state-submitted").count() == 1
    assert submissions.get(faulty).state is SubmissionState.WITHDRAWN


def test_the_same_walk_by_keyboard_alone(in_russian: Callable[..., Any], tmp_path: Path) -> None:
    """Every step is reached with Tab, chosen with arrows, taken with Enter; no trap on the way."""
    window = in_russian()
    page = window.page
    file = workbook(
        tmp_path / "топливо 2009.xlsx", "2009", mistakes={("OBS_VALUE", 2): "нет", ("OBS_VALUE", 5): "да"}
    )

    def reach(selector: str) -> None:
        for _ in range(80):
            page.keyboard.press("Tab")
            if page.evaluate(f"document.activeElement.matches({selector!r})"):
                return
        pytest.fail(f"{selector} is not reached by Tab")

    reach("main a[href='/workspace/upload']")
    page.keyboard.press("Enter")
    page.wait_for_url("**/workspace/upload")
    reach("#dataflow")
    for _ in range(20):
        if page.input_value("#dataflow") == "DECLARED_FLOW":
            break
        page.keyboard.press("ArrowDown")
    reach("#file")
    with page.expect_file_chooser() as chooser:
        page.keyboard.press("Space")
    chooser.value.set_files(file)
    reach("form#upload button")
    page.keyboard.press("Enter")
    page.wait_for_url(DONE)
    reach(".jump button:last-of-type")
    page.keyboard.press("Enter")

    assert "нет" in page.evaluate("document.activeElement.closest('td').innerText")

    page.goto(page.url.partition("?")[0])
    reach("#reason-leave_out")
    page.keyboard.type("Страна не дала числа за этот год")
    page.keyboard.press("Enter")
    page.wait_for_selector(".state-submitted")


def test_from_upload_to_release_without_scripts(in_russian: Callable[..., Any], tmp_path: Path) -> None:
    """Three people, forms alone; the report leads from finding to finding by links."""
    window = in_russian(java_script_enabled=False)
    page = window.page
    page.click("main a.button[href='/workspace/upload']")
    fill_in(page, workbook(tmp_path / "топливо 2007.xlsx", "2007", mistakes=MISTAKES))
    page.click("form#upload button:not([value])")
    path = re.findall(r"/workspace/\d+", page.url)[0]
    leads_to = page.locator(".faulty .next").first.get_attribute("href")
    page.locator(".faulty .next").first.click()
    window.picture("walk-without-scripts")

    assert page.locator(f"{leads_to}:target").count() == 1

    page.fill("#reason-leave_out", "Исправим в следующем выпуске")
    with page.expect_navigation():  # the next person must not come before it is done
        page.click("form[action$='/leave_out'] button")
    for login, step in (("boris", "approve"), ("daria", "release")):
        page = in_russian(login, java_script_enabled=False).open(path)
        page.fill(f"#password-{step}", PASSWORD)
        with page.expect_navigation():
            page.click(f"form[action$='/{step}'] button")

    assert page.locator(".state-released").count() == 1


def test_an_upload_is_left_and_returned_to(
    in_russian: Callable[..., Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The page shows the stage; who leaves finds it in the workspace, and from there comes to the receipt."""
    may_end, settled = threading.Event(), submit.settled

    def slow(found: Any) -> Any:
        assert may_end.wait(20)
        return settled(found)

    monkeypatch.setattr(submit, "settled", slow)
    window = in_russian()
    page = window.open("/workspace/upload")
    fill_in(page, workbook(tmp_path / "топливо 2008.xlsx", "2008", mistakes={}))
    page.click("form#upload button:not([value])")
    page.wait_for_selector("[data-stage=looking][aria-current]")
    window.picture("walk-stages")
    page = window.open("/workspace")
    page.click("#underway ~ ul a")
    page.wait_for_selector("[data-stage=looking][aria-current]")
    may_end.set()
    page.wait_for_url(DONE)

    assert page.locator("dd.file-name").inner_text().startswith("топливо 2008.xlsx")


def test_a_session_that_ends_in_the_middle_costs_nothing_that_was_chosen(
    in_russian: Callable[..., Any], tmp_path: Path
) -> None:
    """The page says so and keeps the file; after signing in in another tab the same form goes through."""
    window = in_russian()
    page = window.open("/workspace/upload")
    fill_in(page, write_csv(tmp_path / "a.csv", [trade("KZ", "RU", "OUT", "41", "2021")]))
    page.context.clear_cookies()
    page.click("form#upload button:not([value])")
    page.wait_for_selector("#progress .refusal a[target=_blank]")
    window.picture("walk-session-ended")
    with page.context.expect_page() as opened:
        page.click("#progress .refusal a")
    other = opened.value
    other.fill("#login", "aigerim")
    other.fill("#password", PASSWORD)
    other.click("main form button")
    other.wait_for_selector("header .pages")
    page.click("form#upload button:not([value])")
    page.wait_for_url(DONE)


def test_a_form_sent_twice_or_again_after_going_back_adds_one_submission(
    in_russian: Callable[..., Any], served: tuple[str, Nodes], tmp_path: Path
) -> None:
    """The second click does nothing; the same file after going back is named with a link to what became of it."""
    window = in_russian()
    page = window.open("/workspace/upload")
    file = write_csv(
        tmp_path / "<script>alert(1)<slash> =cmd().csv", [trade("KZ", "RU", "OUT", "42", "2022")]
    )
    before = len(served[1]["KZ"].submissions.all())
    fill_in(page, file)
    page.dblclick("form#upload button:not([value])")
    page.wait_for_url(DONE)

    assert "<script>alert(1)<slash> =cmd().csv" in page.locator("dd.file-name").inner_text()

    page.go_back()
    fill_in(page, file)
    page.click("form#upload button:not([value])")
    page.wait_for_selector("#progress .refusal a[href^='/workspace/']")

    assert len(served[1]["KZ"].submissions.all()) == before + 1
    assert all("409" in fault for fault in window.faults)

    window.faults.clear()


def test_a_file_is_dropped_on_the_form(in_russian: Callable[..., Any], tmp_path: Path) -> None:
    """The dropped file is the chosen one, at 360 pixels too, and a file beyond the bound is refused unsent."""
    window = in_russian(viewport=NARROW)
    page = window.open("/workspace/upload")
    text = write_csv(tmp_path / "a.csv", [trade("KZ", "RU", "OUT", "43", "2023")]).read_text(encoding="utf-8")
    page.select_option("#dataflow", "DECLARED_FLOW")
    page.evaluate(DROP, [page.query_selector(".drop"), "dropped.csv", text])
    window.picture("walk-dropped-narrow")

    assert page.evaluate("document.querySelector('#file').files[0].name") == "dropped.csv"
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0

    page.evaluate("document.querySelector('form#upload').dataset.maxBytes = '10'")
    page.click("form#upload button:not([value])")

    assert page.locator("#progress .refusal[role=alert]").count() == 1
    assert page.url.endswith("/workspace/upload")
