"""The demo as a short list of calls: found, start, load, synchronise, compare, say."""

from __future__ import annotations

import json
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from node.access import Role
from node.adapters.lock import InstanceLock
from node.demo.describing import describe
from node.demo.federation import Federation, keep, open_federation
from node.demo.founding import found
from node.demo.loading import load
from node.demo.processes import running
from node.demo.summary import summarise, wait_until_agreed

LOADING_AT_ONCE = 2


def run_demo(members: int, once: bool, folder: Path) -> int:  # noqa: FBT001 - the shape of the command's door
    """Run the demo; gives the exit status, 0 only if everything arrived, verified and agrees.

    Progress goes to standard error. With `once` the summary is alone on standard output and everything is
    stopped again; otherwise the nodes stay up until Ctrl-C.
    """
    say = _progress(time.monotonic())
    with InstanceLock(folder.absolute(), "demo"):
        federation, is_new = open_federation(folder, members)
        if is_new:
            say(f"founding a federation of {', '.join(federation.codes)}")
            found(federation, say)
            keep(federation)
        say("starting the nodes")
        with running(federation):
            return _run(federation, once=once, say=say)


def _run(federation: Federation, *, once: bool, say: Callable[[str], None]) -> int:
    # first in each log: who holds a member's bundles has read its typologies, too
    say("describing typologies: written, reviewed and shared by three people at each node")
    for node in federation.nodes:
        describe(node, federation.codes, say)
    say("loading open data: upload, approval and release by three people at each node")
    with ThreadPoolExecutor(max_workers=LOADING_AT_ONCE) as pool:
        list(pool.map(lambda node: load(node, say), federation.nodes))
    say("waiting for the schedulers to synchronise and for the indicators to agree")
    summary = summarise(wait_until_agreed(federation, say))
    for failure in summary["failures"]:
        say(f"FAILED: {failure}")
    if once:
        sys.stdout.write(json.dumps(summary, ensure_ascii=False, indent=1) + "\n")
    else:
        _stay(federation, ok=summary["ok"])
    return 0 if summary["ok"] else 1


def _stay(federation: Federation, *, ok: bool) -> None:
    """Say where to sign in, and wait for Ctrl-C, which may come while the lines are still being written."""
    try:
        _say_where(federation, ok=ok)
        threading.Event().wait()
    except KeyboardInterrupt:
        sys.stdout.write("\nStopping.\n")


def _say_where(federation: Federation, *, ok: bool) -> None:
    lines = ["All nodes agree." if ok else "NOT all is well: see the lines above."]
    for node in federation.nodes:
        head = node.person(Role.ANALYST, number=1)
        lines.append(f"{node.code}  {node.url}  sign in as {head.login}  password {head.password}")
    lines.append(
        f"Everybody else's sign-in is in {federation.folder / 'federation.json'}. Ctrl-C stops the demo."
    )
    sys.stdout.write("\n".join(lines) + "\n")
    sys.stdout.flush()


def _progress(started: float) -> Callable[[str], None]:
    def say(line: str) -> None:
        sys.stderr.write(f"[{time.monotonic() - started:6.1f} s] {line}\n")
        sys.stderr.flush()

    return say
