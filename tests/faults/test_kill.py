"""`kill -9` at any moment: nothing acknowledged is lost, the log never forks, a restart goes on."""

from __future__ import annotations

import random
import signal
import time
from pathlib import Path

import pytest

from node.bootstrap import open_node
from node.ports.submissions import SubmissionState
from node.services import verify
from node.settings import read_settings
from tests.support.federation import trade, write_csv
from tests.support.real_nodes import Command, founded

pytestmark = [pytest.mark.processes, pytest.mark.slow]

KILLS = 12
SEED = 20_261_123


def test_killing_the_release_at_random_instants_never_forks_or_loses_it(tmp_path: Path) -> None:
    """A release that is killed again and again ends up in the log exactly once, and everything verifies."""
    federation = founded(tmp_path / "federation")
    node = federation.nodes[0]
    command = Command(node)
    file = write_csv(tmp_path / "flows.csv", [trade("KZ", "RU", "OUT", str(value)) for value in (100,)])
    assert command.run("upload", str(file), "--dataflow", "DECLARED_FLOW", "--as", "analyst").returncode == 0
    assert command.run("submission", "approve", "1", "--as", "first").returncode == 0

    started = time.monotonic()
    complete = command.run("submission", "show", "1", "--json")
    assert complete.returncode == 0
    typical_s = time.monotonic() - started
    instants = random.Random(SEED)
    states = set()
    for _ in range(KILLS):
        process = command.start("submission", "release", "1", "--as", "second")
        time.sleep(instants.uniform(0.5, 1.6) * typical_s)
        process.send_signal(signal.SIGKILL)
        process.communicate()
        states.add(audited_state(command))
    command.run("submission", "release", "1", "--as", "second")

    assert audited_state(command) is SubmissionState.RELEASED
    assert states <= {SubmissionState.APPROVED, SubmissionState.RELEASED}


def audited_state(command: Command) -> SubmissionState:
    """Open the node after the kill, verify everything, and give where the submission stands."""
    node = open_node(read_settings(command.node.settings()))
    try:
        assert verify.verify(node.context).findings == ()
        head = node.context.ledger.head()
        submission = node.context.submissions.get(1)
        is_released = submission.state is SubmissionState.RELEASED
        assert (head.size if head else 0) == len(node.context.ledger.bundles()) == int(is_released)
        return submission.state
    finally:
        node.close()
