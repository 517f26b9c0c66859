"""Every error class of the node, whichever test ran before: all its modules are imported first."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator

import node
from node.errors import NodeError


def node_errors() -> set[type[NodeError]]:
    """Give `NodeError` and all classes below it that the node defines; those of tests are left out."""
    for module in pkgutil.walk_packages(node.__path__, prefix="node."):
        importlib.import_module(module.name)
    return {error for error in _with_all_below(NodeError) if error.__module__.startswith("node.")}


def _with_all_below(error: type[NodeError]) -> Iterator[type[NodeError]]:
    yield error
    for below in error.__subclasses__():
        yield from _with_all_below(below)
