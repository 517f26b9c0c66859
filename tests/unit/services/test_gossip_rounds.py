"""Members compare what they have seen: a log with two faces is found, told and kept, and nobody else is accused."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from exchange import checkpoint
from exchange import gossip as gossip_bytes
from exchange.checkpoint import Checkpoint
from exchange.errors import Refused
from exchange.merkle import Frontier, leaf_digest
from exchange.notice import NoticeKind
from exchange.witness import View
from node.access import Actor, Role
from node.errors import Conflict, Denied, Invalid
from node.ports.peers import Standing
from node.ports.witness import Hearsay
from node.services import evidence, gossip, log_tree, notices, pace, sync, witness
from node.services.members import own_log
from node.services.verify import verify
from node.services.views.standing import roll
from tests.support.addressed import address
from tests.support.federation import Nodes, federation
from tests.support.two_faces import fork, keep_two_faces, signed_by

OPERATOR = Actor("operator", frozenset({Role.OPERATOR}))
ANALYST = Actor("analyst", frozenset({Role.ANALYST}))


@pytest.fixture
def nodes(tmp_path: Path) -> Iterator[Nodes]:
    """KZ has three records, which RU and BY have read."""
    with federation(tmp_path) as opened:
        for number in range(3):
            address(opened["KZ"], opened.clock, f"record {number}", ("RU",))
        for reader in ("RU", "BY"):
            look(opened, reader)
        yield opened


def look(nodes: Nodes, reader: str) -> str | None:
    """Let one member synchronise with KZ; gives the failure."""
    return sync.sync_peer(nodes[reader], "KZ", holder="test", now=nodes.clock.now()).failure


def compare(nodes: Nodes, code: str) -> str:
    """Let one member compare with its peers."""
    return str(gossip.compare_round(nodes[code], nodes.clock.now()))


def signed_by_kz(nodes: Nodes, entries: list[bytes]) -> View:
    """Give a view that KZ's key has signed, of any entries."""
    return signed_by(nodes, "KZ", entries)


def shows_to_by(nodes: Nodes, view: View) -> None:
    """Let BY have seen another view of KZ than RU: it was shown to BY alone."""
    nodes["BY"].witness.go_back("KZ", view, leaving=nodes["BY"].witness.held("KZ"))


def test_a_peer_that_answers_again_is_read_at_once(nodes: Nodes) -> None:
    """It could not be read so often that it was to be left alone for an hour; one that never failed keeps its pace."""
    ctx, now = nodes["RU"], nodes.clock.now()
    later = now + timedelta(hours=1)
    ctx.peers.put_status(replace(ctx.peers.status("KZ"), failures=9, last_attempt_at=now, next_at=later))
    ctx.peers.put_status(replace(ctx.peers.status("BY"), failures=0, last_attempt_at=now, next_at=later))

    compare(nodes, "RU")

    assert pace.due(ctx, now + pace.WAKE_AT_MOST_EVERY) == ["KZ"]


def test_members_who_saw_the_same_find_nothing(nodes: Nodes) -> None:
    """And ask again with the tag of the answer: nothing is compared twice."""
    assert compare(nodes, "RU") == "compared: answered 2, peers 2, compared 0, told 0"
    assert {said.reporter for said in nodes["RU"].witness.hearsay("KZ")} == {"BY", "KZ"}
    assert all(said.is_checked for said in nodes["RU"].witness.hearsay())
    assert nodes["RU"].evidence.all() == []


def test_two_faces_of_one_size_become_evidence(nodes: Nodes) -> None:
    """Shown to two peers, found by comparing; both notes are KZ's own."""
    view = signed_by_kz(nodes, fork(3))
    shows_to_by(nodes, view)
    compare(nodes, "RU")

    (found,) = nodes["RU"].evidence.all()
    assert (found.code, found.error, found.reporter) == ("KZ", "log_equivocated", "BY")
    assert found.received == view.note
    log = own_log(nodes["KZ"])
    for note in (found.held, found.received):
        verified = checkpoint.verify(note, origin=log.origin, public_key=log.key, limits=nodes["RU"].limits)
        assert verified.size == 3


def test_two_faces_of_two_sizes_are_found_by_the_tiles(nodes: Nodes) -> None:
    """The smaller tree is not the beginning of the larger one."""
    shows_to_by(nodes, signed_by_kz(nodes, fork(2)))
    assert compare(nodes, "RU").endswith("compared 1, told 1")

    (found,) = nodes["RU"].evidence.all("KZ")
    assert found.error == "log_equivocated"


def test_a_member_that_is_behind_accuses_nobody(nodes: Nodes) -> None:
    """An earlier size of the same log is compared by the tiles, once."""
    compare(nodes, "RU")
    address(nodes["KZ"], nodes.clock, "record 3", ("RU",))
    look(nodes, "RU")
    nodes["BY"].witness.go_back(
        "KZ",
        signed_by_kz(nodes, nodes["KZ"].ledger.commitments(0, 2)),
        leaving=nodes["BY"].witness.held("KZ"),
    )

    # of BY and of KZ itself, whose answer of before is remembered
    assert "compared 1, told 0" in compare(nodes, "RU")
    assert compare(nodes, "RU").endswith("compared 0, told 0")
    assert nodes["RU"].evidence.all() == []


def test_the_next_look_must_pass_through_what_another_has_seen(nodes: Nodes) -> None:
    """BY was shown a longer tree: RU reads on, and finds that it is another one."""
    shows_to_by(nodes, signed_by_kz(nodes, [*nodes["KZ"].ledger.commitments(0, 3), b"x" * 32]))
    compare(nodes, "RU")
    assert nodes["RU"].evidence.all() == []

    for number in (3, 4):
        address(nodes["KZ"], nodes.clock, f"record {number}", ("RU",))
    assert look(nodes, "RU") == "log_equivocated"
    assert [one.error for one in nodes["RU"].evidence.all()] == ["log_equivocated"]
    assert nodes["RU"].peers.state("KZ").seen.frontier.size == 3


def test_a_log_that_hides_its_growth_from_one_member_is_found(nodes: Nodes) -> None:
    """BY has seen a larger tree than RU is shown."""
    shows_to_by(nodes, signed_by_kz(nodes, [*nodes["KZ"].ledger.commitments(0, 3), b"x" * 32]))
    compare(nodes, "RU")

    assert look(nodes, "RU") == "log_rolled_back"


def test_a_signature_over_an_absurd_size_is_an_alarm_until_it_is_decided(nodes: Nodes) -> None:
    """Whoever stole the log key signs a tree that the log can never reach; an operator makes it void."""
    origin = own_log(nodes["KZ"]).origin
    far = checkpoint.sign(Checkpoint(origin, 2**62, b"\x07" * 32), nodes["KZ"].keyring.log_signer()).encode()
    shows_to_by(nodes, View(2**62, b"\x07" * 32, far))
    compare(nodes, "RU")
    assert look(nodes, "RU") == "log_rolled_back"

    (found,) = nodes["RU"].evidence.all("KZ")
    assert far in {found.held, found.received}
    evidence.settle(nodes["RU"], OPERATOR, found.evidence_id, reason="a stolen key", now=nodes.clock.now())
    address(nodes["KZ"], nodes.clock, "record 3", ("RU",))
    assert look(nodes, "RU") is None
    assert nodes["RU"].peers.state("KZ").seen.frontier.size == 4


def test_all_members_are_told_once_with_both_notes(nodes: Nodes) -> None:
    """In three languages, by a record of RU's own log."""
    shows_to_by(nodes, signed_by_kz(nodes, fork(3)))
    compare(nodes, "RU")
    compare(nodes, "RU")

    keep_two_faces(nodes, "RU", "KZ", "BY")
    compare(nodes, "RU")

    (told,) = nodes["RU"].records.notices()
    assert told.notice.kind is NoticeKind.EQUIVOCATION
    assert told.notice.audience == ("BY", "KZ")
    assert sorted(told.notice.texts) == ["en", "kk", "ru"]
    _, found = nodes["RU"].evidence.all()
    assert told.notice.evidence == (found.held, found.received)
    assert found.told_at is not None


def test_a_member_that_saw_one_face_learns_of_the_other(nodes: Nodes) -> None:
    """From the notice: it verifies both notes itself, keeps them, and does not tell everybody again."""
    view = signed_by_kz(nodes, fork(3))
    shows_to_by(nodes, view)
    compare(nodes, "RU")
    nodes["BY"].witness.go_back(
        "KZ", nodes["RU"].witness.held("KZ").view, leaving=nodes["BY"].witness.held("KZ")
    )
    assert sync.sync_peer(nodes["BY"], "RU", holder="test", now=nodes.clock.now()).failure is None
    for _ in range(2):
        evidence.learn(nodes["BY"], nodes.clock.now())

    (found,) = nodes["BY"].evidence.all()
    assert (found.code, found.error, found.reporter) == ("KZ", "log_equivocated", "RU")
    assert evidence.tell(nodes["BY"], nodes.clock.now()) == 0


def test_a_notice_is_not_believed(nodes: Nodes) -> None:
    """Two notes that do not contradict each other, or that another key signed, accuse nobody."""
    honest = signed_by_kz(nodes, nodes["KZ"].ledger.commitments(0, 2))
    known = nodes["RU"].witness.held("KZ").view
    forged = known.note.replace(b"irac/test/KZ\n3\n", b"irac/test/KZ\n2\n")
    for notes in ((honest.note, known.note), (known.note, known.note), (honest.note, forged), (known.note,)):
        notices.publish(
            nodes["RU"],
            NoticeKind.EQUIVOCATION,
            {"en": "They lie."},
            evidence=notes,
            actor="RU",
            now=nodes.clock.now(),
        )
    sync.sync_peer(nodes["BY"], "RU", holder="test", now=nodes.clock.now())
    evidence.learn(nodes["BY"], nodes.clock.now())

    assert len(nodes["BY"].records.notices()) == 4
    assert nodes["BY"].evidence.all() == []


def test_what_the_log_s_key_did_not_sign_says_nothing(nodes: Nodes, monkeypatch: pytest.MonkeyPatch) -> None:
    """A peer cannot accuse another with words of its own."""
    forged = signed_by_kz(nodes, fork(3))
    claim = checkpoint.split(forged.note, nodes["BY"].limits)[0]
    own = nodes["BY"].keyring.log_signer()
    by_by = checkpoint.sign(Checkpoint.from_text(claim), own).encode()
    honest, lie = gossip.checkpoints, gossip_bytes.encode_checkpoints({"KZ": by_by})
    monkeypatch.setattr(gossip, "checkpoints", lambda ctx: lie if ctx.member == "BY" else honest(ctx))
    compare(nodes, "RU")

    assert nodes["RU"].evidence.all() == []
    assert "BY" not in {said.reporter for said in nodes["RU"].witness.hearsay("KZ")}


def test_a_peer_that_does_not_answer_is_left_out(nodes: Nodes) -> None:
    """The others are compared."""
    nodes.cut.add("BY")

    assert compare(nodes, "RU").startswith("compared: answered 1, peers 2")


def test_a_log_whose_node_is_silent_is_compared_later(nodes: Nodes) -> None:
    """Nothing follows from silence, and nothing is forgotten."""
    nodes["RU"].witness.hear(Hearsay("KZ", "BY", signed_by_kz(nodes, fork(2)), nodes.clock.at))
    nodes.cut.add("KZ")
    assert gossip.check(nodes["RU"], nodes.clock.now()) == 0

    nodes.cut.clear()
    assert gossip.check(nodes["RU"], nodes.clock.now()) == 1
    assert len(nodes["RU"].evidence.all()) == 1


def test_what_was_heard_before_it_was_known_is_compared_when_it_is(nodes: Nodes) -> None:
    """The view reached the size that was heard of: no tile is needed."""
    ctx = nodes["RU"]
    for reporter, view in (("BY", ctx.witness.held("KZ").view), ("KZ", signed_by_kz(nodes, fork(3)))):
        ctx.witness.hear(Hearsay("KZ", reporter, view, nodes.clock.at))
    nodes.cut.add("KZ")

    assert gossip.check(ctx, nodes.clock.now()) == 2
    assert [(one.error, one.reporter) for one in ctx.evidence.all()] == [("log_equivocated", "KZ")]


def test_our_own_log_is_compared_with_what_others_have_seen_of_it(nodes: Nodes) -> None:
    """At any size; another root under our own key is a stolen key or a restored copy."""
    nodes["BY"].witness.go_back(
        "KZ",
        signed_by_kz(nodes, nodes["KZ"].ledger.commitments(0, 2)),
        leaving=nodes["BY"].witness.held("KZ"),
    )
    compare(nodes, "KZ")
    assert nodes["KZ"].evidence.all() == []

    for view in (signed_by_kz(nodes, fork(2)), signed_by_kz(nodes, fork(9))):
        shows_to_by(nodes, view)
        compare(nodes, "KZ")
    assert [one.error for one in nodes["KZ"].evidence.all("KZ")] == ["log_rolled_back", "log_equivocated"]
    assert nodes["KZ"].records.notices() == []


def test_a_member_with_two_faces_is_quarantined_until_an_operator_decides(nodes: Nodes) -> None:
    """With a reason, once, by an operator; the evidence stays."""
    ctx, clock = nodes["RU"], nodes.clock
    assert roll(ctx, clock.now()).standings["KZ"] is Standing.FRESH
    shows_to_by(nodes, signed_by_kz(nodes, fork(3)))
    compare(nodes, "RU")
    assert roll(ctx, clock.now()).standings["KZ"] is Standing.QUARANTINED
    (found,) = ctx.evidence.all()

    with pytest.raises(Denied):
        evidence.settle(ctx, ANALYST, found.evidence_id, reason="a test", now=clock.now())
    with pytest.raises(Invalid):
        evidence.settle(ctx, OPERATOR, found.evidence_id, reason=" ", now=clock.now())
    evidence.settle(ctx, OPERATOR, found.evidence_id, reason="KZ restored a copy", now=clock.now())
    with pytest.raises(Conflict):
        evidence.settle(ctx, OPERATOR, found.evidence_id, reason="again", now=clock.now())

    assert roll(ctx, clock.now()).standings["KZ"] is Standing.FRESH
    assert [one.settled_reason for one in ctx.evidence.all()] == ["KZ restored a copy"]
    assert look(nodes, "RU") is None


def test_what_was_decided_does_not_stop_reading_again(nodes: Nodes) -> None:
    """A tree that was cosigned and turned out void is no longer demanded of the log."""
    ctx = nodes["RU"]
    ahead = signed_by_kz(nodes, fork(5))
    ctx.witness.go_back("KZ", ahead, leaving=ctx.witness.held("KZ"))
    assert look(nodes, "RU") == "log_rolled_back"
    assert witness.known(ctx, "KZ") == [ahead]

    (found,) = ctx.evidence.all()
    evidence.settle(ctx, OPERATOR, found.evidence_id, reason="the key was renewed", now=nodes.clock.now())
    assert look(nodes, "RU") is None


def test_a_proof_costs_a_few_digests_however_long_the_log_is(
    nodes: Nodes, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Once the digests of complete subtrees are kept, at most one bundle of entries is read for each range."""
    entries = [number.to_bytes(32, "big") for number in range(3000)]
    read: list[int] = []

    class Long:
        def commitments(self, start: int, end: int) -> list[bytes]:
            read.append(end - start)
            return entries[start:end]

    ctx = replace(nodes["RU"], ledger=Long())
    expected = Frontier.empty().extend(map(leaf_digest, entries[:2999])).root()
    assert log_tree.root_at(ctx, 2999) == expected
    read.clear()
    assert log_tree.root_at(ctx, 2999) == expected
    assert sum(read) < 256


def test_verification_finds_what_was_altered_in_the_database(nodes: Nodes) -> None:
    """A view that is not the one signed, a note that was changed, a digest of the tree that is another."""
    ctx = nodes["RU"]
    assert not [one for one in verify(ctx).findings if "KZ" in one.where]
    known = ctx.witness.held("KZ").view
    ctx.witness.go_back("KZ", replace(known, root=b"\x07" * 32), leaving=ctx.witness.held("KZ"))
    notes = {"held": known.note, "received": known.note.replace(b"\n3\n", b"\n4\n")}
    error = Refused("log_rolled_back", title="", detail="", context=notes)
    evidence.keep(ctx, "KZ", error, reporter="BY", now=nodes.clock.now())

    wrong = {one.where: one.what for one in verify(ctx).findings}
    assert wrong["view of the log of KZ"] == "the view is not the one that is signed"
    assert "not over this text" in wrong["evidence 1 about KZ"]

    entries = [number.to_bytes(32, "big") for number in range(600)]
    assert log_tree.wrongly_kept(ctx, entries) == []
    ctx.witness.keep_nodes(8, {1: b"\x07" * 32})
    assert log_tree.wrongly_kept(ctx, entries) == ["digest 1 at height 8"]
