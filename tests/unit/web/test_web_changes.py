"""The page of what a submission would change, and the same for programs."""

from __future__ import annotations

import re
from typing import Any

import pytest

from node.ports.submissions import UploadMode
from node.services import submit
from tests.support.federation import SUBMITTER, trade, write_csv


@pytest.fixture(scope="module")
def number(pages: Any) -> int:
    """A file that doubles one of three released figures and leaves two out."""
    ctx, clock = pages.surface.ctx, pages.nodes.clock
    file = write_csv(pages.folder / "twice.csv", [trade("KZ", "BY", "OUT", "201", "2012")])
    return submit.upload(
        ctx, SUBMITTER, file, file_name="twice.csv", dataflow_id="DECLARED_FLOW", mode=UploadMode.REPLACE,
        now=clock.now(),
    ).submission_id  # fmt: skip


def test_each_change_says_what_happens_with_both_figures_and_per_cent(
    pages: Any, number: int, visible: Any
) -> None:
    """100.50 to 201 dollars is plus one hundred per cent."""
    html = pages.as_person("aigerim").get(f"/workspace/{number}/difference").text

    assert re.search(r"100\.50\s*USD.*201\s*USD.*\+100", visible(html))
    assert '<option value="gone">gone (2)</option>' in html
    assert 'value="new"' not in html  # nothing is new, so it is no choice
    assert (
        f'href="/workspace/{number}/difference"'
        in pages.as_person("aigerim").get(f"/workspace/{number}").text
    )


def test_a_choice_stands_in_the_address(pages: Any, number: int) -> None:
    """Only what is changed, by at least half; hostile values are no choice."""
    browser = pages.as_person("boris")
    html = browser.get(f"/workspace/{number}/difference?change=changed&at_least=50").text

    assert html.count('<tr><th scope="row">') == 1
    assert '<option value="50" selected>' in html
    assert browser.get(f"/workspace/{number}/difference?change=%3Cb%3E&at_least=1e9").status_code == 200


def test_programs_narrow_in_the_same_way(pages: Any, number: int) -> None:
    """A page of what fits stands beside the counts of all."""
    path = f"/api/v1/submissions/{number}/difference"
    told = pages.surface.signed_in("aigerim").get(f"{path}?change=changed&at_least=100").json()

    (line,) = told["narrowed"]["cells"]
    assert (line["before"], line["after"], line["percent"]) == (10050, 20100, "100")
    assert told["counts"]["gone"] == 2
    assert pages.surface.signed_in("aigerim").get(path).json()["narrowed"] is None
    assert pages.surface.signed_in("aigerim").get(f"{path}?change=other").status_code == 422
