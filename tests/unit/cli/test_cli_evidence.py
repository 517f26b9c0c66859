"""`irac witness` and `irac evidence …` on a small federation."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from node.access import Role
from node.cli import build_app
from node.cli.session import PASSWORD_FILE
from node.errors import Conflict, NotFound
from tests.support.addressed import address
from tests.support.contexts_api import add_person
from tests.support.federation import PASSWORD, Nodes, federation
from tests.support.opened_node import commands_open
from tests.support.two_faces import keep_two_faces


@pytest.fixture
def nodes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Nodes]:
    """RU's desk, with an operator; passwords come from a file."""
    password = tmp_path / "password"
    password.write_text(PASSWORD, encoding="utf-8")
    monkeypatch.setenv(PASSWORD_FILE, str(password))
    with federation(tmp_path / "nodes") as opened, commands_open(opened, "RU"):
        address(opened["RU"], opened.clock, "first", ("KZ",))
        add_person(opened["RU"], opened.clock, "olga", Role.OPERATOR)
        yield opened


def run(*words: str) -> Result:
    """Run one command of `irac`."""
    return CliRunner().invoke(build_app(), words)


def test_our_log_is_witnessed_at_a_word(nodes: Nodes) -> None:
    """By every other member; the second time there is nothing to ask. A silent member is named, with status 1."""
    nodes.cut.add("BY")
    answer = run("witness")
    assert answer.exit_code == 1
    assert answer.output.splitlines() == [
        "BY: peer_down: BY is cut off",
        "KZ: cosigned: entries 1",
        "compared: answered 1, peers 2, compared 0, told 0",
    ]

    nodes.cut.clear()
    answer = run("witness")
    assert (answer.exit_code, answer.output.splitlines()[0]) == (0, "BY: cosigned: entries 1")


def test_evidence_is_listed_shown_and_settled(nodes: Nodes) -> None:
    """Open evidence is an exit status; both notes are printed byte for byte; an operator decides with a reason."""
    assert run("evidence", "list").output == "nothing contradicts itself\n"
    keep_two_faces(nodes, "RU", "KZ", "BY")

    listed = run("evidence", "list")
    assert listed.exit_code == 1
    assert listed.output.startswith(
        "1: KZ, log_equivocated, two roots are signed for 3 entries; shown by BY on "
    )
    (kept,) = nodes["RU"].evidence.all()
    shown = run("evidence", "show", "1").output
    assert kept.held.decode() in shown
    assert kept.received.decode() in shown

    assert run("evidence", "settle", "1", "--as", "olga", "--reason", "restored from a copy").exit_code == 0
    listed = run("evidence", "list", "--json")
    assert listed.exit_code == 0
    (document,) = json.loads(listed.output)
    assert (document["member"], document["settled_reason"]) == ("KZ", "restored from a copy")


def test_evidence_that_is_not_there_is_named(nodes: Nodes) -> None:
    """With what to do."""
    assert isinstance(run("evidence", "show", "7").exception, NotFound)
    settled = run("evidence", "settle", "7", "--as", "olga", "--reason", "why")
    assert isinstance(settled.exception, Conflict)
