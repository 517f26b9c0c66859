"""What every answer says to a browser, which host names are answered, and what becomes of mistakes."""

from __future__ import annotations

from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import Route
from structlog.testing import capture_logs

from node.api.problems import Problem
from node.api.security import AllowedHosts, LastResort, SecurityHeaders, host_name
from tests.support.contexts_api import Client


def _fine(_request: Request) -> Response:
    return PlainTextResponse("fine")


def _kept(_request: Request) -> Response:
    return PlainTextResponse("kept", headers={"Cache-Control": "public, max-age=60"})


def _broken(_request: Request) -> Response:
    raise RuntimeError("the secret inside")


def _page(_request: Request, problem: Problem) -> Response:
    return HTMLResponse(f"<p>{problem.context['incident']}</p>", problem.status)


def _app(*, is_https: bool = False, with_pages: bool = False) -> Any:
    routes = [
        Route("/", _fine),
        Route("/kept", _kept),
        Route("/broken", _broken),
        Route("/api/v1/broken", _broken),
    ]
    app = Starlette(routes=routes)
    app.add_middleware(AllowedHosts, hosts=["Node.Test", "::1"])
    page = _page if with_pages else None
    app.add_middleware(LastResort, incident=lambda: "c0ffee", page=page, api_prefix="/api/v1")
    app.add_middleware(SecurityHeaders, is_https=is_https)
    return app


def test_nothing_may_be_loaded_from_elsewhere() -> None:
    """The policy is the strict one, without exceptions for inline scripts or styles."""
    headers = Client(_app()).get("/").headers

    assert headers["content-security-policy"] == (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
        "connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
    )
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"


@pytest.mark.parametrize(("path", "kept"), [("/", "no-store"), ("/kept", "public, max-age=60")])
def test_no_answer_is_kept_unless_its_route_says_so(path: str, kept: str) -> None:
    """Signed-in pages must not come back from a cache after signing out."""
    assert Client(_app()).get(path).headers["cache-control"] == kept


@pytest.mark.parametrize(("is_https", "expected"), [(True, "max-age=31536000"), (False, None)])
def test_https_is_demanded_for_a_year_where_there_is_https(*, is_https: bool, expected: str | None) -> None:
    """On plain HTTP the header would be ignored, or worse, lock out a test installation."""
    headers = Client(_app(is_https=is_https)).get("/").headers

    assert headers.get("strict-transport-security") == expected


@pytest.mark.parametrize("host", ["node.test", "NODE.test:8080", "[::1]:8080"])
def test_the_node_answers_to_its_own_names(host: str) -> None:
    """Port and case do not matter."""
    assert Client(_app()).get("/", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize("host", ["evil.test", "node.test.evil.test", "", "[::2]"])
def test_the_node_answers_to_no_other_name(host: str) -> None:
    """A name that an attacker points at this machine (DNS rebinding) gets nothing."""
    response = Client(_app()).get("/", headers={"Host": host})

    assert response.status_code == 421
    assert "content-security-policy" in response.headers


@pytest.mark.parametrize(
    ("authority", "host"), [("a.b:1", "a.b"), (" A.B ", "a.b"), ("[::1]:80", "::1"), ("[::1]", "::1")]
)
def test_a_host_is_read_without_its_port(authority: str, host: str) -> None:
    """RFC 9110, section 7.2."""
    assert host_name(authority) == host


def test_a_mistake_becomes_an_incident_number() -> None:
    """The log has the exception, the person has the number, and the headers are there too."""
    with capture_logs() as logged:
        response = Client(_app()).get("/api/v1/broken")

    assert response.status_code == 500
    assert response.json()["context"] == {"incident": "c0ffee"}
    assert "secret" not in response.text
    assert "Traceback" not in response.text
    assert "content-security-policy" in response.headers
    assert (logged[0]["incident"], logged[0]["log_level"]) == ("c0ffee", "error")


def test_a_mistake_on_a_page_is_told_as_a_page() -> None:
    """People who use a browser are not shown JSON."""
    with capture_logs():
        response = Client(_app(with_pages=True)).get("/broken")

    assert response.text == "<p>c0ffee</p>"


def test_a_mistake_in_the_api_is_told_as_json_also_where_there_are_pages() -> None:
    """Scripts are not shown pages."""
    with capture_logs():
        response = Client(_app(with_pages=True)).get("/api/v1/broken")

    assert response.headers["content-type"] == "application/problem+json"
