"""The exchange: a large part over mutual TLS beside nginx and curl, and what a look costs after a long history.

Both ways of fetching a part end with its digest known and its bytes on the disk. The Parquet in it is not read: it is
random bytes, which no compression of a wire or a disk makes smaller.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

from exchange import sync as protocol
from exchange.limits import DEFAULT
from exchange.manifest import Manifest
from exchange.transfer import fetch
from node.adapters.objects import FolderObjects
from node.adapters.peer_http import HttpPeerChannel
from node.adversary.figures import cells_of, release_of
from node.bootstrap import Node, open_node
from node.demo.federation import DemoNode
from node.settings import read_settings
from tests.bench import nginx
from tests.bench.measuring import Ratio, medians, peak_mib
from tests.support.appended import appended
from tests.support.peer_simulator import PeerSimulator
from tests.support.reading_node import ReadingNode
from tests.support.real_nodes import Command, founded

PART_BYTES = 1 << 30
PIECE_BYTES = 1 << 24
ROUNDS = 5
LOOKS = 21
SHORT, LONG, FRESH = 100, 100_000, 10
NO_SLOWER = 1.0
SAME_COST = 1.2
MAX_PEAK_MIB = 300
READY_WITHIN_S = 60


def ratios() -> list[Ratio]:
    """Measure a part against nginx, curl, openssl and sync, and looks after 100 and 100,000 records."""
    return [*_part(), *_looks()]


def _looks() -> list[Ratio]:
    """Time a look that finds ten new records, after a short and after a long history."""
    work = {f"{history}": _look_after(history) for history in (SHORT, LONG)}
    took = medians(work, rounds=LOOKS)
    return [Ratio("ten new records, of looks after 100", took[str(LONG)], took[str(SHORT)], SAME_COST)]


def _look_after(history: int) -> Callable[[], object]:
    peer = PeerSimulator("RU")
    peer.append(*(hashlib.sha256(str(number).encode()).digest() for number in range(history)))
    node = ReadingNode("KZ")
    node.look(peer)
    before = node.state
    for number in range(FRESH):
        peer.attest(model_version=str(number))

    def look() -> protocol.PeerState:
        node.state = before
        node.look(peer)
        return node.state

    return look


def _part() -> list[Ratio]:
    """Time a part from a node's own process, and from nginx by curl, digested and synced."""
    with tempfile.TemporaryDirectory(dir="/var/tmp") as name:
        folder = Path(name)
        federation = founded(folder / "federation")
        publisher, reader = federation.nodes
        manifest = _published(publisher, folder)
        server = _started(publisher)
        keys, own = Path(publisher.folder) / "keys", Path(reader.folder) / "keys"
        program = nginx.binary(folder / "nginx")
        try:
            with (
                nginx.serving(
                    program,
                    folder,
                    folder / "nginx",
                    certificate=keys / "transport.crt",
                    key=keys / "transport.pem",
                    client=own / "transport.crt",
                ) as address,
                closing(_opened(reader)) as here,
            ):
                took = medians(
                    {
                        "ours": lambda: _fetched(here, manifest, folder / "ours"),
                        "theirs": lambda: _curled(address, keys, own, folder / "theirs"),
                    },
                    rounds=ROUNDS,
                )
                peak = _peak_alone(reader, folder)
                served = _peak_of(server)
        finally:
            server.terminate()
            server.wait()
    return [
        Ratio("1 GiB, of curl from nginx, sha256, sync", took["ours"], took["theirs"], NO_SLOWER),
        Ratio("peak of the reader, MiB", peak, MAX_PEAK_MIB, 1.0),
        Ratio("peak of the server, MiB", served, MAX_PEAK_MIB, 1.0),
    ]


def _peak_alone(reader: DemoNode, folder: Path) -> int:
    """Fetch the part in a process that has loaded nothing else; gives its peak of memory in MiB."""
    program = "import sys; from tests.bench.exchanging import fetched_here as run; print(run(*sys.argv[1:]))"
    line = [sys.executable, "-c", program, reader.folder, str(folder)]
    done = subprocess.run(
        line, check=True, stdout=subprocess.PIPE, text=True, env=os.environ | {"PYTHONPATH": "."}
    )
    return int(done.stdout.split()[-1])


def fetched_here(reader: str, folder: str) -> int:
    """Fetch the part in this process; gives its peak of memory in MiB. The manifest lies in `folder`."""
    raw = (Path(folder) / "manifest.json").read_bytes()
    node = DemoNode("RU", reader, 0, 0, ())
    with closing(_opened(node)) as here:
        _fetched(here, Manifest.from_bytes(raw, DEFAULT), Path(folder) / "alone")
    return peak_mib()


def _published(node: DemoNode, folder: Path) -> Manifest:
    """Put a release of one large part into a node's log, signed by its officers; gives its manifest."""
    with closing(_opened(node)) as here:
        ctx = here.context
        digest = ctx.objects.put_file(_random_file(folder / "part"))
        cells = cells_of(node.code, [1])
        made = release_of(node.code, ["RU"], b"announced", cells, now=here.now())
        parts = tuple(replace(one, length=PART_BYTES, digest=digest) for one in made.manifest.parts)
        manifest = made.but(parts=parts, created_at=here.now().replace(microsecond=0)).manifest
        (folder / "manifest.json").write_bytes(manifest.to_bytes())
        appended(ctx, node, manifest, here.now())
        return manifest


def _random_file(path: Path) -> Path:
    with path.open("wb") as file:
        for _ in range(PART_BYTES // PIECE_BYTES):
            file.write(os.urandom(PIECE_BYTES))
    return path


def _fetched(here: Node, manifest: Manifest, folder: Path) -> None:
    """Fetch the part into an empty store: streamed, digested, durable."""
    member = here.context.directory.membership().member(manifest.originator)
    objects = FolderObjects(folder)
    with closing(HttpPeerChannel(member, here.keyring.transport_files())) as channel:
        fetch(manifest.parts[0], channel, objects.arriving_from(member.code))
    objects.delete(manifest.parts[0].digest)


def _curled(address: str, keys: Path, own: Path, target: Path) -> None:
    """Fetch the same bytes with curl, digest them with openssl, and sync."""
    curl = ["curl", "-s", "--fail", "--tlsv1.3", "--cacert", str(keys / "transport.crt")]
    curl += ["--cert", str(own / "transport.crt"), "--key", str(own / "transport.pem")]
    subprocess.run([*curl, "-o", str(target), f"{address}/part"], check=True)
    subprocess.run(["openssl", "dgst", "-sha256", str(target)], check=True, stdout=subprocess.DEVNULL)
    subprocess.run(["sync", str(target)], check=True)
    target.unlink()


def _started(node: DemoNode) -> subprocess.Popen[str]:
    process = Command(node).start("serve", "web")
    until = time.monotonic() + READY_WITHIN_S
    assert process.stderr is not None
    while "ready" not in process.stderr.readline():
        assert process.poll() is None
        assert time.monotonic() < until
    return process


def _opened(node: DemoNode) -> Node:
    return open_node(read_settings(node.settings()))


def _peak_of(process: subprocess.Popen[str]) -> int:
    status = Path(f"/proc/{process.pid}/status").read_text(encoding="ascii")
    line = next(line for line in status.splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) >> 10
