"""Transactions uploaded, typologies found in them, and what of it reaches a peer."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pytest

from node.errors import Invalid
from node.ports.reading import Recipe
from node.ports.submissions import Submission, UploadMode
from node.services import detected, interpret, release, submit, sync, verify
from node.services.cells import cells
from risk_models.typologies import detection
from risk_models.typologies.detection import definitions, detect
from tests.support.federation import APPROVER, PASSWORD, RELEASER, SUBMITTER, Nodes, federation
from tests.support.laundering import Traffic, mispriced, structuring
from tests.support.transaction_files import written


def planted() -> pa.Table:
    """Structuring and mispriced goods among 200 accounts, half abroad in RU: few cells, so that a release is quick."""
    made = Traffic(200, 90, random.Random(5))
    made.areas = {f"P{one}": "RU" for one in range(0, 200, 2)}
    for _ in range(40):
        structuring(made)
    for _ in range(40):
        mispriced(made)
    for day in range(0, 90, 9):
        made.pay("P1", "P3", day, 1_100)
    return made.table()


PLANTED = planted()
KEY = ("COUNTERPART_AREA", "FLOW_DIRECTION", "METHOD", "CHANNEL", "PREDICATE", "ENTITY_TYPE")


def upload(nodes: Nodes, table: pa.Table, folder: Path, name: str = "transactions.csv") -> Submission:
    """Submit transactions at KZ."""
    file = written(table, folder / name)
    return submit.upload(
        nodes["KZ"], SUBMITTER, file, file_name=name, dataflow_id="DETECTED_FLOW",
        mode=UploadMode.APPEND, now=nodes.clock.now(),
    )  # fmt: skip


@pytest.fixture(scope="module")
def released(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Nodes, Submission]]:
    """Planted transactions taken through upload, approval, release, and to a peer."""
    folder = tmp_path_factory.mktemp("detected")
    with federation(folder / "nodes", ["KZ", "RU"]) as nodes:
        number = upload(nodes, PLANTED, folder).submission_id
        release.approve(nodes["KZ"], APPROVER, number, password=PASSWORD, now=nodes.clock.now())
        release.release(nodes["KZ"], RELEASER, number, password=PASSWORD, now=nodes.clock.now())
        sync.sync_peer(nodes["RU"], "KZ", holder="test", now=nodes.clock.now())
        yield nodes, nodes["KZ"].submissions.get(number)


def test_a_peer_gets_the_sums_of_what_the_rules_found(released: tuple[Nodes, Submission]) -> None:
    """Number and value of all detected payments out of and into the state are those of the flows themselves."""
    nodes, _ = released
    flows = detect(PLANTED).to_pylist()
    got = {
        (row["FLOW_DIRECTION"], row["MEASURE"]): row["OBS_VALUE"]
        for row in cells(nodes["RU"], "DETECTED_FLOW").to_pylist()
        if row["COUNTERPART_AREA"] == "W1" and {row[name] for name in KEY[2:]} == {"_T"}
    }

    for direction in ("IN", "OUT"):
        own = [row for row in flows if row["FLOW_DIRECTION"] == direction]
        assert got[direction, "N_TXN"] == len(own) > 0
        assert got[direction, "V_TXN"] == sum(row["AMOUNT"] for row in own)


def test_methods_add_up_for_a_peer(released: tuple[Nodes, Submission]) -> None:
    """Every transaction is under one method: structuring and mispriced goods are all there is."""
    nodes, _ = released
    rows = cells(nodes["RU"], "DETECTED_FLOW").to_pylist()
    shown = {
        (row["FLOW_DIRECTION"], row["METHOD"]): row["OBS_VALUE"]
        for row in rows
        if row["COUNTERPART_AREA"] == "W1" and row["MEASURE"] == "N_TXN" and row["OBS_VALUE"]
        and {row["CHANNEL"], row["PREDICATE"], row["ENTITY_TYPE"]} == {"_T"}
    }  # fmt: skip
    methods = {method for _, method in shown} - {"_T"}

    assert {"TM02", "TM08"} <= methods
    for direction in ("IN", "OUT"):
        assert shown[direction, "TM02"] + shown[direction, "TM08"] == shown[direction, "_T"]


def test_the_receipt_says_how_much_was_found_and_what_was_left_out(
    released: tuple[Nodes, Submission],
) -> None:
    """Counts by typology, and the payments that cross no border of this state; the manifest has none of it."""
    nodes, submission = released
    found = detection.find(PLANTED)
    detected_flows = detection.flows(PLANTED, found.detections)
    told = submission.detected

    assert told["detections"] == found.counts
    assert told["detections"]["TRADE_PRICE"] == 40
    assert (told["flows"], told["domestic"], told["elsewhere"]) == (
        detected_flows.flows.num_rows,
        detected_flows.domestic,
        detected_flows.elsewhere,
    )
    assert told["domestic"] > 0
    assert submission.rows == PLANTED.num_rows
    bundle = nodes["KZ"].ledger.bundle(submission.manifest_digest or "")
    assert bundle is not None
    assert b"detections" not in nodes["KZ"].objects.get(bundle.manifest)


def test_no_identifier_leaves(released: tuple[Nodes, Submission]) -> None:
    """Neither the manifest nor a part holds an account, a transaction, a report or an entity."""
    nodes, submission = released
    bundle = nodes["KZ"].ledger.bundle(submission.manifest_digest or "")
    assert bundle is not None
    rows = str(cells(nodes["RU"], "DETECTED_FLOW").to_pylist())
    manifest = nodes["KZ"].objects.get(bundle.manifest).decode()

    for name in ("TRANSACTION_ID", "REPORT_ID", "REPORTING_ENTITY", "SENDER_ID", "RECEIVER_ID"):
        for value in {one for one in PLANTED.column(name).to_pylist() if one and len(one) > 3}:
            assert value not in rows
            assert f'"{value}"' not in manifest


def test_the_manifest_names_the_definitions_and_not_what_they_found(
    released: tuple[Nodes, Submission],
) -> None:
    """Every rule with its version, sorted; no number of detections."""
    nodes, submission = released
    bundle = nodes["KZ"].ledger.bundle(submission.manifest_digest or "")
    assert bundle is not None
    ingest = json.loads(nodes["KZ"].objects.get(bundle.manifest))["ingest"]
    latest = sorted(f"{one.id} 1.0.0" for one in definitions() if one.kind == "rule")

    assert ingest["typologies"] == latest
    assert submission.recipe["typologies"] == latest
    assert not any(isinstance(value, int) for value in ingest.values())


def test_a_later_version_of_a_definition_changes_nothing_that_was_uploaded_before(
    released: tuple[Nodes, Submission], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Verified by the definitions of then; a new file is looked at by those of now."""
    nodes, _ = released
    stricter = next(one for one in definitions() if one.id == "STRUCTURING")
    parameters = {**stricter.parameters, "min_payments": 10**6}
    newer = replace(stricter, version="2.0.0", parameters=parameters)
    every = tuple(sorted((*definitions(), newer), key=lambda one: (one.id, one.version)))
    for module in (detection.catalogue, detection.detecting):
        monkeypatch.setattr(module, "definitions", lambda: every)

    assert verify.verify(nodes["KZ"]).findings == ()
    later = upload(nodes, PLANTED.slice(0, 60), tmp_path, "later.csv")
    assert "STRUCTURING 2.0.0" in later.recipe["typologies"]
    assert "STRUCTURING 1.0.0" not in later.recipe["typologies"]


def test_a_person_says_how_a_file_is_read_and_not_what_is_looked_for(
    released: tuple[Nodes, Submission], tmp_path: Path
) -> None:
    """A recipe that names one definition only is completed, at the upload and when the file is read again."""
    nodes, submission = released
    ctx = nodes["KZ"]
    recipe = replace(Recipe.from_document(submission.recipe), typologies=("CYCLE 1.0.0",))
    file = written(PLANTED.slice(0, 50), tmp_path / "few.csv")
    sent = submit.upload(
        ctx, SUBMITTER, file, file_name=file.name, dataflow_id="DETECTED_FLOW",
        mode=UploadMode.APPEND, now=nodes.clock.now(), recipe=recipe,
    )  # fmt: skip
    again = interpret.read_again(ctx, SUBMITTER, sent.submission_id, recipe, now=nodes.clock.now())

    assert sent.recipe["typologies"] == again.recipe["typologies"] == submission.recipe["typologies"]


def test_a_definition_that_this_node_does_not_have_is_named(released: tuple[Nodes, Submission]) -> None:
    """A file of a later node is not compiled by other definitions than its own."""
    nodes, submission = released
    recipe = replace(Recipe.from_document(submission.recipe), typologies=("CYCLE 9.0.0",))

    with pytest.raises(Invalid, match="not known here") as refusal:
        detected.with_definitions(recipe, submit.known_dataflow("DETECTED_FLOW").upload)
    assert "CYCLE 9.0.0" in refusal.value.detail
    assert detected.with_definitions(recipe, submit.known_dataflow("R33_A").upload).typologies == ()
    assert nodes["KZ"].member == "KZ"


def test_payments_in_which_nothing_is_found_release_nothing(
    released: tuple[Nodes, Submission], tmp_path: Path
) -> None:
    """The refusal says that no row was wrong."""
    nodes, _ = released
    sent = upload(nodes, PLANTED.slice(PLANTED.num_rows - 2), tmp_path, "quiet.csv")

    with pytest.raises(Invalid, match="Nothing would be released") as refusal:
        release.preview(nodes["KZ"], APPROVER, sent.submission_id, nodes.clock.now())
    assert "found nothing" in refusal.value.detail


def test_a_row_with_neither_side_is_refused(released: tuple[Nodes, Submission], tmp_path: Path) -> None:
    """It can be part of no pattern; one side may be empty, for cash."""
    nodes, _ = released
    few = PLANTED.slice(PLANTED.num_rows - 4).to_pylist()
    few[1] |= {"SENDER_ID": None, "RECEIVER_ID": None}
    few[2] |= {"SENDER_ID": None}
    few[3] |= {"RECEIVER_ID": None}
    sent = upload(nodes, pa.Table.from_pylist(few, schema=PLANTED.schema), tmp_path, "empty.csv")

    assert sent.violation_totals == {"value.neither": 1}
    assert sent.rows_refused == 1
