"""What the entry point hands to the commands: the few things that only bootstrap can build.

Commands never build adapters; the entry point hands them these doors for as long as one command runs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

from node.services.context import Context


class OpenNode(Protocol):
    """A node opened for one command."""

    @property
    def context(self) -> Context:
        """The ports, for use cases."""

    @property
    def process_name(self) -> str:
        """The name of this process in leases."""

    def now(self) -> datetime:
        """Give the present moment in UTC."""

    def close(self) -> None:
        """Close what was opened."""


@dataclass(frozen=True, slots=True)
class Doors:
    """open_node: by the IRAC_ settings. The others: node.ceremonies, node.serving, node.demo."""

    open_node: Callable[[], OpenNode]
    create_node: Callable[[], str]
    write_card: Callable[[str, Path], str]
    found: Callable[..., str]
    join: Callable[[Path, str], str]
    serve_web: Callable[[bool], None]
    serve_scheduler: Callable[[bool], None]
    run_demo: Callable[[int, bool, Path], int]
    web_address: Callable[[], str]
    registry_status: Callable[[], Mapping[str, Any]]


_given: ContextVar[Doors] = ContextVar("doors")


@contextmanager
def handed(doors: Doors) -> Iterator[None]:
    """Hand these doors to the commands for the block."""
    token = _given.set(doors)
    try:
        yield
    finally:
        _given.reset(token)


def doors() -> Doors:
    """Give the doors that the entry point handed to the running command."""
    return _given.get()
