"""Attacks on a synchronisation: each is refused under its name, and what was held before is still held.

Every test is named after its attack. After a refusal of the log itself the state is unchanged; after the
refusal of one record the log moves on, nothing of the record is kept as data, and the others arrive.
"""

from __future__ import annotations

import dataclasses
import json

import pytest
from securesystemslib.signer import Signature  # type: ignore[attr-defined] # it does not mark its re-exports

from exchange import checkpoint, envelope
from exchange.checkpoint import Checkpoint
from exchange.envelope import PAYLOAD_TYPES
from exchange.errors import Failure
from exchange.limits import DEFAULT
from exchange.records import Record
from schemas.canonical import canonical_json
from tests.support.peer_simulator import PeerSimulator, a_signer, altered, packed
from tests.support.reading_node import ReadingNode, the_log_is_refused, the_record_is_refused


@pytest.fixture
def peer() -> PeerSimulator:
    """An honest peer with one release, until a test makes it lie."""
    simulator = PeerSimulator("RU")
    simulator.release([1, 2, 3])
    return simulator


@pytest.fixture
def node() -> ReadingNode:
    """The node of KZ, which has seen nothing yet."""
    return ReadingNode("KZ")


# the log


def test_rollback(peer: PeerSimulator, node: ReadingNode) -> None:
    """An old checkpoint, properly signed, is shown after a newer one."""
    old = peer.head
    peer.release([4])
    node.look(peer)
    newer = peer.head.checkpoint.encode()
    peer.head = old

    error = the_log_is_refused(node, peer, "log_rolled_back")

    assert (error.context["held"], error.context["received"]) == (newer, old.checkpoint.encode())


def test_equivocation(peer: PeerSimulator, node: ReadingNode) -> None:
    """Two roots signed for one size: both notes are kept as evidence, and each verifies by itself."""
    node.look(peer)
    held = peer.head.checkpoint.encode()
    peer.rewrite([b"\x00" * 32])

    error = the_log_is_refused(node, peer, "log_equivocated")

    assert (error.context["held"], error.context["received"]) == (held, peer.head.checkpoint.encode())
    for note in (held, peer.head.checkpoint.encode()):
        key = peer.log_signer.public_key
        assert checkpoint.verify(note, origin=peer.head.origin, public_key=key, limits=DEFAULT).size == 1


def test_fork_of_history(peer: PeerSimulator, node: ReadingNode) -> None:
    """A longer log whose past is another one."""
    node.look(peer)
    peer.rewrite([b"\x00" * 32, b"\x01" * 32, b"\x02" * 32])

    the_log_is_refused(node, peer, "log_forked")


def test_fork_of_history_hidden_by_old_entries(peer: PeerSimulator, node: ReadingNode) -> None:
    """The checkpoint is of a changed past, while the entries served are the true ones."""
    peer.release([4])
    node.look(peer)
    true_entries = list(peer.entries_of_log)
    peer.rewrite([b"\x00" * 32, true_entries[1], b"\x02" * 32])
    peer.entries_of_log = [*true_entries, b"\x02" * 32]

    the_log_is_refused(node, peer, "log_forked")


def test_entries_that_are_not_those_of_the_checkpoint(peer: PeerSimulator, node: ReadingNode) -> None:
    """On the first look already."""
    peer.entries_of_log[0] = b"\x00" * 32

    the_log_is_refused(node, peer, "log_forked")


def test_checkpoint_of_another_key(peer: PeerSimulator, node: ReadingNode) -> None:
    """A peer posing as another: it does not hold the log key of the registry."""
    claim = Checkpoint(peer.head.origin, 1, b"\x00" * 32)
    peer.note = checkpoint.sign(claim, a_signer("impostor")).encode()

    the_log_is_refused(node, peer, "checkpoint_unsigned")


def test_checkpoint_of_another_log(peer: PeerSimulator, node: ReadingNode) -> None:
    """A true checkpoint of another member, replayed."""
    peer.note = PeerSimulator("BY").head.checkpoint.encode()

    the_log_is_refused(node, peer, "checkpoint_unsigned")


def test_log_of_absurd_size(peer: PeerSimulator, node: ReadingNode) -> None:
    """A signed size that would be fetched for ever: not one bundle is asked for."""
    claim = Checkpoint(peer.head.origin, 2**62, b"\x00" * 32)
    peer.note = checkpoint.sign(claim, peer.log_signer).encode()

    the_log_is_refused(node, peer, "log_growth_over_limit")
    assert peer.requests["entries"] == 0


def test_hello_of_another_member(peer: PeerSimulator, node: ReadingNode) -> None:
    """Somebody else's node behind the address."""
    peer.hello_document = dataclasses.replace(peer.hello_document, member="BY")

    the_log_is_refused(node, peer, "identity_mismatch")


def test_deep_json_in_an_answer(
    peer: PeerSimulator, node: ReadingNode, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A hundred thousand opening brackets instead of records."""
    monkeypatch.setattr(peer, "records", lambda _start, _end: b'{"records":' + b"[" * 100_000)

    the_log_is_refused(node, peer, "document_too_deep")


# signatures


def test_threshold_not_met(peer: PeerSimulator, node: ReadingNode) -> None:
    """One officer alone."""
    made = packed([7])
    peer.parts.update(made.parts)
    peer.publish_manifest(made.manifest, signers=peer.officers[:1])

    refusal = the_record_is_refused(node, peer, "threshold_not_met")

    assert refusal.failure is Failure.ALARM
    assert not any(digest in node.sink.finished for digest in made.parts)
    assert refusal.evidence == peer.served[1].envelope


def test_duplicate_signature_counted_once(peer: PeerSimulator, node: ReadingNode) -> None:
    """One officer's key is listed under two names in a doctored membership: still one officer."""
    officer = peer.officers[0]
    payload_type, payload = PAYLOAD_TYPES["release"], packed([7]).manifest.to_bytes()
    signature = envelope.sign(payload_type, payload, officer)
    again = Signature("0" * 64, signature.signature)
    keys = {**peer.member.release_keys, "0" * 64: officer.public_key}
    object.__setattr__(peer.member, "release_keys", keys)
    peer.publish(envelope.assemble(payload_type, payload, [signature, again]))

    the_record_is_refused(node, peer, "threshold_not_met")


def test_signature_repeated_in_the_envelope(peer: PeerSimulator, node: ReadingNode) -> None:
    """The same signature written twice."""
    document = json.loads(peer.sign("release", packed([7]).manifest.to_bytes(), peer.officers[:1]))
    document["signatures"] *= 2
    peer.publish(canonical_json(document))

    the_record_is_refused(node, peer, "signature_repeated")


def test_unknown_key(peer: PeerSimulator, node: ReadingNode) -> None:
    """One officer and one stranger."""
    peer.publish_manifest(packed([7]).manifest, signers=[peer.officers[0], a_signer("stranger")])

    the_record_is_refused(node, peer, "threshold_not_met")


def test_unknown_signature_ignored(peer: PeerSimulator, node: ReadingNode) -> None:
    """Two officers and a stranger: keys can be rotated, and the release is accepted."""
    made = packed([7])
    peer.parts.update(made.parts)
    peer.publish_manifest(made.manifest, signers=[*peer.officers[:2], a_signer("stranger")])

    assert [release.index for release in node.look(peer).releases] == [0, 1]


def test_log_key_for_a_release(peer: PeerSimulator, node: ReadingNode) -> None:
    """A stolen node cannot release: its log key is no officer's key."""
    peer.publish_manifest(packed([7]).manifest, signers=[peer.log_signer, peer.officers[0]])

    the_record_is_refused(node, peer, "threshold_not_met")


def test_changed_payload(peer: PeerSimulator, node: ReadingNode) -> None:
    """A manifest altered after it was signed: a relay that widens the audience, or anything else."""
    document = json.loads(peer.served[0].envelope)
    other = PeerSimulator.sign("release", altered(lambda d: d.update(vintage=9)), [])
    document["payload"] = json.loads(other)["payload"]
    peer.publish(canonical_json(document))

    the_record_is_refused(node, peer, "threshold_not_met")


def test_attestation_passed_off_as_a_release(peer: PeerSimulator, node: ReadingNode) -> None:
    """The payload type is signed: officers' signatures over another type do not count."""
    document = json.loads(peer.sign("attestation", packed([7]).manifest.to_bytes(), peer.officers[:2]))
    document["payloadType"] = PAYLOAD_TYPES["release"]
    peer.publish(canonical_json(document))

    the_record_is_refused(node, peer, "threshold_not_met")


def test_attestation_of_another_node(peer: PeerSimulator, node: ReadingNode) -> None:
    """A run vouched for by another log key."""
    other = PeerSimulator("BY")
    other.attest()
    peer.publish(other.served[0].envelope)

    the_record_is_refused(node, peer, "threshold_not_met")


# whose and for whom


def test_foreign_originator(peer: PeerSimulator, node: ReadingNode) -> None:
    """The identity of another peer: BY's own release, signed by BY, copied into the log of RU."""
    other = PeerSimulator("BY")
    other.release([7])
    peer.publish(other.served[0].envelope)

    the_record_is_refused(node, peer, "originator_mismatch")


def test_foreign_originator_signed_by_the_peer(peer: PeerSimulator, node: ReadingNode) -> None:
    """RU's officers sign in the name of BY."""
    peer.publish_manifest(altered(lambda document: document.update(originator="BY")))

    the_record_is_refused(node, peer, "originator_mismatch")


def test_not_addressed_release_refused(peer: PeerSimulator, node: ReadingNode) -> None:
    """A release for BY alone is handed to KZ: no part of it is fetched."""
    made = packed([7], audience=("BY",))
    peer.parts.update(made.parts)
    peer.publish_manifest(made.manifest)

    the_record_is_refused(node, peer, "not_addressed")
    assert peer.requests["part"] == 1


def test_release_for_nobody_refused(peer: PeerSimulator, node: ReadingNode) -> None:
    """An empty audience is nobody, not everybody."""
    peer.publish_manifest(packed([7], audience=()).manifest)

    the_record_is_refused(node, peer, "not_addressed")


def test_replayed_record_at_another_index(peer: PeerSimulator, node: ReadingNode) -> None:
    """An old, true record is served for a newer entry: it is not what the log commits to."""
    peer.release([7])
    peer.served[1] = dataclasses.replace(peer.served[0], index=1)

    the_record_is_refused(node, peer, "commitment_mismatch")


def test_record_with_another_salt(peer: PeerSimulator, node: ReadingNode) -> None:
    """The salt belongs to the commitment."""
    peer.release([7])
    peer.served[1] = Record(1, b"\x00" * 32, peer.served[1].envelope)

    the_record_is_refused(node, peer, "commitment_mismatch")


def test_record_nobody_asked_for(
    peer: PeerSimulator, node: ReadingNode, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An index beyond the range is no answer to the question."""
    record = Record(5, b"\x00" * 32, b"{}")
    answer = json.loads(peer.records(0, 1))
    answer["records"].append({**answer["records"][0], "index": record.index})
    monkeypatch.setattr(peer, "records", lambda _start, _end: canonical_json(answer))

    the_log_is_refused(node, peer, "record_not_asked_for")
