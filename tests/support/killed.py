"""Processes of real nodes that are killed and started again, and what must be true of the nodes afterwards."""

from __future__ import annotations

import http.client
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from node.access import Role
from node.bootstrap import open_node
from node.demo.api_client import ApiClient
from node.demo.federation import DemoNode, Federation
from node.errors import NodeError
from node.services import indicators, verify
from node.settings import read_settings
from node.telemetry import READY
from tests.support.federation import write_csv
from tests.support.real_nodes import PASSWORD, Command

STANDS_STILL_S = 300  # how long nothing may arrive: a busy machine is slow, and that is no loss
UNANSWERED = (OSError, http.client.HTTPException, NodeError, ValueError)


@dataclass
class Kept:
    """A process that is started again whenever it was killed."""

    node: DemoNode
    name: str
    process: subprocess.Popen[str] | None = None
    log: list[Path] = field(default_factory=list)

    def start(self) -> None:
        """Start it and wait until it says that it is ready."""
        log = self.begin()
        assert self.process is not None
        deadline = time.monotonic() + 60
        while not self.is_ready():
            assert self.process.poll() is None, log.read_text(encoding="utf-8")
            assert time.monotonic() < deadline
            time.sleep(0.1)

    def begin(self) -> Path:
        """Start it; gives the file it writes to."""
        log = Path(self.node.folder) / f"{self.name}-{len(self.log)}.log"
        with log.open("w", encoding="utf-8") as output:
            self.log.append(
                log
            )  # once it is there to be read: another thread asks whether the process is ready
            self.process = subprocess.Popen(
                Command(self.node).line("serve", self.name),
                env=self.node.environment(),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                text=True,
            )
        return log

    def is_ready(self) -> bool:
        """Say whether the process that runs now has said that it is ready."""
        runs = self.process is not None and self.process.poll() is None
        return runs and READY in self.log[-1].read_text(encoding="utf-8")

    def kill(self) -> None:
        """End it without a word."""
        if self.process is not None:
            self.process.send_signal(signal.SIGKILL)
            self.process.wait()


@contextmanager
def kept_running(federation: Federation) -> Iterator[list[Kept]]:
    """Run all processes for the block."""
    processes = [Kept(node, name) for node in federation.nodes for name in ("web", "scheduler")]
    try:
        for process in processes:
            process.start()
        yield processes
    finally:
        for process in processes:
            process.kill()


def publish(node: DemoNode, path: Path, figure: dict[str, str]) -> set[str]:
    """Take a file with this one figure from upload to release; gives the bundle if it was acknowledged."""
    write_csv(path, [figure])
    try:
        analyst = ApiClient(node, node.person(Role.SUBMITTER))
        number = analyst.upload(path, "DECLARED_FLOW")["submission_id"]
        first = ApiClient(node, node.person(Role.RELEASER))
        first.post(f"/api/v1/submissions/{number}/approve", {"password": PASSWORD})
        second = ApiClient(node, node.person(Role.RELEASER, number=1))
        released = second.post(f"/api/v1/submissions/{number}/release", {"password": PASSWORD})
    except UNANSWERED:
        return set()
    return {released["digest"]}


def wait_for(node: DemoNode, wanted: set[str], *, page: int = 1000) -> set[str]:
    """Wait until a node holds these bundles, while any still arrive, read by so many a page; gives what it holds."""
    held: set[str] = set()
    last_arrival = time.monotonic()
    while not wanted <= held and time.monotonic() < last_arrival + STANDS_STILL_S:
        client = ApiClient(node, node.person(Role.OPERATOR))
        found = {
            bundle["digest"] for bundle in client.get_all(f"/api/v1/bundles?live_only=false&limit={page}")
        }
        if found != held:
            held, last_arrival = found, time.monotonic()
        time.sleep(0.5)
    return held


def audited(node: DemoNode) -> list[str]:
    """Verify a stopped node from the bytes up; gives its bundles, each of which stands in it once."""
    opened = open_node(read_settings(node.settings()))
    try:
        indicators.recompute(opened.context, opened.now())
        assert verify.verify(opened.context).findings == ()
        digests = [bundle.digest for bundle in opened.context.ledger.bundles()]
        assert len(digests) == len(set(digests))
        return sorted(digests)
    finally:
        opened.close()
