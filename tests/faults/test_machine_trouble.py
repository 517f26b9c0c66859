"""What an operator meets at night: a port in use, a second instance, a full disk, a peer that is down.

Real processes of real nodes; each message says what to do, and nothing acknowledged is lost.
"""

from __future__ import annotations

import os
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from node.bootstrap import open_node
from node.demo.federation import Federation
from node.demo.processes import running
from node.services import sync
from node.settings import read_settings
from tests.support.federation import trade, write_csv
from tests.support.real_nodes import Command, founded

pytestmark = [pytest.mark.processes, pytest.mark.slow]

REFUSED = 2


@pytest.fixture(scope="module")
def federation(tmp_path_factory: pytest.TempPathFactory) -> Federation:
    """Two founded nodes that are not running."""
    return founded(tmp_path_factory.mktemp("machine") / "federation")


def test_a_port_in_use_is_named_and_nothing_is_started(federation: Federation) -> None:
    """The web process says which port is taken and ends; no half-started node is left."""
    node = federation.nodes[0]
    with socket.socket() as other:
        other.bind(("127.0.0.1", node.web_port))
        other.listen()
        completed = Command(node).run("serve", "web")

    assert completed.returncode == REFUSED
    assert f"127.0.0.1:{node.web_port}" in completed.stderr
    assert "Traceback" not in completed.stderr


def test_a_second_instance_on_one_folder_is_refused(federation: Federation) -> None:
    """The second process of a kind names the first one's process number and ends."""
    with running(federation):
        for process in ("web", "scheduler"):
            completed = Command(federation.nodes[0]).run("serve", process)
            assert completed.returncode == REFUSED
            assert "Another instance" in completed.stderr
            assert "Traceback" not in completed.stderr


def test_a_peer_that_is_down_is_said_in_words_and_tried_again(federation: Federation) -> None:
    """A sync with a peer that does not run fails by name, and the next one after its start succeeds."""
    node = open_node(read_settings(federation.nodes[0].settings()))
    try:
        down = sync.sync_peer(node.context, "RU", holder="test", now=node.now())
        status = node.context.peers.status("RU")
        assert (down.failure, status.failure_class) == ("peer_down", "retry")
        assert status.hint

        with running(federation):
            assert sync.sync_peer(node.context, "RU", holder="test", now=node.now()).failure is None
        assert node.context.peers.status("RU").failure is None
    finally:
        node.close()


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of four megabytes, where this machine lets a test mount one."""
    folder = tmp_path / "small"
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", str(folder)]
    if os.geteuid() != 0 or subprocess.run(command, capture_output=True, check=False).returncode:
        pytest.skip("a full disk needs the right to mount a small file system (root outside a sandbox)")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


def test_a_full_disk_refuses_an_upload_and_keeps_what_was_acknowledged(
    small_disk: Path, tmp_path: Path
) -> None:
    """When nothing more can be written the upload is refused in words; after making room it goes in."""
    federation = founded(small_disk / "federation", ("KZ", "RU"))
    command = Command(federation.nodes[0])
    first = write_csv(tmp_path / "first.csv", [trade("KZ", "RU", "OUT", "1")])
    second = write_csv(tmp_path / "second.csv", [trade("KZ", "BY", "OUT", "2")])
    assert command.run("upload", str(first), "--dataflow", "DECLARED_FLOW", "--as", "analyst").returncode == 0

    filler = fill(small_disk)
    full = command.run("upload", str(second), "--dataflow", "DECLARED_FLOW", "--as", "analyst")
    assert full.returncode == REFUSED, full.stdout + full.stderr
    assert "full" in full.stderr.lower()
    assert "Traceback" not in full.stderr

    filler.unlink()
    assert (
        command.run("upload", str(second), "--dataflow", "DECLARED_FLOW", "--as", "analyst").returncode == 0
    )
    listed = command.run("submission", "list").stdout
    assert "first.csv" in listed
    assert "second.csv" in listed
    assert command.run("verify").returncode == 0


def fill(folder: Path) -> Path:
    """Write until the disk is full; gives the file that takes the room."""
    filler = folder / "filler"
    with filler.open("wb", buffering=0) as file:
        try:
            while True:
                file.write(bytes(4096))
        except OSError:
            return filler
