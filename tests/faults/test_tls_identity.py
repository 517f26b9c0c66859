"""Who a peer is comes from the key it proves to hold: real handshakes on this machine's loopback.

KZ serves; RU and BY are members; certificates, keys and registry are those of the federation.
"""

from __future__ import annotations

import contextlib
import http.client
import json
import socket
import ssl
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from exchange.membership import Membership, MemberStatus, StatusChange
from node.adapters.certificates import transport_certificate, transport_key
from node.api.exchange import build_exchange
from node.api.servers import Port, listen
from node.api.tls import PeerTls, build_tls_context
from node.errors import NotFound, Unavailable
from node.services import publishing
from tests.support.addressed import Addressed, address
from tests.support.contexts_api import serving
from tests.support.federation import START, Nodes, federation

BIG = 3 * 1024 * 1024 + 17


@dataclass
class Switchboard:
    """A directory whose membership a test can change while the server runs."""

    members: Membership

    def membership(self) -> Membership:
        """Give the membership."""
        return self.members


@dataclass(frozen=True)
class Scene:
    """KZ's exchange port, running."""

    folder: Path
    nodes: Nodes
    directory: Switchboard
    tls: PeerTls
    port: int
    to_ru: Addressed
    to_by: Addressed


def _registry_file(name: str) -> bytes:
    if name != "timestamp.json":
        raise NotFound("There is no such file")
    return b'{"signed":{}}'


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    """The port of KZ with a release to RU, one to BY, and three members."""
    folder = tmp_path_factory.mktemp("identity")
    with federation(folder) as nodes:
        directory = Switchboard(nodes.membership)
        given: Any = directory
        ctx = replace(nodes["KZ"], directory=given)
        to_ru = address(nodes["KZ"], nodes.clock, "to RU", ("RU",), part=bytes(range(251)) * (BIG // 251))
        to_by = address(nodes["KZ"], nodes.clock, "to BY", ("BY",))
        own = _files(folder, "KZ")
        tls = build_tls_context(own[0], own[1], publishing.member_certificates(ctx))
        app = build_exchange(ctx, now=lambda: START, registry_file=_registry_file)
        with listen("127.0.0.1", 0) as listener:
            port = listener.getsockname()[1]
            with serving(Port(app, listener, tls)):
                yield Scene(folder, nodes, directory, tls, port, to_ru, to_by)


def _files(folder: Path, code: str) -> tuple[Path, Path]:
    return folder / code / "keys" / "transport.crt", folder / code / "keys" / "transport.pem"


def _client(scene: Scene, files: tuple[Path, Path] | None) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.load_verify_locations(_files(scene.folder, "KZ")[0])
    context.check_hostname = False
    if files is not None:
        context.load_cert_chain(*files)
    return context


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    headers: dict[str, str]
    body: bytes


def _ask(scene: Scene, code: str | None, path: str, *, method: str = "GET", **headers: str) -> Answer:
    files = None if code is None else _files(scene.folder, code)
    return _ask_with(scene, _client(scene, files), path, method, headers)


def _ask_with(
    scene: Scene,
    context: ssl.SSLContext,
    path: str,
    method: str = "GET",
    headers: dict[str, str] | None = None,
) -> Answer:
    connection = http.client.HTTPSConnection("127.0.0.1", scene.port, context=context, timeout=20)
    with contextlib.closing(connection):
        named = {name.replace("_", "-"): value for name, value in (headers or {}).items()}
        connection.request(method, f"/exchange/v1/{path}", headers=named)
        response = connection.getresponse()
        return Answer(
            response.status,
            {name.lower(): value for name, value in response.getheaders()},
            response.read(),
        )


def _stranger(folder: Path, name: str = "BY") -> tuple[Path, Path]:
    """Make a certificate that says it is `name`, with a key of its own."""
    key = transport_key()
    certificate = transport_certificate(key, member=name, host_names=["127.0.0.1"], years=1, now=START)
    files = folder / "stranger.crt", folder / "stranger.pem"
    files[0].write_bytes(certificate.public_bytes(Encoding.PEM))
    files[1].write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return files


# --- the handshake


def test_a_connection_without_a_certificate_is_refused(scene: Scene) -> None:
    """Not even the greeting is given."""
    with pytest.raises((ssl.SSLError, ConnectionError)):
        _ask(scene, None, "hello")


def test_a_certificate_that_is_not_in_the_registry_is_refused(scene: Scene, tmp_path: Path) -> None:
    """Also if it carries a member's name: names prove nothing."""
    with pytest.raises((ssl.SSLError, ConnectionError)):
        _ask_with(scene, _client(scene, _stranger(tmp_path)), "hello")


def test_tls_1_2_is_refused(scene: Scene) -> None:
    """A member's own certificate does not help."""
    context = _client(scene, _files(scene.folder, "RU"))
    context.maximum_version = ssl.TLSVersion.TLSv1_2

    with pytest.raises(ssl.SSLError):
        _ask_with(scene, context, "hello")


def test_plain_http_is_refused(scene: Scene) -> None:
    """The port speaks nothing else than TLS."""
    with socket.create_connection(("127.0.0.1", scene.port), timeout=20) as connection:
        connection.sendall(b"GET /exchange/v1/hello HTTP/1.1\r\nHost: x\r\n\r\n")
        with contextlib.suppress(ConnectionError):
            assert b"HTTP/1.1 200" not in connection.recv(4096)


def test_a_member_is_greeted(scene: Scene) -> None:
    """Self-signed certificates of the registry are enough: there is no authority above the members."""
    answer = _ask(scene, "RU", "hello")

    assert answer.status == 200
    assert json.loads(answer.body)["member"] == "KZ"
    assert answer.headers["cache-control"] == "no-store"


def _issued(folder: Path, name: str, issuer: tuple[Path, Path]) -> tuple[Path, Path]:
    """Make a certificate for `name` that `issuer` signed."""
    key = transport_key()
    plain = transport_certificate(key, member=name, host_names=["127.0.0.1"], years=1, now=START)
    signing = load_pem_private_key(issuer[1].read_bytes(), None)
    assert isinstance(signing, EllipticCurvePrivateKey)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(plain.subject)
        .issuer_name(x509.load_pem_x509_certificate(issuer[0].read_bytes()).subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(plain.not_valid_before_utc)
        .not_valid_after(plain.not_valid_after_utc)
        .sign(signing, SHA256())
    )
    files = folder / "issued.crt", folder / "issued.pem"
    files[0].write_bytes(certificate.public_bytes(Encoding.PEM))
    files[1].write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return files


def test_a_member_cannot_let_anybody_else_in(scene: Scene, tmp_path: Path) -> None:
    """A certificate that BY signed for somebody is as good as none."""
    files = _issued(tmp_path, "AM", _files(scene.folder, "BY"))

    with pytest.raises((ssl.SSLError, ConnectionError)):
        _ask_with(scene, _client(scene, files), "hello")


def test_a_listed_certificate_is_believed_for_itself_whoever_signed_it(scene: Scene, tmp_path: Path) -> None:
    """A member may have its certificate from its own authority, which the registry does not know."""
    files = _issued(tmp_path, "TJ", _stranger(tmp_path, "an authority"))
    scene.tls.trust([files[0].read_text()])

    assert _ask_with(scene, _client(scene, files), "hello").status == 403  # no member yet


# --- what each peer gets


def test_a_peer_reads_the_records_addressed_to_it_and_no_others(scene: Scene) -> None:
    """Two peers, one range, two answers."""
    by_ru = json.loads(_ask(scene, "RU", "records/0-2").body)["records"]
    by_by = json.loads(_ask(scene, "BY", "records/0-2").body)["records"]

    assert [record["index"] for record in by_ru] == [scene.to_ru.index]
    assert [record["index"] for record in by_by] == [scene.to_by.index]


def test_a_part_addressed_to_another_peer_does_not_exist(scene: Scene) -> None:
    """The refusal is the one for a digest that nobody ever saw."""
    for_others = _ask(scene, "BY", f"parts/{scene.to_ru.digest}")
    unknown = _ask(scene, "BY", f"parts/sha256:{'0' * 64}")

    assert for_others.status == 404
    assert for_others.body == unknown.body


def test_no_header_makes_a_peer_another_one(scene: Scene) -> None:
    """Everything a proxy could set, and everything a program could be fooled by."""
    certificate = _files(scene.folder, "RU")[0].read_text().replace("\n", "%0A")
    answer = _ask(
        scene,
        "BY",
        f"parts/{scene.to_ru.digest}",
        X_Peer="RU",
        X_Forwarded_For="127.0.0.1",
        X_Forwarded_Client_Cert=certificate,
        X_SSL_Client_Cert=certificate,
        X_Client_Verify="SUCCESS",
        Forwarded="for=RU",
        From="RU",
        Authorization="Bearer RU",
    )

    assert answer.status == 404


def test_the_same_connection_stays_the_same_peer(scene: Scene) -> None:
    """Two requests over one connection, the second with another claim."""
    connection = http.client.HTTPSConnection(
        "127.0.0.1", scene.port, context=_client(scene, _files(scene.folder, "BY")), timeout=20
    )
    with contextlib.closing(connection):
        for headers in ({}, {"X-Peer": "RU"}):
            connection.request("GET", "/exchange/v1/records/0-2", headers=headers)
            records = json.loads(connection.getresponse().read())["records"]
            assert [record["index"] for record in records] == [scene.to_by.index]


def test_a_suspended_member_gets_nothing_from_the_next_request_on(scene: Scene) -> None:
    """Its handshake may still succeed; access is decided by the registry each time."""
    members = scene.nodes.membership.members
    suspended = (
        StatusChange(MemberStatus.ACTIVE, date(2026, 1, 1), "test"),
        StatusChange(MemberStatus.SUSPENDED, date(2026, 3, 1), "test"),
    )
    changed = tuple(replace(one, history=suspended) if one.code == "BY" else one for one in members)
    scene.directory.members = Membership(federation="test", members=changed)
    try:
        answers = [_ask(scene, "BY", path) for path in ("hello", "checkpoint", "records/0-2", "nonsense")]
        other = _ask(scene, "RU", "hello")
    finally:
        scene.directory.members = scene.nodes.membership

    assert [answer.status for answer in answers[:3]] == [403, 403, 403]
    assert b"KZ" not in answers[0].body
    assert other.status == 200


def test_a_member_that_joins_is_let_in_without_a_restart(scene: Scene, tmp_path: Path) -> None:
    """Its certificate is added to the living context; then the registry decides."""
    files = _stranger(tmp_path, "UZ")
    pem = files[0].read_text()
    with pytest.raises((ssl.SSLError, ConnectionError)):
        _ask_with(scene, _client(scene, files), "hello")

    assert scene.tls.trust([pem]) == 1
    assert scene.tls.trust([pem]) == 0

    answer = _ask_with(scene, _client(scene, files), "hello")
    assert answer.status == 403  # trusted by TLS, and no member yet


# --- how it is served


def test_a_checkpoint_is_answered_with_304_to_a_peer_that_has_it(scene: Scene) -> None:
    """Nothing new costs one small request."""
    first = _ask(scene, "RU", "checkpoint")
    second = _ask(scene, "RU", "checkpoint", If_None_Match=first.headers["etag"])

    assert first.body.startswith(b"irac/test/KZ\n2\n")
    assert (second.status, second.body) == (304, b"")


def test_what_never_changes_says_so(scene: Scene) -> None:
    """Entries, records and parts may be kept by the peer for ever, and by nobody between."""
    for path in ("tile/entries/000.p/2", "records/0-1", f"parts/{scene.to_ru.digest}"):
        answer = _ask(scene, "RU", path)
        assert answer.status == 200
        assert answer.headers["cache-control"] == "private, max-age=31536000, immutable"
        assert _ask(scene, "RU", path, If_None_Match=answer.headers["etag"]).status == 304


def test_a_part_is_continued_where_it_was_cut(scene: Scene) -> None:
    """A range gives the rest; with another ETag the whole comes instead."""
    path = f"parts/{scene.to_ru.digest}"
    whole = scene.to_ru.part
    rest = _ask(scene, "RU", path, Range="bytes=1000000-")
    stale = _ask(scene, "RU", path, Range="bytes=1000000-", If_Range='"another"')
    beyond = _ask(scene, "RU", path, Range=f"bytes={len(whole)}-")

    assert (rest.status, rest.body) == (206, whole[1_000_000:])
    assert rest.headers["content-range"] == f"bytes 1000000-{len(whole) - 1}/{len(whole)}"
    assert (stale.status, stale.body) == (200, whole)
    assert beyond.status == 416


def test_head_gives_the_length_without_the_bytes(scene: Scene) -> None:
    """A peer can plan."""
    answer = _ask(scene, "RU", f"parts/{scene.to_ru.digest}", method="HEAD")

    assert (answer.status, answer.body) == (200, b"")
    assert answer.headers["content-length"] == str(len(scene.to_ru.part))


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("registry/timestamp.json", 200),
        ("registry/1.root.json", 404),
        ("registry/../checkpoint", 404),
        ("records/0-999", 422),
        ("records/0-3", 404),
        ("records/1-1", 422),
        ("records/-1-1", 404),
        ("records/0-999999999999999", 422),
        ("records/0-" + "9" * 5000, 404),
        ("records/0-1-2", 404),
        ("registry/..%2f..%2fkeys%2flog.pem", 404),
        ("registry/.hidden", 404),
        ("tile/entries/000", 404),
        ("tile/entries/..%2f..%2fetc", 404),
        ("parts/nonsense", 404),
        ("nonsense", 404),
    ],
)
def test_every_address_has_a_definite_answer(scene: Scene, path: str, status: int) -> None:
    """In one shape, when it is a refusal."""
    answer = _ask(scene, "RU", path)

    assert answer.status == status
    if status != 200:
        assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
def test_peers_change_nothing(scene: Scene, method: str) -> None:
    """There is nothing to send."""
    assert _ask(scene, "RU", "hello", method=method).status == 405


def test_a_body_from_a_peer_is_refused(scene: Scene) -> None:
    """Peers send addresses only."""
    connection = http.client.HTTPSConnection(
        "127.0.0.1", scene.port, context=_client(scene, _files(scene.folder, "RU")), timeout=20
    )
    with contextlib.closing(connection):
        connection.request("GET", "/exchange/v1/hello", body=b"x")
        assert connection.getresponse().status == 413


# --- the node's own files


def test_a_node_without_its_certificate_says_which_file_is_missing(tmp_path: Path) -> None:
    """Instead of a library's error."""
    with pytest.raises(Unavailable, match=r"transport\.crt"):
        build_tls_context(tmp_path / "transport.crt", tmp_path / "transport.pem", [])


def test_a_passphrase_that_is_missing_is_not_asked_for_at_a_terminal(tmp_path: Path) -> None:
    """A service has none, and would wait for ever."""
    key = transport_key()
    certificate = transport_certificate(
        key, member="KZ", host_names=["127.0.0.1"], years=1, now=START + timedelta(days=1)
    )
    files = tmp_path / "transport.crt", tmp_path / "transport.pem"
    files[0].write_bytes(certificate.public_bytes(Encoding.PEM))
    encrypted = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"secret"))
    files[1].write_bytes(encrypted)

    with pytest.raises(Unavailable):
        build_tls_context(*files, [])
    build_tls_context(*files, [], passphrase="secret")
