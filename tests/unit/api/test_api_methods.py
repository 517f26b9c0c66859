"""Methods and models over HTTP: what the pages show, for people's own tools."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from node.access import Role
from risk_models.model import register
from tests.support.contexts_api import Surface, add_person, surface
from tests.support.federation import federation


@pytest.fixture(scope="module")
def web(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Surface]:
    """One node and an analyst."""
    folder = tmp_path_factory.mktemp("methods")
    with federation(folder, codes=("KZ",)) as nodes:
        add_person(nodes["KZ"], nodes.clock, "anna", Role.ANALYST)
        yield surface(nodes["KZ"], nodes.clock, folder)


def test_every_indicator_is_listed_and_shown(web: Surface) -> None:
    """With the model that computes it, and null where none does."""
    client = web.signed_in("anna")
    listed = {one["id"]: one for one in client.get("/api/v1/methods").json()["methods"]}
    shown = client.get("/api/v1/methods/B6").json()

    assert listed["B6"]["model"] == "cross_border_1"
    assert listed["B8"]["model"] is None
    assert shown["functions"][0]["definition"].startswith("gap = M_ij / beta - X_ji")
    assert shown["parameters"] == {"beta": "1.06"}
    assert (shown["figures"], shown["signals"]) == (0, 0)


def test_every_model_is_listed_and_has_its_card(web: Surface) -> None:
    """Digest, class, reasons."""
    client = web.signed_in("anna")
    listed = client.get("/api/v1/models").json()
    card = client.get("/api/v1/models/early_warning_1").json()

    assert [one["id"] for one in listed["computed"]] == [spec.id for spec in register()]
    assert "country_risk_1" in [one["id"] for one in listed["packaged"]]
    assert card["digest"] == register()[1].digest
    assert (card["risk"], card["autonomy"]) == ("medium", "low")
    assert card["parameters"][0]["name"] == "significance"


@pytest.mark.parametrize("path", ["/methods/Z9", "/models/none"])
def test_what_is_not_there_is_not_found(web: Surface, path: str) -> None:
    """With a hint where to look."""
    answer = web.signed_in("anna").get(f"/api/v1{path}")

    assert answer.status_code == 404
    assert answer.json()["hint"]
