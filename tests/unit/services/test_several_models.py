"""Several models over the same bundles: each is computed, attested, compared, verified and hidden on its own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from exchange.receipt import Subject
from exchange.retraction import RetractionReason
from node.ports.ledger import Bundle
from node.services import indicators, receipts, retract, sync, verify
from node.services.indicators import (
    ASSESSMENT,
    CROSS_BORDER,
    DETAIL,
    EARLY_WARNING,
    EFFECTIVENESS,
    TIER_ONE,
    AgreementRow,
    gravest,
)
from node.services.members import peer_codes
from tests.support.federation import APPROVER, PASSWORD, RELEASER, Nodes, federation, release_rows, trade

ALL = (CROSS_BORDER, EARLY_WARNING, ASSESSMENT, DETAIL, EFFECTIVENESS, TIER_ONE)
# The one that reads statistics alone, and no flows.
OF_FLOWS = tuple(name for name in ALL if name != EFFECTIVENESS)


@pytest.fixture
def nodes(tmp_path: Path) -> Iterator[Nodes]:
    """Two members in one process."""
    with federation(tmp_path / "nodes", ("KZ", "RU")) as built:
        yield built


def synchronise(nodes: Nodes) -> None:
    """Let every node look at every other once, and recompute."""
    for code, context in nodes.contexts.items():
        for peer in peer_codes(context, nodes.clock.now()):
            sync.sync_peer(nodes[code], peer, holder="test", now=nodes.clock.now())
        indicators.recompute(context, nodes.clock.now())


def released(nodes: Nodes, folder: Path) -> Bundle:
    """Declared trade, which all models of flows read, known everywhere and computed twice."""
    bundle = release_rows(nodes, "KZ", "DECLARED_FLOW", [trade("KZ", "RU", "OUT", "100.50")], folder)
    synchronise(nodes)
    synchronise(nodes)
    return bundle


def test_every_model_is_computed_attested_and_compared(nodes: Nodes, tmp_path: Path) -> None:
    """A run of one bundle for each model, an attestation of each, and one verdict a peer and model."""
    bundle = released(nodes, tmp_path)
    ctx = nodes["KZ"]

    runs = {name: indicators.shown(ctx, name) for name in ALL}
    inputs = {name: run.inputs for name, run in runs.items() if run is not None}
    assert inputs == {**dict.fromkeys(OF_FLOWS, (bundle.digest,)), EFFECTIVENESS: ()}
    attested = [one.attestation.model_id for one in ctx.ledger.attestations("RU")]
    assert set(attested[-len(ALL) :]) == set(ALL)
    rows = indicators.agreement(ctx)
    assert [(row.code, row.model_id, row.verdict) for row in rows] == [("RU", name, "agree") for name in ALL]
    assert indicators.is_current(ctx, nodes.clock.now())
    assert indicators.recompute(ctx, nodes.clock.now()) == ()


def test_a_bundle_that_one_model_reads_moves_that_model_alone(nodes: Nodes, tmp_path: Path) -> None:
    """Ratings are read by both assessments, then by one more: the others keep their runs."""
    released(nodes, tmp_path)
    ctx = nodes["KZ"]
    before = indicators.shown(ctx, EARLY_WARNING)
    ratings = [{"TIME_PERIOD": "2023", "REF_AREA": "KZ", "FATF_ITEM": "R.1", "OBS_VALUE": "C"}]
    release_rows(nodes, "KZ", "FATF_RATING", ratings, tmp_path)
    first = indicators.recompute(ctx, nodes.clock.now())
    assert [run.model_id for run in first] == [ASSESSMENT, DETAIL]

    one = replace(
        ctx,
        models=tuple(
            replace(model, dataflows=("FATF_RATING",)) if model.id == CROSS_BORDER else model
            for model in ctx.models
        ),
    )
    fresh = indicators.recompute(one, nodes.clock.now())

    assert [run.model_id for run in fresh] == [CROSS_BORDER]
    assert indicators.shown(ctx, EARLY_WARNING) == before


def test_a_retraction_hides_every_model_and_is_answered_when_all_are_computed_anew(
    nodes: Nodes, tmp_path: Path
) -> None:
    """The receipt names the new results of all models, and is not written after the first of them alone."""
    bundle = released(nodes, tmp_path)
    kz, ru, clock = nodes["KZ"], nodes["RU"], nodes.clock
    receipts.answer(ru, clock.now())
    proposal = retract.propose(
        kz, APPROVER, bundle.digest, reason=RetractionReason.ERROR, text="wrong", replacement=None,
        password=PASSWORD, now=clock.now(),
    )  # fmt: skip
    retract.confirm(kz, RELEASER, proposal.number, password=PASSWORD, now=clock.now())
    sync.sync_peer(ru, "KZ", holder="test", now=clock.now())

    assert [indicators.shown(ru, name) for name in OF_FLOWS] == [None] * len(OF_FLOWS)
    indicators.recompute(replace(ru, models=ru.models[:1]), clock.now())
    assert receipts.answer(ru, clock.now()) == 0
    assert [one.entry.kind for one in ru.records.owed()] == [Subject.RETRACTION]

    indicators.recompute(ru, clock.now())
    assert receipts.answer(ru, clock.now()) == 1
    sync.sync_peer(kz, "RU", holder="test", now=clock.now())
    said = [one.entry for one in kz.records.receipts(bundle.log_index)] + [
        one.entry for index in range(10) for one in kz.records.receipts(index)
    ]
    (told,) = {one.recomputed for one in said if one.kind is Subject.RETRACTION}
    newest = (ru.indicators.latest(name) for name in ALL)
    assert told == tuple(sorted({run.result_digest for run in newest if run is not None}))


def test_verification_computes_every_model_again(nodes: Nodes, tmp_path: Path) -> None:
    """An altered result of the second model is found, and the finding names the model."""
    released(nodes, tmp_path)
    ctx = nodes["KZ"]
    report = verify.verify(ctx)
    assert (report.checked["indicators"], report.findings) == (len(ALL), ())

    stored = ctx.indicators.latest(EARLY_WARNING)
    assert stored is not None
    ctx.indicators.add(replace(stored, result_digest="sha256:" + "0" * 64))
    findings = verify.verify(ctx).findings
    assert [EARLY_WARNING in one.where for one in findings] == [True]

    ctx.indicators.add(replace(stored, spec_digest="sha256:" + "1" * 64))
    assert "another specification" in verify.verify(ctx).findings[0].what


def test_the_gravest_verdict_of_a_peer_is_shown() -> None:
    """Divergence before other bundles before nothing attested before agreement; at equal ones the first model."""
    rows = [
        AgreementRow("RU", name, verdict, None)
        for name, verdict in zip(ALL, ("agree", "differs", *["agree"] * (len(ALL) - 2)), strict=True)
    ]
    rows += [AgreementRow("BY", name, "agree", None) for name in ALL]
    rows += [
        AgreementRow("KG", CROSS_BORDER, "unknown", None),
        AgreementRow("KG", EARLY_WARNING, "divergence", None),
    ]

    found = {code: (row.model_id, row.verdict) for code, row in gravest(rows).items()}

    assert found == {
        "RU": (EARLY_WARNING, "differs"),
        "BY": (CROSS_BORDER, "agree"),
        "KG": (EARLY_WARNING, "divergence"),
    }
