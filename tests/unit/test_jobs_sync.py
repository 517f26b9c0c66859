"""The history of runs says what a synchronisation brought, of every kind."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from threading import Event

import pytest

from node.jobs import Jobs
from node.ports.work import Said
from tests.support.described import shared
from tests.support.federation import Nodes, federation


@pytest.fixture
def nodes(tmp_path: Path) -> Iterator[Nodes]:
    """Three nodes that say nothing yet."""
    with federation(tmp_path) as opened:
        yield opened


def looked(nodes: Nodes) -> Said:
    """Let RU look at KZ by its schedule; gives what the history says of it."""
    jobs = Jobs(nodes["RU"], nodes.clock.now, "test")
    try:
        jobs.synchronise()
        while jobs._under_way:
            Event().wait(0.01)
    finally:
        jobs.close()
    return next(run.detail for run in nodes["RU"].jobs.history() if (run.job, run.subject) == ("sync", "KZ"))


def test_a_look_that_brought_only_a_typology_says_so(nodes: Nodes) -> None:
    """It is not nothing new: somebody should read it."""
    shared(nodes, "KZ", "RU")

    said = looked(nodes)

    assert said.code == "read"
    assert {name: count for name, count in said.facts.items() if count} == {"typologies": 1}
