"""The page that says what moved the scores, in three languages and over the API."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from tests.support import assessed_run
from tests.support.federation import federation
from tests.unit.web.conftest import Pages, _pages
from tests.unit.web.test_web_pages import Markup

PATH = "/assessment/momentum"
BEFORE = "sha256:" + "0" * 64


@pytest.fixture
def assessed(tmp_path: Path) -> Iterator[Pages]:
    """KZ's pages with an assessment."""
    with federation(tmp_path / "nodes", ("KZ", "KG", "BY")) as nodes:
        assessed_run.store(nodes["KZ"])
        yield _pages(nodes, tmp_path)


def test_what_moved_each_score_is_shown_once_there_is_something_to_compare_with(
    assessed: Pages, visible: Callable[[str], str]
) -> None:
    """Before, the page says when there will be; the list of members leads to it."""
    head = assessed.as_person("head")
    ctx = assessed.nodes["KZ"]
    assert "There is no earlier computation to compare with." in visible(head.get(PATH).text)
    run = ctx.indicators.latest("assessment_1")
    assert run is not None
    ctx.indicators.add(
        replace(run, view_id="before", result_digest=BEFORE, run_at=run.run_at - timedelta(days=90))
    )

    for language in ("ru", "kk", "en"):
        answer = head.get(f"{PATH}?lang={language}")
        assert answer.status_code == 200
        assert Markup(answer.text).faults == []
        assert answer.text.count("<table") == answer.text.count("<caption")
    text = visible(head.get(PATH).text)
    assert "From 2020 to 2020" in text
    assert "The method is the same." in text
    assert PATH in head.get("/assessment").text
    answer = head.get(f"/api/v1{PATH}?since={BEFORE}").json()
    assert (answer["since"]["result_digest"], answer["offered"]) == (BEFORE, [BEFORE])
    assert {(one["area"], one["data"]) for one in answer["members"]} == {("KZ", "0"), ("BY", "0")}
    assert answer["absent"] == ["KG"]
