"""Two members witness a third: over real stores and the statuses of the port, without a network."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256
from pathlib import Path

import pytest

from exchange import checkpoint
from exchange.checkpoint import Checkpoint
from exchange.cosignature import Quorum, cosignatures
from exchange.errors import Misconfigured, NotYet, Refused
from exchange.limits import DEFAULT
from exchange.merkle import Frontier, consistency_proof, leaf_digest
from exchange.policy import Policy
from exchange.witnessing import Submission
from node.api import witnessing
from node.errors import NotFound
from node.ports.peers import PeerStatus
from node.services import gossip, log_tree, pace, publishing, sync, witness
from node.services.context import Context
from node.services.members import own_log
from node.services.verify import verify
from tests.support.addressed import address
from tests.support.federation import Nodes, federation


@pytest.fixture
def nodes(tmp_path: Path) -> Iterator[Nodes]:
    """KZ has three records; RU and BY are its witnesses."""
    with federation(tmp_path) as opened:
        for number in range(3):
            address(opened["KZ"], opened.clock, f"record {number}", ("RU",))
        yield opened


def collected(nodes: Nodes, code: str) -> str:
    """Have KZ ask one member."""
    return str(witness.collect(nodes["KZ"], nodes.membership.member(code)))


def request(nodes: Nodes, old: int = 0, **changes: object) -> Submission:
    """Give what KZ would ask now."""
    head = nodes["KZ"].ledger.head()
    assert head is not None
    proof = log_tree.proof(nodes["KZ"], old, head.size)
    return replace(Submission(old, proof, head.checkpoint.encode()), **changes)


def asked(nodes: Nodes, submission: Submission | bytes, witness_code: str = "RU") -> tuple[int, bytes]:
    """Ask a witness as its port would be asked, in the name of KZ."""
    body = submission if isinstance(submission, bytes) else submission.to_bytes()
    answer = witnessing.add_checkpoint(nodes[witness_code], "KZ", body, nodes.clock.now())
    return answer.status_code, bytes(answer.body)


def signed_by_kz(nodes: Nodes, entries: list[bytes]) -> bytes:
    """Give a note of KZ about another log of its own."""
    frontier = Frontier.empty().extend(map(leaf_digest, entries))
    claim = Checkpoint(own_log(nodes["KZ"]).origin, frontier.size, frontier.root())
    return checkpoint.sign(claim, nodes["KZ"].keyring.log_signer()).encode()


def test_a_log_collects_cosignatures_and_serves_them(nodes: Nodes) -> None:
    """The log's own signature comes first, then one line a witness, each valid under the registry's key."""
    assert [member.code for member in witness.unasked(nodes["KZ"], nodes.clock.now())] == ["BY", "RU"]
    assert collected(nodes, "RU") == collected(nodes, "BY") == "cosigned: entries 3"

    note = publishing.checkpoint(nodes["KZ"])
    witnesses = Quorum.of(nodes.membership, "KZ", nodes.clock.at).witnesses
    assert [one.member for one in cosignatures(note, witnesses, DEFAULT)] == ["BY", "RU"]
    names = [name for name, _ in checkpoint.split(note, DEFAULT)[1]]
    assert names == ["irac/test/KZ", "irac/test/BY/witness", "irac/test/RU/witness"]
    assert witness.unasked(nodes["KZ"], nodes.clock.now()) == []


def test_a_longer_log_is_proved_from_where_the_witness_stands(nodes: Nodes) -> None:
    """One request: the log remembers what each witness has seen."""
    collected(nodes, "RU")
    address(nodes["KZ"], nodes.clock, "record 3", ("RU",))

    assert publishing.checkpoint(nodes["KZ"]).count("—".encode()) == 1
    assert collected(nodes, "RU") == "cosigned: entries 4"
    assert publishing.checkpoint(nodes["KZ"]).count("—".encode()) == 2
    assert nodes["RU"].witness.held("KZ").view.size == 4


def test_a_node_that_is_asked_to_witness_more_looks_at_once(nodes: Nodes) -> None:
    """Who publishes need not wait for the reader's interval; asking again for the same wakes nobody."""
    ctx, now = nodes["RU"], nodes.clock.now()
    ctx.peers.put_status(PeerStatus("KZ", now, now, next_at=now + timedelta(hours=1)))
    nodes.clock.at += timedelta(minutes=1)
    assert "KZ" not in pace.due(ctx, nodes.clock.at)

    collected(nodes, "RU")
    assert "KZ" in pace.due(ctx, nodes.clock.at)

    ctx.peers.put_status(PeerStatus("KZ", now, now, next_at=now + timedelta(hours=1)))
    collected(nodes, "RU")
    assert "KZ" not in pace.due(ctx, nodes.clock.at)


def test_requests_at_once_never_take_a_witness_back(nodes: Nodes) -> None:
    """Six sizes in any order of arrival: what is held at the end is the largest that was cosigned, and no fork."""
    whole = nodes["KZ"]
    for number in range(3, 8):
        address(whole, nodes.clock, f"record {number}", ("RU",))
    entries = whole.ledger.commitments(0, 8)
    asked(nodes, Submission(0, (), signed_by_kz(nodes, entries[:2])))
    leaves = [leaf_digest(entry) for entry in entries]
    requests = [
        Submission(2, tuple(consistency_proof(leaves[:size], 2)), signed_by_kz(nodes, entries[:size]))
        for size in (8, 3, 7, 4, 6, 5)
    ]

    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(lambda one: asked(nodes, one), requests))

    granted = [size for size, (status, _) in zip((8, 3, 7, 4, 6, 5), answers, strict=True) if status == 200]
    assert [nodes["RU"].witness.held("KZ").view.size] == granted
    assert {status for status, _ in answers} == {200, 409}
    assert {body for status, body in answers if status == 409} == {f"{granted[0]}\n".encode()}


def test_a_log_that_forgot_its_witness_asks_twice(nodes: Nodes) -> None:
    """After 409 it proves the growth from the size it was told; so does one that reading has overtaken."""
    sync.sync_peer(nodes["RU"], "KZ", holder="test", now=nodes.clock.now())
    address(nodes["KZ"], nodes.clock, "record 3", ("RU",))

    assert nodes["RU"].witness.held("KZ").view.size == 3
    assert collected(nodes, "RU") == "cosigned: entries 4"


def test_what_the_witness_has_seen_can_be_asked_for(nodes: Nodes) -> None:
    """By the digest of the log's origin, with the witness's own line."""
    collected(nodes, "RU")
    name = sha256(b"irac/test/KZ").hexdigest()
    note = witness.latest(nodes["RU"], name)

    witnesses = Quorum.of(nodes.membership, "KZ", nodes.clock.at).witnesses
    assert [one.member for one in cosignatures(note, witnesses, DEFAULT)] == ["RU"]
    assert (
        checkpoint.split(note, DEFAULT)[0] == checkpoint.split(publishing.checkpoint(nodes["KZ"]), DEFAULT)[0]
    )
    for unknown in ("0" * 64, name.upper(), "", sha256(b"irac/test/BY").hexdigest()):
        with pytest.raises(NotFound):
            witness.latest(nodes["RU"], unknown)


def test_statuses_are_those_of_the_specification(nodes: Nodes) -> None:
    """200, 400, 403, 404, 409 with the size alone, 422."""
    unsigned = request(nodes).note.replace(b"irac/test/KZ\n3\n", b"irac/test/KZ\n4\n")
    foreign = request(nodes).note.replace(b"irac/test/KZ", b"irac/test/XX")
    own = publishing.checkpoint(nodes["RU"])
    assert asked(nodes, b"nonsense")[0] == 400
    assert asked(nodes, request(nodes, note=unsigned))[0] == 403
    assert asked(nodes, request(nodes, note=foreign))[0] == 404
    assert asked(nodes, request(nodes, note=own))[0] == 404
    assert asked(nodes, request(nodes, proof=(b"x" * 32,)))[0] == 422
    assert asked(nodes, request(nodes))[0] == 200
    assert asked(nodes, request(nodes)) == (409, b"3\n")
    assert asked(nodes, request(nodes, old=3))[0] == 200


def test_the_answer_to_409_has_the_type_of_the_specification(nodes: Nodes) -> None:
    """Exactly `text/x.tlog.size`, without a charset."""
    asked(nodes, request(nodes))
    answer = witnessing.add_checkpoint(nodes["RU"], "KZ", request(nodes).to_bytes(), nodes.clock.now())

    assert answer.headers["content-type"] == "text/x.tlog.size"


def test_two_roots_of_one_size_are_kept_as_evidence(nodes: Nodes) -> None:
    """Both notes, once, however often they are shown; nothing is cosigned."""
    asked(nodes, request(nodes))
    other = signed_by_kz(nodes, [b"x" * 32] * 3)
    for _ in range(3):
        assert asked(nodes, Submission(3, (), other))[0] == 422

    (kept,) = nodes["RU"].evidence.all()
    assert (kept.code, kept.error, kept.reporter) == ("KZ", "log_equivocated", "KZ")
    assert kept.received == other
    assert (
        nodes["RU"].witness.held("KZ").view.root
        != Frontier.empty().extend([leaf_digest(b"x" * 32)] * 3).root()
    )


def test_a_signature_over_an_absurd_size_is_kept(nodes: Nodes) -> None:
    """Even of a log that this witness has never seen: nothing is held beside it."""
    origin = own_log(nodes["KZ"]).origin
    far = checkpoint.sign(Checkpoint(origin, 2**62, b"\x07" * 32), nodes["KZ"].keyring.log_signer()).encode()

    assert asked(nodes, Submission(0, (), far))[0] == 422
    (kept,) = nodes["RU"].evidence.all()
    assert (kept.error, kept.held, kept.received) == ("log_growth_over_limit", b"", far)
    assert [one for one in verify(nodes["RU"]).findings if "evidence" in one.where] == []


def test_a_fork_that_was_refused_a_cosignature_is_found_by_reading(nodes: Nodes) -> None:
    """A signed note with a wrong proof accuses nobody by itself; the next look must pass through it."""
    asked(nodes, request(nodes))
    fork = signed_by_kz(nodes, [b"x" * 32] * 4)
    assert asked(nodes, Submission(3, (), fork))[0] == 422
    for number in (3, 4):
        address(nodes["KZ"], nodes.clock, f"record {number}", ("RU",))

    outcome = sync.sync_peer(nodes["RU"], "KZ", holder="test", now=nodes.clock.now())

    assert outcome.failure == "log_equivocated"
    assert [one.error for one in nodes["RU"].evidence.all("KZ")] == ["log_equivocated"]


def test_nobody_is_accused_by_a_wrong_proof(nodes: Nodes) -> None:
    """Anybody can send an honest checkpoint of another with a proof of his own making."""
    asked(nodes, request(nodes))
    address(nodes["KZ"], nodes.clock, "record 3", ("RU",))
    for junk in range(3):
        assert asked(nodes, request(nodes, old=3, proof=(bytes([junk]) * 32,)))[0] == 422

    assert nodes["RU"].evidence.all() == []
    assert sync.sync_peer(nodes["RU"], "KZ", holder="test", now=nodes.clock.now()).failure is None
    gossip.check(nodes["RU"], nodes.clock.now())
    assert [said.is_checked for said in nodes["RU"].witness.hearsay("KZ")] == [True]


def test_what_was_cosigned_must_be_reached_by_reading(nodes: Nodes) -> None:
    """A log that shows less than it had witnessed has gone back, even to one who reads it for the first time."""
    whole = nodes["KZ"]
    head = whole.ledger.head()
    collected(nodes, "RU")
    nodes.contexts["KZ"] = replace(whole, ledger=_Shorter(whole, 2))

    outcome = sync.sync_peer(nodes["RU"], "KZ", holder="test", now=nodes.clock.now())

    assert head is not None
    assert (outcome.failure, head.size) == ("log_rolled_back", 3)


def test_a_restored_log_finds_out_from_its_witness(nodes: Nodes) -> None:
    """Its own operator is told to publish nothing; nothing smaller is ever cosigned."""
    collected(nodes, "RU")
    whole = nodes["KZ"]
    nodes.contexts["KZ"] = replace(whole, ledger=_Shorter(whole, 2))
    for remembers in (True, False):
        if not remembers:
            nodes.contexts["KZ"] = replace(nodes["KZ"], witness=nodes["BY"].witness)
        with pytest.raises(Misconfigured) as caught:
            collected(nodes, "RU")
        assert caught.value.name == "own_log_behind"


def test_a_witness_that_has_seen_another_tree_stops_the_log(nodes: Nodes) -> None:
    """422 to an honest proof: what the witness holds is not the beginning of our log."""
    fork = signed_by_kz(nodes, [b"x" * 32] * 2)
    asked(nodes, Submission(0, (), fork))

    with pytest.raises(Misconfigured) as caught:
        collected(nodes, "RU")
    assert caught.value.name == "own_log_contradicted"


def test_a_witness_that_does_not_know_our_key_is_named(nodes: Nodes) -> None:
    """The registries of the two nodes differ."""
    others = tuple(member for member in nodes.membership.members if member.code != "KZ")
    member = nodes.membership.member("RU")
    nodes.membership = replace(nodes.membership, members=others)

    with pytest.raises(Misconfigured) as caught:
        witness.collect(nodes["KZ"], member)
    assert caught.value.name == "witness_denies_us"


def test_a_witness_that_never_rests_is_left(nodes: Nodes) -> None:
    """It answers another size to every request."""
    answers = iter([(409, b"1\n"), (409, b"2\n")] * 3)

    class Restless:
        def add_checkpoint(self, _body: bytes) -> tuple[int, bytes]:
            return next(answers)

        def close(self) -> None:
            """Nothing is open."""

    directory = replace(nodes["KZ"].directory)
    directory.channel = lambda _member: Restless()
    with pytest.raises(NotYet) as caught:
        witness.collect(replace(nodes["KZ"], directory=directory), nodes.membership.member("RU"))
    assert caught.value.name == "witness_busy"


def test_a_line_of_another_key_is_no_cosignature(nodes: Nodes) -> None:
    """The witness answered 200, and what it sent does not verify under the key of the registry."""
    stranger = nodes.membership.member("BY").witness_key
    member = replace(nodes.membership.member("RU"), witness_key=stranger)

    with pytest.raises(Refused) as caught:
        witness.collect(nodes["KZ"], member)
    assert caught.value.name == "cosignature_missing"


def test_moments_of_cosignatures_never_go_back(nodes: Nodes) -> None:
    """The node's clock was set back by an hour: the second cosignature is not older than the first."""
    witnesses = Quorum.of(nodes.membership, "KZ", nodes.clock.at).witnesses
    times = []
    for old, at in ((0, nodes.clock.at), (3, nodes.clock.at.replace(hour=nodes.clock.at.hour - 1))):
        answer = witnessing.add_checkpoint(nodes["RU"], "KZ", request(nodes, old=old).to_bytes(), at)
        note = request(nodes).note + bytes(answer.body)
        times += [one.at for one in cosignatures(note, witnesses, DEFAULT)]

    assert times[0] == times[1]


def test_a_quorum_that_is_not_met_imports_nothing_and_forgets_nothing(nodes: Nodes) -> None:
    """Three members, two of whom must have witnessed: the reader alone is not enough; then it is read."""
    policy = Policy(witness_quorum=2)
    nodes.membership = replace(nodes.membership, policy=policy)
    before = nodes["RU"].peers.state("KZ")

    outcome = sync.sync_peer(nodes["RU"], "KZ", holder="test", now=nodes.clock.now())
    assert (outcome.failure, nodes["RU"].peers.state("KZ")) == ("quorum_not_met", before)
    assert nodes["RU"].peers.status("KZ").failure_class == "wait"

    collected(nodes, "BY")
    outcome = sync.sync_peer(nodes["RU"], "KZ", holder="test", now=nodes.clock.now())
    assert outcome.failure is None
    assert nodes["RU"].peers.state("KZ").seen.frontier.size == 3


class _Shorter:
    """A ledger that was restored from an old copy: its head is an earlier one."""

    def __init__(self, ctx: Context, size: int) -> None:
        self._whole = ctx.ledger
        entries = ctx.ledger.commitments(0, size)
        frontier = Frontier.empty().extend(map(leaf_digest, entries))
        head = ctx.ledger.head()
        assert head is not None
        claim = Checkpoint(head.origin, size, frontier.root())
        note = checkpoint.sign(claim, ctx.keyring.log_signer())
        self._head = replace(head, frontier=frontier, checkpoint=note)

    def head(self) -> object:
        """Give the earlier head."""
        return self._head

    def __getattr__(self, name: str) -> object:
        return getattr(self._whole, name)
