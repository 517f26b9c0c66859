"""The demo's processes: started with their own environment, stopped for certain, and nothing else touched.

Invariants: each process has its own session, so Ctrl-C reaches the demo alone, which then stops what it started;
each also watches its standard input, so that it ends when the demo is killed.
"""

from __future__ import annotations

import http.client
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from node.demo.federation import HOST, DemoNode, Federation
from node.errors import Unavailable

READY_WITHIN_S = 180
STOP_WITHIN_S = 10
POLL_S = 0.2
OK = 200
LOG_TAIL_CHARACTERS = 2_000


@contextmanager
def running(federation: Federation) -> Iterator[None]:
    """Run web and scheduler of every node for the block, then stop them."""
    started: list[subprocess.Popen[bytes]] = []
    try:
        for node in federation.nodes:
            started += [_start(node, "web"), _start(node, "scheduler")]
        deadline = time.monotonic() + READY_WITHIN_S
        for place, node in enumerate(federation.nodes):
            _wait_until_ready(node, started[2 * place : 2 * place + 2], deadline)
        yield
    finally:
        _stop(started)


def _start(node: DemoNode, process: str) -> subprocess.Popen[bytes]:
    log = Path(node.folder) / f"{process}.log"
    with log.open("ab") as output:
        return subprocess.Popen(
            [sys.executable, "-m", "node", "serve", process, "--with-parent"],
            env=node.environment(),
            stdin=subprocess.PIPE,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )


def _wait_until_ready(node: DemoNode, processes: list[subprocess.Popen[bytes]], deadline: float) -> None:
    while time.monotonic() < deadline:
        for process, name in zip(processes, ("web", "scheduler"), strict=True):
            if process.poll() is not None:
                raise _ended(node, name, process.returncode)
        if _is_ready(node):
            return
        time.sleep(POLL_S)
    raise Unavailable(
        f"The node {node.code} was not ready within {READY_WITHIN_S} s", detail=_tail(node, "web")
    )


def _is_ready(node: DemoNode) -> bool:
    connection = http.client.HTTPConnection(HOST, node.web_port, timeout=2)
    try:
        connection.request("GET", "/readyz")
        return connection.getresponse().status == OK
    except OSError:
        return False
    finally:
        connection.close()


def _ended(node: DemoNode, process: str, status: int) -> Unavailable:
    return Unavailable(
        f"The {process} process of {node.code} ended with status {status}",
        detail=_tail(node, process),
        hint=f"Its log is {Path(node.folder) / f'{process}.log'}.",
    )


def _tail(node: DemoNode, process: str) -> str:
    log = Path(node.folder) / f"{process}.log"
    return log.read_text(encoding="utf-8", errors="replace")[-LOG_TAIL_CHARACTERS:]


def _stop(processes: list[subprocess.Popen[bytes]]) -> None:
    for process in processes:
        process.terminate()
    deadline = time.monotonic() + STOP_WITHIN_S
    for process in processes:
        try:
            process.wait(timeout=max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        if process.stdin is not None:
            process.stdin.close()
