"""How much a caller may send. A body over its limit is never read to its end, by anyone.

* A stated Content-Length over the limit is answered at once, before a byte of the body is read.
* What is not stated, or stated falsely, is counted while it arrives.
* An answer given before the body has arrived closes the connection: else the rest would have to be received.
"""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus

from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from node.api.problems import as_json, of_http_error

UPLOAD_BYTES = 256 * 1024 * 1024
USUAL_BYTES = 1024 * 1024


class BodyTooLarge(HTTPException):
    """A body over its limit; an HTTPException, which the framework lets through when it reads a body."""

    def __init__(self, at_most: int) -> None:
        super().__init__(
            HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
            f"At most {at_most} bytes can be sent here; the rest was not read.",
            {"Connection": "close"},
        )


class BodyLimit:
    """ASGI middleware. `larger` maps a path to its own limit in bytes; every other path has `usual`."""

    def __init__(
        self, app: ASGIApp, *, usual: int = USUAL_BYTES, larger: Mapping[str, int] | None = None
    ) -> None:
        self.app = app
        self._usual = usual
        self._larger = dict(larger or {})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse a stated length at once, and count what arrives."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        limit = self._larger.get(scope["path"], self._usual)
        if _stated_length(scope) > limit:
            await as_json(of_http_error(BodyTooLarge(limit)))(scope, receive, send)
            return
        received = 0
        is_complete = not _has_body(scope)

        async def counted() -> Message:
            nonlocal received, is_complete
            message = await receive()
            received += len(message.get("body", b""))
            if received > limit:
                raise BodyTooLarge(limit)
            is_complete = is_complete or not message.get("more_body", False)
            return message

        async def closing(message: Message) -> None:
            if message["type"] == "http.response.start" and not is_complete:
                MutableHeaders(scope=message)["Connection"] = "close"
            await send(message)

        await self.app(scope, counted, closing)


def _has_body(scope: Scope) -> bool:
    return any(name == b"transfer-encoding" for name, _ in scope["headers"]) or _stated_length(scope) > 0


def _stated_length(scope: Scope) -> int:
    for name, value in scope["headers"]:
        # the server has refused lengths that are no numbers, or two that differ
        if name == b"content-length" and value.isdigit():
            return int(value)
    return 0
