"""`kill -9` of web and scheduler processes under publishing and synchronising, again and again.

What a person was told is there stays there: every acknowledged release is in the log exactly once and arrives at the
peer exactly once; nothing unverified is shown; no log forks.
"""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from tests.support.federation import trade
from tests.support.killed import audited, kept_running, publish, wait_for
from tests.support.real_nodes import founded

pytestmark = [pytest.mark.processes, pytest.mark.slow]

KILLS = 8
RELEASES = 6
SEED = 7


def test_killed_processes_lose_nothing_that_was_acknowledged(tmp_path: Path) -> None:
    """Releases go on while processes are killed; afterwards both nodes hold the same and verify."""
    federation = founded(tmp_path / "federation")
    publisher = federation.nodes[0]
    chance = random.Random(SEED)
    acknowledged: set[str] = set()
    with kept_running(federation) as processes:
        for number in range(RELEASES + KILLS):
            if number % 2:
                victim = chance.choice(processes)
                victim.kill()
                victim.start()
            acknowledged |= publish(publisher, tmp_path / f"{number}.csv", _figure(2000 + number))
        for process in processes:
            process.kill()
            process.start()
        acknowledged |= publish(publisher, tmp_path / "last.csv", _figure(2030))
        arrived = wait_for(federation.nodes[1], acknowledged, page=RELEASES // 2)

    assert len(acknowledged) >= RELEASES
    assert acknowledged <= arrived
    held = [audited(node) for node in federation.nodes]
    assert held[0] == held[1]


def _figure(year: int) -> dict[str, str]:
    """Give a figure that no other year's release has."""
    return trade("KZ", "RU", "OUT", "100", str(year))
