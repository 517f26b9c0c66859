"""Nobody opens a page, or changes anything through one, without the right to."""

from __future__ import annotations

from typing import Any

import pytest

from node.access import ALLOWED, Action, Role
from node.api.session import COOKIE
from node.web.site import PAGES, SESSION_COOKIE
from node.web.surface import Page, Rule

PEOPLE = {
    "aigerim": Role.SUBMITTER,
    "rustam": Role.REVIEWER,
    "boris": Role.RELEASER,
    "head": Role.ANALYST,
    "olga": Role.OPERATOR,
    "inspector": Role.AUDITOR,
}
FILLED = {
    "{area}": "KZ",
    "{counterpart}": "BY",
    "{code}": "KZ",
    "{submission}": "3",
    "{ticket}": "a1",
    "{digest}": "sha256:0",
}
GUARDED = [page for page in PAGES if page.rule is not Rule.EVERYBODY]
CHANGING = [page for page in GUARDED if page.method == "POST"]


def address(page: Page) -> str:
    """Give an address of a page."""
    path = page.path
    for name, value in FILLED.items():
        path = path.replace(name, value)
    return path


def named(page: Page) -> str:
    """Name a page in a test's id."""
    return f"{page.method} {page.path}"


def test_the_pages_know_the_cookie_of_the_door() -> None:
    """The two surfaces share one session."""
    assert SESSION_COOKIE == COOKIE


def test_only_coming_in_and_going_out_is_for_everybody() -> None:
    """Every other page names an action, or needs somebody signed in."""
    assert {named(page) for page in PAGES if page.rule is Rule.EVERYBODY} == {
        "GET /sign-in",
        "POST /sign-in",
        "POST /sign-out",
    }


@pytest.mark.parametrize("page", GUARDED, ids=named)
def test_a_stranger_is_shown_the_way_in(pages: Any, page: Page) -> None:
    """A page leads to the sign-in, a form is refused; neither shows a figure."""
    answer = pages.stranger().ask(page.method, address(page))

    if page.method == "GET":
        assert (answer.status_code, answer.headers["location"].partition("?")[0]) == (303, "/sign-in")
    else:
        assert answer.status_code == 401


@pytest.mark.parametrize("login", PEOPLE)
@pytest.mark.parametrize("page", [one for one in GUARDED if isinstance(one.rule, Action)], ids=named)
def test_a_page_opens_for_the_roles_of_its_action_alone(pages: Any, page: Page, login: str) -> None:
    """The matrix of access.py holds at the pages: 403 exactly where it gives nothing."""
    assert isinstance(page.rule, Action)
    browser = pages.as_person(login)

    answer = browser.ask(page.method, address(page))  # a form goes without its token: it must change nothing

    is_allowed = PEOPLE[login] in ALLOWED[page.rule]
    refused_by_role = "Roles that may do this" in answer.text
    assert refused_by_role is not is_allowed
    if not is_allowed:
        assert answer.status_code == 403


@pytest.mark.parametrize("page", CHANGING, ids=named)
def test_a_form_without_the_sessions_token_changes_nothing(pages: Any, page: Page) -> None:
    """Another site can make a browser send a form, but cannot know the token."""
    states = [one.state for one in pages.surface.ctx.submissions.all()]
    login = next(
        name
        for name, role in PEOPLE.items()
        if not isinstance(page.rule, Action) or role in ALLOWED[page.rule]
    )
    browser = pages.as_person(login)

    answer = browser.ask("POST", address(page), data={"form_token": "guessed", "lang": "kk", "reason": "x"})

    assert answer.status_code == 403
    assert "This form has expired" in answer.text
    assert [one.state for one in pages.surface.ctx.submissions.all()] == states
    assert pages.surface.ctx.accounts.get(login).language == "en"


def test_a_token_beyond_ascii_is_wrong_and_no_fault(pages: Any) -> None:
    """Comparing it must not raise."""
    answer = pages.as_person("head").ask("POST", "/language", data={"form_token": "жетон", "lang": "ru"})

    assert answer.status_code == 403


def test_a_form_that_the_browser_says_comes_from_elsewhere_is_refused(pages: Any) -> None:
    """Fetch Metadata guards the sign-in form, which has no session's token yet."""
    answer = pages.stranger().ask(
        "POST", "/sign-in", data={"login": "head", "password": "x"}, headers={"Sec-Fetch-Site": "cross-site"}
    )

    assert answer.status_code == 403


@pytest.mark.parametrize(
    "path", ["https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:x"]
)
def test_signing_in_never_leads_to_another_host(own_pages: Any, path: str) -> None:
    """The address to come back to is a path of this node or the overview."""
    answer = own_pages.stranger().post(
        "/sign-in", {"login": "head", "password": "a long enough password", "next": path}
    )

    assert (answer.status_code, answer.headers["location"]) == (303, "/")


def test_a_wrong_password_keeps_the_login_that_was_typed(own_pages: Any) -> None:
    """The form comes back with what was typed, and never with the password."""
    answer = own_pages.stranger().post("/sign-in", {"login": "head", "password": "hunter2 hunter2"})

    assert answer.status_code == 401
    assert 'value="head"' in answer.text
    assert "hunter2" not in answer.text
    assert "set-cookie" not in answer.headers


def test_signing_out_ends_the_session(own_pages: Any) -> None:
    """The cookie is of no use afterwards, wherever it was copied to."""
    browser = own_pages.as_person("head")
    browser.post("/sign-out", {})

    assert browser.get("/").status_code == 303


def test_a_language_chosen_at_the_door_is_kept(own_pages: Any) -> None:
    """Who signs in from the Kazakh page reads Kazakh from then on."""
    answer = own_pages.stranger().post(
        "/sign-in", {"login": "head", "password": "a long enough password", "lang": "kk"}
    )

    assert answer.status_code == 303
    assert own_pages.surface.ctx.accounts.get("head").language == "kk"
