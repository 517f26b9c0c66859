"""Documents hold together: links lead somewhere, decisions have the same form, nothing is left to be done."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.arch.source import ROOT

DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
DECISIONS = sorted((ROOT / "docs" / "adr").glob("*.md"))
PARTS = ("## Context", "## Options", "## Decision", "## Negative consequences")
BOXES = "| Old data still readable? | Old peers still interoperable? |"
A_PAGE = 60
KINDS_OF_CHANGE = ("Security", "Removed", "Deprecated", "Added", "Changed", "Fixed")


def _id(path: Path) -> str:
    return path.name


@pytest.mark.parametrize("document", DOCUMENTS, ids=_id)
def test_every_link_inside_the_project_leads_to_a_file(document: Path) -> None:
    """A reader is never sent to a page that is not there."""
    links = re.findall(r"\]\((?!https?:)([^)#]+)", document.read_text(encoding="utf-8"))

    assert [link for link in links if not (document.parent / link).exists()] == []


@pytest.mark.parametrize("decision", DECISIONS, ids=_id)
def test_a_decision_is_a_page_with_its_price(decision: Path) -> None:
    """Status, date, context, options, decision, what it costs, and who is left behind."""
    text = decision.read_text(encoding="utf-8")

    assert text.startswith(f"# {decision.name[:4]}. ")
    assert re.search(r"^- Status: (proposed|accepted|superseded by \d{4})$", text, re.MULTILINE)
    assert re.search(r"^- Date: \d{4}-\d{2}-\d{2}$", text, re.MULTILINE)
    assert [part for part in PARTS if part not in text] == []
    assert BOXES in text
    assert len(text.splitlines()) <= A_PAGE


def test_decisions_are_numbered_without_a_gap() -> None:
    """A number is given once and kept."""
    assert [path.name[:4] for path in DECISIONS] == [
        f"{number:04}" for number in range(1, len(DECISIONS) + 1)
    ]


def test_the_change_log_keeps_the_order_of_its_sections() -> None:
    """What is urgent for an operator stands first in every version."""
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")

    for version in text.split("\n## ")[1:]:
        sections = re.findall(r"^### (.+)$", version, re.MULTILINE)
        assert sections == [kind for kind in KINDS_OF_CHANGE if kind in sections]
