"""For operators and auditors over HTTP: the peers, a synchronisation, a verification, the audit chain."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from node.access import Role
from tests.support.contexts_api import Surface, add_person, surface
from tests.support.federation import PASSWORD, Nodes, federation, release_rows, trade


@pytest.fixture(scope="module")
def nodes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nodes]:
    """RU released something; KZ has an operator and an auditor."""
    folder = tmp_path_factory.mktemp("operations")
    with federation(folder) as made:
        release_rows(made, "RU", "DECLARED_FLOW", [trade("RU", "KZ", "OUT", "5")], folder / "files")
        add_person(made["KZ"], made.clock, "otto", Role.OPERATOR)
        add_person(made["KZ"], made.clock, "aida", Role.AUDITOR)
        yield made


@pytest.fixture(scope="module")
def web(nodes: Nodes, tmp_path_factory: pytest.TempPathFactory) -> Surface:
    """The web port of KZ."""
    return surface(nodes["KZ"], nodes.clock, tmp_path_factory.mktemp("web"))


def test_a_synchronisation_imports_and_the_status_shows_it(nodes: Nodes, web: Surface) -> None:
    """Never synchronised before, fresh after."""
    otto = web.signed_in("otto")
    before = {peer["code"]: peer for peer in otto.get("/api/v1/exchange").json()["peers"]}

    report = otto.post("/api/v1/exchange/sync", json={"peer": "RU"})
    after = {peer["code"]: peer for peer in otto.get("/api/v1/exchange").json()["peers"]}

    assert set(before) == {"RU", "BY"}
    assert before["RU"]["standing"] == "never"
    assert report.json() == {
        "peer": "RU",
        "imported": 1,
        "attested": 0,
        "retracted": 0,
        "receipts": 0,
        "notices": 0,
        "typologies": 0,
        "refused": 0,
        "failure": None,
        "detail": "",
    }
    assert (after["RU"]["standing"], after["RU"]["log_size"], after["RU"]["live_bundles"]) == ("fresh", 1, 1)
    assert after["BY"]["standing"] == "never"


def test_a_peer_that_does_not_answer_is_told_by_name(nodes: Nodes, web: Surface) -> None:
    """The request itself succeeds: it is the peer that failed."""
    nodes.cut.add("BY")
    try:
        report = web.signed_in("otto").post("/api/v1/exchange/sync", json={"peer": "BY"})
    finally:
        nodes.cut.discard("BY")

    assert report.status_code == 200
    assert report.json()["failure"] == "peer_down"


@pytest.mark.parametrize(("peer", "status"), [("UZ", 404), ("KZ", 404), ("ru", 422), ("", 422)])
def test_only_an_active_peer_can_be_synchronised_with(web: Surface, peer: str, status: int) -> None:
    """Not oneself, not a stranger."""
    response = web.signed_in("otto").post("/api/v1/exchange/sync", json={"peer": peer})

    assert response.status_code == status


def test_a_verification_says_what_was_checked(web: Surface) -> None:
    """By kind, and nothing found."""
    found = web.signed_in("aida").post("/api/v1/verify").json()

    assert found["is_intact"] is True
    assert found["findings"] == []
    assert found["checked"]["log"] == 1


def test_the_audit_chain_is_read_newest_first(web: Surface) -> None:
    """Each entry carries the digest of the one before it, and no password is in any."""
    response = web.signed_in("aida").get("/api/v1/audit", params={"limit": 3})
    entries = response.json()

    assert len(entries) == 3
    assert [one["previous"] for one in entries[:-1]] == [one["digest"] for one in entries[1:]]
    assert [one["sequence"] for one in entries] == sorted((one["sequence"] for one in entries), reverse=True)
    assert PASSWORD not in response.text


@pytest.mark.parametrize("limit", ["0", "10001", "x"])
def test_the_audit_chain_is_read_in_bounded_pieces(web: Surface, limit: str) -> None:
    """An auditor who wants all of it takes the store's copy."""
    assert web.signed_in("aida").get("/api/v1/audit", params={"limit": limit}).status_code == 422


def test_a_store_that_cannot_be_read_makes_the_node_not_ready(
    web: Surface, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is alive all the same: restarting it would not help."""
    from node.adapters.sqlite.ledger import SqliteLedger  # noqa: PLC0415
    from node.errors import Unavailable  # noqa: PLC0415

    def broken(_self: object) -> None:
        raise Unavailable("The store cannot be read")

    monkeypatch.setattr(SqliteLedger, "head", broken)

    assert web.anybody().get("/readyz").status_code == 503
    assert web.anybody().get("/healthz").status_code == 200
