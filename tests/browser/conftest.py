"""A real browser on real pages of one node, closed off from every other host.

* Every response of a page is watched: an address elsewhere, a message of the console, or an unexpected status
  fails the test that caused it.
* Pictures are kept in artefacts/browser for people to look at; no test compares them.
"""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Request,
    sync_playwright,
)

from node.access import Role
from node.api.servers import Port
from node.services import indicators, sync
from node.web.site import build_site
from tests.support import assessed_run
from tests.support.contexts_api import add_person, serving, surface
from tests.support.federation import PASSWORD, Nodes, federation, release_rows, trade
from tests.support.web_figures import fill, suspicious

ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--disable-quic",
)
PICTURES = Path(__file__).parents[2] / "artefacts" / "browser"


@dataclass
class Watched:
    """A page of a person, and everything it did that it must not."""

    page: Page
    address: str
    home: str = "/"
    faults: list[str] = field(default_factory=list)
    status: int = 0

    def open(self, path: str) -> Page:
        """Open a path of the node."""
        answer = self.page.goto(self.address + path)
        self.status = answer.status if answer else 0
        return self.page

    def sign_in(self, login: str) -> Page:
        """Come in by the form."""
        self.open("/sign-in")
        self.page.fill("#login", login)
        self.page.fill("#password", PASSWORD)
        self.page.click("main form button")
        self.page.wait_for_selector("header .pages")
        return self.page

    def shows(self, language: str, scheme: Any, viewport: Any) -> Page:
        """Open `home` in one language, colour scheme and size."""
        self.page.set_viewport_size(viewport)
        self.page.emulate_media(color_scheme=scheme)
        return self.open(f"{self.home}{'&' if '?' in self.home else '?'}lang={language}")

    def picture(self, name: str) -> None:
        """Keep a picture of the whole page."""
        place = PICTURES / f"{name}.png"
        place.parent.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=place, full_page=True)

    def watch(self) -> None:
        """Begin to note faults."""
        self.page.on("console", self._console)
        self.page.on("pageerror", lambda error: self.faults.append(f"script: {error}"))
        self.page.on("request", self._request)

    def _console(self, message: ConsoleMessage) -> None:
        self.faults.append(f"console {message.type}: {message.text}")

    def _request(self, request: Request) -> None:
        if not request.url.startswith(self.address + "/"):
            self.faults.append(f"asked {request.url}")


@pytest.fixture(scope="session")
def all_roles() -> str:
    """Give the login of a person with every role of KZ."""
    return "daria"


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory, all_roles: str) -> Iterator[tuple[str, Nodes]]:
    """Serve the web port of KZ on a free port, for all browser tests; one series alarms, one typology is reported.

    The assessments are runs over bundles of their own, with members of every state of a score.
    """
    folder = tmp_path_factory.mktemp("browser")
    with federation(folder / "nodes") as nodes, socket.create_server(("127.0.0.1", 0)) as listener:
        fill(nodes, folder)
        ctx = nodes["KZ"]
        release_rows(nodes, "KZ", "DECLARED_FLOW", _with_a_jump(), folder)
        release_rows(nodes, "RU", "SUSPICIOUS_FLOW", _by_method(), folder)
        sync.sync_peer(ctx, "RU", holder="test", now=nodes.clock.now())
        indicators.recompute(ctx, nodes.clock.now())
        for assessment in (indicators.ASSESSMENT, indicators.DETAIL):
            assessed_run.store(ctx, assessment, nodes.clock.now())
        for login, role in (("head", Role.ANALYST), ("inspector", Role.AUDITOR)):
            add_person(ctx, nodes.clock, login, role)
        add_person(ctx, nodes.clock, all_roles, *Role)
        site = build_site(ctx, now=nodes.clock.now)
        made = surface(
            ctx,
            nodes.clock,
            folder,
            allowed_hosts=["127.0.0.1"],
            pages=site.routes,
            static=site.static,
            page_of_problem=site.page_of_problem,
            larger_bodies=site.larger_bodies,
        )
        with serving(Port(made.app, listener)):
            yield f"http://127.0.0.1:{listener.getsockname()[1]}", nodes


def _by_method() -> list[dict[str, str]]:
    """Give six reports of one typology in each of two years."""
    dates = ("BEGIN_DATE", "END_DATE")
    return [
        {**row, "METHOD": "TM02", "REPORT_ID": f"{year}-{row['REPORT_ID']}"}
        | {name: row[name].replace("2012", year) for name in dates}
        for year in ("2011", "2012")
        for row in suspicious("RU")[:6]
    ]


def _with_a_jump() -> list[dict[str, str]]:
    """Give twenty-one years of trade, of which the last is nine times the usual."""
    usual = {year: 1_000_000 + year % 7 * 9_000 for year in range(1988, 2009)} | {2008: 9_000_000}
    rows = [trade("KZ", "BY", "IN", str(value), str(year)) for year, value in usual.items()]
    return [row | {"PRODUCT": "HS84"} for row in rows]  # the walk of an analyst releases fuels


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Browser]:
    """One browser for a module; its driver runs an event loop, which later tests must not find running."""
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium, args=list(ARGUMENTS))
        yield started
        started.close()


@pytest.fixture
def visit(browser: Browser, served: tuple[str, Nodes]) -> Iterator[Callable[..., Watched]]:
    """Give a fresh window; its options are those of a Playwright context. No fault may be left at the end."""
    address, _ = served
    contexts: list[BrowserContext] = []
    made: list[Watched] = []

    def open_window(**options: Any) -> Watched:
        context = browser.new_context(**{"locale": "ru-RU", **options})
        contexts.append(context)
        watched = Watched(context.new_page(), address)
        watched.watch()
        made.append(watched)
        return watched

    yield open_window
    for context in contexts:
        context.close()
    assert [fault for watched in made for fault in watched.faults] == []
