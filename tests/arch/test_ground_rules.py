"""The promises of tests/conftest.py hold, and the test command does what the README says."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import time
from pathlib import Path

import hypothesis
import pytest

from tests import machine
from tests.arch.source import ROOT

DOCUMENTATION_ADDRESS = "192.0.2.1"  # RFC 5737: nobody's


def test_a_test_that_reaches_for_another_host_fails() -> None:
    """The interpreter refuses before a packet leaves."""
    with socket.socket() as one, pytest.raises(pytest.fail.Exception, match=DOCUMENTATION_ADDRESS):
        one.connect((DOCUMENTATION_ADDRESS, 443))


def test_a_test_that_asks_for_another_host_by_name_fails() -> None:
    """Not even a question goes to a name server."""
    with pytest.raises(pytest.fail.Exception, match=r"node\.example"):
        socket.getaddrinfo("node.example", 443)


def test_a_datagram_to_another_host_is_refused() -> None:
    """Nor does anything leave without a connection."""
    with socket.socket(type=socket.SOCK_DGRAM) as one, pytest.raises(pytest.fail.Exception):
        one.sendto(b"x", (DOCUMENTATION_ADDRESS, 9))


def test_this_machine_may_be_asked() -> None:
    """Real nodes in tests talk over loopback."""
    with (
        socket.create_server(("127.0.0.1", 0)) as server,
        socket.create_connection(server.getsockname()[:2]) as one,
    ):
        assert one.getpeername() == server.getsockname()


def test_no_setting_of_the_shell_is_seen() -> None:
    """A developer's own node has no say here."""
    assert [name for name in os.environ if name.startswith("IRAC_")] == []


def test_local_time_is_far_from_utc() -> None:
    """Code that takes local time for UTC is wrong by fourteen hours here, every day of the year."""
    assert time.localtime(0).tm_hour == 14


def test_examples_are_the_same_everywhere() -> None:
    """A property that fails at one developer fails at all."""
    assert hypothesis.settings().derandomize
    assert hypothesis.settings().deadline is None


def test_the_build_server_runs_the_test_command_and_nothing_else() -> None:
    """One command for people and machines."""
    lines = (ROOT / ".ci" / "run").read_text(encoding="utf-8").splitlines()
    commands = [line for line in lines if line and not line.startswith(("#", "set ", "cd "))]

    assert commands == ["make test"]
    assert "set -euo pipefail" in lines
    assert os.access(ROOT / ".ci" / "run", os.X_OK)


def test_every_target_that_the_readme_names_exists() -> None:
    """The two commands are those of the Makefile."""
    named = set(re.findall(r"`make ([a-z-]+)", (ROOT / "README.md").read_text(encoding="utf-8")))
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))

    assert {"demo", "test"} <= named <= targets


def test_a_python_that_is_too_old_is_refused_with_words(tmp_path: Path) -> None:
    """Nothing is made, and the text says which version is needed."""
    shutil.copytree(ROOT / ".ci", tmp_path / ".ci")
    tools = tmp_path / "bin"
    tools.mkdir()
    for name in ("bash", "dirname", "env"):
        (tools / name).symlink_to(shutil.which(name) or name)
    old = tools / "python3"
    old.write_text(
        '#!/bin/sh\n[ "$1" = --version ] && echo "Python 3.9.2" && exit 0\nexit 1\n', encoding="utf-8"
    )
    old.chmod(0o755)

    finished = subprocess.run(
        [tmp_path / ".ci" / "environment"],
        env={"PATH": str(tools)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert finished.returncode == 1
    assert "Python 3.11 or newer is needed; found Python 3.9.2" in finished.stderr
    assert not (tmp_path / ".venv").exists()


def test_without_root_the_missing_browser_is_said_and_nothing_is_tried(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What is left out is named, with the reason."""
    monkeypatch.setattr(machine, "browser", lambda: None)
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    monkeypatch.setattr(shutil, "which", lambda name: f"/usr/bin/{name}")
    tried: list[list[str]] = []
    monkeypatch.setattr(machine, "_succeeds", lambda command, _: bool(tried.append(command)))

    (sentence,) = machine.install_missing()

    assert "tests marked browser are left out" in sentence
    assert "neither root nor a sudo without password" in sentence
    assert tried == [["sudo", "-n", "true"]]


def test_what_is_there_is_not_installed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A machine with a browser and letters is left alone."""
    letters = tmp_path / "DejaVuSans.ttf"
    letters.touch()
    monkeypatch.setattr(machine, "browser", lambda: "/usr/bin/chromium")
    monkeypatch.setattr(machine, "LETTERS", letters)
    monkeypatch.setattr(machine, "_install", lambda _: pytest.fail("something was installed"))

    assert machine.install_missing() == []
