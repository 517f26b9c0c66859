"""`irac submission disclosure` and exceptions from the command line."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from node.cli import build_app
from node.cli.session import PASSWORD_FILE
from node.errors import Denied
from tests.support import dominated
from tests.support.federation import PASSWORD, Nodes, federation
from tests.support.opened_node import commands_open


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Nodes]:
    """A node with a submission that waits; passwords come from a file."""
    password = tmp_path / "password"
    password.write_text(PASSWORD, encoding="utf-8")
    monkeypatch.setenv(PASSWORD_FILE, str(password))
    with federation(tmp_path / "nodes", ["KZ"]) as nodes, commands_open(nodes, "KZ"):
        dominated.upload(nodes, tmp_path)
        yield nodes


def run(*words: str) -> Result:
    """Run one command of `irac submission`."""
    return CliRunner().invoke(build_app(), ["submission", *words])


def test_the_report_is_printed_as_text_and_as_json(desk: Nodes) -> None:
    """The same counts; cells only when asked for, with their true values for an officer."""
    text = run("disclosure", "1", "--as", "boris", "--withheld").output
    short = json.loads(run("disclosure", "1", "--as", "boris", "--json").output)
    whole = json.loads(run("disclosure", "1", "--as", "boris", "--json", "--withheld").output)

    assert f"{short['shown']} of {short['cells']} cells leave" in text
    assert "concentration" in text
    assert "truly" in text
    assert "withheld" not in short
    assert len(whole["withheld"]) == sum(whole["by_reason"].values())
    assert [file["name"] for file in whole["outgoing"]] == ["manifest.json", "cells.parquet"]


def test_somebody_who_submits_sees_no_true_value(desk: Nodes) -> None:
    """The command obeys the same rule as the pages."""
    report = json.loads(run("disclosure", "1", "--as", "aigerim", "--json", "--withheld").output)

    assert {cell["value"] for cell in report["withheld"]} == {None}


def test_two_officers_make_an_exception(desk: Nodes) -> None:
    """The cell is named as the report prints it."""
    cells = json.loads(run("disclosure", "1", "--as", "boris", "--json", "--withheld").output)["withheld"]
    cell = " / ".join(next(one["key"] for one in cells if one["rules"] == ["concentration"]))
    asking = ("ask-exception", "1", "--as", "boris", "--kind", "show_cell", "--cell", cell)

    asked = run(*asking, "--reason", "published by the entity itself")
    alone = run("agree-exception", "1", "1", "--as", "boris")
    agreed = run("agree-exception", "1", "1", "--as", "daria")
    listed = json.loads(run("exceptions", "1", "--json").output)
    ended = run("end-exception", "1", "1", "--as", "daria", "--reason", "not needed")

    assert "1 waiting: show_cell" in asked.output
    assert isinstance(alone.exception, Denied)
    assert "in_force" in agreed.output
    assert [one["agreed_by"] for one in listed] == ["daria"]
    assert "1 ended" in ended.output
