"""Where a day begins: each role sees its own tasks, and the deadlines of what is released on a calendar."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.federation import PASSWORD


@pytest.mark.parametrize(
    ("login", "shown", "hidden"),
    [
        ("aigerim", "/workspace/3", "/workspace/4"),
        ("boris", "/workspace/4", "/workspace/3"),
    ],
)
def test_each_person_sees_the_steps_that_are_open_to_them(
    pages: Any, login: str, shown: str, hidden: str
) -> None:
    """The submitter corrects, the officer approves; what is the other's is no task."""
    html = pages.as_person(login).get("/start").text.partition('id="deadlines"')[0]

    assert f'class="task" href="{shown}"' in html
    assert f'class="task" href="{hidden}"' not in html


def test_who_approved_is_not_asked_to_release(own_pages: Any) -> None:
    """The third person is; the approver's list is empty and says what to do next."""
    own_pages.as_person("boris").post("/workspace/4/approve", {"password": PASSWORD})

    assert (
        'href="/workspace/4"' not in own_pages.as_person("boris").get("/start").text.partition("deadlines")[0]
    )
    assert 'class="task" href="/workspace/4">Release' in own_pages.as_person("daria").get("/start").text


def test_late_periods_are_named_before_what_is_in_time(pages: Any, visible: Any) -> None:
    """On 2 March 2026 declared flows of 2011 and 2012 are the last: 2024 and before are late, 2025 is due in June."""
    text = visible(pages.as_person("aigerim").get("/start").text)

    assert "2024, 2023, 2022, 2021, 2020, 2019 and 6 earlier the newest since 29 Jun 2025" in text
    assert "2025: by 29 Jun 2026" in text
    assert "never" in text  # of R33_A nothing was released


def test_a_head_of_unit_begins_with_the_overview_and_reads_no_deadlines(pages: Any) -> None:
    """Who has no step to take is not sent to a list of steps; the page still answers."""
    html = pages.as_person("head").get("/start").text

    assert 'id="deadlines"' not in html
    assert "Nothing waits for you now." in html


@pytest.mark.parametrize(
    ("login", "wanted", "landed"),
    [("aigerim", "/", "/start"), ("aigerim", "/members", "/members"), ("head", "/", "/")],
)
def test_signing_in_leads_to_where_the_day_begins(pages: Any, login: str, wanted: str, landed: str) -> None:
    """An address that was asked for goes before."""
    answer = pages.stranger().post("/sign-in", {"login": login, "password": PASSWORD, "next": wanted})

    assert answer.headers["location"] == landed


def test_programs_are_told_the_same(pages: Any) -> None:
    """Tasks and deadlines as JSON, the latter for those who read submissions."""
    officer = pages.surface.signed_in("boris")
    tasks = officer.get("/api/v1/tasks").json()
    rows = {row["dataflow"]: row for row in officer.get("/api/v1/deadlines").json()}

    assert [(one["kind"], one["path"]) for one in tasks] == [
        ("review_typology", "/typologies/register/KZ-2026-001"),
        ("approve", "/workspace/4"),
    ]
    assert rows["DECLARED_FLOW"]["late"][0] == {"period": "2024", "due": "2025-06-29", "days": 246}
    assert (rows["DECLARED_FLOW"]["late_count"], rows["R33_A"]["late_count"]) == (12, 1)
    assert rows["DECLARED_FLOW"]["on_its_way"] == [4, 3]
    assert pages.surface.signed_in("head").get("/api/v1/deadlines").status_code == 403
