"""Two ports in one process: started together, stopped together, whichever signal asks for it."""

from __future__ import annotations

import contextlib
import http.client
import os
import signal
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from node.adapters.certificates import transport_certificate, transport_key
from schemas.digest import sha256_hex

ROOT = Path(__file__).resolve().parents[3]

# two applications that need no node: the peers' one tells whose certificate it was shown
PROGRAM = """
import asyncio, ssl, structlog, sys
from pathlib import Path
from node.api.servers import serve
from node.api.tls import build_tls_context
from node.errors import NodeError
from schemas.digest import sha256_hex

structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))

async def reply(send, text):
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": text.encode()})

async def web(scope, receive, send):
    if scope["path"] == "/slow":
        await asyncio.sleep(60)
    await reply(send, "web")

async def peers(scope, receive, send):
    chain = scope["extensions"]["tls"]["client_cert_chain"]
    await reply(send, sha256_hex(ssl.PEM_cert_to_DER_cert(chain[0])))

web_port, exchange_port, folder = int(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3])
files = folder / "node.crt", folder / "node.pem"
member = files[0].read_text()
try:
    serve(
        web_app=web, web_host="127.0.0.1", web_port=web_port,
        exchange_app=peers, exchange_host="127.0.0.1", exchange_port=exchange_port,
        tls=build_tls_context(*files, []), member_certificates=lambda: [member],
        on_ready=lambda: print("ready", flush=True),
    )
except NodeError as error:
    print(error, file=sys.stderr)
    sys.exit(2)
print("stopped", flush=True)
"""

pytestmark = pytest.mark.processes


@dataclass(frozen=True)
class Running:
    """The program, its ports and its files."""

    process: subprocess.Popen[str]
    web_port: int
    exchange_port: int
    folder: Path


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _make_files(folder: Path) -> None:
    key = transport_key()
    certificate = transport_certificate(
        key, member="KZ", host_names=["127.0.0.1"], years=1, now=datetime.now(UTC)
    )
    (folder / "node.crt").write_bytes(certificate.public_bytes(Encoding.PEM))
    (folder / "node.pem").write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))


def _start(folder: Path, web_port: int, exchange_port: int) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-W", "error", "-c", PROGRAM, str(web_port), str(exchange_port), str(folder)],
        cwd=ROOT,
        env={"PYTHONPATH": str(ROOT), "PATH": os.environ["PATH"]},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Running]:
    """Both ports, answering."""
    _make_files(tmp_path)
    web_port, exchange_port = _free_port(), _free_port()
    process = _start(tmp_path, web_port, exchange_port)
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        yield Running(process, web_port, exchange_port, tmp_path)
    finally:
        process.kill()
        process.communicate()


def _get(connection: http.client.HTTPConnection, path: str = "/") -> bytes:
    connection.request("GET", path)
    return connection.getresponse().read()


def test_both_ports_answer_and_the_certificate_reaches_the_application(running: Running) -> None:
    """The trust was empty at the start: the member's certificate came before the ports did."""
    files = running.folder / "node.crt", running.folder / "node.pem"
    context = ssl.create_default_context(cafile=files[0])
    context.load_cert_chain(*files)
    expected = sha256_hex(ssl.PEM_cert_to_DER_cert(files[0].read_text()))

    web = http.client.HTTPConnection("127.0.0.1", running.web_port, timeout=20)
    peers = http.client.HTTPSConnection("127.0.0.1", running.exchange_port, context=context, timeout=20)
    with contextlib.closing(web), contextlib.closing(peers):
        assert _get(web) == b"web"
        assert _get(peers).decode() == expected


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT], ids=["SIGTERM", "SIGINT"])
def test_a_signal_stops_both_within_seconds(running: Running, number: signal.Signals) -> None:
    """With a connection kept alive, and a request that would take a minute."""
    kept = http.client.HTTPConnection("127.0.0.1", running.web_port, timeout=20)
    slow = http.client.HTTPConnection("127.0.0.1", running.web_port, timeout=20)
    with contextlib.closing(kept), contextlib.closing(slow):
        assert _get(kept) == b"web"
        slow.request("GET", "/slow")
        time.sleep(0.2)

        began = time.monotonic()
        running.process.send_signal(number)
        written, errors = running.process.communicate(timeout=20)

    assert running.process.returncode == 0, errors
    assert written == "stopped\n"
    assert time.monotonic() - began < 10


def test_a_port_in_use_is_told_and_the_other_port_is_given_back(running: Running) -> None:
    """A node never runs with half of its ports."""
    other = _free_port()

    second = _start(running.folder, other, running.exchange_port)
    _, errors = second.communicate(timeout=20)

    assert second.returncode == 2
    assert f"127.0.0.1:{running.exchange_port} is in use" in errors
    assert "Traceback" not in errors
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", other))
