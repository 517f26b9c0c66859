"""The demo's processes: started with their own environment, stopped for certain, and nothing else touched.

Invariants: each process has its own session, so Ctrl-C reaches the demo alone, which then stops what it started;
each also watches its standard input, so that it ends when the demo is killed. A process is ready when it says so
in its own log: an answer on its port could be somebody else's.
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from node.demo.federation import DemoNode, Federation
from node.errors import Unavailable
from node.telemetry import READY

PROCESSES = ("web", "scheduler")
READY_WITHIN_S = 180
STOP_WITHIN_S = 10
POLL_S = 0.2
LOG_TAIL_CHARACTERS = 2_000


@dataclass(frozen=True, slots=True)
class Started:
    """A process of a node, and where in its log its own lines begin."""

    node: DemoNode
    name: str
    process: subprocess.Popen[bytes]
    log_begins_at: int

    @property
    def log(self) -> Path:
        """The log of all runs of this process."""
        return Path(self.node.folder) / f"{self.name}.log"

    def said(self) -> str:
        """Give what this run has written so far."""
        with self.log.open("rb") as file:
            file.seek(self.log_begins_at)
            return file.read().decode("utf-8", errors="replace")


@contextmanager
def running(federation: Federation) -> Iterator[None]:
    """Run web and scheduler of every node for the block, then stop them."""
    started: list[Started] = []
    try:
        for node in federation.nodes:
            for name in PROCESSES:
                started.append(_start(node, name))  # noqa: PERF401 - what is started is known at once, to be stopped
        deadline = time.monotonic() + READY_WITHIN_S
        for one in started:
            _wait_until_ready(one, deadline)
        yield
    finally:
        _stop([one.process for one in started])


def _start(node: DemoNode, name: str) -> Started:
    log = Path(node.folder) / f"{name}.log"
    with log.open("ab") as output:
        begins_at = output.tell()
        process = subprocess.Popen(
            [sys.executable, "-m", "node", "serve", name, "--with-parent"],
            env=node.environment(),
            stdin=subprocess.PIPE,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    return Started(node, name, process, begins_at)


def _wait_until_ready(one: Started, deadline: float) -> None:
    while time.monotonic() < deadline:
        if READY in one.said():
            return
        if one.process.poll() is not None:
            raise Unavailable(
                f"The {one.name} process of {one.node.code} ended with status {one.process.returncode}",
                detail=one.said()[-LOG_TAIL_CHARACTERS:].strip(),
                hint=f"Its log is {one.log}.",
            )
        time.sleep(POLL_S)
    raise Unavailable(
        f"The {one.name} process of {one.node.code} was not ready within {READY_WITHIN_S} s",
        detail=one.said()[-LOG_TAIL_CHARACTERS:].strip(),
    )


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
