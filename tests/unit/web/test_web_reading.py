"""The page of a submission shows how its file was read, lets a person correct it, and shows what was found in text."""

from __future__ import annotations

import html
import re
from typing import Any

from node.ports.submissions import SubmissionState

HEADER = "TIME_PERIOD;REF_AREA;COUNTERPART_AREA;FLOW_DIRECTION;FLOW_KIND;CURRENCY;OBS_VALUE"


def sent(browser: Any, text: str, dataflow: str = "DECLARED_FLOW") -> str:
    """Upload a CSV file; gives the path of its submission."""
    data = {"form_token": browser.token, "dataflow": dataflow, "mode": "append"}
    files = {"file": ("flows.csv", text.encode(), "text/csv")}
    answer = browser.ask("POST", "/workspace/upload", data=data, files=files)
    return str(answer.headers["location"].partition("?")[0])


def fields(page: str) -> dict[str, str]:
    """Give the fields of the correction form as a browser would send them back."""
    form = page[page.index('/reading" class') :].partition("</form>")[0]
    typed = re.findall(r'<input name="(\w+)" [^>]*value="([^"]*)"', form)
    chosen = {
        name: html.unescape(re.search(r'<option value="([^"]*)" selected', options).group(1))  # type: ignore[union-attr]
        for name, options in re.findall(r'<select name="([\w-]+)"[^>]*>(.*?)</select>', form, re.DOTALL)
        if " selected" in options
    }
    return {**dict(typed), **chosen}


def test_the_page_shows_how_each_column_was_read(own_pages: Any) -> None:
    """The labels of the file, what they are read as, and the marks in numbers."""
    browser = own_pages.as_person("aigerim")
    header = "Период;REF_AREA;COUNTERPART_AREA;FLOW_DIRECTION;FLOW_KIND;CURRENCY;OBS_VALUE"
    path = sent(
        browser, header.replace("Период", "Отчётный период") + "\n2012;KZ;Россия;OUT;TRADE;USD;1 234,50\n"
    )

    page = browser.get(path).text

    assert re.search(r"Отчётный период</th>\s*<td><code>TIME_PERIOD", page)
    assert re.search(r"Россия → <code>RU</code>", page)
    assert "columns separated by: semicolon" in page
    assert re.search(r"decimals: comma, thousands: space", page)


def test_a_ticked_spelling_is_read_as_its_code(own_pages: Any) -> None:
    """The form, sent as it was shown but for one tick, reads the file again."""
    browser = own_pages.as_person("aigerim")
    path = sent(browser, f"{HEADER}\n2012;KZ;Kyrgystan;OUT;TRADE;USD;10\n")
    page = browser.get(path).text
    (ticket,) = re.findall(r'name="spelling" value="([^"]+)"', page)

    answer = browser.post(f"{path}/reading", {**fields(page), "spelling": html.unescape(ticket)})

    assert answer.status_code == 303
    number = int(path.rpartition("/")[2])
    assert own_pages.surface.ctx.submissions.get(number).state is SubmissionState.SUBMITTED
    assert "Kyrgystan → <code>KG</code>" in browser.get(path).text


def test_numbers_that_can_be_read_in_two_ways_are_marked(own_pages: Any) -> None:
    """Not by colour alone, and the form stands open."""
    browser = own_pages.as_person("aigerim")
    path = sent(browser, f"{HEADER}\n2012;KZ;RU;OUT;TRADE;USD;1,234\n")
    page = browser.get(path).text
    (place,) = re.findall(r'name="thousands-(\d+)" aria-label="Thousands of OBS_VALUE"', page)

    assert "<strong>unsure:</strong>" in page
    assert "<details open>" in page
    said = {**fields(page), f"decimal-{place}": ".", f"thousands-{place}": ","}
    browser.post(f"{path}/reading", said)

    assert "unsure" not in browser.get(path).text


def test_a_form_nobody_could_have_filled_in_is_refused_with_a_reason(own_pages: Any) -> None:
    """A row that is no number, a ticket that is none."""
    browser = own_pages.as_person("aigerim")
    path = sent(browser, f"{HEADER}\n2012;KZ;Kyrgystan;OUT;TRADE;USD;10\n")

    for said in ({"header_first": "first"}, {"spelling": "[1]"}, {"spelling": "{"}):
        answer = browser.post(f"{path}/reading", {"header_first": "1", "header_last": "1", **said})
        assert answer.status_code == 422


def test_text_that_may_name_somebody_is_shown_masked_and_cleared_by_a_reviewer(own_pages: Any) -> None:
    """The submitter sees where it stands; the reviewer answers with a reason."""
    browser = own_pages.as_person("aigerim")
    header = "TIME_PERIOD,REF_AREA,CRIME_TYPE,MEASURE,OBS_VALUE,KNOWN_GAPS"
    path = sent(browser, f"{header}\n2024,KZ,ML,N_STR,50,write to petrov@example.org\n", "R33_A")

    page = browser.get(path).text
    assert "Text that may name somebody" in page
    assert "petrov@example.org" not in page
    assert "/clear_content" not in page

    reviewer = own_pages.as_person("rustam")
    answer = reviewer.post(f"{path}/clear_content", {"reason": "an invented address"})

    assert answer.status_code == 303
    number = int(path.rpartition("/")[2])
    assert own_pages.surface.ctx.submissions.get(number).state is SubmissionState.SUBMITTED
    assert "an invented address" in browser.get(path).text


RECORD = (
    "REPORT_ID;SUBJECT_ID;REPORTING_ENTITY;BEGIN_DATE;END_DATE;REF_AREA;COUNTERPART_AREA;FLOW_DIRECTION;METHOD;CHANNEL;"
    "PREDICATE;ENTITY_TYPE;N_TXN;AMOUNT;CURRENCY\n"
    "A-1;S-1;bank-1;2012-02-01;2012-02-03;KZ;BY;OUT;;BANK_TRANSFER;190;FI01;1;1000;USD\n"
    "A-2;S-2;bank-1;2012-02-01;2012-02-03;KZ;BY;OUT;;BANK_TRANSFER;999;FI01;1;1000;USD\n"
)


def test_national_codes_are_read_by_the_members_map_once_it_is_ticked(own_pages: Any) -> None:
    """Article 190 of the code of KZ is fraud, DCO09; an article the map does not know is refused by its row."""
    browser, ctx = own_pages.as_person("aigerim"), own_pages.surface.ctx
    path = sent(browser, RECORD, dataflow="SUSPICIOUS_FLOW")
    number = int(path.rpartition("/")[2])
    page = browser.get(path).text

    assert ctx.submissions.get(number).violation_totals["code.unknown"] == 2
    assert "a draft that nobody approved" in page

    ticket = re.search(r'name="national" value="(\d+\|KZ_PREDICATE)"', page)
    assert ticket is not None
    answer = browser.post(f"{path}/reading", fields(page) | {"national": ticket.group(1)})
    read = ctx.submissions.get(number)

    assert answer.status_code == 303
    assert read.violation_totals["code.unknown"] == 1
    assert {column["header"]: column["codes"] for column in read.recipe["columns"]}["PREDICATE"][
        "190"
    ] == "DCO09"


def test_a_map_nobody_offered_is_refused(own_pages: Any) -> None:
    """Neither a map that is not there nor a place that is none changes anything."""
    browser = own_pages.as_person("aigerim")
    path = sent(browser, RECORD, dataflow="SUSPICIOUS_FLOW")
    page = fields(browser.get(path).text)

    for ticket in ("10|NO_SUCH", "x|KZ_PREDICATE", "|"):
        assert browser.post(f"{path}/reading", page | {"national": ticket}).status_code == 422
