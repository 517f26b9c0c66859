"""The receipt of a file of transactions, as a person reads it and as a program does."""

from __future__ import annotations

import html
from pathlib import Path
from typing import Any

from tests.support.transaction_files import written
from tests.support.transactions import Payment, table

# four payments below 10,000 dollars to RU, and two that have nothing to do with them
PAYMENTS: list[Payment] = [("A", "B", 20 + day, 9_500) for day in range(4)]
PAYMENTS += [("Y", "Z", 0, 11), ("Y", "Z", 200, 13)]


def test_the_receipt_says_what_rules_found_and_that_it_stays(own_pages: Any, tmp_path: Path) -> None:
    """Four payments across the border: structuring by the one who pays, and by the one who is paid; no account."""
    browser = own_pages.as_person("aigerim")
    content = written(table(PAYMENTS), tmp_path / "payments.csv").read_bytes()
    received = browser.ask(
        "POST", "/workspace/upload", files={"file": ("payments.csv", content, "text/csv")},
        data={"form_token": browser.token, "dataflow": "DETECTED_FLOW", "mode": "append"},
    )  # fmt: skip
    page = html.unescape(browser.get(received.headers["location"]).text)

    assert "Structuring: 2." in page
    assert (
        "4 across the border are counted, 0 within one state and 0 between other states are left out" in page
    )
    assert "These numbers do not leave this node." in page
    assert "Found by rules" not in browser.get("/workspace/3").text


def test_the_receipt_says_so_when_nothing_was_found(own_pages: Any, tmp_path: Path) -> None:
    """An empty list is a sentence."""
    browser = own_pages.as_person("aigerim")
    content = written(table(PAYMENTS[4:]), tmp_path / "quiet.csv").read_bytes()
    received = browser.ask(
        "POST", "/workspace/upload", files={"file": ("quiet.csv", content, "text/csv")},
        data={"form_token": browser.token, "dataflow": "DETECTED_FLOW", "mode": "append"},
    )  # fmt: skip

    assert "Nothing." in browser.get(received.headers["location"]).text
