"""The corridor matrix of 30 members over 120 months in a real browser: how long the page is deaf while it is moved.

The page is a node's own; only the answer with its figures is replaced, because a federation of thirty members with ten
years behind it would take an hour to found. A task is what the browser's own trace calls one: while it runs, the page
can neither draw nor listen. Its processor time is taken, which other work on the machine does not lengthen.
"""

from __future__ import annotations

import json
import random
import socket
import statistics
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, sync_playwright

from node.access import Role
from node.api.servers import Port
from node.web.site import build_site
from tests.bench.measuring import Ratio
from tests.machine import browser
from tests.support.contexts_api import add_person, serving, surface
from tests.support.federation import PASSWORD, federation
from tests.support.web_figures import fill

MEMBERS, MONTHS = 30, 120
LONGEST_TASK_S, FIRST_PAINT_S = 0.1, 0.5
ROUNDS = 3
PATH = "/corridors?dataflow=DECLARED_FLOW&lang=en"
TRACED = ["toplevel", "devtools.timeline", "disabled-by-default-devtools.timeline"]
# One step of the slider a frame, every month once; gives the time of each step until the browser has drawn.
MOVE = """async () => {
  const range = document.querySelector('.slider input');
  for (let month = 0; month <= Number(range.max); month += 1) {
    range.value = month;
    range.dispatchEvent(new Event('input', {bubbles: true}));
    await new Promise(requestAnimationFrame);
    await new Promise(done => setTimeout(done, 0));
  }
  await new Promise(done => setTimeout(done, 500));
  return document.querySelector('.slider output').textContent;
}"""
PAINTED = "performance.getEntriesByName('first-contentful-paint')[0].startTime"


def ratios() -> list[Ratio]:
    """Open the matrix several times and move through every month; medians beside the promises."""
    painted, opened, moved = [], [], []
    with _opened() as page:
        for _ in range(ROUNDS):
            with _traced(page, opened):
                page.reload()
                page.wait_for_selector("figure[data-chart] canvas")
                page.wait_for_timeout(1000)
            painted.append(page.evaluate(PAINTED) / 1000)
            with _traced(page, moved):
                shown = page.evaluate(MOVE)
            if shown != _months()[-1]:
                raise RuntimeError(f"the slider shows {shown} at its end")
    return [
        Ratio("first contentful paint", statistics.median(painted), FIRST_PAINT_S, 1.0),
        Ratio("longest task while the page opens", statistics.median(opened), LONGEST_TASK_S, 1.0),
        Ratio("longest task while the slider moves", statistics.median(moved), LONGEST_TASK_S, 1.0),
    ]


@contextmanager
def _traced(page: Page, longest: list[float]) -> Iterator[None]:
    """Add the processor time, in seconds, of the longest task of the page's main thread meanwhile."""
    started = page.context.browser
    if started is None:
        raise RuntimeError("the page has no browser to trace")
    started.start_tracing(page=page, categories=TRACED)
    yield
    events = json.loads(started.stop_tracing())["traceEvents"]
    main = {
        (one["pid"], one["tid"])
        for one in events
        if one["name"] == "thread_name" and one["args"]["name"] == "CrRendererMain"
    }
    tasks = [one for one in events if "RunTask" in one["name"] and (one["pid"], one["tid"]) in main]
    longest.append(max(one.get("tdur", 0) for one in tasks) / 1e6)


@contextmanager
def _opened() -> Iterator[Page]:
    with tempfile.TemporaryDirectory() as folder, federation(Path(folder) / "nodes") as nodes:
        fill(nodes, Path(folder))
        ctx = nodes["KZ"]
        add_person(ctx, nodes.clock, "head", Role.ANALYST)
        site = build_site(ctx, now=nodes.clock.now)
        with socket.create_server(("127.0.0.1", 0)) as listener, sync_playwright() as playwright:
            address = f"http://127.0.0.1:{listener.getsockname()[1]}"
            made = surface(
                ctx,
                nodes.clock,
                Path(folder),
                allowed_hosts=["127.0.0.1"],
                pages=site.routes,
                static=site.static,
                page_of_problem=site.page_of_problem,
            )
            with serving(Port(made.app, listener)):
                started = playwright.chromium.launch(
                    executable_path=browser(), args=["--no-sandbox", "--disable-gpu"]
                )
                page = started.new_page(viewport={"width": 1920, "height": 1080})
                _enter(page, address)
                yield page
                started.close()


def _enter(page: Page, address: str) -> None:
    page.goto(f"{address}/sign-in")
    page.fill("#login", "head")
    page.fill("#password", PASSWORD)
    page.click("main form button")
    page.wait_for_selector("header .pages")
    body = json.dumps(_figures())
    page.route(
        "**/api/v1/corridors/*", lambda route: route.fulfill(body=body, content_type="application/json")
    )
    page.goto(address + PATH)


def _months() -> list[str]:
    return [f"{2015 + month // 12}-{month % 12 + 1:02}" for month in range(MONTHS)]


def _figures() -> dict[str, Any]:
    """Every kind of figure, most of them exact, over seven orders of magnitude; the same ones on every run."""
    lot = random.Random(30_30_120)
    kinds, lower, upper = [], [], []
    for place in range(MONTHS * MEMBERS**2):
        row, column = place // MEMBERS % MEMBERS, place % MEMBERS
        kind = "-" if row == column else lot.choices("vw0m.", (75, 10, 5, 3, 7))[0]
        kinds.append(kind)
        if kind in "vw":
            low = int(10 ** lot.uniform(2, 9))
            lower.append(low)
            upper.append(low if kind == "v" else low * 2)
    members = [f"{chr(65 + place // 26)}{chr(65 + place % 26)}" for place in range(MEMBERS)]
    return {"members": members, "periods": _months(), "kinds": "".join(kinds), "lower": lower, "upper": upper}
