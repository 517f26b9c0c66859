"""No body over its limit is read to its end, whether it states its length or not."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import Message

from node.api.limits import BodyLimit
from node.api.problems import as_json, of_http_error

LIMIT = 1000
LARGER = 5000


async def _length(request: Request) -> Response:
    return PlainTextResponse(str(len(await request.body())))


async def _ignoring(_request: Request) -> Response:
    return PlainTextResponse("not read")


def _problem(_request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    return as_json(of_http_error(error))


def _app() -> BodyLimit:
    routes = [
        Route("/length", _length, methods=["POST"]),
        Route("/upload", _length, methods=["POST"]),
        Route("/ignoring", _ignoring, methods=["POST"]),
    ]
    inner = Starlette(routes=routes, exception_handlers={HTTPException: _problem})
    return BodyLimit(inner, usual=LIMIT, larger={"/upload": LARGER})


def _ask(
    path: str, headers: dict[str, str], pieces: list[bytes], *, endless: bool = False
) -> tuple[int, dict[str, str], bytes, int]:
    """Give status, headers, body, and how many pieces were taken."""
    sent: list[Message] = []
    taken = 0

    async def receive() -> Message:
        nonlocal taken
        assert taken < 100, "the body is read without an end"
        piece = pieces[0] if endless else pieces[taken]
        taken += 1
        return {"type": "http.request", "body": piece, "more_body": endless or taken < len(pieces)}

    async def send(message: Message) -> None:
        sent.append(message)

    scope: dict[str, Any] = {
        "type": "http",
        "http_version": "1.1",
        "method": "POST",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
        "server": ("node.test", 80),
        "client": ("127.0.0.1", 1),
        "scheme": "http",
        "root_path": "",
        "extensions": {},
    }
    asyncio.run(_app()(scope, receive, send))
    answered = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
    return sent[0]["status"], answered, b"".join(part.get("body", b"") for part in sent), taken


def test_a_body_within_the_limit_arrives_whole() -> None:
    """The limit itself is allowed."""
    status, headers, body, _ = _ask("/length", {"content-length": str(LIMIT)}, [b"x" * 600, b"x" * 400])

    assert (status, body) == (200, b"1000")
    assert "connection" not in headers


def test_a_stated_length_over_the_limit_is_refused_before_a_byte_is_read() -> None:
    """Two gigabytes are announced; nothing of them is asked for."""
    status, headers, body, taken = _ask("/length", {"content-length": "2147483648"}, [b"x"])

    assert (status, taken) == (413, 0)
    assert headers["connection"] == "close"
    assert json.loads(body)["code"] == "too_large"


def test_an_endless_body_is_cut_at_the_limit() -> None:
    """Ten pieces of a hundred bytes are allowed; the eleventh is the last that is taken."""
    status, headers, body, taken = _ask(
        "/length", {"transfer-encoding": "chunked"}, [b"x" * 100], endless=True
    )

    assert (status, taken) == (413, 11)
    assert headers["connection"] == "close"
    assert json.loads(body)["status"] == 413


@pytest.mark.parametrize(("length", "status"), [(LARGER, 200), (LARGER + 1, 413)])
def test_a_path_can_have_a_limit_of_its_own(length: int, status: int) -> None:
    """Uploads are larger than everything else."""
    assert _ask("/upload", {"content-length": str(length)}, [b"x" * length])[0] == status


def test_an_answer_before_the_end_of_the_body_closes_the_connection() -> None:
    """Otherwise the rest would have to be received, only to be thrown away."""
    status, headers, _, _ = _ask("/ignoring", {"content-length": "900"}, [b"x" * 900])

    assert status == 200
    assert headers["connection"] == "close"


def test_a_length_that_is_no_number_does_not_pass_for_a_small_one() -> None:
    """What arrives is counted, whatever was stated."""
    assert _ask("/length", {"content-length": "-1"}, [b"x" * (LIMIT + 1)])[0] == 413
