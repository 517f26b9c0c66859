"""The report before signing over HTTP: each role gets what it may see, page by page, and officers the bytes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from node.access import Role
from schemas.digest import sha256_hex
from tests.support import dominated
from tests.support.contexts_api import Surface, add_person, surface
from tests.support.federation import Nodes, federation

PEOPLE = {
    "aigerim": Role.SUBMITTER,
    "rustam": Role.REVIEWER,
    "boris": Role.RELEASER,
    "daria": Role.RELEASER,
    "anna": Role.ANALYST,
    "otto": Role.OPERATOR,
    "aida": Role.AUDITOR,
}
READERS = {"aigerim", "rustam", "boris", "daria", "aida"}
OFFICERS = {"boris", "daria"}


@dataclass
class Desk:
    """The API of a node with a submission that waits, and people of every role."""

    web: Surface
    nodes: Nodes
    path: str

    def ask(self, login: str, method: str, path: str, **more: Any) -> Any:
        """Ask as a person."""
        return self.web.signed_in(login).request(method, f"{self.path}{path}", **more)


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """One node; a test that changes an exception ends it again."""
    folder = tmp_path_factory.mktemp("disclosure")
    with federation(folder, codes=("KZ",)) as nodes:
        for login, role in PEOPLE.items():
            add_person(nodes["KZ"], nodes.clock, login, role)
        taken = dominated.upload(nodes, folder)
        web = surface(nodes["KZ"], nodes.clock, folder)
        yield Desk(web, nodes, f"/api/v1/submissions/{taken.submission_id}")


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("GET", "/disclosure", READERS),
        ("GET", "/exceptions", READERS),
        ("GET", "/manifest", OFFICERS),
        ("GET", "/parts/sha256:0", OFFICERS),
        ("POST", "/exceptions", OFFICERS),
        ("POST", "/exceptions/1/agree", OFFICERS),
        ("POST", "/exceptions/1/end", OFFICERS),
    ],
)
def test_each_role_may_do_what_the_table_of_roles_says(
    desk: Desk, method: str, path: str, allowed: set[str]
) -> None:
    """Reading is for those who may preview; bytes and exceptions are for releasing officers."""
    denied = {login for login in PEOPLE if desk.ask(login, method, path).status_code == 403}

    assert denied == set(PEOPLE) - allowed


def test_the_report_is_paged_and_its_counts_are_not(desk: Desk) -> None:
    """Two pages of one cell make the first two; the page says that it is not all."""
    whole = desk.ask("boris", "GET", "/disclosure").json()
    pages = [desk.ask("boris", "GET", f"/disclosure?offset={at}&limit=1").json() for at in (0, 1)]

    assert whole["withheld_complete"]
    assert whole["cells"] == whole["shown"] + whole["withheld_total"]
    assert whole["withheld_total"] == sum(whole["by_reason"].values()) == len(whole["withheld"])
    assert [page["withheld"][0] for page in pages] == whole["withheld"][:2]
    assert not any(page["withheld_complete"] for page in pages)
    assert {page["withheld_total"] for page in pages} == {whole["withheld_total"]}
    assert [attack["id"] for attack in whole["attacks"]] == [f"AT{number}" for number in range(1, 13)]


def test_true_values_are_for_releasing_officers_alone(desk: Desk) -> None:
    """The same cells, rules and intervals, with null where a value or a sum would stand."""
    officer = desk.ask("boris", "GET", "/disclosure").json()
    assert any(cell["value"] is not None for cell in officer["withheld"])
    assert all(loss["value_total"] is not None for loss in officer["losses"])
    for login in READERS - OFFICERS:
        report = desk.ask(login, "GET", "/disclosure").json()
        assert {cell["value"] for cell in report["withheld"]} == {None}
        assert {loss["value_total"] for loss in report["losses"]} == {None}
        assert (report["cost"], report["bound"]) == (None, None)
        assert [cell["rules"] for cell in report["withheld"]] == [
            cell["rules"] for cell in officer["withheld"]
        ]


def test_an_officer_gets_the_very_bytes_of_each_file(desk: Desk) -> None:
    """Length and SHA-256 are those of the report; an unknown digest is nothing."""
    files = desk.ask("boris", "GET", "/disclosure").json()["outgoing"]
    (part,) = [file for file in files if file["rows"] is not None]

    handed = desk.ask("boris", "GET", f"/parts/{part['digest']}")

    assert handed.headers["content-type"] == "application/octet-stream"
    assert (len(handed.content), sha256_hex(handed.content)) == (part["bytes"], part["digest"])
    assert desk.ask("boris", "GET", "/manifest").json()["parts"][0]["digest"] == part["digest"]
    assert desk.ask("boris", "GET", f"/parts/{sha256_hex(b'else')}").status_code == 404


def test_an_exception_is_asked_for_agreed_to_and_ended(desk: Desk) -> None:
    """By two officers; a key that is not whole is refused, and so is a field nobody knows."""
    cells = desk.ask("boris", "GET", "/disclosure").json()["withheld"]
    key = next(cell["key"] for cell in cells if cell["rules"] == ["concentration"])
    asked = {"kind": "show_cell", "key": key, "reason": "published by the entity itself"}
    part = {name: key[name] for name in list(key)[:2]}

    assert desk.ask("boris", "POST", "/exceptions", json={**asked, "key": part}).status_code == 422
    assert desk.ask("boris", "POST", "/exceptions", json={**asked, "more": 1}).status_code == 422
    first = desk.ask("boris", "POST", "/exceptions", json=asked)
    own = desk.ask("boris", "POST", "/exceptions/1/agree")
    second = desk.ask("daria", "POST", "/exceptions/1/agree")
    listed = desk.ask("aida", "GET", "/exceptions")
    ended = desk.ask("daria", "POST", "/exceptions/1/end", json={"reason": "not needed"})

    assert (first.status_code, own.status_code, second.status_code) == (201, 403, 200)
    assert [(one["state"], one["key"]) for one in listed.json()] == [("in_force", key)]
    assert [one["state"] for one in ended.json()] == ["ended"]
    assert desk.ask("boris", "POST", "/exceptions/9/agree").status_code == 404
