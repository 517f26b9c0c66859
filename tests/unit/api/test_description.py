"""The description says everything: what each operation is, who may ask it, and every answer with its shape."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.routing import iter_route_contexts

from node.access import ALLOWED, Action, Role
from node.api.app import PUBLIC
from node.api.description import TAGS, describe, examples
from node.api.session import Needs
from tests.support.api_examples import NOT_ASKED, asked
from tests.support.contexts_api import Surface, add_person, surface
from tests.support.federation import federation
from tests.support.web_figures import fill

PEOPLE = {
    "sara": Role.SUBMITTER,
    "rustam": Role.REVIEWER,
    "daria": Role.RELEASER,
    "anna": Role.ANALYST,
    "otto": Role.OPERATOR,
    "aida": Role.AUDITOR,
}


@pytest.fixture(scope="module")
def web(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Surface]:
    """KZ with figures, one person for each role and one with all of them."""
    folder = tmp_path_factory.mktemp("description")
    with federation(folder / "nodes") as nodes:
        fill(nodes, folder)
        ctx = nodes["KZ"]
        for login, role in PEOPLE.items():
            add_person(ctx, nodes.clock, login, role)
        add_person(ctx, nodes.clock, "boris", *Role)
        yield surface(ctx, nodes.clock, folder)


def operations(web: Surface) -> dict[str, dict[str, Any]]:
    """Give every operation of the description by "METHOD path"."""
    return {
        f"{method.upper()} {path}": operation
        for path, methods in describe(web.app)["paths"].items()
        for method, operation in methods.items()
    }


def rules(web: Surface) -> dict[str, Action | None]:
    """Give what each route of the application asks of people, by "METHOD path", as the routes themselves say."""
    found: dict[str, Action | None] = {}
    for route in iter_route_contexts(web.app.routes):
        dependant = getattr(route, "dependant", None)
        for guard in dependant.dependencies if dependant is not None else []:
            if isinstance(guard.call, Needs):
                found |= {f"{method} {route.path}": guard.call.action for method in route.methods or ()}
    return found


def test_every_operation_says_what_it_is(web: Surface) -> None:
    """A summary, a description, a family that is described, and what every parameter is."""
    for name, operation in operations(web).items():
        assert operation["summary"], name
        assert len(operation["description"]) > 20, name
        assert set(operation["tags"]) <= set(TAGS), name


def test_every_refusal_has_the_one_shape(web: Surface) -> None:
    """Problem details, for each status that is described; the framework's own shape is nowhere."""
    for name, operation in operations(web).items():
        refusals = {status: one for status, one in operation["responses"].items() if status >= "400"}
        assert {"421", "500", "503"} <= set(refusals), name
        for status, one in refusals.items():
            assert set(one["content"]) == {"application/problem+json"}, (name, status)
    assert "HTTPValidationError" not in str(describe(web.app))


def test_every_body_that_is_sent_has_an_example(web: Surface) -> None:
    """As JSON; a file is bytes and has none."""
    lacking = [
        name
        for name, operation in operations(web).items()
        for kind, content in operation.get("requestBody", {}).get("content", {}).items()
        if kind == "application/json" and "example" not in content and "recipe" not in name
    ]

    assert lacking == []


def test_the_examples_are_of_the_shape_of_what_is_answered(web: Surface) -> None:
    """Each reading operation is asked again and its members are compared with the recorded ones."""
    client = web.signed_in("boris")
    compared = 0
    for name, example in examples().items():
        method, _, path = name.partition(" ")
        if method == "GET" and "answer" in example and name not in NOT_ASKED:
            answer = asked(web, client, path)
            assert members(example["answer"]) == members(answer), name
            compared += 1
    assert compared > 20


def members(value: Any) -> set[str]:
    """Give the names that an answer, or the first entry of a list, has."""
    first = value[0] if isinstance(value, list) and value else value
    return set(first) if isinstance(first, dict) else set()


def test_a_session_is_asked_for_exactly_where_a_route_has_a_rule(web: Surface) -> None:
    """The description, the routes and the public list say the same."""
    described = {name for name, operation in operations(web).items() if operation["security"]}

    assert described == set(rules(web))
    assert set(operations(web)) - described == {name for name in PUBLIC if "MOUNT" not in name}


@pytest.mark.parametrize("login", PEOPLE)
def test_each_role_is_denied_exactly_what_no_rule_gives_it(web: Surface, login: str) -> None:
    """The whole matrix, role by operation, made from the routes and from the table of access.py."""
    client = web.signed_in(login)
    for name, action in rules(web).items():
        method, _, path = name.partition(" ")
        if name == "DELETE /api/v1/session":
            continue
        is_allowed = action is None or PEOPLE[login] in ALLOWED[action]
        if is_allowed and action is Action.VERIFY:
            continue  # it takes seconds, and tests of its own

        answer = client.request(method, re.sub(r"\{\w+\}", "999", path))

        denied_by_role = answer.status_code == 403 and "needs one of the roles" in answer.text
        assert denied_by_role is not is_allowed, (name, answer.text[:200])


@pytest.mark.parametrize("method", ["PATCH", "DELETE", "TRACE"])
@pytest.mark.parametrize("path", ["/api/v1/bundles", "/api/v1/nothing", "/healthz"])
def test_what_the_framework_refuses_has_the_same_shape(web: Surface, method: str, path: str) -> None:
    """No such path and no such method, signed in or not."""
    for client in (web.anybody(), web.signed_in("anna")):
        answer = client.request(method, path)

        assert answer.status_code in {404, 405}
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json()["code"] in {"not_found", "method_not_allowed"}
