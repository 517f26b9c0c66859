"""`irac bundle` and `irac notice` from the command line."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from node.access import Role
from node.cli import build_app
from node.cli.session import PASSWORD_FILE
from node.errors import Denied
from node.services import receipts, sync
from tests.support.contexts_api import add_person
from tests.support.federation import PASSWORD, Nodes, federation, release_rows, trade
from tests.support.opened_node import commands_open


@pytest.fixture
def nodes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Nodes]:
    """KZ, which has released something, and RU; passwords come from a file."""
    password = tmp_path / "password"
    password.write_text(PASSWORD, encoding="utf-8")
    monkeypatch.setenv(PASSWORD_FILE, str(password))
    with federation(tmp_path / "nodes", ["KZ", "RU"]) as built, commands_open(built, "KZ"):
        add_person(built["KZ"], built.clock, "otto", Role.OPERATOR)
        release_rows(built, "KZ", "DECLARED_FLOW", [trade("KZ", "RU", "OUT", "9")], tmp_path)
        yield built


def run(*words: str) -> Result:
    """Run one command."""
    return CliRunner().invoke(build_app(), list(words))


def document(*words: str) -> Any:
    """Run a reading command and give its JSON."""
    result = run(*words, "--json")
    assert result.exit_code == 0, result.output
    return json.loads(result.output)


def test_a_release_is_taken_back_from_the_command_line(nodes: Nodes) -> None:
    """Two officers, each with a password of their own; the list says how the bundle stands."""
    (held,) = document("bundle", "list")
    digest = held["digest"]
    words = ("--reason", "legal", "--text", "on legal ground")
    assert run("bundle", "retract", digest, "--as", "boris", *words).exit_code == 0
    (proposal,) = document("bundle", "proposals")
    assert (proposal["number"], proposal["state"], proposal["proposed_by"]) == (1, "waiting", "boris")
    assert isinstance(run("bundle", "confirm-retraction", "1", "--as", "boris").exception, Denied)

    taken = run("bundle", "confirm-retraction", "1", "--as", "daria")

    assert (taken.exit_code, "taken back" in taken.output) == (0, True)
    assert document("bundle", "list") == []
    (whole,) = document("bundle", "list", "--all")
    assert (whole["digest"], whole["state"]) == (digest, "taken back")
    assert "1 confirmed: take back" in run("bundle", "proposals").output


def test_a_proposal_is_ended_from_the_command_line(nodes: Nodes) -> None:
    """Nothing was taken back."""
    (held,) = document("bundle", "list")
    run("bundle", "retract", held["digest"], "--as", "boris", "--reason", "other", "--text", "by mistake")

    assert "withdrawn" in run("bundle", "withdraw-retraction", "1", "--as", "daria").output
    assert document("bundle", "list") == [held]


def test_the_table_is_printed(nodes: Nodes) -> None:
    """What is not known is said to be not known."""
    (held,) = document("bundle", "list")
    (before,) = document("bundle", "effect", held["digest"])
    sync.sync_peer(nodes["RU"], "KZ", holder="test", now=nodes.clock.now())
    receipts.answer(nodes["RU"], nodes.clock.now())
    sync.sync_peer(nodes["KZ"], "RU", holder="test", now=nodes.clock.now())

    assert (before["member"], before["effect"], before["standing"]) == ("RU", "unknown", "never")
    assert "RU: shown" in run("bundle", "effect", held["digest"]).output


def test_a_notice_is_sent_and_listed(nodes: Nodes) -> None:
    """By an operator, in the languages given."""
    sent = run("notice", "send", "--as", "otto", "--kind", "maintenance", "--ru", "Работы", "--en", "works")

    assert "KZ maintenance: en: works; ru: Работы" in sent.output
    (line,) = document("notice", "list")
    assert (line["kind"], line["texts"]) == ("maintenance", {"en": "works", "ru": "Работы"})
    assert isinstance(run("notice", "send", "--as", "boris", "--en", "x").exception, Denied)
