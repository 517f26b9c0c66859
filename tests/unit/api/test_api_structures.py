"""Structures, code lists, templates and SDMX over HTTP."""

from __future__ import annotations

import io
from collections.abc import Iterator

import openpyxl
import pytest

from node.access import Role
from schemas import registry
from tests.support.contexts_api import Surface, add_person, surface
from tests.support.federation import federation

SDMX = "/api/v1/sdmx/structure"


@pytest.fixture(scope="module")
def web(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Surface]:
    """One node and an analyst who reads Kazakh."""
    folder = tmp_path_factory.mktemp("structures")
    with federation(folder, codes=("KZ",)) as nodes:
        add_person(nodes["KZ"], nodes.clock, "anna", Role.ANALYST, language="kk")
        yield surface(nodes["KZ"], nodes.clock, folder)


def test_every_structure_is_listed_and_shown(web: Surface) -> None:
    """With rules in words in every language."""
    client = web.signed_in("anna")
    listed = client.get("/api/v1/structures").json()
    shown = client.get("/api/v1/structures/R33_A_UPLOAD").json()

    assert [one["id"] for one in listed] == list(registry.structure_ids())
    assert [column["id"] for column in shown["columns"]] == list(
        registry.structure("R33_A_UPLOAD").column_ids
    )
    assert shown["uploaded_for"] == ["R33_A"]
    assert set(shown["rules"][0]["words"]) == {"ru", "kk", "en"}


def test_every_code_list_is_listed_and_shown(web: Surface) -> None:
    """With labels in every language, parents and validity."""
    client = web.signed_in("anna")
    listed = client.get("/api/v1/codelists").json()
    shown = client.get("/api/v1/codelists/CL_CURRENCY").json()
    codes = {code["id"]: code for code in shown["codes"]}

    assert [one["id"] for one in listed] == list(registry.codelist_ids())
    assert codes["BYN"]["valid_from"] == "2016-07-01"
    assert {"ru", "kk", "en"} <= set(codes["BYN"]["labels"])


@pytest.mark.parametrize("path", ["/structures/NO_SUCH", "/codelists/NO_SUCH", "/dataflows/NO_SUCH/template"])
def test_what_is_not_there_is_not_found(web: Surface, path: str) -> None:
    """With a hint where to look."""
    answer = web.signed_in("anna").get(f"/api/v1{path}")

    assert answer.status_code == 404
    assert answer.json()["hint"]


@pytest.mark.parametrize(
    "path",
    [
        "/api/v1/codelists/CL_AREA",
        "/api/v1/dataflows/R33_A/template",
        f"{SDMX}/codelist/IRAC/CL_CRIME_TYPE/1.0.0",
    ],
)
def test_a_copy_that_is_current_is_not_sent_again(web: Surface, path: str) -> None:
    """The ETag names the content."""
    client = web.signed_in("anna")
    first = client.get(path)
    again = client.get(path, headers={"If-None-Match": first.headers["etag"]})

    assert (first.status_code, again.status_code) == (200, 304)
    assert not again.content


def test_a_template_is_in_the_language_of_the_person_unless_another_is_asked_for(web: Surface) -> None:
    """And its name says which."""
    client = web.signed_in("anna")
    own = client.get("/api/v1/dataflows/R33_A/template")
    asked = client.get("/api/v1/dataflows/R33_A/template?language=en&format=sdmx-csv")

    assert openpyxl.load_workbook(io.BytesIO(own.content)).sheetnames == ["Деректер", "Түсіндірме", "Кодтар"]
    assert own.headers["content-disposition"] == 'attachment; filename="R33_A.kk.xlsx"'
    assert asked.headers["content-disposition"] == 'attachment; filename="R33_A.en.sdmx.csv"'
    assert asked.headers["content-type"].startswith("application/vnd.sdmx.data+csv; version=2.0.0")


@pytest.mark.parametrize("query", ["language=fr", "format=xls"])
def test_a_template_that_is_not_offered_is_refused(web: Surface, query: str) -> None:
    """A language the node does not speak, a form it does not write."""
    assert web.signed_in("anna").get(f"/api/v1/dataflows/R33_A/template?{query}").status_code == 422


def test_nothing_is_to_be_filled_in_for_what_nodes_compute(web: Surface) -> None:
    """Indicators are uploaded by nobody."""
    assert web.signed_in("anna").get("/api/v1/dataflows/INDICATOR/template").status_code == 422


@pytest.mark.parametrize(
    ("accept", "media_type"),
    [
        ("*/*", "application/vnd.sdmx.structure+xml; version=3.0.0"),
        (
            "application/vnd.sdmx.structure+xml;version=2.1",
            "application/vnd.sdmx.structure+xml; version=2.1",
        ),
        (
            "text/html, application/vnd.sdmx.structure+json; version=2.0.0; q=0.5",
            "application/vnd.sdmx.structure+json; version=2.0.0",
        ),
    ],
)
def test_sdmx_is_written_in_the_form_that_is_accepted(web: Surface, accept: str, media_type: str) -> None:
    """As the standard negotiates it."""
    answer = web.signed_in("anna").get(f"{SDMX}/dataflow/IRAC/R33_A/*", headers={"Accept": accept})

    assert answer.status_code == 200
    assert answer.headers["content-type"] == media_type
    assert answer.headers["vary"] == "Accept"


@pytest.mark.parametrize(
    ("path", "accept", "status"),
    [
        ("/codelist/IRAC/CL_AREA/1.0.0", "text/html", 406),
        ("/categoryscheme/IRAC/*/*", "*/*", 501),
        ("/codelist/IRAC/CL_AREA/1.0.0?references=parents", "*/*", 501),
        ("/codelist/IRAC/NO_SUCH/1.0.0", "*/*", 404),
        ("/codelist/IRAC/CL_AREA/1.0.0?language=fr", "*/*", 422),
        ("/representationmap/*/*/*", "application/vnd.sdmx.structure+xml;version=2.1", 422),
    ],
)
def test_what_the_sdmx_interface_does_not_offer_is_said(
    web: Surface, path: str, accept: str, status: int
) -> None:
    """With the standard's own statuses, and one shape of refusal."""
    answer = web.signed_in("anna").get(SDMX + path, headers={"Accept": accept})

    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
