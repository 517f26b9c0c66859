"""Templates from the page Upload."""

from __future__ import annotations

import re
from typing import Any

import pytest


def test_the_upload_page_offers_a_template_for_each_dataflow_that_is_uploaded(pages: Any) -> None:
    """In three forms; none for what nodes compute."""
    html = pages.as_person("aigerim").get("/workspace/upload").text
    linked = re.findall(r'href="(/workspace/templates/[^"]+)"', html)

    assert "/workspace/templates/R33_A.xlsx" in linked
    assert "/workspace/templates/R33_A.sdmx.csv" in linked
    assert not [path for path in linked if "INDICATOR" in path]


@pytest.mark.parametrize(
    ("suffix", "start"), [("xlsx", b"PK"), ("csv", b"\xef\xbb\xbfTIME"), ("sdmx.csv", b"\xef\xbb\xbfSTRU")]
)
def test_a_template_is_downloaded_in_the_language_of_the_page(pages: Any, suffix: str, start: bytes) -> None:
    """Under a name that says what it is."""
    answer = pages.as_person("aigerim").get(f"/workspace/templates/R33_A.{suffix}?lang=ru")

    assert answer.status_code == 200
    assert answer.content.startswith(start)
    assert answer.headers["content-disposition"] == f'attachment; filename="R33_A.ru.{suffix}"'


@pytest.mark.parametrize("name", ["R33_A.docx", "NO_SUCH.xlsx", "R33_A"])
def test_a_template_that_is_not_offered_has_no_page(pages: Any, name: str) -> None:
    """A form or a dataflow there is none of."""
    assert pages.as_person("aigerim").get(f"/workspace/templates/{name}").status_code == 404
