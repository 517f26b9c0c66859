"""Who may ask for what: every route carries a rule, and every rule says no by default."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from node.access import Role
from node.api import app as app_module
from node.api.app import PUBLIC, unguarded
from node.api.session import COOKIE, FORM_HEADER, Door, current, token_of
from node.errors import NotSignedIn, Unavailable
from tests.support.contexts_api import HOST, Client, Surface, add_person, surface
from tests.support.federation import PASSWORD, federation

PEOPLE = {
    "sara": Role.SUBMITTER,
    "boris": Role.RELEASER,
    "anna": Role.ANALYST,
    "otto": Role.OPERATOR,
    "aida": Role.AUDITOR,
}


@pytest.fixture(scope="module")
def web(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Surface]:
    """One node with one person for each role."""
    folder = tmp_path_factory.mktemp("rules")
    with federation(folder, codes=("KZ",)) as nodes:
        ctx = nodes["KZ"]
        for login, role in PEOPLE.items():
            add_person(ctx, nodes.clock, login, role)
        yield surface(ctx, nodes.clock, folder)


def _with_cookie(web: Surface, login: str) -> tuple[Client, dict[str, str], str]:
    token, session = web.app.state.door.sign_in(login, PASSWORD)
    return Client(web.app), {"Cookie": f"{COOKIE}={token}"}, session.form_token


# --- every route


def test_every_route_has_a_rule_or_is_on_the_public_list(web: Surface) -> None:
    """The list is short and written out."""
    assert list(unguarded(web.app)) == []
    assert {"POST /api/v1/session", "GET /healthz", "GET /readyz", "MOUNT /static"} == PUBLIC


def test_an_application_with_a_forgotten_rule_is_not_built(
    web: Surface, monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Not found by a test only, but by whoever starts it."""

    def forgetful() -> APIRouter:
        router = APIRouter()
        router.add_api_route("/everything", lambda: "secrets", methods=["GET"])
        return router

    monkeypatch.setattr(app_module, "_api_routes", forgetful)

    with pytest.raises(ValueError, match="GET /api/v1/everything"):
        surface(web.ctx, web.clock, tmp_path_factory.mktemp("forgetful"))


def test_no_route_answers_a_stranger(web: Surface) -> None:
    """Every one of the description, asked without signing in."""
    described = web.signed_in("anna").get("/api/v1/openapi.json").json()
    asked = 0
    for path, methods in described["paths"].items():
        for method in methods:
            if f"{method.upper()} {path}" in PUBLIC:
                continue
            asked += 1
            real = re.sub(r"\{\w+\}", "1", path)
            response = web.anybody().request(method.upper(), real)
            assert response.status_code == 401, (method, path)
            assert response.json()["code"] == "not_signed_in"
    assert asked > 20


def test_the_pages_of_documentation_are_not_served(web: Surface) -> None:
    """They would load scripts from elsewhere."""
    for path in ("/docs", "/redoc", "/openapi.json"):
        assert web.anybody().get(path).status_code == 404


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("GET", "/dataflows", set(PEOPLE)),
        ("GET", "/structures", set(PEOPLE)),
        ("GET", "/structures/R33_A", set(PEOPLE)),
        ("GET", "/codelists", set(PEOPLE)),
        ("GET", "/codelists/CL_AREA", set(PEOPLE)),
        ("GET", "/dataflows/R33_A/template", set(PEOPLE)),
        ("GET", "/sdmx/structure/codelist/IRAC/CL_CRIME_TYPE/*", set(PEOPLE)),
        ("GET", "/submissions", {"sara", "boris", "aida"}),
        ("POST", "/submissions", {"sara"}),
        ("POST", "/checks", {"sara"}),
        ("POST", "/submissions/1/approve", {"boris"}),
        ("POST", "/submissions/1/release", {"boris"}),
        ("POST", "/submissions/1/withdraw", {"sara"}),
        ("GET", "/bundles", set(PEOPLE)),
        ("GET", "/exchange", set(PEOPLE)),
        ("POST", "/exchange/sync", {"otto"}),
        ("POST", "/verify", {"otto", "aida"}),
        ("GET", "/audit", {"aida"}),
        ("GET", "/reviews", set(PEOPLE)),
        ("POST", "/assessment/KZ/reviews", {"anna"}),
        ("POST", "/reviews/1/approve", {"boris"}),
        ("POST", "/reviews/1/refuse", {"boris"}),
        ("POST", "/reviews/1/end", {"anna"}),
        ("POST", "/assessment/KZ/reply", {"boris"}),
    ],
)
def test_each_role_may_do_what_the_table_of_roles_says(
    web: Surface, method: str, path: str, allowed: set[str]
) -> None:
    """The others are told which role it needs."""
    for login in PEOPLE:
        response = web.signed_in(login).request(method, f"/api/v1{path}")
        denied = response.status_code == 403

        assert denied == (login not in allowed), (login, response.text)
        if denied:
            assert "needs one of the roles" in response.json()["detail"]


# --- sessions over HTTP


def test_signing_in_gives_a_token_that_works_until_signing_out(web: Surface) -> None:
    """The whole life of a session."""
    opened = web.anybody().post("/api/v1/session", json={"login": "anna", "password": PASSWORD})
    client = Client(web.app, opened.json()["token"])
    me = client.get("/api/v1/me")
    closed = client.delete("/api/v1/session")

    assert opened.status_code == 201
    assert opened.headers["cache-control"] == "no-store"
    assert "set-cookie" not in opened.headers
    assert me.json()["login"] == "anna"
    assert me.json()["actions"] == [
        "acknowledge",
        "describe_typology",
        "read_dashboard",
        "read_exchange",
        "review_score",
    ]
    assert closed.status_code == 204
    assert client.get("/api/v1/me").status_code == 401


def test_a_refused_sign_in_does_not_say_why(web: Surface) -> None:
    """Unknown and wrong look the same."""
    refusals = [
        web.anybody().post("/api/v1/session", json={"login": login, "password": "not the password"})
        for login in ("aida", "nobody")
    ]

    assert [refusal.status_code for refusal in refusals] == [401, 401]
    assert refusals[0].json() == refusals[1].json()


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"login": "anna"},
        {"login": "anna", "password": ""},
        {"login": "anna", "password": "x" * 1025},
        {"login": "anna", "password": "secret-x", "also": 1},
        [],
    ],
    ids=["nothing", "no password", "empty", "too long", "unknown field", "a list"],
)
def test_a_body_that_cannot_be_read_is_told_field_by_field(web: Surface, body: object) -> None:
    """And never repeated."""
    response = web.anybody().post("/api/v1/session", json=body)

    assert response.status_code == 422
    assert response.json()["errors"]
    assert "secret-x" not in response.text


def test_json_that_is_none_is_refused(web: Surface) -> None:
    """With the same shape as everything else."""
    response = web.anybody().post(
        "/api/v1/session", content=b"{", headers={"Content-Type": "application/json"}
    )

    assert response.status_code == 422
    assert response.headers["content-type"] == "application/problem+json"


def test_a_session_ends_after_eight_hours(web: Surface) -> None:
    """Whatever was done in between."""
    token, _ = web.app.state.door.sign_in("anna", PASSWORD)
    began = web.clock.at
    web.clock.at += timedelta(hours=8)
    try:
        assert Client(web.app, token).get("/api/v1/me").status_code == 401
    finally:
        web.clock.at = began


def test_too_many_sign_ins_at_once_are_asked_to_come_back(web: Surface) -> None:
    """Each costs a lot of memory on purpose; the ones who wait are few."""
    door: Door = web.app.state.door
    waiting = door._waiting
    while waiting.acquire(blocking=False):
        pass
    try:
        response = web.anybody().post("/api/v1/session", json={"login": "anna", "password": PASSWORD})
    finally:
        for _ in range(8):
            waiting.release()

    assert response.status_code == 503
    assert web.signed_in("anna").get("/api/v1/me").status_code == 200
    with pytest.raises(ValueError, match="released too many"):
        waiting.release()


def test_a_sign_in_that_fails_leaves_its_place(web: Surface) -> None:
    """Else the door would close for good after eight mistakes."""
    door: Door = web.app.state.door
    for _ in range(20):
        with pytest.raises((NotSignedIn, Unavailable)) as refusal:
            door.sign_in("nobody", "not the password")
        assert refusal.type is NotSignedIn


# --- the cookie and the form token


def test_a_cookie_reads_without_a_form_token(web: Surface) -> None:
    """Reading changes nothing."""
    client, cookie, _ = _with_cookie(web, "anna")

    assert client.get("/api/v1/me", headers=cookie).status_code == 200


@pytest.mark.parametrize("given", [None, "", "wrong", "é", "form-token-of-another"])
def test_a_cookie_alone_changes_nothing(web: Surface, given: str | None) -> None:
    """Another site can make a browser send the cookie, and cannot know the form token."""
    client, cookie, _ = _with_cookie(web, "anna")
    _, _, of_another = _with_cookie(web, "sara")
    value = of_another if given == "form-token-of-another" else given
    headers = cookie if value is None else {**cookie, FORM_HEADER: value.encode()}  # type: ignore[dict-item]

    response = client.put("/api/v1/me/language", json={"language": "kk"}, headers=headers)

    assert response.status_code == 403
    assert client.get("/api/v1/me", headers=cookie).json()["language"] == "en"


def test_a_cookie_with_the_form_token_of_its_session_changes(web: Surface) -> None:
    """As the node's own scripts send it."""
    client, cookie, form_token = _with_cookie(web, "otto")

    response = client.put(
        "/api/v1/me/language", json={"language": "ru"}, headers={**cookie, FORM_HEADER: form_token}
    )

    assert response.status_code == 204
    assert client.get("/api/v1/me", headers=cookie).json()["language"] == "ru"


def test_with_a_token_and_a_cookie_the_token_alone_counts(web: Surface) -> None:
    """A wrong token is not rescued by a good cookie, or a script would act as somebody else."""
    client, cookie, _ = _with_cookie(web, "anna")

    assert client.get("/api/v1/me", headers={**cookie, "Authorization": "Bearer no"}).status_code == 401


def test_the_cookie_is_kept_from_scripts_and_other_sites(web: Surface) -> None:
    """And over https from everything else."""
    response = Response()
    Door(web.ctx, now=web.clock.now, is_https=True).give_cookie(response, "token")
    cookie = response.headers["set-cookie"]

    assert cookie.startswith("irac_session=token;")
    assert {"HttpOnly", "Secure", "SameSite=strict", "Path=/"} <= {part.strip() for part in cookie.split(";")}


def test_a_route_without_a_rule_has_nobody() -> None:
    """What the rule did not let in cannot be asked for."""
    with pytest.raises(NotSignedIn):
        asyncio.run(current(Request({"type": "http", "headers": []})))


@pytest.mark.parametrize(
    ("header", "token"),
    [("Bearer abc", "abc"), ("bearer  abc ", "abc"), ("Basic abc", ""), ("Bearer", ""), ("", "")],
)
def test_a_token_is_read_from_its_header(header: str, token: str) -> None:
    """RFC 6750, section 2.1; other schemes are not ours."""
    request = Request({"type": "http", "headers": [(b"authorization", header.encode())]})

    assert token_of(request)[0] == token


# --- the application around the routes


def test_another_host_name_is_not_answered(web: Surface) -> None:
    """In front of everything, the health of the process included."""
    assert Client(web.app, host="evil.test").get("/healthz").status_code == 421


def test_every_answer_has_the_security_headers(web: Surface) -> None:
    """Refusals too."""
    for response in (
        web.anybody().get("/healthz"),
        web.anybody().get("/nonsense"),
        web.anybody().get("/api/v1/me"),
    ):
        assert "default-src 'none'" in response.headers["content-security-policy"]
        assert response.headers["cache-control"] == "no-store"


def test_a_refusal_outside_the_api_is_written_as_a_page_where_there_are_pages(
    web: Surface, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """JSON for scripts, pages for people."""
    made = surface(
        web.ctx,
        web.clock,
        tmp_path_factory.mktemp("pages"),
        page_of_problem=lambda _request, problem: PlainTextResponse(f"page {problem.status}"),
    )

    assert made.anybody().get("/nonsense").text == "page 404"
    assert made.anybody().get("/api/v1/nonsense").json()["code"] == "not_found"


def test_health_says_alive_and_ready(web: Surface) -> None:
    """Without signing in: a supervisor has no account."""
    assert web.anybody().get("/healthz").json() == {"status": "alive"}
    assert web.anybody().get("/readyz").json() == {"status": "ready", "registry": "ok"}
    assert HOST == "node.test"


def test_pages_and_their_files_stand_beside_the_api(
    web: Surface, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Pages bring their own rules; the API's stay as they are."""
    page = Route("/page", lambda _request: PlainTextResponse("a page"))
    made = surface(
        web.ctx,
        web.clock,
        tmp_path_factory.mktemp("beside"),
        pages=[page],
        static=PlainTextResponse("a file"),
    )

    assert made.anybody().get("/page").text == "a page"
    assert made.anybody().get("/static/site.css").text == "a file"
    assert made.anybody().get("/api/v1/me").status_code == 401
