"""A node of a test's federation behind the command line: opened for every command, without a process of its own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from node.cli.doors import Doors, handed
from node.services.context import Context
from tests.support.federation import Nodes


@dataclass
class Opened:
    """What a command opens, reads and closes."""

    nodes: Nodes
    code: str

    @property
    def context(self) -> Context:
        """The ports."""
        return self.nodes[self.code]

    @property
    def process_name(self) -> str:
        """A name."""
        return "test"

    def now(self) -> datetime:
        """The moment."""
        return self.nodes.clock.now()

    def close(self) -> None:
        """The federation's fixture closes it."""


@contextmanager
def commands_open(nodes: Nodes, code: str) -> Iterator[None]:
    """Let every command inside open this node; it is handed nothing else."""
    doors: dict[str, Any] = dict.fromkeys(Doors.__dataclass_fields__)
    doors["open_node"] = lambda: Opened(nodes, code)
    with handed(cast("Any", Doors)(**doors)):
        yield
