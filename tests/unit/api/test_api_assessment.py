"""The assessment for people's own tools: the same figures as on the pages, as texts, with their run."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from node.access import Role
from tests.support import assessed_run
from tests.support.contexts_api import Client, add_person, surface
from tests.support.federation import federation


@pytest.fixture(scope="module")
def anna(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    """An analyst at a node that computed the assessment."""
    folder: Path = tmp_path_factory.mktemp("assessed")
    with federation(folder, codes=("KZ", "KG", "BY")) as made:
        add_person(made["KZ"], made.clock, "anna", Role.ANALYST)
        assessed_run.store(made["KZ"])
        assessed_run.store(made["KZ"], "detail_assessment_1")
        yield surface(made["KZ"], made.clock, folder).signed_in("anna")


def test_all_members_are_given_with_their_run(anna: Client) -> None:
    """Who is assessed, who is not and why; the year, the choices, the digests."""
    found = anna.get("/api/v1/assessment").json()

    assert {one["area"]: one["state"] for one in found["members"]} == {
        "KZ": "assessed",
        "BY": "wide",
        "KG": "little",
    }
    assert (found["year"], found["years"]) == ("2020", ["2020", "2019"])
    assert found["run"]["model"] == "assessment_1"
    assert set(found["decides"]) <= {"weights", "aggregation", "inherent", "cells"}
    kz = found["members"][0]
    assert Decimal(kz["scores"]["risk"]["lower"]) < Decimal(kz["scores"]["risk"]["upper"])
    assert kz["ranks"]["best"] <= kz["ranks"]["worst"] <= kz["ranks"]["of"]
    assert kz["confidence"] in "ABCD"
    assert found["members"][2]["levels"] == []
    assert found["members"][2]["ranks"] is None


@pytest.mark.parametrize(("kind", "count"), [("corridors", 6), ("typologies", 2), ("sectors", 6)])
def test_every_corridor_typology_or_sector_is_given_with_its_run(anna: Client, kind: str, count: int) -> None:
    """Named by what it is, with its score and its inputs; unchanged it answers 304."""
    answer = anna.get(f"/api/v1/assessment/details?kind={kind}")
    found = answer.json()
    named = {(one["area"], one["counterpart"], one["code"]) for one in found["units"]}

    assert (found["run"]["model"], found["kind"], found["year"]) == ("detail_assessment_1", kind, "2020")
    assert len(named) == len(found["units"]) == count
    assert all((one[1] is not None) == (kind == "corridors") for one in named)
    assert all((one[0] is None) == (kind == "typologies") for one in named)
    assert {each["name"] for one in found["units"] for each in one["inputs"]} >= {"growth"}
    tag = {"If-None-Match": answer.headers["etag"]}
    assert anna.get(f"/api/v1/assessment/details?kind={kind}", headers=tag).status_code == 304


def test_one_member_is_given_in_full(anna: Client) -> None:
    """Twelve inputs, contributions that sum to the difference from the baseline, sentences in three languages."""
    found = anna.get("/api/v1/assessment/KZ").json()

    assert len(found["inputs"]) == 12
    assert sum(Decimal(one["weight"]) for one in found["inputs"]) == pytest.approx(1, abs=Decimal("1e-7"))
    assert set(found["explanation"]) == {"en", "kk", "ru"}
    assert all(found["explanation"].values())
    axes = sum(Decimal(value) for path, value in found["points"].items() if "/" not in path)
    risk = found["score"]["scores"]["risk"]
    assert Decimal(risk["lower"]) <= Decimal(found["baseline"]) + axes <= Decimal(risk["upper"])
    assert sum(map(Decimal, found["levels"].values())) == pytest.approx(1)
    assert found["history"]["2019"]["area"] == "KZ"


def test_what_is_missing_is_null_and_names_what_would_bring_it(anna: Client) -> None:
    """Null is not zero; the dataflows stand beside it."""
    found = anna.get("/api/v1/assessment/KG").json()
    missing = {one["name"]: one for one in found["inputs"] if one["value"] is None}

    assert set(missing) == {"channels", "law", "effectiveness"}
    assert missing["law"]["takes"] == ["FATF_RATING"]
    assert (found["baseline"], found["points"], found["explanation"]["en"]) == (None, {}, [])


def test_answers_are_304_while_the_result_is_the_same(anna: Client) -> None:
    """The tag is made of the result and of what was asked."""
    for path in ("/api/v1/assessment", "/api/v1/assessment/KZ"):
        tag = {"If-None-Match": anna.get(path).headers["etag"]}
        assert anna.get(path, headers=tag).status_code == 304
    assert anna.get("/api/v1/assessment/KG", headers=tag).status_code == 200


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/api/v1/assessment?model=cross_border_1", 404),
        ("/api/v1/assessment?model=assessment_1&year=2019", 200),
        ("/api/v1/assessment?year=19", 422),
        ("/api/v1/assessment/ZZ", 404),
        ("/api/v1/assessment/kz", 422),
    ],
)
def test_what_does_not_exist_is_told(anna: Client, path: str, status: int) -> None:
    """Another model, no year, no member."""
    assert anna.get(path).status_code == status


def test_before_the_first_run_there_is_no_assessment(tmp_path: Path) -> None:
    """Which is something else than members of whom nothing is known."""
    with federation(tmp_path, codes=("KZ",)) as made:
        add_person(made["KZ"], made.clock, "anna", Role.ANALYST)
        client = surface(made["KZ"], made.clock, tmp_path).signed_in("anna")
        assert client.get("/api/v1/assessment").status_code == 404
