"""The OpenAPI description: what the routes say of themselves, and what holds for all of them said once.

* Every answer that can happen is in it, refusals with their shape (problem details); a test asks at random and looks
  for one that is not.
* An operation asks for a session exactly where its route has a rule: the description is made from the rules.
* Examples were recorded from a node with data (examples.json); a test asks again and compares their shape.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from http import HTTPStatus
from importlib import resources
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from node.api.problems import MEDIA_TYPE, SCHEMA
from node.api.session import COOKIE, FORM_HEADER
from node.services.exports.build import TABLES
from node.services.structures_selected import KINDS, REFERENCES
from schemas import registry
from schemas.registry import LANGUAGES

SUMMARY = "Statistics in, typologies out, nothing personal leaves: the node of a member, for programs."
DESCRIPTION = f"""
Sign in with `POST /api/v1/session` and send the token as `Authorization: Bearer …`. A browser sends its cookie, and
with anything but reading the form token of its session in the header `{FORM_HEADER}`.

Every refusal is a problem document (RFC 9457): what happened, where, what to do. `code` is stable.

Lists come in pages: the header `Link` with `rel="next"` names the next one. An answer with an `ETag` is answered with
304 to `If-None-Match` while it is the same. Amounts are whole numbers of minor units.
"""
TAGS = {
    "people": "Sessions and one's own account.",
    "definitions": "The shared language: dataflows, structures, code lists, templates.",
    "submissions": "A file from upload to release.",
    "disclosure": "What is withheld and why, and what would leave.",
    "bundles": "What was signed, by whom, and where it stands.",
    "records": "Taking releases back, and what members tell one another.",
    "typologies": "The register of typologies: what members describe in words, version by version.",
    "figures": "Cells and indicators, page by page.",
    "exports": "Every table of the dashboard as a file with its notes.",
    "operations": "The exchange with peers, verification, the audit chain.",
    "assessment": "Levels of members with their intervals, and what made them.",
    "methods": "How each figure is computed.",
    "start": "What waits for the person signed in, and what is due when.",
    "health": "For supervisors.",
}
PROBLEM = "Problem"
_SECURITY = {
    "session": {"type": "http", "scheme": "bearer", "description": "The token of `POST /api/v1/session`."},
    "cookie": {"type": "apiKey", "in": "cookie", "name": COOKIE, "description": "The session of a browser."},
}
# beyond what every operation of its kind can answer
_ALSO = {
    "GET /api/v1/sdmx/structure/{kind}/{agency}/{artefact}/{version}": (
        HTTPStatus.NOT_ACCEPTABLE,
        HTTPStatus.NOT_IMPLEMENTED,
    ),
    "POST /api/v1/acknowledgements": (HTTPStatus.NOT_FOUND,),
    "GET /api/v1/assessment": (HTTPStatus.NOT_FOUND,),
    "GET /api/v1/assessment/details": (HTTPStatus.NOT_FOUND,),
    "GET /api/v1/assessment/momentum": (HTTPStatus.NOT_FOUND,),
    "GET /api/v1/exports/{table}": (HTTPStatus.NOT_ACCEPTABLE,),
    "GET /api/v1/cells/{dataflow}": (HTTPStatus.CONFLICT,),
    "GET /api/v1/indicators": (HTTPStatus.CONFLICT,),
    "POST /api/v1/exchange/sync": (HTTPStatus.NOT_FOUND,),
    "GET /api/v1/submissions/{submission_id}/preview": (HTTPStatus.CONFLICT,),
    "GET /api/v1/submissions/{submission_id}/difference": (HTTPStatus.CONFLICT,),
    "GET /api/v1/submissions/{submission_id}/disclosure": (HTTPStatus.CONFLICT,),
    "GET /api/v1/submissions/{submission_id}/manifest": (HTTPStatus.CONFLICT,),
    "GET /api/v1/submissions/{submission_id}/parts/{digest}": (HTTPStatus.CONFLICT,),
}
_WITHOUT_SESSION = frozenset({"/healthz", "/readyz"})
_NULL = {"type": "null"}
_METHODS = frozenset({"get", "post", "put", "delete"})
_SAID_BY_THE_FRAMEWORK = ("HTTPValidationError", "ValidationError")


def describe(app: FastAPI) -> dict[str, Any]:
    """Give the description of an application, made once."""
    if app.openapi_schema is None:
        document = get_openapi(
            title="IRAC node",
            version="1",
            summary=SUMMARY,
            description=DESCRIPTION,
            routes=app.routes,
            tags=[{"name": name, "description": text} for name, text in TAGS.items()],
        )
        _complete(document)
        app.openapi_schema = document
    return app.openapi_schema


@cache
def examples() -> dict[str, Any]:
    """Give the recorded examples: by operation, `request` and `answer`."""
    text = resources.files("node.api").joinpath("examples.json").read_text(encoding="utf-8")
    recorded: dict[str, Any] = json.loads(text)
    return recorded


def _complete(document: dict[str, Any]) -> None:
    components = document.setdefault("components", {})
    schemas = components.setdefault("schemas", {})
    for name in _SAID_BY_THE_FRAMEWORK:
        schemas.pop(name, None)
    schemas[PROBLEM] = SCHEMA
    components["securitySchemes"] = _SECURITY
    for name, path, method, operation in _operations(document):
        is_public = path in _WITHOUT_SESSION or name == "POST /api/v1/session"
        operation["security"] = [] if is_public else [{one: []} for one in _SECURITY]
        _name_values(operation)
        operation["responses"] |= {
            str(status.value): _refusal(status)
            for status in (*_refusals(path, method, operation, is_public=is_public), *_ALSO.get(name, ()))
        }
        if "ETag" in operation["responses"].get("200", {}).get("headers", {}):
            operation["responses"]["304"] = {"description": "Nothing has changed"}
        _exemplify(operation, examples().get(name, {}))


def _name_values(operation: dict[str, Any]) -> None:
    """Say which values a parameter has; another one is still answered by the use case, in words."""
    known = _values()
    for parameter in operation.get("parameters", ()):
        if parameter["name"] in known and "enum" not in parameter["schema"]:
            # what may be left out is described as "this or null"
            of = [one for one in parameter["schema"].get("anyOf", [parameter["schema"]]) if one != _NULL]
            of[0]["enum"] = list(known[parameter["name"]])


@cache
def _values() -> dict[str, tuple[str, ...]]:
    return {
        "dataflow": tuple(flow.id for flow in registry.dataflows()),
        "structure_id": registry.structure_ids(),
        "codelist_id": registry.codelist_ids(),
        "table": tuple(one.name for one in TABLES),
        "kind": tuple(KINDS),
        "references": tuple(REFERENCES),
        "lang": LANGUAGES,
        "language": LANGUAGES,
    }


def _operations(document: dict[str, Any]) -> Iterator[tuple[str, str, str, dict[str, Any]]]:
    for path, methods in document["paths"].items():
        for method in _METHODS & set(methods):
            yield f"{method.upper()} {path}", path, method, methods[method]


def _refusals(path: str, method: str, operation: dict[str, Any], *, is_public: bool) -> Iterator[HTTPStatus]:
    """Give what this operation can refuse with; what stands in its own description is added to."""
    yield HTTPStatus.MISDIRECTED_REQUEST
    yield HTTPStatus.INTERNAL_SERVER_ERROR
    yield HTTPStatus.SERVICE_UNAVAILABLE
    if "{" in path or path.endswith("/indicators"):
        yield HTTPStatus.NOT_FOUND
    if not is_public or path.endswith("/session"):
        yield HTTPStatus.UNAUTHORIZED
    if not is_public:
        yield HTTPStatus.FORBIDDEN
    if "requestBody" in operation:
        yield HTTPStatus.BAD_REQUEST
    if "requestBody" in operation or method != "get":
        yield HTTPStatus.REQUEST_ENTITY_TOO_LARGE
        yield HTTPStatus.CONFLICT
    if "requestBody" in operation or operation.get("parameters"):
        yield HTTPStatus.UNPROCESSABLE_ENTITY


def _refusal(status: HTTPStatus) -> dict[str, Any]:
    content = {MEDIA_TYPE: {"schema": {"$ref": f"#/components/schemas/{PROBLEM}"}}}
    return {"description": f"{status.phrase}: a problem document", "content": content}


def _exemplify(operation: dict[str, Any], recorded: dict[str, Any]) -> None:
    for content in operation.get("requestBody", {}).get("content", {}).values():
        if "request" in recorded:
            content["example"] = recorded["request"]
    for status, answer in operation["responses"].items():
        body = answer.get("content", {}).get("application/json")
        if body is not None and status.startswith("2") and "answer" in recorded:
            body.setdefault("example", recorded["answer"])
