"""Every refusal has one shape, and the table of them is complete."""

from __future__ import annotations

import json

import pytest
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from exchange.errors import ExchangeError, Refused
from node import errors
from node.api import problems
from tests.support.error_classes import node_errors


def test_every_error_of_a_use_case_is_in_the_table() -> None:
    """A class that was forgotten would be answered as its parent, with a wrong status."""
    assert node_errors() <= set(problems.RULES)


def test_every_class_of_failures_of_the_exchange_is_in_the_table() -> None:
    """The four classes say what can be done; all others are made of them."""
    assert set(ExchangeError.__subclasses__()) <= set(problems.RULES)


def test_no_two_rules_share_a_code() -> None:
    """Callers tell problems apart by their code."""
    codes = [rule.code for rule in problems.RULES.values()]

    assert len(codes) == len(set(codes))


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (errors.Denied("x"), 403),
        (errors.NotSignedIn("x"), 401),
        (errors.Invalid("x"), 422),
        (errors.TooLarge("x"), 413),
        (errors.NotFound("x"), 404),
        (errors.Conflict("x"), 409),
        (errors.Damaged("x"), 500),
        (errors.Unavailable("x"), 503),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else str(value),
)
def test_each_error_has_the_status_http_gives_it(error: errors.NodeError, status: int) -> None:
    """RFC 9110, section 15."""
    assert problems.of_node_error(error).status == status


def test_a_problem_document_has_the_members_of_rfc_9457() -> None:
    """type, title, status and detail as in section 3.1; code, hint and context are extensions."""
    error = errors.Conflict(
        "Submission 7 is released", detail="By daria.", hint="Look at it again.", submission=7
    )

    response = problems.as_json(problems.of_node_error(error))

    assert response.headers["content-type"] == "application/problem+json"
    assert json.loads(response.body) == {
        "type": "urn:irac:problem:conflict",
        "title": "Not in the state this step needs",
        "status": 409,
        "detail": "Submission 7 is released. By daria.",
        "code": "conflict",
        "hint": "Look at it again.",
        "context": {"submission": 7},
    }


def test_the_title_does_not_change_with_the_occasion() -> None:
    """RFC 9457, section 3.1.3: the title names the type of the problem."""
    one = problems.of_node_error(errors.NotFound("There is no such bundle"))
    other = problems.of_node_error(errors.NotFound("There is no such dataflow"))

    assert one.title == other.title
    assert one.detail != other.detail


def test_a_refused_sign_in_names_the_way_to_sign_in() -> None:
    """RFC 9110, section 15.5.2: a 401 carries a challenge."""
    problem = problems.of_node_error(errors.NotSignedIn("You are not signed in"))

    assert problem.headers == {"WWW-Authenticate": "Bearer"}


def test_a_failure_of_the_exchange_keeps_its_stable_name() -> None:
    """The name is part of the protocol and is what operators look up."""
    problem = problems.of_exchange_error(Refused("rollback", title="A log went back", detail="from 9 to 7"))

    assert problem.status == 502
    assert problem.context["error"] == "rollback"


def test_a_field_that_cannot_be_read_is_named_and_not_repeated() -> None:
    """What was sent may be a password."""
    error = RequestValidationError(
        [{"type": "x", "loc": ("body", "password"), "msg": "too short", "input": "hunter2"}]
    )

    document = json.dumps(problems.document(problems.of_validation_error(error)))

    assert "body.password" in document
    assert "hunter2" not in document


def test_an_unexpected_error_says_its_incident_number_and_nothing_else() -> None:
    """The rest is in the log."""
    problem = problems.of_unexpected("a1b2c3")

    assert problem.status == 500
    assert problem.context == {"incident": "a1b2c3"}


def test_a_refusal_of_the_framework_has_the_same_shape() -> None:
    """No caller has to know two kinds of errors."""
    problem = problems.of_http_error(HTTPException(405))

    assert problems.document(problem)["code"] == "method_not_allowed"
