"""Tables saved from the pages: the link of a page leads to the very table that it shows."""

from __future__ import annotations

import io
import re
from html import unescape
from typing import Any

import openpyxl
import pytest

PAGES = [
    "/assessment",
    "/assessment/KZ",
    "/exchange",
    "/corridors",
    "/corridors/KZ/BY",
    "/members/KZ",
    "/corridors?dataflow=DECLARED_FLOW",
]
LINK = re.compile(r'href="(/exports/[^"]+)"')


@pytest.mark.parametrize("page", PAGES)
def test_every_link_to_a_file_is_answered_with_one(pages: Any, page: str) -> None:
    """As an attachment, in all forms, for whoever may read the page."""
    browser = pages.as_person("head")
    links = [unescape(link) for link in LINK.findall(browser.get(page).text)]

    assert len(links) >= 5
    for link in links:
        answer = browser.get(link)
        assert answer.status_code == 200, link
        assert answer.headers["content-disposition"].startswith("attachment; filename=")
        assert answer.headers["cache-control"] == "no-store"


def test_the_bundles_page_offers_its_cells(pages: Any) -> None:
    """Of this bundle alone."""
    (bundle, *_) = pages.surface.ctx.ledger.bundles(originator="BY")
    browser = pages.as_person("head")

    (link,) = [
        unescape(one) for one in LINK.findall(browser.get(f"/bundles/{bundle.digest}").text) if ".json" in one
    ]

    assert {row["BUNDLE"] for row in browser.get(link).json()["rows"]} == {bundle.digest}


def test_the_file_is_of_the_choice_and_in_the_language_of_the_page(pages: Any) -> None:
    """The filters of the address stand in its notes."""
    browser = pages.as_person("head", language="ru")

    content = browser.get("/exports/corridors.xlsx?dataflow=DECLARED_FLOW&TIME_PERIOD=2011&lang=ru").content
    notes = openpyxl.load_workbook(io.BytesIO(content)).worksheets[1]
    said = {row[0]: row[1] for row in notes.iter_rows(values_only=True)}

    assert notes.title == "Примечания"
    assert "TIME_PERIOD=2011" in str(said["Отбор"])


@pytest.mark.parametrize("file", ["corridors", "corridors.pdf", "nothing.xlsx", "corridors.csv.exe"])
def test_what_is_no_table_is_a_page_that_says_so(pages: Any, file: str) -> None:
    """404, and no traceback."""
    assert pages.as_person("head").get(f"/exports/{file}").status_code == 404
