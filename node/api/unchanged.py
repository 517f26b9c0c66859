"""Who asks again for what has not changed is told so at once, before routes, rules and handlers.

* A 304 is given only to the very request that was answered with this tag before: same address, same session, same
  forms asked for. What was noted holds no longer than nothing was committed to the stores by anybody (so a session that
  is closed, or a role that is taken away, is out at once), than the session, and than `HOLDS_S`, because what stands
  outside of the stores can change as well.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from starlette.types import ASGIApp, Message, Receive, Scope, Send

HOLDS_S = 5
MOST_NOTED = 1024
OK, NOT_MODIFIED = 200, 304
_WHO_AND_WHAT = frozenset({b"authorization", b"cookie", b"accept", b"accept-language"})
_TOLD = frozenset({b"etag", b"cache-control", b"vary"})


@dataclass(frozen=True, slots=True)
class Noted:
    """An answer: its tag, what a 304 says of it, the state of the stores it was made in, and until when it holds."""

    etag: bytes
    headers: tuple[tuple[bytes, bytes], ...]
    version: int
    until: datetime


class Unchanged:
    """ASGI middleware, the innermost: what may be asked at all was decided outside of it."""

    def __init__(
        self, app: ASGIApp, *, version: Callable[[], int], now: Callable[[], datetime], prefix: str
    ) -> None:
        self.app = app
        self._version = version
        self._now = now
        self._prefix = prefix
        self._noted: OrderedDict[bytes, Noted] = OrderedDict()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer with 304, or let the application answer and note its tag."""
        if scope["type"] != "http" or scope["method"] != "GET" or not scope["path"].startswith(self._prefix):
            await self.app(scope, receive, send)
            return
        key, version = _key(scope), self._version()
        noted = self._noted.get(key)
        if noted is not None and self._holds(noted, version) and noted.etag in _tags(scope["headers"]):
            await send(
                {"type": "http.response.start", "status": NOT_MODIFIED, "headers": list(noted.headers)}
            )
            await send({"type": "http.response.body", "body": b""})
            return

        async def noting(message: Message) -> None:
            if message["type"] == "http.response.start" and message["status"] in {OK, NOT_MODIFIED}:
                self._note(key, scope, version, message["headers"])
            await send(message)

        await self.app(scope, receive, noting)

    def _holds(self, noted: Noted, version: int) -> bool:
        return noted.version == version and self._now() < noted.until

    def _note(self, key: bytes, scope: Scope, version: int, headers: Iterable[tuple[bytes, bytes]]) -> None:
        told = tuple((name, value) for name, value in headers if name.lower() in _TOLD)
        etag = next((value for name, value in told if name.lower() == b"etag"), b"")
        person = scope.get("state", {}).get("person")
        if not etag or person is None:
            return
        until = min(self._now() + timedelta(seconds=HOLDS_S), person.session.expires_at)
        self._noted[key] = Noted(etag, told, version, until)
        self._noted.move_to_end(key)
        while len(self._noted) > MOST_NOTED:
            self._noted.popitem(last=False)


def _key(scope: Scope) -> bytes:
    """Name a request without keeping its token."""
    parts = [scope["raw_path"], scope["query_string"]]
    parts += [part for header in scope["headers"] if header[0] in _WHO_AND_WHAT for part in header]
    return sha256(b"\0".join(parts)).digest()


def _tags(headers: Iterable[tuple[bytes, bytes]]) -> set[bytes]:
    """Give the tags that the caller holds (RFC 9110, 13.1.2: weak comparison)."""
    held = b",".join(value for name, value in headers if name == b"if-none-match")
    return {tag.strip().removeprefix(b"W/") for tag in held.split(b",")}
