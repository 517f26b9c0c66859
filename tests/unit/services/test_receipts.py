"""Receipts: what became of a record elsewhere, told to its originator, and shown there."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from exchange import envelope
from exchange.envelope import PAYLOAD_TYPES
from exchange.manifest import Manifest
from exchange.notice import NoticeKind
from exchange.receipt import Outcome, Receipt, ReceiptEntry, Subject
from exchange.retraction import Retraction, RetractionReason
from node.audit import AuditEvent
from node.errors import NotFound
from node.ports.ledger import Bundle
from node.ports.peers import Standing
from node.services import indicators, notices, receipts, retract, sync, verify
from node.services.append import LogContent, append
from node.services.members import peer_codes
from node.services.views.effect import Effect, effect
from schemas.digest import sha256_hex
from tests.support.federation import (
    APPROVER,
    OFFICERS,
    PASSWORD,
    RELEASER,
    Nodes,
    federation,
    release_rows,
    trade,
)

ROWS = [trade("KZ", "RU", "OUT", "100.50"), trade("KZ", "BY", "OUT", "7")]


@pytest.fixture
def nodes(tmp_path: Path) -> Iterator[Nodes]:
    """Three members in one process."""
    with federation(tmp_path / "nodes") as built:
        yield built


def look(nodes: Nodes, code: str, peer: str) -> sync.SyncOutcome:
    """Let one node look at another."""
    return sync.sync_peer(nodes[code], peer, holder="test", now=nodes.clock.now())


def synchronise(nodes: Nodes) -> None:
    """Let every node look at every other once, recompute, and answer."""
    for code, context in nodes.contexts.items():
        for peer in peer_codes(context, nodes.clock.now()):
            look(nodes, code, peer)
    for context in nodes.contexts.values():
        indicators.recompute(context, nodes.clock.now())
        receipts.answer(context, nodes.clock.now())


def take_back(nodes: Nodes, bundle: Bundle) -> None:
    """Let two officers of KZ take a bundle back."""
    ctx, clock = nodes["KZ"], nodes.clock
    proposal = retract.propose(
        ctx,
        APPROVER,
        bundle.digest,
        reason=RetractionReason.ERROR,
        text="wrong product code",
        replacement=None,
        password=PASSWORD,
        now=clock.now(),
    )
    retract.confirm(ctx, RELEASER, proposal.number, password=PASSWORD, now=clock.now())


def told(nodes: Nodes, bundle: Bundle) -> dict[str, tuple[Effect, str | None]]:
    """Give what KZ knows of a bundle at its peers."""
    return {
        row.code: (row.effect, row.reason) for row in effect(nodes["KZ"], bundle.digest, nodes.clock.now())
    }


def test_the_table_follows_a_release_from_silence_to_proof(nodes: Nodes, tmp_path: Path) -> None:
    """Not known, shown, still shown, taken out: each step by the member's own word."""
    bundle = release_rows(nodes, "KZ", "DECLARED_FLOW", ROWS, tmp_path)
    assert told(nodes, bundle) == {"BY": (Effect.UNKNOWN, None), "RU": (Effect.UNKNOWN, None)}

    synchronise(nodes)
    assert told(nodes, bundle)["RU"] == (Effect.UNKNOWN, None)
    synchronise(nodes)
    assert told(nodes, bundle) == {"BY": (Effect.SHOWN, None), "RU": (Effect.SHOWN, None)}

    take_back(nodes, bundle)
    assert told(nodes, bundle) == {"BY": (Effect.STILL_SHOWN, None), "RU": (Effect.STILL_SHOWN, None)}

    look(nodes, "RU", "KZ")
    indicators.recompute(nodes["RU"], nodes.clock.now())
    receipts.answer(nodes["RU"], nodes.clock.now())
    look(nodes, "KZ", "RU")
    assert told(nodes, bundle) == {"BY": (Effect.STILL_SHOWN, None), "RU": (Effect.RETRACTED, None)}

    (row,) = (one for one in effect(nodes["KZ"], bundle.digest, nodes.clock.now()) if one.code == "RU")
    newest = [nodes["RU"].indicators.latest(model.id) for model in nodes["RU"].models]
    assert set(row.recomputed) == {run.result_digest for run in newest if run is not None}
    assert all(run is not None and bundle.digest not in run.inputs for run in newest)
    assert row.standing is Standing.FRESH


def test_a_retraction_is_answered_only_once_figures_are_computed_anew(nodes: Nodes, tmp_path: Path) -> None:
    """Until then the answer would be untrue; other answers do not wait for it."""
    bundle = release_rows(nodes, "KZ", "DECLARED_FLOW", ROWS, tmp_path)
    synchronise(nodes)
    take_back(nodes, bundle)
    other = release_rows(nodes, "KZ", "DECLARED_FLOW", [trade("KZ", "KG", "OUT", "7")], tmp_path)
    look(nodes, "RU", "KZ")

    assert receipts.answer(nodes["RU"], nodes.clock.now()) == 1
    assert [one.entry.outcome for one in nodes["RU"].records.owed()] == [Outcome.APPLIED]
    indicators.recompute(nodes["RU"], nodes.clock.now())
    assert receipts.answer(nodes["RU"], nodes.clock.now()) == 1
    assert nodes["RU"].records.owed() == []

    look(nodes, "KZ", "RU")
    assert told(nodes, other)["RU"] == (Effect.SHOWN, None)
    assert told(nodes, bundle)["RU"] == (Effect.RETRACTED, None)


def test_no_answer_is_ever_answered(nodes: Nodes, tmp_path: Path) -> None:
    """After a few rounds nothing is written any more."""
    release_rows(nodes, "KZ", "DECLARED_FLOW", ROWS, tmp_path)
    for _ in range(3):
        synchronise(nodes)
    sizes = {code: context.ledger.head().size for code, context in nodes.contexts.items()}  # type: ignore[union-attr]

    for _ in range(2):
        synchronise(nodes)

    assert {code: context.ledger.head().size for code, context in nodes.contexts.items()} == sizes  # type: ignore[union-attr]


def test_a_receipt_goes_to_the_originator_alone(nodes: Nodes, tmp_path: Path) -> None:
    """Nobody else is given its salt and envelope, and one record says everything of one look."""
    for rows in (ROWS, [trade("KZ", "KG", "OUT", "7")]):
        release_rows(nodes, "KZ", "DECLARED_FLOW", rows, tmp_path)
    look(nodes, "RU", "KZ")
    receipts.answer(nodes["RU"], nodes.clock.now())

    (record,) = nodes["RU"].ledger.records(0, 10)
    assert (record.kind, record.audience) == ("receipt", ("KZ",))
    payload = envelope.parse(nodes["RU"].objects.get(record.envelope), nodes["RU"].limits).payload
    receipt = Receipt.from_bytes(payload, nodes["RU"].limits)
    assert [entry.log_index for entry in receipt.entries] == [0, 1]
    with pytest.raises(NotFound):
        effect(nodes["RU"], nodes["KZ"].ledger.bundles()[0].digest, nodes.clock.now())


def test_a_refusal_is_told_to_its_originator(nodes: Nodes, tmp_path: Path) -> None:
    """A release that announces other periods than it has is refused, and both sides see the same word."""
    bundle = release_rows(nodes, "KZ", "DECLARED_FLOW", ROWS, tmp_path)
    forged = forge(nodes, bundle, lambda manifest: manifest["time_range"].update(first="1999"))
    look(nodes, "RU", "KZ")
    receipts.answer(nodes["RU"], nodes.clock.now())
    look(nodes, "KZ", "RU")

    (refusal,) = nodes["RU"].peers.refusals("KZ")
    (said,) = nodes["KZ"].records.receipts(1)
    assert refusal.subject == said.entry.subject == forged
    assert (said.entry.outcome, said.entry.reason) == (Outcome.REFUSED, "time_range_mismatch")
    assert refusal.error == "time_range_mismatch"


def forge(nodes: Nodes, bundle: Bundle, change: object) -> str:
    """Publish an altered manifest of KZ, rightly signed by its officers; give its digest."""
    ctx = nodes["KZ"]
    document = json.loads(ctx.objects.get(bundle.manifest))
    change(document)  # type: ignore[operator]
    payload = Manifest.from_bytes(json.dumps(document).encode(), ctx.limits).to_bytes()
    kind = PAYLOAD_TYPES["release"]
    signers = [ctx.keyring.release_signer(one.login, PASSWORD) for one in OFFICERS]
    signed = envelope.assemble(kind, payload, [envelope.sign(kind, payload, one) for one in signers])
    event = AuditEvent("test", "KZ", "forged", nodes.clock.now())
    append(ctx, LogContent("release", signed, bundle.audience), event=event)
    return sha256_hex(payload)


def test_a_retraction_of_what_was_refused_is_applied(nodes: Nodes, tmp_path: Path) -> None:
    """It was never shown there, and never will be: the originator is told so."""
    bundle = release_rows(nodes, "KZ", "DECLARED_FLOW", ROWS, tmp_path)
    forged = forge(nodes, bundle, lambda manifest: manifest["time_range"].update(first="1999"))
    look(nodes, "RU", "KZ")
    publish_retraction(nodes, forged, bundle.audience)
    outcome = look(nodes, "RU", "KZ")

    assert (outcome.retracted, outcome.refused) == (1, 0)
    assert nodes["RU"].records.owed()[-1].entry.outcome is Outcome.APPLIED


def publish_retraction(
    nodes: Nodes, digest: str, audience: tuple[str, ...], officers: tuple[object, ...] = OFFICERS
) -> None:
    """Publish a retraction of KZ around its own use cases."""
    ctx, now = nodes["KZ"], nodes.clock.now().replace(microsecond=0)
    payload = Retraction("KZ", digest, RetractionReason.LEGAL, "x", audience, now).to_bytes()
    kind = PAYLOAD_TYPES["retraction"]
    signers = [ctx.keyring.release_signer(one.login, PASSWORD) for one in officers]  # type: ignore[attr-defined]
    signed = envelope.assemble(kind, payload, [envelope.sign(kind, payload, one) for one in signers])
    append(ctx, LogContent("retraction", signed, audience), event=AuditEvent("test", "KZ", "x", now))


@pytest.mark.parametrize("hostile", ["one_officer", "wider_audience", "unknown"])
def test_a_retraction_that_is_not_applied_says_why(nodes: Nodes, tmp_path: Path, hostile: str) -> None:
    """At the peer the bundle stays; the originator sees the peer's reason, or that it waits."""
    bundle = release_rows(nodes, "KZ", "DECLARED_FLOW", ROWS, tmp_path)
    digest = "sha256:" + "0" * 64 if hostile == "unknown" else bundle.digest
    audience = ("BY", "KG", "KZ", "RU") if hostile == "wider_audience" else bundle.audience
    publish_retraction(nodes, digest, audience, OFFICERS[:1] if hostile == "one_officer" else OFFICERS)
    look(nodes, "RU", "KZ")
    receipts.answer(nodes["RU"], nodes.clock.now())
    look(nodes, "KZ", "RU")

    assert [one.digest for one in nodes["RU"].ledger.bundles(live_only=True)] == [bundle.digest]
    said = [(one.entry.outcome, one.entry.reason) for one in nodes["KZ"].records.receipts(1)]
    expected = {
        "one_officer": [(Outcome.NOT_APPLIED, "threshold_not_met")],
        "wider_audience": [(Outcome.NOT_APPLIED, "retraction_audience_mismatch")],
        "unknown": [],
    }
    assert said == expected[hostile]
    if hostile == "unknown":
        assert nodes["RU"].peers.status("KZ").failure == "retraction_of_nothing"


def test_a_replayed_release_stays_retracted(nodes: Nodes, tmp_path: Path) -> None:
    """The same signed envelope at a later place in the log shows nothing again."""
    bundle = release_rows(nodes, "KZ", "DECLARED_FLOW", ROWS, tmp_path)
    synchronise(nodes)
    take_back(nodes, bundle)
    ctx = nodes["KZ"]
    replayed = LogContent("release", ctx.objects.get(bundle.envelope), bundle.audience)
    append(ctx, replayed, event=AuditEvent("test", "KZ", "replayed", nodes.clock.now()))

    for code in ("RU", "BY"):
        look(nodes, code, "KZ")
        assert nodes[code].ledger.bundles(live_only=True) == []
        assert verify.verify(nodes[code]).findings == ()


def test_a_receipt_of_what_was_never_sent_is_refused(nodes: Nodes, tmp_path: Path) -> None:
    """A member cannot speak of a record that was not for it, and the false receipt stays as evidence."""
    bundle = release_rows(nodes, "KZ", "DECLARED_FLOW", ROWS, tmp_path)
    entry = ReceiptEntry(0, bundle.digest, Subject.RELEASE, Outcome.IMPORTED)
    take_part_from(nodes, "RU")
    publish_receipt(nodes, "RU", replace(entry, log_index=1, subject=only_for_by(nodes)))
    look(nodes, "KZ", "RU")

    assert nodes["KZ"].records.receipts() == []
    assert [one.error for one in nodes["KZ"].peers.refusals("RU")] == ["receipt_unfounded"]
    assert nodes["KZ"].records.owed() == []


def take_part_from(nodes: Nodes, code: str) -> None:
    """Let a node read KZ's log, as a member that then lies would."""
    look(nodes, code, "KZ")


def only_for_by(nodes: Nodes) -> str:
    """Publish a notice of KZ that BY alone is given; give the digest of its payload."""
    ctx, now = nodes["KZ"], nodes.clock.now()
    payload = b'{"for": "BY"}'
    kind = PAYLOAD_TYPES["notice"]
    signed = envelope.assemble(kind, payload, [envelope.sign(kind, payload, ctx.keyring.log_signer())])
    append(ctx, LogContent("notice", signed, ("BY",)), event=AuditEvent("test", "KZ", "BY", now))
    return sha256_hex(payload)


def publish_receipt(nodes: Nodes, code: str, *entries: ReceiptEntry) -> None:
    """Publish a receipt about KZ's records around the use case."""
    ctx, now = nodes[code], nodes.clock.now().replace(microsecond=0)
    payload = Receipt(code, "KZ", now, entries).to_bytes()
    kind = PAYLOAD_TYPES["receipt"]
    signed = envelope.assemble(kind, payload, [envelope.sign(kind, payload, ctx.keyring.log_signer())])
    append(ctx, LogContent("receipt", signed, ("KZ",)), event=AuditEvent("test", code, "KZ", now))


def test_two_processes_answer_once(nodes: Nodes, tmp_path: Path) -> None:
    """What one process answered is owed no more, in the same commit as its receipt."""
    release_rows(nodes, "KZ", "DECLARED_FLOW", ROWS, tmp_path)
    look(nodes, "RU", "KZ")

    assert receipts.answer(nodes["RU"], nodes.clock.now()) == 1
    assert receipts.answer(nodes["RU"], nodes.clock.now()) == 0


def test_a_long_look_is_answered_in_several_receipts(
    nodes: Nodes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No receipt is longer than a peer reads."""
    monkeypatch.setattr(receipts, "MAX_RECEIPT_ENTRIES", 1)
    for rows in (ROWS, [trade("KZ", "KG", "OUT", "7")]):
        release_rows(nodes, "KZ", "DECLARED_FLOW", rows, tmp_path)
    look(nodes, "RU", "KZ")

    assert receipts.answer(nodes["RU"], nodes.clock.now()) == 2
    assert look(nodes, "KZ", "RU").refused == 0
    assert len(nodes["KZ"].records.receipts()) == 2


def test_who_is_silent_is_not_known_beside_its_rung(nodes: Nodes, tmp_path: Path) -> None:
    """A peer that cannot be reached is never counted as having applied anything."""
    bundle = release_rows(nodes, "KZ", "DECLARED_FLOW", ROWS, tmp_path)
    synchronise(nodes)
    synchronise(nodes)
    nodes.cut.add("BY")
    take_back(nodes, bundle)
    nodes.clock.at += timedelta(days=2)
    look(nodes, "KZ", "BY")

    (row,) = (one for one in effect(nodes["KZ"], bundle.digest, nodes.clock.now()) if one.code == "BY")
    assert (row.effect, row.standing) == (Effect.STILL_SHOWN, Standing.FROZEN)


def test_a_notice_is_answered_too(nodes: Nodes) -> None:
    """Whoever was told of works knows who has read of them."""
    notices.publish(
        nodes["KZ"], NoticeKind.MAINTENANCE, {"en": "works"}, evidence=(), actor="test", now=nodes.clock.now()
    )
    look(nodes, "RU", "KZ")
    receipts.answer(nodes["RU"], nodes.clock.now())
    look(nodes, "KZ", "RU")

    assert [one.member for one in nodes["KZ"].records.receipts(0)] == ["RU"]
