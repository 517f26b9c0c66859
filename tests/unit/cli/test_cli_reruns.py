"""`irac rerun`: what was drawn, what came out, and an exit status that a supervisor understands."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from node.cli import build_app
from node.services import indicators
from node.services.indicators import CROSS_BORDER
from tests.support.federation import Nodes, federation, release_rows, trade
from tests.support.opened_node import commands_open


@pytest.fixture
def nodes(tmp_path: Path) -> Iterator[Nodes]:
    """One member with one model."""
    with federation(tmp_path / "nodes", ("KZ",)) as opened:
        opened.contexts["KZ"] = replace(opened["KZ"], models=opened["KZ"].models[:1])
        with commands_open(opened, "KZ"):
            yield opened


def run(*words: str) -> Result:
    """Run one command of `irac`."""
    return CliRunner().invoke(build_app(), words)


def test_a_past_result_is_computed_again_at_a_word(nodes: Nodes, tmp_path: Path) -> None:
    """Nothing before the first computation; then the digest that was stored, and status 1 once it is another."""
    assert run("rerun").output == "nothing was computed yet\n"
    release_rows(nodes, "KZ", "DECLARED_FLOW", [trade("KZ", "RU", "OUT", "100.50")], tmp_path)
    indicators.recompute(nodes["KZ"], nodes.clock.now())
    stored = nodes["KZ"].indicators.latest(CROSS_BORDER)
    assert stored is not None

    same = run("rerun")
    assert (same.exit_code, same.output.split()[0]) == (0, "same")
    assert same.output.count(stored.result_digest) == 2

    nodes["KZ"].indicators.add(replace(stored, result_digest="sha256:" + "0" * 64))
    other = run("rerun", "--results", "3", "--json")
    assert other.exit_code == 1
    (told,) = json.loads(other.output)
    assert (told["outcome"], told["found"]) == ("differs", stored.result_digest)
