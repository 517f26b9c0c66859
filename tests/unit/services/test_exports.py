"""Every table of the dashboard leaves whole or marked, in every form, with what it stands on."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Iterator
from typing import Any

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from node.errors import Invalid, NotFound
from node.ports.exports import Export, ExportFormat
from node.services.context import Context
from node.services.exports.build import MOST_ROWS, TABLES, export, write
from schemas.canonical import canonical_json
from schemas.digest import sha256_hex
from tests.support.federation import START, Nodes, federation
from tests.support.web_figures import fill

FLOW = {"dataflow": "SUSPICIOUS_FLOW"}
# what each table needs to be asked for
ASKED: dict[str, dict[str, str]] = {
    "cells": FLOW,
    "corridors": {},
    "corridor": {"area": "KZ", "counterpart": "BY"},
    "ranking": {},
    "warnings": {},
    "assessment": {},
    "exchange": {},
    "member": {"area": "KZ"},
    "indicators": {},
    "bundles": {},
}


# tests/unit/web/test_web_typologies.py, test_web_warnings.py and test_web_details.py
TRIED_ON_THEIR_PAGES = {"typologies", "typology", "warning", "details"}


@pytest.fixture(scope="module")
def nodes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nodes]:
    """Three members with exact, zero, withheld and not shared figures."""
    folder = tmp_path_factory.mktemp("exports")
    with federation(folder / "nodes") as made:
        fill(made, folder)
        yield made


@pytest.fixture(scope="module")
def ctx(nodes: Nodes) -> Context:
    """The node of KZ."""
    return nodes["KZ"]


def taken(ctx: Context, table: str, written_as: ExportFormat, language: str = "en", **more: Any) -> Export:
    """Give an export."""
    wanted = more.pop("wanted", ASKED[table])
    return export(ctx, table, wanted, written_as, language=language, now=START, **more)


def rows_of(content: bytes, written_as: ExportFormat) -> list[dict[str, Any]]:
    """Read a file with a reader that is not ours; texts and numbers as that reader gives them."""
    if written_as is ExportFormat.JSON:
        found: list[dict[str, Any]] = json.loads(content)["rows"]
        return found
    if written_as is ExportFormat.CSV:
        return list(csv.DictReader(io.StringIO(content.decode("utf-8"), newline=""), strict=True))
    if written_as is ExportFormat.ZIP:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            (name,) = [one for one in archive.namelist() if one.endswith(".csv")]
            return rows_of(archive.read(name), ExportFormat.CSV)
    if written_as is ExportFormat.XLSX:
        sheet = openpyxl.load_workbook(io.BytesIO(content)).worksheets[0]
        head, *lines = sheet.iter_rows(values_only=True)
        return [dict(zip(map(str, head), line, strict=True)) for line in lines]
    if written_as is ExportFormat.PARQUET:
        return list(pq.read_table(io.BytesIO(content)).to_pylist())
    return list(pa.ipc.open_stream(content).read_all().to_pylist())


def plain(rows: list[dict[str, Any]]) -> list[dict[str, str]]:
    """Give values as texts, so that readers that know no types can be compared with those that do."""
    return [{name: "" if value is None else str(value) for name, value in row.items()} for row in rows]


ROWS = [one for one in ExportFormat if one not in {ExportFormat.CSVW, ExportFormat.NOTES}]


@pytest.mark.parametrize("table", ASKED)
@pytest.mark.parametrize("written_as", ROWS)
def test_every_form_of_every_table_holds_the_same_rows(
    ctx: Context, table: str, written_as: ExportFormat
) -> None:
    """Read back by the reader of each form."""
    made = taken(ctx, table, written_as)

    read = plain(rows_of(write(ctx, made, written_as), written_as))

    assert made.is_complete
    assert read == plain(made.table.to_pylist())


def test_every_table_there_is_is_tried(ctx: Context) -> None:
    """A table that is added to the service is added here, or where there is a history for it."""
    assert {one.name for one in TABLES} - TRIED_ON_THEIR_PAGES == set(ASKED)


def test_what_each_value_is_stands_beside_it(ctx: Context) -> None:
    """Six reports by three entities are exact, a single one is withheld, none is zero, BY shared nothing."""
    rows = taken(ctx, "corridors", ExportFormat.JSON).table.to_pylist()
    kinds = {(row["REF_AREA"], row["COUNTERPART_AREA"]): row for row in rows}

    assert (kinds["KZ", "BY"]["VALUE_KIND"], kinds["KZ", "BY"]["OBS_VALUE"]) == ("exact", 6)
    assert (kinds["KZ", "AM"]["VALUE_KIND"], kinds["KZ", "AM"]["OBS_VALUE"]) == ("zero", 0)
    assert (kinds["KZ", "RU"]["VALUE_KIND"], kinds["KZ", "RU"]["OBS_VALUE"]) == ("withheld", None)
    assert kinds["KZ", "RU"]["OBS_LOWER"] is not None
    assert (kinds["BY", "KZ"]["VALUE_KIND"], kinds["BY", "KZ"]["OBS_VALUE"]) == ("not_shared", None)
    assert kinds["KZ", "KZ"]["VALUE_KIND"] == "not_applicable"


def test_both_ends_of_a_corridor_stand_beside_one_another(ctx: Context) -> None:
    """KZ declared 100.50 sent, BY 250 received; in the other direction nobody said anything."""
    wanted = ASKED["corridor"] | {"dataflow": "DECLARED_FLOW"}
    rows = taken(ctx, "corridor", ExportFormat.JSON, wanted=wanted).table.to_pylist()

    assert [(row["SENDER"], row["TIME_PERIOD"]) for row in rows] == [("KZ", "2012"), ("KZ", "2011")]
    assert {(row["SENT_VALUE"], row["RECEIVED_VALUE"]) for row in rows} == {(10050, 25000)}
    assert all(row["ASYMMETRY_STATUS"] for row in rows)


def test_who_is_not_assessed_has_a_row_that_says_so(ctx: Context) -> None:
    """Every member, with no level and no rank where there is too little; the notes name the run."""
    made = taken(ctx, "assessment", ExportFormat.JSON)
    rows = made.table.to_pylist()

    assert {row["REF_AREA"] for row in rows} >= {"BY", "KZ", "RU"}
    assert all((row["LEVEL_LEAST"] is None) == (row["STATE"] != "assessed") for row in rows)
    assert all((row["RANK_BEST"] is None) == (row["STATE"] != "assessed") for row in rows)
    assert made.notes["models"][0]["model"].startswith("assessment_")


def test_the_exchange_has_a_row_for_each_peer(ctx: Context) -> None:
    """Both others, read a moment ago, with nothing refused."""
    rows = taken(ctx, "exchange", ExportFormat.JSON).table.to_pylist()

    assert [(row["MEMBER"], row["STANDING"], row["REFUSED_RECORDS"]) for row in rows] == [
        ("BY", "fresh", 0),
        ("RU", "fresh", 0),
    ]
    assert all(row["LAST_SUCCESS_AT"] for row in rows)


def test_the_notes_name_bundles_certificates_and_digests(ctx: Context) -> None:
    """By the manifest as it was signed and by the run as it was attested."""
    notes = taken(ctx, "member", ExportFormat.JSON).notes
    bundles = {bundle.digest: bundle for bundle in ctx.ledger.bundles()}
    (run,) = [ctx.indicators.latest("cross_border_1")]

    assert run is not None
    assert notes["models"][0]["result_digest"] == run.result_digest
    assert notes["models"][0]["spec_digest"] == run.spec_digest
    assert notes["bundles"]
    for named in notes["bundles"]:
        manifest = json.loads(ctx.objects.get(bundles[named["digest"]].manifest))
        assert named["certificate"] == sha256_hex(canonical_json(manifest["certificate"]))
        assert (named["vintage"], named["originator"]) == (manifest["vintage"], manifest["originator"])
    assert notes["complete"] is True
    assert notes["made_by"] == "KZ"


def test_notes_travel_where_each_form_has_a_place_for_them(ctx: Context) -> None:
    """The metadata of the schema, a sheet, the document described by CSV on the Web, the JSON itself."""
    made = taken(ctx, "corridors", ExportFormat.PARQUET)
    written = {one: write(ctx, made, one) for one in ExportFormat}
    parquet = pq.read_schema(io.BytesIO(written[ExportFormat.PARQUET])).metadata
    arrow = pa.ipc.open_stream(written[ExportFormat.ARROW]).schema.metadata
    sheet = openpyxl.load_workbook(io.BytesIO(written[ExportFormat.XLSX])).worksheets[1]
    described = json.loads(written[ExportFormat.CSVW])

    for metadata in (parquet, arrow):
        assert metadata is not None
        assert json.loads(metadata[b"irac.notes"]) == dict(made.notes)
        assert metadata[b"irac.complete"] == b"true"
    assert described["notes"] == [dict(made.notes)]
    assert described["url"] == made.file_name(ExportFormat.CSV)
    assert [one["name"] for one in described["tableSchema"]["columns"]] == made.table.column_names
    assert json.loads(written[ExportFormat.JSON])["notes"] == dict(made.notes)
    said = " ".join(str(cell) for row in sheet.iter_rows(values_only=True) for cell in row)
    assert all(bundle["digest"] in said and bundle["certificate"] in said for bundle in made.notes["bundles"])


def test_the_notes_alone_are_those_of_the_table_with_their_lines(ctx: Context) -> None:
    """For a picture: the same document, each line by what it is about, and the view that the bundles are."""
    made = taken(ctx, "corridors", ExportFormat.NOTES)
    digests = [bundle["digest"] for bundle in made.notes["bundles"]]

    written = json.loads(write(ctx, made, ExportFormat.NOTES))

    assert written["notes"] == dict(made.notes)
    assert {"title", "periods", "coverage", "view", "bundle"} <= {line["about"] for line in written["lines"]}
    assert "rows" not in written
    assert made.notes["view"] == sha256_hex(canonical_json(sorted(digests)))


def test_a_described_csv_and_its_description_travel_together(ctx: Context) -> None:
    """In one archive, the description under the name that names the file."""
    made = taken(ctx, "cells", ExportFormat.ZIP)

    with zipfile.ZipFile(io.BytesIO(write(ctx, made, ExportFormat.ZIP))) as archive:
        names = archive.namelist()
        described = json.loads(archive.read("cells-SUSPICIOUS_FLOW.csv-metadata.json"))

    assert names == ["cells-SUSPICIOUS_FLOW.csv", "cells-SUSPICIOUS_FLOW.csv-metadata.json"]
    assert described["url"] == names[0]


@pytest.mark.parametrize("language", ["ru", "kk", "en"])
def test_notes_are_said_in_the_readers_language(ctx: Context, language: str) -> None:
    """Each line has a label and a text, and the title names the dataflow."""
    made = taken(ctx, "cells", ExportFormat.XLSX, language)
    others = {taken(ctx, "cells", ExportFormat.XLSX, one).title for one in {"ru", "kk", "en"} - {language}}

    assert all(line.label and line.text for line in made.lines)
    assert made.title not in others


@pytest.mark.parametrize("written_as", ROWS)
def test_a_cut_table_says_so_in_its_name_and_its_notes(ctx: Context, written_as: ExportFormat) -> None:
    """Whatever the form: what is passed on without the address still says it."""
    made = taken(ctx, "cells", written_as, limit=3)

    assert "-incomplete" in made.file_name(written_as)
    assert (made.notes["complete"], made.notes["rows"], made.notes["rows_total"]) == (False, 3, 100)
    assert len(rows_of(write(ctx, made, written_as), written_as)) == 3


def test_a_cut_workbook_says_so_on_its_sheet_of_notes(ctx: Context) -> None:
    """In the first cell, in words."""
    content = write(ctx, taken(ctx, "cells", ExportFormat.XLSX, limit=3), ExportFormat.XLSX)

    notes = openpyxl.load_workbook(io.BytesIO(content)).worksheets[1]

    assert str(notes["A1"].value).startswith("INCOMPLETE TABLE")
    assert notes["B3"].value == "3 / 100"


@pytest.mark.parametrize(
    ("table", "wanted", "error"),
    [
        ("nothing", {}, NotFound),
        ("cells", {"dataflow": "NO_FLOW"}, NotFound),
        ("cells", {}, NotFound),
        ("cells", FLOW | {"refarea": "KZ"}, Invalid),
        ("cells", FLOW | {"bundle": "sha256:0"}, NotFound),
        ("corridor", {"area": "XX", "counterpart": "BY"}, NotFound),
        ("member", {"area": "US"}, NotFound),
        ("indicators", {"model": "isolation_forest"}, NotFound),
        ("indicators", {"refarea": "KZ"}, Invalid),
        ("warnings", {"areas": "KZ"}, Invalid),
        ("bundles", {"of": "KZ"}, Invalid),
    ],
    ids=str,
)
def test_what_cannot_be_exported_is_refused_in_words(
    ctx: Context, table: str, wanted: dict[str, str], error: type[Exception]
) -> None:
    """A misspelt filter would otherwise give everything, and look filtered."""
    with pytest.raises(error):
        export(ctx, table, wanted, ExportFormat.JSON, language="en", now=START)


def test_more_rows_than_a_form_takes_are_refused(ctx: Context) -> None:
    """A workbook of a million rows takes minutes to open."""
    with pytest.raises(Invalid) as refusal:
        taken(ctx, "cells", ExportFormat.XLSX, limit=MOST_ROWS[ExportFormat.XLSX] + 1)

    assert "format=csv" in refusal.value.hint


def test_a_filter_narrows_the_rows_and_stands_in_the_notes(ctx: Context) -> None:
    """By the name of any dimension, in small or capital letters."""
    made = taken(ctx, "cells", ExportFormat.CSV, wanted=FLOW | {"counterpart_area": "BY", "MEASURE": "N_STR"})

    assert {row["COUNTERPART_AREA"] for row in made.table.to_pylist()} == {"BY"}
    assert made.notes["filters"] == FLOW | {"COUNTERPART_AREA": "BY", "MEASURE": "N_STR"}


def test_the_cells_of_one_bundle_are_exported_alone(ctx: Context) -> None:
    """As its page offers them."""
    (bundle,) = [one for one in ctx.ledger.bundles(originator="BY") if one.dataflow_id == "DECLARED_FLOW"]
    wanted = {"dataflow": "DECLARED_FLOW", "bundle": bundle.digest}

    made = taken(ctx, "cells", ExportFormat.CSV, wanted=wanted)

    assert {row["BUNDLE"] for row in made.table.to_pylist()} == {bundle.digest}
    assert [one["digest"] for one in made.notes["bundles"]] == [bundle.digest]
