"""The register over HTTP: described, edited, reviewed, shared and retired; what is refused says where."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from node.access import Role
from node.services import sync
from tests.support.api_examples import DESCRIBED
from tests.support.contexts_api import Surface, add_person, surface
from tests.support.federation import Nodes, federation

PEOPLE = {
    "aigerim": Role.SUBMITTER,
    "boris": Role.RELEASER,
    "daria": Role.RELEASER,
    "anna": Role.ANALYST,
}


@dataclass
class Desk:
    """The API of KZ, which has a peer."""

    web: Surface
    nodes: Nodes

    def ask(self, login: str, method: str, path: str, **more: Any) -> Any:
        """Ask as a person."""
        return self.web.signed_in(login).request(method, f"/api/v1/typologies{path}", **more)

    def described(self, **changes: object) -> str:
        """Describe a typology; gives its id."""
        answer = self.ask("anna", "POST", "", json={**DESCRIBED, **changes})
        assert answer.status_code == 201, answer.text
        typology: str = answer.json()["typology"]
        return typology


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """KZ with people of every role, and RU."""
    folder: Path = tmp_path_factory.mktemp("desk")
    with federation(folder / "nodes", codes=("KZ", "RU")) as nodes:
        for login, role in PEOPLE.items():
            add_person(nodes["KZ"], nodes.clock, login, role)
        yield Desk(surface(nodes["KZ"], nodes.clock, folder), nodes)


def test_a_typology_from_its_first_word_to_its_end(desk: Desk) -> None:
    """Each step by who may take it, from the newest version; what it was stays readable."""
    typology = desk.described()
    edited = {**DESCRIBED, "sources": ["FATF, 2020", "EAG, 2023"]}
    sent = {"based_on": 1, "change": "Another source.", "description": edited}
    second = desk.ask("aigerim", "POST", f"/{typology}/versions", json=sent)
    reviewed = desk.ask("boris", "POST", f"/{typology}/review", json={"number": 2})
    shared = desk.ask("daria", "POST", f"/{typology}/share", json={"number": 2, "audience": ["RU"]})
    gone = desk.ask("boris", "POST", f"/{typology}/retire", json={"reason": "Seen no more."})

    assert (second.status_code, second.json()["newest"]["number"]) == (201, 2)
    assert (reviewed.json()["status"], reviewed.json()["newest"]["reviewed_by"]) == ("REVIEWED", "boris")
    assert (shared.json()["status"], shared.json()["audience"]) == ("SHARED", ["RU"])
    assert shared.json()["holders"] == [{"member": "RU", "number": 2, "outcome": None, "said_at": None}]
    assert (gone.json()["status"], gone.json()["retired_reason"]) == ("RETIRED", "Seen no more.")
    first = desk.ask("anna", "GET", f"/{typology}/versions/1").json()
    assert first["description"]["sources"] == DESCRIBED["sources"]
    assert first["description"]["has_new_technology"] is True
    assert [one["number"] for one in desk.ask("anna", "GET", f"/{typology}/versions").json()] == [1, 2]


def test_a_refusal_names_every_field_at_fault(desk: Desk) -> None:
    """In the one shape of problems, `errors` with where and what."""
    text = {**DESCRIBED["texts"]["en"], "description": "Call +7 701 123 45 67."}
    answer = desk.ask(
        "anna", "POST", "", json={**DESCRIBED, "codes": {"METHOD": ["TM98"]}, "texts": {"en": text}}
    )

    assert answer.status_code == 422
    assert {one["where"] for one in answer.json()["errors"]} == {"codes.METHOD", "texts.en.description"}


@pytest.mark.parametrize(
    ("login", "path", "body", "status"),
    [
        ("boris", "/versions", {"based_on": 1, "change": "x", "description": DESCRIBED}, 403),
        ("anna", "/review", {"number": 1}, 403),
        ("anna", "/share", {"number": 1, "audience": ["RU"]}, 403),
        ("anna", "/retire", {"reason": "x"}, 403),
        ("boris", "/share", {"number": 1, "audience": ["RU"]}, 409),
        ("boris", "/review", {"number": 7}, 409),
        ("boris", "/review", {"number": 0}, 422),
        ("boris", "/retire", {"reason": ""}, 422),
        ("anna", "/versions", {"based_on": 1, "change": "x", "description": DESCRIBED}, 409),
        ("anna", "/versions", {"based_on": 1, "change": "", "description": DESCRIBED}, 422),
    ],
)
def test_a_step_that_may_not_be_taken_is_refused(
    desk: Desk, login: str, path: str, body: dict[str, Any], status: int
) -> None:
    """By role, by state, by what was sent."""
    typology = desk.described()

    assert desk.ask(login, "POST", f"/{typology}{path}", json=body).status_code == status
    assert desk.ask("anna", "GET", f"/{typology}").json()["status"] == "PROPOSED"


@pytest.mark.parametrize("path", ["/KZ-2026-999", "/RU-2026-001", "/KZ-2026-001/versions/999", "/x"])
def test_what_is_not_there_is_not_found(desk: Desk, path: str) -> None:
    """Own, another member's, a version, or no id at all."""
    desk.described()

    assert desk.ask("anna", "GET", path).status_code == 404


def test_the_list_goes_on_by_cursor_and_costs_nothing_unchanged(desk: Desk) -> None:
    """Every typology once; 304 until something changes."""
    for _ in range(3):
        desk.described()
    whole = [one["typology"] for one in desk.ask("anna", "GET", "").json()]
    found, address = [], "/api/v1/typologies?limit=2"
    while address:
        answer = desk.web.signed_in("anna").get(address)
        found += [one["typology"] for one in answer.json()]
        link = answer.headers.get("link", "")
        address = link.partition("<")[2].partition(">")[0]

    assert found == whole == sorted(set(whole))
    first = desk.ask("anna", "GET", "")
    again = desk.ask("anna", "GET", "", headers={"If-None-Match": first.headers["etag"]})
    assert again.status_code == 304
    desk.described()
    changed = desk.ask("anna", "GET", "", headers={"If-None-Match": first.headers["etag"]})
    assert changed.status_code == 200


def test_the_list_is_narrowed_by_its_address(desk: Desk) -> None:
    """A method with those below it, a status, who described it, words; what nothing has gives nothing."""
    typology = desk.described(codes={"METHOD": ["TM21"]}, sources=["A rare word: zyzzyva"])

    def found(query: str) -> list[str]:
        return [one["typology"] for one in desk.ask("anna", "GET", query).json()]

    assert found("?method=TM21") == found("?text=ZYZZYVA") == found("?method=TM_FUNDS") == [typology]
    assert typology in found("?status=PROPOSED&originator=KZ")
    assert found("?originator=RU") == found("?status=x") == found("?method=TM21&status=SHARED") == []


def test_a_received_typology_is_read_and_takes_no_step(desk: Desk) -> None:
    """Its originator's alone."""
    typology = desk.described()
    desk.ask("boris", "POST", f"/{typology}/review", json={"number": 1})
    desk.ask("daria", "POST", f"/{typology}/share", json={"number": 1, "audience": ["RU"]})
    sync.sync_peer(desk.nodes["RU"], "KZ", holder="test", now=desk.nodes.clock.now())
    add_person(desk.nodes["RU"], desk.nodes.clock, "boris", Role.RELEASER)
    there = surface(desk.nodes["RU"], desk.nodes.clock, desk.web.staging.parent / "RU").signed_in("boris")

    read = there.get(f"/api/v1/typologies/{typology}").json()
    retired = there.post(f"/api/v1/typologies/{typology}/retire", json={"reason": "x"})

    assert (read["originator"], read["status"], read["newest"]["author"]) == ("KZ", "SHARED", "")
    assert retired.status_code == 404
