"""What tests of the HTTP surfaces need: people of every role, a client without a network, and a server.

The contexts are those of `federation`: real adapters on a folder.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import httpx
from fastapi import FastAPI

from node.access import Role
from node.api.app import build_api
from node.api.servers import Port, run
from node.services import accounts
from node.services.context import Context
from tests.support.federation import PASSWORD, Clock

HOST = "node.test"


@dataclass
class Client:
    """Asks an ASGI application, one request after another; with a token, as that person."""

    app: Any
    token: str | None = None
    host: str = HOST

    def request(self, method: str, path: str, **more: Any) -> httpx.Response:
        """Send a request; an exception that reaches the server fails the test."""
        headers = dict(more.pop("headers", {}))
        if self.token is not None:
            headers.setdefault("Authorization", f"Bearer {self.token}")
        return asyncio.run(self._ask(method, path, headers, more))

    def get(self, path: str, **more: Any) -> httpx.Response:
        """GET."""
        return self.request("GET", path, **more)

    def post(self, path: str, **more: Any) -> httpx.Response:
        """POST."""
        return self.request("POST", path, **more)

    def put(self, path: str, **more: Any) -> httpx.Response:
        """PUT."""
        return self.request("PUT", path, **more)

    def delete(self, path: str, **more: Any) -> httpx.Response:
        """DELETE."""
        return self.request("DELETE", path, **more)

    async def _ask(
        self, method: str, path: str, headers: dict[str, str], more: dict[str, Any]
    ) -> httpx.Response:
        transport = httpx.ASGITransport(self.app)
        async with httpx.AsyncClient(transport=transport, base_url=f"http://{self.host}") as client:
            return await client.request(method, path, headers=headers, **more)


@dataclass
class Surface:
    """The web port's application of one node, and its people."""

    ctx: Context
    clock: Clock
    app: FastAPI
    staging: Path
    tokens: dict[str, str] = field(default_factory=dict)

    def anybody(self) -> Client:
        """Give a client that is not signed in."""
        return Client(self.app)

    def signed_in(self, login: str) -> Client:
        """Give a client that a person is signed in with; one session a person, because each costs time."""
        if login not in self.tokens:
            self.tokens[login], _ = self.app.state.door.sign_in(login, PASSWORD)
        return Client(self.app, self.tokens[login])


def surface(ctx: Context, clock: Clock, folder: Path, **more: Any) -> Surface:
    """Build the application of the web port for a context."""
    staging = folder / "staging"
    given: dict[str, Any] = {"web_url": "http://127.0.0.1", "allowed_hosts": [HOST], **more}
    app = build_api(ctx, now=clock.now, staging=staging, holder="test", **given)
    return Surface(ctx, clock, app, staging)


def add_person(ctx: Context, clock: Clock, login: str, *roles: Role, language: str = "en") -> None:
    """Add an account; a releaser of the federation keeps the release key that the registry lists."""
    held = ctx.accounts.get(login)
    if held is not None:  # the federation's own people have their accounts and keys already
        ctx.accounts.put(replace(held, roles=frozenset(roles), language=language))
        return
    is_officer = Role.RELEASER in roles
    plain = [role for role in roles if role is not Role.RELEASER] or [Role.ANALYST]
    account = accounts.create_account(
        ctx,
        None,
        login=login,
        display_name=login.title(),
        roles=plain,
        password=PASSWORD,
        language=language,
        now=clock.now(),
    )
    if is_officer:
        keyid = ctx.keyring.release_signer(login, PASSWORD).keyid
        ctx.accounts.put(replace(account, roles=frozenset(roles), release_keyid=keyid))


@contextmanager
def serving(*ports: Port) -> Iterator[None]:
    """Serve ports in a thread of their own for the time of the block."""
    ready = threading.Event()
    failures: list[BaseException] = []
    stops: list[tuple[asyncio.AbstractEventLoop, asyncio.Event]] = []

    async def serve() -> None:
        stop = asyncio.Event()
        stops.append((asyncio.get_running_loop(), stop))
        await run(ports, stop=stop, on_ready=ready.set)

    def work() -> None:
        try:
            asyncio.run(serve())
        except BaseException as error:  # noqa: BLE001 - told to the test below
            failures.append(error)
            ready.set()

    thread = threading.Thread(target=work)
    thread.start()
    try:
        assert ready.wait(20)
        yield
    finally:
        loop, stop = stops[0]
        if not failures:
            loop.call_soon_threadsafe(stop.set)
        thread.join(20)
    assert not thread.is_alive()
    assert not failures
