"""Judgements on the pages of the assessment: beside the computed score, by forms, without a script."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support import assessed_run
from tests.support.federation import federation
from tests.unit.web.conftest import Pages, _pages
from tests.unit.web.test_web_pages import Markup

PATH = "/assessment/KZ"
FORM = {
    "model": "assessment_1",
    "period": "2020",
    "verdict": "overridden",
    "assessed": "low",
    "reason": "new_intelligence",
    "text": "Channels have moved",
    "evidence": "memorandum 4",
    "periods": "2",
}


@pytest.fixture
def judged(tmp_path: Path) -> Iterator[Pages]:
    """KZ's pages with an assessment."""
    with federation(tmp_path / "nodes", ("KZ", "KG", "BY")) as nodes:
        assessed_run.store(nodes["KZ"])
        yield _pages(nodes, tmp_path)


def test_another_level_is_asked_for_agreed_to_and_shown_beside_the_computed_one(
    judged: Pages, visible: Callable[[str], str]
) -> None:
    """By an analyst and an officer; then ended, and told of in the table of all departures."""
    head, officer = judged.as_person("head"), judged.as_person("boris")
    assert "computed; nobody has reviewed it yet" in head.get(PATH).text
    answer = head.post(f"{PATH}/review", FORM)
    assert (answer.status_code, answer.headers["location"]) == (303, f"{PATH}?done=reviewed")

    waiting = visible(officer.get(PATH).text)
    assert "Waits for a second officer" in waiting
    assert "assessed: low" not in visible(head.get("/assessment").text)
    assert officer.post(f"{PATH}/reviews/1/approve", {"model": "assessment_1"}).status_code == 303

    listed = visible(head.get("/assessment").text)
    assert "assessed: low" in listed
    page = visible(head.get(PATH).text)
    assert "computed:" in page
    assert "/ assessed: low" in page
    assert "agreed to by boris" in page
    answered = head.get("/api/v1/assessment/KZ").json()["review"]
    assert (answered["state"], answered["assessed"]) == ("overridden", "low")
    counts = visible(head.get("/assessment/reviews").text)
    assert "Decisions by member" in counts
    assert head.post(f"{PATH}/reviews/1/end", {"end_reason": "Settled"}).status_code == 303
    assert "assessed: low" not in visible(head.get("/assessment").text)


def test_a_refused_form_keeps_what_was_typed_and_says_why(judged: Pages) -> None:
    """Text that names somebody, a judgement that is none, a score that is not there."""
    head = judged.as_person("head")

    answer = head.post(f"{PATH}/review", {**FORM, "text": "Account KZ86125KZT5004100100"})
    assert answer.status_code == 422
    assert "KZ86125KZT5004100100</textarea>" in answer.text
    assert "memorandum 4" in answer.text
    assert head.post(f"{PATH}/review", {**FORM, "verdict": "praise"}).status_code == 422
    assert head.post(f"{PATH}/review", {**FORM, "period": "1999"}).status_code == 404
    assert head.post(f"{PATH}/review", {**FORM, "periods": "9"}).status_code == 422
    assert judged.nodes["KZ"].reviews.all() == []


def test_the_member_replies_to_its_own_score_alone(judged: Pages) -> None:
    """The form is on no other member's page, and the words stand as text."""
    officer = judged.as_person("boris")
    reply = {"model": "assessment_1", "period": "2020", "reply": "<b>The ratings are replaced</b>"}

    assert f'action="{PATH}/reply"' in officer.get(PATH).text
    assert "/reply" not in officer.get("/assessment/BY").text
    assert "about the assessment of" not in officer.get("/exchange").text
    assert officer.post(f"{PATH}/reply", reply).status_code == 303
    text = officer.get(PATH).text
    assert "&lt;b&gt;The ratings are replaced&lt;/b&gt;" in text
    assert officer.post("/assessment/BY/reply", reply).status_code == 403
    assert "about the assessment of Kazakhstan in 2020" in officer.get("/exchange").text


def test_an_officer_refuses_what_waits(judged: Pages) -> None:
    """With a reason, which stands in the table."""
    head, officer = judged.as_person("head"), judged.as_person("boris")
    head.post(f"{PATH}/review", FORM)

    answer = officer.post(f"{PATH}/reviews/1/refuse", {"end_reason": "Not shown by the memorandum"})

    assert answer.status_code == 303
    assert "Not shown by the memorandum" in head.get(PATH).text


@pytest.mark.parametrize("language", ["ru", "kk", "en"])
def test_the_pages_are_well_formed_with_everything_that_can_be_said(judged: Pages, language: str) -> None:
    """A reply, an override that waits, one that ended, in every language."""
    head, officer = judged.as_person("head"), judged.as_person("boris")
    head.post(f"{PATH}/review", {**FORM, "shared": "1"})
    officer.post(f"{PATH}/reviews/1/refuse", {"end_reason": "No"})
    head.post(f"{PATH}/review", FORM)
    officer.post(f"{PATH}/reply", {"model": "assessment_1", "period": "2020", "reply": "Words"})

    for browser in (head, officer):
        for path in ("/assessment", PATH, "/assessment/KG", "/assessment/reviews"):
            answer = browser.get(f"{path}?lang={language}")
            assert answer.status_code == 200
            assert Markup(answer.text).faults == []
            assert answer.text.count("<table") == answer.text.count("<caption")


def test_the_api_takes_and_gives_the_same(judged: Pages) -> None:
    """A review, its agreement and its end, a reply, and the counts."""
    head, officer = _tool(judged, "head"), _tool(judged, "boris")
    sent = {
        "model": "assessment_1",
        "year": "2020",
        "verdict": "overridden",
        "assessed": "low",
        "reason": "legal",
        "text": "Channels have moved",
        "evidence": "memorandum 4",
    }

    made = head("/api/v1/assessment/KZ/reviews", sent)
    assert (made.status_code, made.json()["state"]) == (201, "waiting")
    assert officer("/api/v1/reviews/1/approve", {}).json()["approved_by"] == "boris"
    assert head("/api/v1/reviews/1/end", {"reason": "Settled"}).json()["state"] == "ended"
    again = head("/api/v1/assessment/KZ/reviews", sent).json()["number"]
    assert officer(f"/api/v1/reviews/{again}/refuse", {"reason": "No"}).json()["ended_by"] == "boris"
    said = {"model": "assessment_1", "year": "2020", "text": "Words", "language": "en"}
    assert officer("/api/v1/assessment/KZ/reply", said).status_code == 204
    found = judged.as_person("head").get("/api/v1/reviews").json()
    assert found["counts"][0]["overridden"] == 1
    assert [one["number"] for one in found["reviews"]] == [2, 1]
    replies = judged.as_person("head").get("/api/v1/assessment").json()["reviews"]["KZ"]["replies"]
    assert [one["texts"] for one in replies] == [{"en": "Words"}]


def _tool(judged: Pages, login: str) -> Callable[[str, dict[str, str]], Any]:
    """Give what asks the API as a person: the session's token goes in a header."""
    client = judged.surface.signed_in(login)

    def send(path: str, document: dict[str, str]) -> Any:
        return client.post(path, json=document)

    return send
