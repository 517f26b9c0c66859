"""The witness's port over mutual TLS on this machine: what RU's node asks of KZ's, and what KZ refuses to read."""

from __future__ import annotations

import contextlib
import http.client
import ssl
from collections.abc import Iterator
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path

import pytest

from exchange.cosignature import Quorum, cosignatures
from exchange.errors import NotYet, Unreachable
from exchange.gossip import decode_checkpoints
from exchange.limits import DEFAULT
from exchange.tiles import Tile, TreeReader
from node.adapters.peer_http import HttpPeerChannel
from node.api.exchange import ADD_CHECKPOINT, build_exchange
from node.api.servers import Port, listen
from node.api.tls import build_tls_context
from node.errors import NotFound
from node.services import publishing, witness
from tests.support.addressed import address
from tests.support.contexts_api import serving
from tests.support.federation import Nodes, federation


@dataclass(frozen=True)
class Scene:
    """KZ's exchange port, running; RU has a channel to it."""

    folder: Path
    nodes: Nodes
    port: int
    channel: HttpPeerChannel


def _no_registry(name: str) -> bytes:
    raise NotFound("There is no such file", detail=name)


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    """RU has three records, KZ three hundred."""
    folder = tmp_path_factory.mktemp("witness")
    with federation(folder, ("KZ", "RU")) as nodes:
        for number in range(3):
            address(nodes["RU"], nodes.clock, f"RU {number}", ("KZ",))
        for number in range(3):
            address(nodes["KZ"], nodes.clock, f"KZ {number}", ("RU",))
        files = nodes["KZ"].keyring.transport_files()  # type: ignore[attr-defined]
        tls = build_tls_context(files.certificate, files.key, publishing.member_certificates(nodes["KZ"]))
        app = build_exchange(nodes["KZ"], now=nodes.clock.now, registry_file=_no_registry)
        with listen("127.0.0.1", 0) as listener, serving(Port(app, listener, tls)):
            port = listener.getsockname()[1]
            member = replace(nodes.membership.member("KZ"), address=f"https://127.0.0.1:{port}")
            own = nodes["RU"].keyring.transport_files()  # type: ignore[attr-defined]
            channel = HttpPeerChannel(member, own)
            with contextlib.closing(channel):
                yield Scene(folder, nodes, port, channel)


def _sent(scene: Scene, path: str, body: bytes, *, method: str = "POST", **headers: str) -> int:
    """Send any request as RU; gives the status."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.load_verify_locations(scene.folder / "KZ/keys/transport.crt")
    context.check_hostname = False
    context.load_cert_chain(scene.folder / "RU/keys/transport.crt", scene.folder / "RU/keys/transport.pem")
    connection = http.client.HTTPSConnection("127.0.0.1", scene.port, context=context, timeout=10)
    try:
        connection.request(method, path, body, headers)
        return connection.getresponse().status
    finally:
        connection.close()


def test_a_checkpoint_is_cosigned_over_the_wire(scene: Scene) -> None:
    """200 with a line, 409 with the size, and what the witness has seen can be read back."""
    head = scene.nodes["RU"].ledger.head()
    assert head is not None
    body = b"old 0\n\n" + head.checkpoint.encode()

    status, line = scene.channel.add_checkpoint(body)
    witnesses = Quorum.of(scene.nodes.membership, "RU", scene.nodes.clock.at).witnesses
    assert status == 200
    assert [one.member for one in cosignatures(head.checkpoint.encode() + line, witnesses, DEFAULT)] == ["KZ"]
    assert scene.channel.add_checkpoint(body) == (409, b"3\n")
    assert scene.channel.add_checkpoint(b"nonsense")[0] == 400
    path = f"/exchange/v1/witness/{sha256(head.origin.encode()).hexdigest()}/checkpoint"
    assert _sent(scene, path, b"", method="GET") == 200


def test_what_a_member_has_seen_costs_one_conditional_request(scene: Scene) -> None:
    """The second time it is answered 304."""
    content, etag = scene.channel.checkpoints(None)

    assert content is not None
    assert "KZ" in decode_checkpoints(content, DEFAULT)
    assert scene.channel.checkpoints(etag) == (None, etag)


def test_the_tree_can_be_read_by_tiles(scene: Scene) -> None:
    """Any C2SP monitor computes the root from them."""
    head = scene.nodes["KZ"].ledger.head()
    assert head is not None
    reader = TreeReader(head.size, scene.channel.tile)

    assert len(scene.channel.tile(Tile(0, 0, 3).path)) == 96
    assert reader.subtree(1, 0) == head.frontier.peaks[0]
    for missing in ("tile/0/000", "tile/0/000.p/4", "tile/1/000.p/1", "tile/00/000.p/3"):
        with pytest.raises(Unreachable):
            scene.channel.tile(missing)


def test_a_body_is_read_on_one_path_and_to_its_limit(scene: Scene) -> None:
    """Everywhere else a byte is too much."""
    largest = b"x" * DEFAULT.max_add_checkpoint_bytes
    assert _sent(scene, ADD_CHECKPOINT, largest) == 400
    assert _sent(scene, ADD_CHECKPOINT, largest + b"x") == 413
    assert _sent(scene, ADD_CHECKPOINT, b"", method="GET") == 405
    for path in ("checkpoint", "checkpoints", "witness/add-checkpoint/", "tile/0/000.p/1", "hello"):
        assert _sent(scene, f"/exchange/v1/{path}", b"x") == 413


def test_an_endless_body_is_cut_off(scene: Scene) -> None:
    """Without a length it is counted while it arrives."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.load_verify_locations(scene.folder / "KZ/keys/transport.crt")
    context.check_hostname = False
    context.load_cert_chain(scene.folder / "RU/keys/transport.crt", scene.folder / "RU/keys/transport.pem")
    connection = http.client.HTTPSConnection("127.0.0.1", scene.port, context=context, timeout=10)
    with contextlib.closing(connection):
        connection.putrequest("POST", ADD_CHECKPOINT)
        connection.putheader("Transfer-Encoding", "chunked")
        connection.endheaders()
        with contextlib.suppress(OSError):
            for _ in range(1000):
                connection.send(b"1000\r\n" + b"x" * 4096 + b"\r\n")
        with contextlib.suppress(OSError, http.client.HTTPException):
            assert connection.getresponse().status == 413


def test_the_log_that_is_cosigned_keeps_the_line(scene: Scene) -> None:
    """The whole way: KZ's log is witnessed by RU's use case over KZ's own stores, and served with the line."""
    member = scene.nodes.membership.member("RU")
    assert str(witness.collect(scene.nodes["KZ"], member)) == "cosigned: entries 3"
    note, _ = scene.channel.checkpoint(None)

    assert note is not None
    witnesses = Quorum.of(scene.nodes.membership, "KZ", scene.nodes.clock.at).witnesses
    assert [one.member for one in cosignatures(note, witnesses, DEFAULT)] == ["RU"]
    with pytest.raises(NotYet):
        Quorum(3, witnesses).require(note, reader="BY", limits=DEFAULT, now=scene.nodes.clock.at)
