"""Every refusal as one shape: RFC 9457 problem details, the same for each error a use case can raise.

* `RULES` is the whole table: an error class that is not in it is a fault of the build, found by a test.
* A person never sees a traceback, a library's message or a value that was sent: an unexpected exception
  becomes a status 500 with an incident number, under which the log has the rest.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from exchange import errors as exchange_errors
from node import errors

MEDIA_TYPE = "application/problem+json"
TYPE_PREFIX = "urn:irac:problem:"
SCHEMA: dict[str, Any] = {
    "type": "object",
    "required": ["type", "title", "status", "detail", "code"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "code": {"type": "string"},
        "hint": {"type": "string"},
        "context": {"type": "object"},
        "errors": {"type": "array", "items": {"type": "object"}},
    },
}

PageOfProblem = Callable[[Request, "Problem"], Response]


@dataclass(frozen=True, slots=True)
class Rule:
    """How one class of errors is answered. `title` names the kind and never changes with the occasion."""

    status: int
    code: str
    title: str


@dataclass(frozen=True, slots=True)
class Problem:
    """One refusal, ready to be written as JSON or as a page. `title` is the kind, `detail` what happened."""

    status: int
    code: str
    title: str
    detail: str
    hint: str = ""
    context: Mapping[str, Any] = field(default_factory=dict)
    errors: Sequence[Mapping[str, str]] = ()
    headers: Mapping[str, str] = field(default_factory=dict)


RULES: dict[type[Exception], Rule] = {
    errors.NodeError: Rule(500, errors.NodeError.code, "The node could not do this"),
    errors.Denied: Rule(403, errors.Denied.code, "Not allowed"),
    errors.NotSignedIn: Rule(401, errors.NotSignedIn.code, "Not signed in"),
    errors.Invalid: Rule(422, errors.Invalid.code, "What was sent cannot be used"),
    errors.TooLarge: Rule(413, errors.TooLarge.code, "Too large"),
    errors.NotFound: Rule(404, errors.NotFound.code, "Not found"),
    errors.Conflict: Rule(409, errors.Conflict.code, "Not in the state this step needs"),
    errors.Damaged: Rule(500, errors.Damaged.code, "Stored bytes are damaged"),
    errors.Unavailable: Rule(503, errors.Unavailable.code, "Not available now"),
    exchange_errors.Unreachable: Rule(504, "peer_unreachable", "A peer did not answer"),
    exchange_errors.NotYet: Rule(503, "peer_not_ready", "A peer is not ready yet"),
    exchange_errors.Misconfigured: Rule(500, "misconfigured", "This node is set up wrongly"),
    exchange_errors.Refused: Rule(502, "peer_refused", "What a peer sent was refused"),
}


def rule_for(error_class: type[Exception]) -> Rule:
    """Give the rule of the nearest class in the table; raises KeyError for a class no rule covers."""
    for ancestor in error_class.__mro__:
        if ancestor in RULES:
            return RULES[ancestor]
    raise KeyError(error_class)


def of_node_error(error: errors.NodeError) -> Problem:
    """Describe a refusal of a use case."""
    rule = rule_for(type(error))
    detail = " ".join(part for part in (f"{error.title}.", error.detail) if part.strip("."))
    headers = {"WWW-Authenticate": "Bearer"} if rule.status == HTTPStatus.UNAUTHORIZED else {}
    faults = error.faults if isinstance(error, errors.Invalid) else ()
    found = [{"where": fault.where, "what": str(fault)} for fault in faults]
    return Problem(
        rule.status, rule.code, rule.title, detail, error.hint, dict(error.context), found, headers
    )


def of_exchange_error(error: exchange_errors.ExchangeError) -> Problem:
    """Describe a failure of the exchange; its stable name is in the context."""
    rule = rule_for(type(error))
    context = {"error": error.name, **{key: str(value) for key, value in error.context.items()}}
    return Problem(rule.status, rule.code, rule.title, f"{error.title}. {error.detail}", error.hint, context)


def of_http_error(error: HTTPException) -> Problem:
    """Describe a refusal of the framework (no such path, wrong method, body over the limit)."""
    status = HTTPStatus(error.status_code)
    code = errors.TooLarge.code if status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE else status.name.lower()
    detail = str(error.detail or status.description or status.phrase)
    return Problem(status, code, status.phrase, detail, headers=dict(error.headers or {}))


def of_validation_error(error: RequestValidationError) -> Problem:
    """Describe fields that cannot be read. What was sent is not repeated: it may be a password."""
    found = [
        {"where": ".".join(str(step) for step in entry["loc"]), "what": str(entry["msg"])}
        for entry in error.errors()
    ]
    rule = RULES[errors.Invalid]
    where = ", ".join(entry["where"] for entry in found[:5])
    return Problem(
        rule.status,
        rule.code,
        rule.title,
        f"Cannot be read: {where}.",
        "Correct the fields named.",
        errors=found,
    )


def of_unexpected(incident: str) -> Problem:
    """Describe an exception nobody foresaw by its incident number alone."""
    return Problem(
        HTTPStatus.INTERNAL_SERVER_ERROR,
        "internal",
        "The node made a mistake",
        f"Something failed that should not. It was logged as incident {incident}.",
        "Tell the operator the incident number; nothing that was acknowledged before is lost.",
        {"incident": incident},
    )


def document(problem: Problem) -> dict[str, Any]:
    """Give the members of the problem document; empty ones are left out."""
    members: dict[str, Any] = {
        "type": TYPE_PREFIX + problem.code,
        "title": problem.title,
        "status": int(problem.status),
        "detail": problem.detail,
        "code": problem.code,
    }
    optional = {
        "hint": problem.hint,
        "context": dict(problem.context),
        "errors": [dict(entry) for entry in problem.errors],
    }
    return members | {key: value for key, value in optional.items() if value}


def as_json(problem: Problem) -> Response:
    """Write a problem as `application/problem+json`."""
    body = json.dumps(document(problem), ensure_ascii=False, default=str).encode()
    return Response(body, problem.status, dict(problem.headers), MEDIA_TYPE)


def answer_with(app: FastAPI, page: PageOfProblem | None, *, api_prefix: str) -> None:
    """Make `app` answer every foreseen error from the table: JSON under `api_prefix`, else by `page`."""

    def write(request: Request, problem: Problem) -> Response:
        if page is None or request.url.path.startswith(api_prefix):
            return as_json(problem)
        return page(request, problem)

    # one handler a class; Starlette calls it with that class only, which its signature cannot say
    described: dict[type[Exception], Callable[[Any], Problem]] = {
        errors.NodeError: of_node_error,
        exchange_errors.ExchangeError: of_exchange_error,
        RequestValidationError: of_validation_error,
        HTTPException: of_http_error,
    }
    for error_class, describe in described.items():
        app.add_exception_handler(error_class, _handler(describe, write))


def _handler(
    describe: Callable[[Any], Problem], write: PageOfProblem
) -> Callable[[Request, Exception], Response]:
    def handle(request: Request, error: Exception) -> Response:
        return write(request, describe(error))

    return handle
