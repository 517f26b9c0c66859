"""Unchanged JSON answered 304, beside a bare handler of the framework under the same server.

Invariants: both sides are asked over kept connections by one client, in turn, in one run; every answer of ours must be
304 and every one of theirs the whole constant. Our side is a node's own web process with its session, rules and
headers; its scheduler rests, because nothing is to change.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from http.client import HTTPConnection
from pathlib import Path

from fastapi import FastAPI

from node.api.servers import Port, listen, run
from node.demo.federation import HOST
from tests.bench.large_node import filled
from tests.bench.measuring import Ratio, medians
from tests.bench.pages import Reader, serving, signed_in

CONNECTIONS, REQUESTS, ROUNDS = 8, 2_000, 5
AT_MOST = 2.0
CONSTANT = {"dataflows": [f"FLOW_{number}" for number in range(20)], "complete": True}
NOT_MODIFIED, OK = 304, 200


def ratios() -> list[Ratio]:
    """Measure one bundle, the list of bundles, the cells of a dataflow and the indicators."""
    with filled() as federation:
        reading = federation.nodes[0]
        with serving(reading), _bare() as port:
            reader = signed_in(reading)
            digest = _digest(reader)
            paths = {
                "a resource": f"/api/v1/bundles/{digest}",
                "a list": "/api/v1/bundles",
                "a table": "/api/v1/cells/DECLARED_FLOW?limit=100",
                "indicators": "/api/v1/indicators?limit=100",
            }
            work: dict[str, Callable[[], object]] = {
                name: _asking(reading.web_port, path, _conditional(reader, path), NOT_MODIFIED)
                for name, path in paths.items()
            }
            took = medians(work | {"bare": _asking(port, "/", {}, OK)}, rounds=ROUNDS)
    for name, seconds in took.items():
        sys.stdout.write(f"{name} | {REQUESTS / seconds:,.0f} a second\n")
    return [Ratio(f"{name} answered 304", took[name], took["bare"], AT_MOST) for name in paths]


def serve_bare(port: int) -> None:
    """Serve the bare handler in this process until it is ended."""
    app = FastAPI()

    @app.get("/")
    async def constant() -> dict[str, object]:
        return CONSTANT

    with listen(HOST, port) as listener:
        asyncio.run(run([Port(app, listener)], stop=asyncio.Event()))


@contextlib.contextmanager
def _bare() -> Iterator[int]:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
    program = f"from tests.bench.api import serve_bare; serve_bare({port})"
    process = subprocess.Popen(
        [sys.executable, "-c", program], env=os.environ | {"PYTHONPATH": str(Path.cwd())}
    )
    try:
        until = time.monotonic() + 30
        while time.monotonic() < until:
            with contextlib.suppress(OSError), socket.create_connection((HOST, port), 1):
                break
            time.sleep(0.1)
        yield port
    finally:
        process.terminate()
        process.wait()


def _digest(reader: Reader) -> str:
    status, headers = _headers_of(reader, "/api/v1/bundles?limit=1")
    if status != OK:
        raise RuntimeError(f"the list of bundles answered {status}: {headers}")
    connection = HTTPConnection(HOST, reader.node.web_port, timeout=60)
    with contextlib.closing(connection):
        connection.request("GET", "/api/v1/bundles?limit=1", headers=_session(reader))
        return connection.getresponse().read().decode().split('"digest": "')[1].split('"')[0]


def _conditional(reader: Reader, path: str) -> dict[str, str]:
    """Give the headers of somebody who holds the answer."""
    _, headers = _headers_of(reader, path)
    return _session(reader) | {"If-None-Match": headers["etag"]}


def _headers_of(reader: Reader, path: str) -> tuple[int, dict[str, str]]:
    connection = HTTPConnection(HOST, reader.node.web_port, timeout=300)
    with contextlib.closing(connection):
        connection.request("GET", path, headers=_session(reader))
        answer = connection.getresponse()
        answer.read()
        return answer.status, {name.lower(): value for name, value in answer.getheaders()}


def _session(reader: Reader) -> dict[str, str]:
    return {"Authorization": f"Bearer {reader.token}"}


def _asking(port: int, path: str, headers: Mapping[str, str], wanted: int) -> Callable[[], None]:
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    request = f"GET {path} HTTP/1.1\r\nHost: {HOST}:{port}\r\n{lines}\r\n".encode()

    def work() -> None:
        answered = asyncio.run(_ask(port, request))
        if answered != [wanted] * REQUESTS:
            raise RuntimeError(f"{path} answered {sorted(set(answered))}, not {wanted}")

    return work


async def _ask(port: int, request: bytes) -> list[int]:
    each = [_ask_one_by_one(port, request) for _ in range(CONNECTIONS)]
    return [status for statuses in await asyncio.gather(*each) for status in statuses]


async def _ask_one_by_one(port: int, request: bytes) -> list[int]:
    reader, writer = await asyncio.open_connection(HOST, port)
    statuses = []
    for _ in range(REQUESTS // CONNECTIONS):
        writer.write(request)
        head = await reader.readuntil(b"\r\n\r\n")
        status = int(head[9:12])
        length = head.lower().partition(b"content-length: ")[2].partition(b"\r")[0]
        if length and status != NOT_MODIFIED:
            await reader.readexactly(int(length))
        statuses.append(status)
    writer.close()
    await writer.wait_closed()
    return statuses
