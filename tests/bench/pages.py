"""Every dashboard page of a node that holds ten million cells, at twenty requests a second, beside a synchronisation.

Invariants: pages are those of the routes, their addresses those that the pages themselves link to; the node is real
processes, its reader signed in; an answer that is not the page fails the run. Each page is opened once before it
counts, at another address where it has more than one.
"""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import random
import re
import statistics
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import unescape
from pathlib import Path

from playwright.sync_api import sync_playwright
from starlette.routing import compile_path

from node.access import Role
from node.demo.federation import HOST, DemoNode, Federation
from node.demo.processes import running
from node.telemetry import READY
from node.web.site import PAGES, SESSION_COOKIE
from tests.bench.drawn_cells import DECLARED, one_month
from tests.bench.large_node import Opened, filled, held_cells, opened
from tests.bench.load import OK, Asked, Plan, percentile, send
from tests.bench.measuring import Ratio
from tests.machine import browser
from tests.support.real_nodes import Command

RATE, SECONDS = 20, 90
P95_S, FIRST_PAINT_S = 0.1, 0.5
MOST_OPENED, OF_A_PAGE = 60, 12
PAINTED_ROUNDS = 3
RELEASE_EVERY_S = 3.0
READY_WITHIN_S = 60
LINK = re.compile(r'<a [^>]*href="(/[^"#]*)')
PAINTED = """() => new Promise(done => new PerformanceObserver(list => {
  for (const one of list.getEntriesByName('first-contentful-paint')) done(one.startTime);
}).observe({type: 'paint', buffered: true}))"""
READ = tuple(page.path for page in PAGES if page.method == "GET" and page.is_short)


@dataclass(frozen=True, slots=True)
class Reader:
    """Somebody signed in at a running node."""

    node: DemoNode
    token: str

    @property
    def cookie(self) -> str:
        """The session as a browser sends it."""
        return f"{SESSION_COOKIE}={self.token}"

    def open(self, path: str) -> tuple[int, str, float]:
        """Give the status, the page (nothing if the answer is none) and the seconds it took."""
        connection = http.client.HTTPConnection(HOST, self.node.web_port, timeout=300)
        started = time.perf_counter()
        with contextlib.closing(connection):
            connection.request("GET", path, headers={"Cookie": self.cookie})
            answer = connection.getresponse()
            content = answer.read()
        took = time.perf_counter() - started
        is_page = "text/html" in (answer.headers["Content-Type"] or "")
        return answer.status, content.decode() if is_page else "", took


def ratios() -> list[Ratio]:
    """Fill a node, run it, ask for its pages on schedule, and open them in a browser."""
    with filled() as federation:
        reading, releasing = federation.nodes[:2]
        with running(Federation(federation.folder, (reading,))), serving(releasing):
            reader = signed_in(reading)
            found = addresses(reader)
            alone = _warmed(reader, found)
            with opened(federation) as here, _releasing(here, releasing.code) as released:
                _say(f"{held_cells(here.nodes[reading.code]):,} cells held")
                first_paint = _first_paint(_painted(reader, found))
                used = _processor_s(reading)
                asked, paths = _loaded(reader, found)
                used = _processor_s(reading) - used
                _say(f"processor time of the web process: {_ms(used / len(asked))} a request")
                _say(f"memory of the web process: {_memory(reading)}")
                came = {one.digest for one in here.nodes[reading.code].ledger.bundles()}.intersection(
                    released
                )
                _say(
                    f"{len(released)} releases were made meanwhile, {len(came)} were read, checked and shown"
                )
    return [*_told(asked, paths, alone), first_paint]


def signed_in(node: DemoNode) -> Reader:
    """Sign the head of the unit in."""
    person = node.person(Role.ANALYST, number=1)
    connection = http.client.HTTPConnection(HOST, node.web_port, timeout=60)
    with contextlib.closing(connection):
        body = json.dumps({"login": person.login, "password": person.password})
        connection.request("POST", "/api/v1/session", body, {"Content-Type": "application/json"})
        return Reader(node, json.loads(connection.getresponse().read())["token"])


def addresses(reader: Reader) -> dict[str, list[str]]:
    """Follow links from the overview; gives at most so many addresses of every page, drawn from those met."""
    patterns = [(path, compile_path(path)[0]) for path in READ]
    met: dict[str, list[str]] = {path: [] for path in READ}
    opened_of: dict[str, int] = dict.fromkeys(READ, 0)
    seen, waiting = {"/"}, ["/"]
    met["/"].append("/")
    for _ in range(MOST_OPENED):
        if not waiting:
            break
        # a kind of page that was opened least comes first
        waiting.sort(key=lambda link: opened_of.get(_pattern(link, patterns), 0))
        address = waiting.pop(0)
        opened_of[_pattern(address, patterns)] += 1
        status, text, _ = reader.open(address)
        if status >= 400:
            raise RuntimeError(f"{address} answered {status}")
        links = {unescape(link) for link in LINK.findall(text)}
        fresh = sorted(link for link in links - seen if _pattern(link, patterns))
        seen.update(fresh)
        waiting += fresh
        for link in fresh:
            met[_pattern(link, patterns)].append(link)
    unmet = [path for path, links in met.items() if not links]
    if unmet:
        raise RuntimeError(f"no link leads to {', '.join(unmet)}")
    lot = random.Random(7)
    pages = {path: lot.sample(links, min(OF_A_PAGE, len(links))) for path, links in met.items()}
    return {path: links for path, links in pages.items() if reader.open(links[0])[1]}


def _pattern(address: str, patterns: Sequence[tuple[str, re.Pattern[str]]]) -> str:
    path = address.partition("?")[0]
    return next((pattern for pattern, regex in patterns if regex.match(path)), "")


def _warmed(reader: Reader, found: Mapping[str, Sequence[str]]) -> dict[str, float]:
    """Open a page of each kind, one after another; gives the time of a second look, alone."""
    for links in found.values():
        reader.open(links[-1])
    return {path: reader.open(links[0])[2] for path, links in found.items()}


def _loaded(reader: Reader, found: Mapping[str, Sequence[str]]) -> tuple[list[Asked], list[str]]:
    """Ask for every page equally often, in an order drawn by lot, an address of it drawn by lot."""
    lot = random.Random(11)
    order: list[str] = []
    while len(order) < RATE * SECONDS:
        order += lot.sample(sorted(found), len(found))
    order = order[: RATE * SECONDS]
    plan = Plan(reader.node.url, reader.cookie, RATE, [lot.choice(found[path]) for path in order])
    return send(plan), order


def _told(asked: Sequence[Asked], order: Sequence[str], alone: Mapping[str, float]) -> Iterator[Ratio]:
    wrong = {one.status for one in asked} - {OK}
    if wrong:
        _say(
            f"{sum(one.status != OK for one in asked)} of {len(asked)} were answered otherwise: {sorted(wrong)}"
        )
    every = [one.latency_s for one in asked]
    for path in sorted(alone):
        took = [one.latency_s for one in asked if order[one.place] == path]
        middle, high = percentile(took, 0.5), percentile(took, 0.95)
        _say(
            f"{path} | {len(took)} | alone {_ms(alone[path])} | p50 {_ms(middle)} | p95 {_ms(high)}"
            f" | max {_ms(max(took))}"
        )
        yield Ratio(f"p95 of {path}", high, P95_S, 1.0)
    _say(
        f"all | {len(every)} | p50 {_ms(percentile(every, 0.5))} | p95 {_ms(percentile(every, 0.95))}"
        f" | max {_ms(max(every))}"
    )
    yield Ratio("p95 of all pages", percentile(every, 0.95), P95_S, 1.0)
    yield Ratio("requests not answered with the page", sum(one.status != OK for one in asked), 1.0, 0.0)


def _painted(reader: Reader, found: Mapping[str, Sequence[str]]) -> dict[str, float]:
    """Give the median first contentful paint of each page, in seconds, in a browser that has the static files."""
    times: dict[str, list[float]] = {path: [] for path in found}
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(
            executable_path=browser(), args=["--no-sandbox", "--disable-gpu"]
        )
        context = started.new_context(viewport={"width": 1280, "height": 900})
        context.add_cookies([{"name": SESSION_COOKIE, "value": reader.token, "url": reader.node.url}])
        page = context.new_page()
        for _ in range(PAINTED_ROUNDS):
            for path, links in found.items():
                page.goto(reader.node.url + links[0])
                times[path].append(page.evaluate(PAINTED) / 1000)
        started.close()
    return {path: statistics.median(took) for path, took in times.items()}


def _first_paint(painted: Mapping[str, float]) -> Ratio:
    for path, took in sorted(painted.items(), key=lambda entry: -entry[1]):
        _say(f"{path} | first contentful paint {_ms(took)}")
    slowest = max(painted, key=lambda path: painted[path])
    return Ratio(
        f"first contentful paint of the slowest page, {slowest}", painted[slowest], FIRST_PAINT_S, 1.0
    )


@contextlib.contextmanager
def serving(node: DemoNode) -> Iterator[None]:
    """Serve a peer's web port: its log and parts are read from it."""
    process = Command(node).start("serve", "web")
    try:
        until = time.monotonic() + READY_WITHIN_S
        assert process.stderr is not None
        while READY not in (line := process.stderr.readline()):
            if process.poll() is not None or time.monotonic() > until:
                raise RuntimeError(f"{node.code} does not serve: {line}")
        yield
    finally:
        process.terminate()
        process.wait()


@contextlib.contextmanager
def _releasing(here: Opened, code: str) -> Iterator[list[str]]:
    """Let a peer release a month of its flows every few seconds, each in place of the one before."""
    stop, released = threading.Event(), []

    def work() -> None:
        held = here.nodes[code].ledger.bundles(originator=code, live_only=True)
        before = [one for one in held if one.first_period == one.last_period == "2026-M01"]
        for number in range(int(time.time()), int(time.time()) + 10_000):
            cells = one_month(code, here.federation.codes, number)
            before = [here.release(code, DECLARED, cells, before)]
            here.witnessed(code)
            released.append(before[0].digest)
            if stop.wait(RELEASE_EVERY_S):
                return

    thread = threading.Thread(target=work)
    thread.start()
    try:
        yield released
    finally:
        stop.set()
        thread.join()


def _memory(node: DemoNode) -> str:
    """Give the memory of a node's web process: now, in files of that, and at its peak."""
    lines = Path(f"/proc/{_process_of(node)}/status").read_text(encoding="ascii").splitlines()
    fields = dict(line.split(":", 1) for line in lines)
    sizes = {name: int(fields[name].split()[0]) >> 10 for name in ("VmRSS", "RssAnon", "RssFile", "VmHWM")}
    return ", ".join(f"{name} {size} MiB" for name, size in sizes.items())


def _processor_s(node: DemoNode) -> float:
    """Give the processor time that a node's web process has used."""
    fields = Path(f"/proc/{_process_of(node)}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _process_of(node: DemoNode) -> int:
    """Find the web process by its data folder."""
    for place in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            line = (place / "cmdline").read_bytes()
            if (
                b"serve\0web" in line
                and f"IRAC_DATA_FOLDER={node.folder}\0".encode() in (place / "environ").read_bytes()
            ):
                return int(place.name)
    raise RuntimeError(f"no web process of {node.code}")


def _ms(seconds: float) -> str:
    return f"{seconds * 1000:.0f} ms"


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()
