"""What every answer says to the browser, and which names this node answers to.

* Nothing may be loaded from anywhere but the node itself, and no other site may frame it or post to it.
* What a signed-in person sees is not kept by any cache unless its route says otherwise.
* A request for another host name is refused: a name that an attacker points at this machine gets no session.
* An exception nobody foresaw becomes an incident number, with the same headers as every other answer.
"""

from __future__ import annotations

from collections.abc import Callable, Collection

import structlog
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import MutableHeaders
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from node.api.problems import PageOfProblem, Problem, as_json, of_unexpected

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
ONE_YEAR_S = 31_536_000


class SecurityHeaders:
    """ASGI middleware, outermost: adds the headers to every answer; a route's own Cache-Control stays."""

    def __init__(self, app: ASGIApp, *, is_https: bool) -> None:
        self.app = app
        self._headers = dict(HEADERS)
        if is_https:
            self._headers["Strict-Transport-Security"] = f"max-age={ONE_YEAR_S}"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Add the headers when the answer starts."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self._headers.items():
                    headers[name] = value
                headers.setdefault("Cache-Control", "no-store")
            await send(message)

        await self.app(scope, receive, with_headers)


class AllowedHosts:
    """ASGI middleware: exactly one Host header, and one of the names this node is known by."""

    def __init__(self, app: ASGIApp, *, hosts: Collection[str]) -> None:
        self.app = app
        self._hosts = frozenset(host.lower() for host in hosts)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse a request for another name with 421 Misdirected Request (RFC 9110, 15.5.20)."""
        if scope["type"] == "http" and not self._is_ours(scope):
            problem = Problem(
                421,
                "misdirected_request",
                "Misdirected request",
                "This node does not answer to that host name.",
            )
            await as_json(problem)(scope, receive, send)
            return
        await self.app(scope, receive, send)

    def _is_ours(self, scope: Scope) -> bool:
        named = [value.decode("latin-1") for name, value in scope["headers"] if name == b"host"]
        return len(named) == 1 and host_name(named[0]) in self._hosts


class LastResort:
    """ASGI middleware: logs what nobody foresaw under an incident number, and answers with that number."""

    def __init__(
        self, app: ASGIApp, *, incident: Callable[[], str], page: PageOfProblem | None, api_prefix: str
    ) -> None:
        self.app = app
        self._incident = incident
        self._page = page
        self._api_prefix = api_prefix

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Run the application; nothing it raises passes on to the server."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        has_started = False

        async def watched(message: Message) -> None:
            nonlocal has_started
            has_started = True
            await send(message)

        try:
            await self.app(scope, receive, watched)
        except ClientDisconnect:
            return  # the caller hung up in the middle of sending: nobody is left to answer
        except Exception as error:
            incident = self._incident()
            log = structlog.get_logger("node.api")
            log.exception("incident", incident=incident, path=scope["path"], error=type(error).__name__)
            if has_started:
                raise  # half an answer is out: the server must break the connection so that it is seen
            await (await self._answer(scope, incident))(scope, receive, send)

    async def _answer(self, scope: Scope, incident: str) -> Response:
        problem = of_unexpected(incident)
        if self._page is None or scope["path"].startswith(self._api_prefix):
            return as_json(problem)
        try:
            return await run_in_threadpool(self._page, Request(scope), problem)
        except Exception:  # noqa: BLE001 - the page may need the very thing that is broken
            return as_json(problem)


def host_name(authority: str) -> str:
    """Give the host of `host`, `host:port` or `[v6]:port`, in lower case."""
    text = authority.strip().lower()
    if text.startswith("["):
        return text[1:].partition("]")[0]
    return text.partition(":")[0]
