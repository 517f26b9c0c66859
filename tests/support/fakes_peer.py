"""A real TLS server on this machine that answers as a test says, and the keys around it."""

from __future__ import annotations

import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from exchange.membership import Member, Transport, fingerprint_of
from node.adapters.clock import now
from node.adapters.keyring import FolderKeyring
from tests.support.peer_simulator import a_member

Answer = Callable[[BaseHTTPRequestHandler], None]


@dataclass
class LoopbackPeer:
    """A peer whose answers are functions of the request; what it was asked is kept in `requests`."""

    keyring: FolderKeyring
    answers: dict[str, Answer] = field(default_factory=dict)
    requests: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    connections: int = 0
    address: str = ""

    def serve(self, path: str, content: bytes, status: int = 200, **headers: str) -> None:
        """Answer a path with these bytes."""
        self.answers[path] = lambda request: reply(request, content, status, **headers)

    def member(self, code: str = "KG", certificate: str | None = None) -> Member:
        """Give the registry's line for this peer."""
        pem = certificate or self.keyring.transport_certificate()
        return a_member(code, address=self.address, transport=Transport(fingerprint_of(pem), pem))


def reply(request: BaseHTTPRequestHandler, content: bytes, status: int = 200, **headers: str) -> None:
    """Send a whole answer."""
    request.send_response(status)
    for name, value in {"Content-Length": str(len(content)), **headers}.items():
        request.send_header(name.replace("_", "-"), value)
    request.end_headers()
    request.wfile.write(content)


def a_keyring(folder: Path, code: str, passphrase: str | None = None) -> FolderKeyring:
    """Give a keyring with transport keys that are valid now: TLS asks the machine's clock."""
    keyring = FolderKeyring(folder / code, passphrase)
    keyring.create_node_keys(member=code, host_names=["127.0.0.1"], years=1, now=now())
    return keyring


@contextmanager
def a_loopback_peer(keyring: FolderKeyring, trusted: list[str]) -> Iterator[LoopbackPeer]:
    """Run a peer that lets the holders of the trusted certificates in."""
    peer = LoopbackPeer(keyring)
    files = keyring.transport_files()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.verify_mode = ssl.CERT_REQUIRED
    context.load_cert_chain(files.certificate, files.key, password=files.passphrase or "")
    for certificate in trusted:
        context.load_verify_locations(cadata=certificate)
    server = _Server(peer, context)
    peer.address = f"https://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield peer
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class _Server(ThreadingHTTPServer):
    """Each connection has a thread, in which the handshake happens, too."""

    daemon_threads = False

    def __init__(self, peer: LoopbackPeer, context: ssl.SSLContext) -> None:
        super().__init__(("127.0.0.1", 0), _Requests)
        self.peer = peer
        self.context = context

    def finish_request(self, request: Any, client_address: Any) -> None:
        """Shake hands, then answer."""
        self.peer.connections += 1
        try:
            request.settimeout(10)
            with self.context.wrap_socket(request, server_side=True) as secure:
                _Requests(secure, client_address, self)
        except OSError:
            return

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing: tests cut connections on purpose."""


class _Requests(BaseHTTPRequestHandler):
    """Looks the answer up by the path."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        """Answer a request."""
        assert isinstance(self.server, _Server)
        peer = self.server.peer
        path = self.path.removeprefix("/exchange/v1/")
        peer.requests.append((path, dict(self.headers)))
        answer = peer.answers.get(path)
        if answer is None:
            reply(self, b"", 404)
        else:
            answer(self)

    def log_message(self, *_: Any) -> None:
        """Keep the test's output clean."""
