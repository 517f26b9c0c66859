"""Definitions, bundles, cells and indicators over HTTP: whole or marked as cut, cached by what they are."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet
import pytest

from exchange import parquet
from node.access import Role
from node.ports.work import IndicatorRun
from node.services.context import Context
from schemas.digest import sha256_hex
from tests.support.contexts_api import Client, Surface, add_person, surface
from tests.support.federation import START, Nodes, federation, release_rows, trade

RESULTS = {
    "INDICATOR": ["B1", "B1", "D1"],
    "TIME_PERIOD": ["2012", "2012", "2013"],
    "REF_AREA": ["KZ", "RU", "KZ"],
    "COUNTERPART_AREA": ["RU", "KZ", "_Z"],
    "FACET": ["TRADE/HS27/OUT"] * 3,
    "LOWER": ["0.5", "0.1", "2"],
    "UPPER": ["0.5", "0.4", None],
    "P_LOWER": [None, None, None],
    "P_UPPER": [None, None, None],
    "SIGNAL": ["certain", "", "possible"],
    "GRADE": ["A", "B", "D"],
    "STATUS": ["ok", "ok", "insufficient"],
    "INPUTS": ["sha256:x"] * 3,
}


@pytest.fixture(scope="module")
def nodes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nodes]:
    """KZ released three cells of declared trade."""
    folder = tmp_path_factory.mktemp("figures")
    with federation(folder) as made:
        rows = [trade("KZ", counterpart, "OUT", "10.50") for counterpart in ("RU", "BY", "UZ")]
        release_rows(made, "KZ", "DECLARED_FLOW", rows, folder / "files")
        add_person(made["KZ"], made.clock, "anna", Role.ANALYST, language="ru")
        yield made


@pytest.fixture(scope="module")
def web(nodes: Nodes, tmp_path_factory: pytest.TempPathFactory) -> Surface:
    """The web port of KZ."""
    return surface(nodes["KZ"], nodes.clock, tmp_path_factory.mktemp("web"))


@pytest.fixture
def anna(web: Surface) -> Client:
    """An analyst."""
    return web.signed_in("anna")


def test_every_dataflow_comes_with_its_columns_in_three_languages(anna: Client) -> None:
    """What a template is made from."""
    flows = {flow["id"]: flow for flow in anna.get("/api/v1/dataflows").json()["dataflows"]}

    assert {"SUSPICIOUS_FLOW", "DECLARED_FLOW", "FATF_RATING", "R33_A"} <= set(flows)
    assert set(flows["DECLARED_FLOW"]["labels"]) == {"ru", "kk", "en"}
    assert "OBS_VALUE" in {column["id"] for column in flows["DECLARED_FLOW"]["upload"]}


# --- bundles


def test_bundles_are_listed_and_answered_with_304_while_nothing_changed(anna: Client) -> None:
    """The tag changes with the bundles, and with nothing else."""
    first = anna.get("/api/v1/bundles")
    again = anna.get("/api/v1/bundles", headers={"If-None-Match": first.headers["etag"]})
    other = anna.get("/api/v1/bundles", params={"dataflow": "R33_A"})

    assert [bundle["originator"] for bundle in first.json()] == ["KZ"]
    assert (again.status_code, again.content) == (304, b"")
    assert first.headers["cache-control"] == "private, no-cache"
    assert other.json() == []
    assert other.headers["etag"] != first.headers["etag"]


def test_a_bundle_shows_what_was_signed_and_by_which_keys(anna: Client, web: Surface) -> None:
    """Manifest, certificate, signatures, and its place in the log."""
    (bundle,) = web.ctx.ledger.bundles()

    found = anna.get(f"/api/v1/bundles/{bundle.digest}").json()

    assert found["manifest"]["originator"] == "KZ"
    assert found["certificate"] == found["manifest"]["certificate"]
    assert {one["keyid"] for one in found["signatures"]} == set(bundle.signed_by)
    assert len(found["signatures"]) == 2
    assert (found["log_index"], found["superseded_by"]) == (0, None)


@pytest.mark.parametrize("digest", ["sha256:" + "0" * 64, "nonsense", "..%2f..%2fetc%2fpasswd"])
def test_a_bundle_nobody_holds_is_not_found(anna: Client, digest: str) -> None:
    """Nor anything else by that name."""
    assert anna.get(f"/api/v1/bundles/{digest}").status_code == 404


# --- cells


def test_cells_come_with_where_they_are_from(anna: Client, web: Surface) -> None:
    """Integers of minor units, originator and bundle beside each."""
    (bundle,) = web.ctx.ledger.bundles()

    found = anna.get("/api/v1/cells/DECLARED_FLOW").json()

    assert (found["total"], found["complete"], found["bundles"]) == (3, True, [bundle.digest])
    assert {row["OBS_VALUE"] for row in found["rows"]} == {1050}
    assert {(row["ORIGINATOR"], row["BUNDLE"]) for row in found["rows"]} == {("KZ", bundle.digest)}


def test_cut_cells_say_so_everywhere(anna: Client) -> None:
    """In the document, and in the headers and the name of a file."""
    as_json = anna.get("/api/v1/cells/DECLARED_FLOW", params={"limit": 2})
    as_csv = anna.get("/api/v1/cells/DECLARED_FLOW", params={"limit": 2, "format": "csv"})

    assert (as_json.json()["total"], as_json.json()["complete"]) == (3, False)
    assert as_csv.headers["x-complete"] == "false"
    assert (as_csv.headers["x-rows-total"], as_csv.headers["x-rows-sent"]) == ("3", "2")
    assert 'filename="cells-DECLARED_FLOW-incomplete.csv"' in as_csv.headers["content-disposition"]


def test_every_format_holds_the_same_cells(anna: Client) -> None:
    """Three writers, one table."""
    path = "/api/v1/cells/DECLARED_FLOW"
    rows = anna.get(path).json()["rows"]
    as_parquet = pyarrow.parquet.read_table(io.BytesIO(anna.get(path, params={"format": "parquet"}).content))
    as_csv = pyarrow.csv.read_csv(io.BytesIO(anna.get(path, params={"format": "csv"}).content))

    stream = anna.get(path, headers={"Accept": "application/json"})
    as_arrow = pa.ipc.open_stream(anna.get(path, params={"format": "arrow"}).content).read_all()

    assert as_parquet.to_pylist() == rows
    assert as_arrow.to_pylist() == rows == stream.json()["rows"]
    assert as_csv["OBS_VALUE"].to_pylist() == [row["OBS_VALUE"] for row in rows]


def test_cells_are_read_page_by_page_until_they_change(anna: Client) -> None:
    """Each page names the next; together they are the table."""
    path: str | None = "/api/v1/cells/DECLARED_FLOW?limit=2"
    found: list[dict[str, object]] = []
    while path is not None:
        answer = anna.get(path)
        found += answer.json()["rows"]
        path = answer.headers.get("link", "").partition("<")[2].partition(">")[0] or None

    assert found == anna.get("/api/v1/cells/DECLARED_FLOW").json()["rows"]
    assert anna.get("/api/v1/cells/DECLARED_FLOW?cursor=garbage").status_code == 422


def test_a_table_is_written_in_the_form_that_is_accepted(anna: Client) -> None:
    """By Accept, unless a format is named; what is not written is 406."""
    path = "/api/v1/exports/cells?dataflow=DECLARED_FLOW"
    stream = anna.get(path, headers={"Accept": "application/vnd.apache.arrow.stream, */*;q=0.1"})
    as_text = anna.get(path, headers={"Accept": "text/csv"})
    link = as_text.headers["link"]
    described = anna.get(link.partition("<")[2].partition(">")[0])

    assert pa.ipc.open_stream(stream.content).read_all().num_rows == 3
    assert as_text.headers["content-type"].startswith("text/csv; charset=utf-8")
    assert (as_text.headers["x-complete"], as_text.headers["vary"]) == ("true", "Accept")
    assert described.headers["content-type"] == "application/csvm+json"
    assert 'rel="describedby"' in link
    assert anna.get(path, headers={"Accept": "image/png"}).status_code == 406
    assert anna.get("/api/v1/exports/nothing").status_code == 404
    assert anna.get(f"{path}&refarea=KZ").status_code == 422


def test_the_tables_that_can_be_exported_are_listed(anna: Client) -> None:
    """With what they are narrowed by, and how many rows each form takes."""
    found = anna.get("/api/v1/exports").json()

    assert {"cells", "corridors", "warnings", "member"} <= {one["table"] for one in found["tables"]}
    assert {one["format"]: one["most_rows"] for one in found["formats"]}["xlsx"] == 100_000


def test_cells_are_answered_with_304_while_the_bundles_are_the_same(anna: Client) -> None:
    """And not with the tag of another question."""
    path = "/api/v1/cells/DECLARED_FLOW"
    etag = anna.get(path).headers["etag"]

    assert anna.get(path, headers={"If-None-Match": etag}).status_code == 304
    assert anna.get(path, params={"limit": 1}, headers={"If-None-Match": etag}).status_code == 200
    assert anna.get("/api/v1/cells/R33_A", headers={"If-None-Match": etag}).status_code == 200


@pytest.mark.parametrize(
    ("flow", "query", "status"),
    [
        ("NO_FLOW", {}, 404),
        ("DECLARED_FLOW", {"format": "xml"}, 422),
        ("DECLARED_FLOW", {"limit": "0"}, 422),
        ("DECLARED_FLOW", {"limit": "100001"}, 422),
        ("DECLARED_FLOW", {"limit": "1000001", "format": "csv"}, 422),
        ("DECLARED_FLOW", {"offset": "1"}, 422),
        ("DECLARED_FLOW", {"cursor": "9" * 20}, 422),
        ("DECLARED_FLOW", {"limit": "1000000", "format": "csv"}, 200),
    ],
    ids=str,
)
def test_cells_are_bounded(anna: Client, flow: str, query: dict[str, str], status: int) -> None:
    """What is over a limit is refused, never cut in silence."""
    assert anna.get(f"/api/v1/cells/{flow}", params=query).status_code == status


# --- indicators


def test_before_the_first_run_there_are_no_indicators(anna: Client) -> None:
    """Which is something else than an empty table."""
    assert anna.get("/api/v1/indicators").status_code == 404


@pytest.fixture(scope="module")
def with_run(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    """An analyst at a node that computed three rows."""
    folder: Path = tmp_path_factory.mktemp("run")
    with federation(folder, codes=("KZ",)) as made:
        ctx = made["KZ"]
        add_person(ctx, made.clock, "anna", Role.ANALYST)
        _add_run(ctx)
        yield surface(ctx, made.clock, folder).signed_in("anna")


def _add_run(ctx: Context) -> None:
    table = pa.table({name: pa.array(values, pa.string()) for name, values in RESULTS.items()})
    run = IndicatorRun(
        model_id="cross_border_1",
        model_version="1.0.0",
        spec_digest=sha256_hex(b"spec"),
        view_id=sha256_hex(b"view"),
        inputs=(sha256_hex(b"bundle"),),
        result_digest=sha256_hex(b"result"),
        results=ctx.objects.put(parquet.write(table)),
        run_at=START,
    )
    ctx.indicators.add(run)


def test_indicators_say_which_run_they_are(with_run: Client) -> None:
    """Model, specification, view, inputs and result by digest."""
    found = with_run.get("/api/v1/indicators").json()

    assert found["result_digest"] == sha256_hex(b"result")
    assert found["inputs"] == [sha256_hex(b"bundle")]
    assert (found["total"], found["complete"]) == (3, True)
    assert sorted(row["UPPER"] or "" for row in found["rows"]) == ["", "0.4", "0.5"]


@pytest.mark.parametrize(
    ("query", "rows"),
    [
        ({"ref_area": "KZ"}, 2),
        ({"ref_area": "KZ", "indicator": "B1"}, 1),
        ({"signal": "possible"}, 1),
        ({"status": "undefined"}, 0),
    ],
    ids=str,
)
def test_indicators_are_filtered_by_their_columns(with_run: Client, query: dict[str, str], rows: int) -> None:
    """All filters hold together."""
    assert with_run.get("/api/v1/indicators", params=query).json()["total"] == rows


def test_the_model_is_chosen_by_its_id(with_run: Client) -> None:
    """The first without a choice; one that was not computed yet, and one that is none, are told apart."""
    assert with_run.get("/api/v1/indicators", params={"model": "cross_border_1"}).json()["total"] == 3

    for model, title in (
        ("early_warning_1", "No indicators were computed yet"),
        ("isolation_forest", "This node computes no such model"),
    ):
        response = with_run.get("/api/v1/indicators", params={"model": model})
        assert response.status_code == 404
        assert response.json()["detail"].startswith(title)


def test_a_filter_that_is_none_is_refused(with_run: Client) -> None:
    """A misspelt name would otherwise give everything, and look filtered."""
    response = with_run.get("/api/v1/indicators", params={"refarea": "KZ"})

    assert response.status_code == 422
    assert "ref_area" in response.json()["hint"]


def test_indicators_are_answered_with_304_while_the_result_is_the_same(with_run: Client) -> None:
    """The tag is made of the result's digest and the question."""
    first = with_run.get("/api/v1/indicators", params={"ref_area": "KZ"})
    again = {"If-None-Match": first.headers["etag"]}

    assert with_run.get("/api/v1/indicators", params={"ref_area": "KZ"}, headers=again).status_code == 304
    assert with_run.get("/api/v1/indicators", params={"ref_area": "RU"}, headers=again).status_code == 200
