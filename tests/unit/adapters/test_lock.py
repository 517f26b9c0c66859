"""One instance at a time."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from node.adapters.lock import InstanceLock, waiting_lock
from node.errors import Unavailable

HOLD = """
import sys
from pathlib import Path
from node.adapters.lock import InstanceLock
with InstanceLock(Path(sys.argv[1]), "web"):
    print("held", flush=True)
    sys.stdin.read()
"""


def test_the_second_instance_learns_who_holds_the_lock(tmp_path: Path) -> None:
    """The operator reads a process id."""
    with InstanceLock(tmp_path, "web"), pytest.raises(Unavailable) as caught:
        InstanceLock(tmp_path, "web").acquire()

    assert caught.value.context["pid"] == str(os.getpid())
    assert str(os.getpid()) in caught.value.detail


def test_another_name_is_another_lock(tmp_path: Path) -> None:
    """Web and scheduler run side by side."""
    with InstanceLock(tmp_path, "web"), InstanceLock(tmp_path, "scheduler"):
        pass


def test_a_released_lock_can_be_taken(tmp_path: Path) -> None:
    """Releasing is repeatable."""
    first = InstanceLock(tmp_path, "web")
    first.acquire()
    first.release()
    first.release()

    with InstanceLock(tmp_path, "web"):
        pass


def test_a_killed_process_leaves_no_lock(tmp_path: Path) -> None:
    """The system frees it, however the process ends."""
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        with pytest.raises(Unavailable, match="is running") as caught:
            InstanceLock(tmp_path, "web").acquire()
        holder.kill()
        holder.wait()

    assert caught.value.context["pid"] == str(holder.pid)
    with InstanceLock(tmp_path, "web"):
        pass


def test_a_lock_in_a_place_that_cannot_be_is_said_in_words(tmp_path: Path) -> None:
    """A wrong setting gives no traceback."""
    (tmp_path / "file").write_bytes(b"")

    with pytest.raises(Unavailable):
        InstanceLock(tmp_path / "file", "web").acquire()
    with pytest.raises(Unavailable), waiting_lock(tmp_path / "none" / "lock"):
        pass
