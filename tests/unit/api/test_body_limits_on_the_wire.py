"""Too much, over real connections: a body is refused or cut while it is being sent."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Iterator

import pytest

from node.api.servers import Port, listen
from tests.support.contexts_api import serving, surface
from tests.support.federation import federation


@pytest.fixture(scope="module")
def web_port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """The web port of a node, running."""
    folder = tmp_path_factory.mktemp("wire")
    with federation(folder, codes=("KZ",)) as nodes, listen("127.0.0.1", 0) as listener:
        made = surface(nodes["KZ"], nodes.clock, folder, allowed_hosts=["127.0.0.1"])
        with serving(Port(made.app, listener)):
            yield listener.getsockname()[1]


def _head_of(connection: socket.socket) -> bytes:
    received = b""
    while b"\r\n\r\n" not in received:
        chunk = connection.recv(4096)
        if not chunk:
            break
        received += chunk
    return received


@pytest.mark.parametrize(
    "path", ["/api/v1/session", "/api/v1/submissions?dataflow=X&mode=append&file_name=x.csv"]
)
def test_two_gigabytes_are_refused_as_soon_as_they_are_announced(web_port: int, path: str) -> None:
    """No byte of the body is sent, and the answer is there."""
    with socket.create_connection(("127.0.0.1", web_port), timeout=20) as connection:
        began = time.monotonic()
        head = f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 2147483648\r\n\r\n"
        connection.sendall(head.encode())
        answer = _head_of(connection)

    assert answer.startswith(b"HTTP/1.1 413 ")
    assert b"connection: close" in answer.lower()
    assert time.monotonic() - began < 5


def test_an_endless_body_is_cut_at_the_limit(web_port: int) -> None:
    """A megabyte is allowed; the connection ends soon after it, whatever else is sent."""
    sent = 0
    piece = b"10000\r\n" + b"x" * 0x10000 + b"\r\n"
    answers: list[bytes] = []
    with socket.create_connection(("127.0.0.1", web_port), timeout=20) as connection:
        reader = threading.Thread(target=lambda: answers.append(_head_of(connection)))
        reader.start()
        head = (
            "POST /api/v1/session HTTP/1.1\r\nHost: 127.0.0.1\r\n"
            "Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
        )
        connection.sendall(head.encode())
        with contextlib.suppress(ConnectionError):
            while sent < 64 * 1024 * 1024:
                connection.sendall(piece)
                sent += 0x10000
        with contextlib.suppress(OSError):
            connection.shutdown(socket.SHUT_RDWR)
        reader.join(20)

    assert sent < 32 * 1024 * 1024
    assert not answers[0] or answers[0].startswith(b"HTTP/1.1 413 ")
