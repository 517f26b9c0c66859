"""A stolen log key is replaced: what the thief signed with it binds nobody any more, and the log goes on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from exchange import checkpoint
from exchange import gossip as gossip_bytes
from exchange.checkpoint import Checkpoint
from exchange.keys import KeySigner
from exchange.membership import FormerLogKey, LogKey
from exchange.witness import View
from node.adapters.keyring import FolderKeyring
from node.errors import Unavailable
from node.ports.witness import Hearsay, HeldView
from node.services import gossip, log_views, sync, witness
from node.services.members import own_log
from node.services.verify import verify
from tests.support.federation import Nodes, federation, release_rows, trade

FAR = 1_000


@pytest.fixture
def nodes(tmp_path: Path) -> Iterator[Nodes]:
    """RU has read and witnessed a release of KZ."""
    with federation(tmp_path, ["KZ", "RU"]) as opened:
        release_rows(opened, "KZ", "DECLARED_FLOW", [trade("KZ", "RU", "OUT", "100")], tmp_path)
        witness.collect(opened["KZ"], opened.membership.member("RU"))
        assert look(opened) is None
        yield opened


def look(nodes: Nodes) -> str | None:
    """Let RU synchronise with KZ; gives the failure."""
    return sync.sync_peer(nodes["RU"], "KZ", holder="test", now=nodes.clock.now()).failure


def replaced(nodes: Nodes, folder: Path) -> None:
    """Let the registry name another key of KZ's log, and KZ's node use it."""
    ctx = nodes["KZ"]
    keyring = FolderKeyring(folder / "next keys")
    keyring.create_log_key()
    head, held = ctx.ledger.head(), own_log(ctx)
    assert head is not None
    log_key = LogKey(held.origin, keyring.log_signer().public_key, (FormerLogKey(held.key, head.size),))
    members = tuple(
        replace(one, log_key=log_key) if one.code == "KZ" else one for one in nodes.membership.members
    )
    nodes.membership = replace(nodes.membership, members=members)
    (folder / "next keys" / "log.pem").replace(folder / "KZ" / "keys" / "log.pem")


def far(nodes: Nodes, signer: KeySigner) -> View:
    """Give a tree that nobody has, signed by a key."""
    claim = Checkpoint(own_log(nodes["KZ"]).origin, FAR, b"\x07" * 32)
    return View(FAR, claim.root, checkpoint.sign(claim, signer).encode())


def own_note(nodes: Nodes) -> bytes:
    """Give what RU has read itself of KZ's log."""
    return nodes["RU"].peers.state("KZ").seen.note


def test_the_log_goes_on_under_the_next_key(nodes: Nodes, tmp_path: Path) -> None:
    """The reader follows, both verify, and the witness cosigns."""
    replaced(nodes, tmp_path)
    assert look(nodes) is None

    release_rows(nodes, "KZ", "DECLARED_FLOW", [trade("KZ", "RU", "OUT", "200", "2013")], tmp_path)
    witness.collect(nodes["KZ"], nodes.membership.member("RU"))

    assert look(nodes) is None
    assert len(nodes["RU"].ledger.bundles(originator="KZ")) == 2
    assert [verify(nodes[code]).findings for code in ("KZ", "RU")] == [(), ()]


def test_what_the_thief_had_cosigned_and_told_binds_nobody(nodes: Nodes, tmp_path: Path) -> None:
    """The witness goes back to what it has read itself; nothing of it is new evidence, and all of it verifies."""
    signer = nodes["KZ"].keyring.log_signer()
    assert isinstance(signer, KeySigner)
    forged, ru = far(nodes, signer), nodes["RU"]
    leaving = ru.witness.held("KZ")
    assert ru.witness.advance("KZ", leaving, HeldView(forged, leaving.cosigned_at + 1))
    ru.witness.hear(Hearsay("KZ", "RU", forged, nodes.clock.now()))
    assert look(nodes) == "log_rolled_back"

    replaced(nodes, tmp_path)
    release_rows(nodes, "KZ", "DECLARED_FLOW", [trade("KZ", "RU", "OUT", "200", "2013")], tmp_path)

    assert look(nodes) is None
    assert log_views.heard(ru, "KZ") == []
    assert gossip_bytes.decode_checkpoints(gossip.checkpoints(ru), ru.limits)["KZ"] == own_note(nodes)
    assert ru.witness.held("KZ").view == forged  # a look writes nothing
    witness.collect(nodes["KZ"], nodes.membership.member("RU"))
    head = nodes["KZ"].ledger.head()
    assert head is not None
    assert ru.witness.held("KZ").view.size == head.size
    gossip.compare_round(ru, nodes.clock.now())
    assert {one.error for one in ru.evidence.all()} <= {"log_rolled_back"}
    assert verify(ru).findings == ()


def test_a_node_that_has_not_its_key_of_the_registry_signs_nothing(nodes: Nodes, tmp_path: Path) -> None:
    """The registry names another key: what this one signed would be refused everywhere."""
    old = (tmp_path / "KZ" / "keys" / "log.pem").read_bytes()
    replaced(nodes, tmp_path)
    (tmp_path / "KZ" / "keys" / "log.pem").write_bytes(old)

    with pytest.raises(Unavailable, match="not the one in the registry"):
        release_rows(nodes, "KZ", "DECLARED_FLOW", [trade("KZ", "RU", "OUT", "200", "2013")], tmp_path)


def test_nothing_is_signed_while_the_next_key_waits(nodes: Nodes, tmp_path: Path) -> None:
    """The entries that the old key counts for are those of the proposal."""
    FolderKeyring(tmp_path / "KZ" / "keys" / "next").create_log_key()

    with pytest.raises(Unavailable, match="being replaced"):
        release_rows(nodes, "KZ", "DECLARED_FLOW", [trade("KZ", "RU", "OUT", "200", "2013")], tmp_path)
