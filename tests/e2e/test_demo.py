"""The main job with real processes, real TLS and the real open data: `irac demo`."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

pytestmark = [pytest.mark.processes, pytest.mark.slow]

RUN_WITHIN_S = 400
STOPS_WITHIN_S = 240  # a node finishes the run of models it is in, and a busy machine is slow
MEMBERS = ("KZ", "RU", "BY")


def run_demo(folder: Path, *more: str) -> subprocess.CompletedProcess[str]:
    """Run the demo as a person would, from another working directory than the checkout."""
    command = [sys.executable, "-m", "node", "demo", "--once", "--folder", str(folder), *more]
    return subprocess.run(command, capture_output=True, text=True, timeout=RUN_WITHIN_S, check=False)


@pytest.fixture(scope="module")
def first_run(
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[tuple[Path, subprocess.CompletedProcess[str]]]:
    """A federation of three, founded and run once."""
    folder = tmp_path_factory.mktemp("demo")
    yield folder, run_demo(folder)
    assert not processes_of(folder), "the demo left processes behind"


def processes_of(folder: Path) -> list[int]:
    """Give the processes whose environment names a node of this folder."""
    found = []
    for process in Path("/proc").iterdir():
        try:
            environment = (process / "environ").read_bytes()
        except (OSError, ValueError):
            continue
        if f"IRAC_DATA_FOLDER={folder}".encode() in environment:
            found.append(int(process.name))
    return found


def summary_of(completed: subprocess.CompletedProcess[str]) -> dict[str, Any]:
    """Read standard output, which holds the summary alone."""
    document: dict[str, Any] = json.loads(completed.stdout)
    return document


def test_every_node_publishes_imports_verifies_and_agrees(
    first_run: tuple[Path, subprocess.CompletedProcess[str]],
) -> None:
    """Three nodes hold the same bundles and computed the same figures."""
    _, completed = first_run
    assert completed.returncode == 0, completed.stderr
    summary = summary_of(completed)

    assert summary["ok"]
    assert summary["nodes_agree"]
    assert set(summary["nodes"]) == set(MEMBERS)
    published = {code: node["bundles_published"] for code, node in summary["nodes"].items()}
    assert published == {"KZ": 4, "RU": 4, "BY": 4}
    for code, node in summary["nodes"].items():
        assert node["bundles_imported"] == sum(published.values()) - published[code]
        assert node["verified"]["bundles"] == sum(published.values())
    # KZ shares one of its two, RU two, BY one: each has its own and what the others shared
    assert {code: node["typologies"] for code, node in summary["nodes"].items()} == {
        "KZ": 5,
        "RU": 4,
        "BY": 4,
    }
    assert {node["verified"]["typologies"] for node in summary["nodes"].values()} == {4}
    computed = [node["indicators"] for node in summary["nodes"].values()]
    assert all(one == computed[0] for one in computed)
    assert set(computed[0]) == {
        "cross_border_1", "early_warning_1", "assessment_1", "detail_assessment_1", "effectiveness_1", "indicators_1",
    }  # fmt: skip


def test_a_second_run_continues_without_publishing_anything_again(
    first_run: tuple[Path, subprocess.CompletedProcess[str]],
) -> None:
    """Running the demo again finds everything in place and agrees on the same digests.

    What was verified may have grown: a receipt that was still on its way, a file arranged for reading.
    """
    folder, first = first_run
    completed = run_demo(folder)

    assert completed.returncode == 0, completed.stderr
    before, after = summary_of(first)["nodes"], summary_of(completed)["nodes"]
    for code, node in after.items():
        then, now = before[code].pop("verified"), node.pop("verified")
        assert {kind: number for kind, number in then.items() if now[kind] < number} == {}
    assert after == before


def test_one_altered_byte_of_one_part_fails_the_check_and_is_named(
    first_run: tuple[Path, subprocess.CompletedProcess[str]],
) -> None:
    """A byte changed on one node's disk makes the demo fail and name the node and the part."""
    folder, _ = first_run
    part, original = some_part(folder / "BY")
    altered = bytearray(original)
    altered[len(altered) // 2] ^= 1
    part.chmod(0o600)
    part.write_bytes(bytes(altered))
    try:
        completed = run_demo(folder)
    finally:
        part.write_bytes(original)

    assert completed.returncode == 1
    failures = summary_of(completed)["failures"]
    assert any(failure.startswith("BY: bundle") for failure in failures), failures


def some_part(node: Path) -> tuple[Path, bytes]:
    """Give the largest part of a bundle that this node holds: a Parquet file of cells."""
    files = [path for path in (node / "objects").rglob("*") if path.is_file() and path.stat().st_size > 4]
    parquet = [path for path in files if path.read_bytes()[:4] == b"PAR1"]
    parts = [path for path in parquet if "OBS_VALUE" in pq.read_schema(path).names]
    largest = max(parts, key=lambda path: path.stat().st_size)
    return largest, largest.read_bytes()


@pytest.fixture
def interruptible() -> Iterator[None]:
    """Children can be interrupted even where these tests run in the background, which ignores interrupts."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("interruptible")
def test_ctrl_c_stops_everything_the_demo_started(
    first_run: tuple[Path, subprocess.CompletedProcess[str]],
) -> None:
    """An interrupt ends the demo with status 0 and no process of its nodes is left."""
    folder, _ = first_run
    command = [sys.executable, "-m", "node", "demo", "--folder", str(folder)]
    demo = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    assert demo.stdout is not None
    lines = [demo.stdout.readline() for _ in range(1 + len(MEMBERS))]
    assert all("http://127.0.0.1:" in line for line in lines[1:]), lines
    demo.send_signal(signal.SIGINT)
    rest, _ = demo.communicate(timeout=STOPS_WITHIN_S)

    assert demo.returncode == 0, rest
    assert not processes_of(folder)


def test_killing_the_demo_ends_its_nodes(first_run: tuple[Path, subprocess.CompletedProcess[str]]) -> None:
    """Even a demo that was killed leaves no node behind: they stop when their standard input closes."""
    folder, _ = first_run
    command = [sys.executable, "-m", "node", "demo", "--folder", str(folder)]
    demo = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    assert demo.stdout is not None
    demo.stdout.readline()
    assert len(processes_of(folder)) >= 2 * len(MEMBERS)
    os.kill(demo.pid, signal.SIGKILL)
    demo.communicate()

    deadline = time.monotonic() + STOPS_WITHIN_S
    while processes_of(folder) and time.monotonic() < deadline:
        time.sleep(0.2)
    assert not processes_of(folder)
