"""A small federation with figures of every kind, its pages, and a browser without JavaScript to look at them."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest

from node.access import Role
from node.web.site import Site, build_site
from tests.support.contexts_api import HOST, Surface, add_person, surface
from tests.support.federation import PASSWORD, Nodes, federation
from tests.support.web_figures import fill

FORM_TOKEN = re.compile(r'name="form_token" value="([^"]+)"')


@dataclass
class Browser:
    """Follows no redirect of its own accord, runs no script, keeps one cookie."""

    surface: Surface
    cookie: str = ""
    language: str = "en"
    sent: dict[str, str] = field(default_factory=dict)

    def ask(self, method: str, path: str, **more: Any) -> httpx.Response:
        """Send one request."""
        headers = {"Accept-Language": self.language, **self.sent, **more.pop("headers", {})}
        if self.cookie:
            headers["Cookie"] = f"irac_session={self.cookie}"
        return asyncio.run(self._ask(method, path, headers, more))

    def get(self, path: str, **more: Any) -> httpx.Response:
        """Open a page."""
        return self.ask("GET", path, **more)

    def post(self, path: str, fields: dict[str, str], **more: Any) -> httpx.Response:
        """Send a form with the token of its session."""
        token = {"form_token": self.token} if self.cookie else {}
        return self.ask("POST", path, data={**token, **fields}, **more)

    @property
    def token(self) -> str:
        """The form token, as it stands in the pages."""
        found = FORM_TOKEN.search(self.get("/account").text)
        assert found is not None
        return found.group(1)

    async def _ask(
        self, method: str, path: str, headers: dict[str, str], more: dict[str, Any]
    ) -> httpx.Response:
        transport = httpx.ASGITransport(self.surface.app)
        async with httpx.AsyncClient(transport=transport, base_url=f"http://{HOST}") as client:
            return await client.request(method, path, headers=headers, **more)


@dataclass
class Pages:
    """The web surface of KZ in a federation, with people of every role."""

    nodes: Nodes
    surface: Surface
    site: Site
    folder: Path

    def stranger(self, language: str = "en") -> Browser:
        """Give a browser nobody signed in with."""
        return Browser(self.surface, language=language)

    def as_person(self, login: str, language: str = "en") -> Browser:
        """Give a browser that a person is signed in with."""
        token, _ = self.surface.app.state.door.sign_in(login, PASSWORD)
        return Browser(self.surface, token, language)


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pages]:
    """Three members that released and synchronised; a module may read but not change what it is shown."""
    yield from _built(tmp_path_factory.mktemp("pages"))


@pytest.fixture
def own_pages(tmp_path: Path) -> Iterator[Pages]:
    """The same for one test that changes something."""
    yield from _built(tmp_path)


@pytest.fixture(scope="module")
def visible() -> Callable[[str], str]:
    """Give what a reader without eyes for markup gets of a page: its text."""

    def text(html: str) -> str:
        return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))

    return text


def _built(folder: Path) -> Iterator[Pages]:
    with federation(folder / "nodes") as nodes:
        fill(nodes, folder)
        yield _pages(nodes, folder)


def _pages(nodes: Nodes, folder: Path) -> Pages:
    ctx, clock = nodes["KZ"], nodes.clock
    site = build_site(ctx, now=clock.now, max_upload_bytes=64 * 1024)
    served = surface(
        ctx,
        clock,
        folder,
        pages=site.routes,
        static=site.static,
        page_of_problem=site.page_of_problem,
        larger_bodies=site.larger_bodies,
    )
    others = {
        "head": Role.ANALYST, "olga": Role.OPERATOR, "inspector": Role.AUDITOR, "rustam": Role.REVIEWER,
    }  # fmt: skip
    for login, role in others.items():
        add_person(ctx, clock, login, role)
    return Pages(nodes, served, site, folder)
