"""Real nodes for tests: founded by the ceremonies an operator uses, run as processes of their own."""

from __future__ import annotations

import socket
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from node.demo.federation import DemoNode, Federation, Person
from node.demo.founding import found

PASSWORD = "a long enough password"
PEOPLE = (
    Person("analyst", "Analyst", ("submitter", "analyst"), PASSWORD),
    Person("first", "First officer", ("releaser",), PASSWORD),
    Person("second", "Second officer", ("releaser",), PASSWORD),
    Person("operator", "Operator", ("operator",), PASSWORD),
    Person("auditor", "Auditor", ("auditor",), PASSWORD),
)


def free_ports(wanted: int) -> list[int]:
    """Give ports that nobody uses at this moment."""
    probes = [socket.socket() for _ in range(wanted)]
    try:
        for probe in probes:
            probe.bind(("127.0.0.1", 0))
        return [probe.getsockname()[1] for probe in probes]
    finally:
        for probe in probes:
            probe.close()


def founded(folder: Path, codes: tuple[str, ...] = ("KZ", "RU")) -> Federation:
    """Found a federation of these members under `folder`."""
    ports = free_ports(2 * len(codes))
    nodes = tuple(
        DemoNode(code, str(folder / code), ports[2 * place], ports[2 * place + 1], PEOPLE)
        for place, code in enumerate(codes)
    )
    federation = Federation(folder, nodes)
    folder.mkdir(parents=True, exist_ok=True)
    found(federation, lambda _line: None)
    return federation


@dataclass(frozen=True)
class Command:
    """The `irac` command on one node."""

    node: DemoNode

    def run(self, *arguments: str, timeout_s: float = 120) -> subprocess.CompletedProcess[str]:
        """Run a command to its end."""
        return subprocess.run(
            self.line(*arguments),
            env=self.environment(),
            capture_output=True,
            text=True,
            timeout=timeout_s,
            check=False,
        )

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        """Start a command and leave it running."""
        return subprocess.Popen(
            self.line(*arguments),
            env=self.environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def line(self, *arguments: str) -> list[str]:
        """Give the command line."""
        return [sys.executable, "-m", "node", *arguments]

    def environment(self) -> dict[str, str]:
        """Give the node's settings and the test people's password."""
        secret = Path(self.node.folder).parent / "password"
        if not secret.exists():
            secret.write_text(PASSWORD, encoding="utf-8")
            secret.chmod(0o600)
        return self.node.environment() | {"IRAC_PASSWORD_FILE": str(secret)}
