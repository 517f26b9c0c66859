"""`make soak MINUTES=60`: every second a process of some node is killed while releases go on; then all is audited.

Invariants: who is killed is drawn from a seed, one in five of all processes, else of those that are ready, because of
processes that only ever start nothing would come; nothing is repaired by hand; the exit status is 0 only if every
release that was acknowledged is held exactly once by every node, every node verifies from the bytes up, and all agree;
an hour in which nothing was acknowledged proves nothing and fails.
"""

from __future__ import annotations

import itertools
import random
import shutil
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from node.demo.federation import Federation
from schemas.period import FIRST_YEAR, LAST_YEAR
from tests.support.federation import trade
from tests.support.killed import Kept, audited, kept_running, publish, wait_for
from tests.support.real_nodes import founded

CODES = ("KZ", "RU", "BY")
EVERY_S = 1.0
WHILE_STARTING = 0.2
WHILE_DOWN_S = 0.1
SEED = 20261123
PRODUCTS = tuple(f"HS{chapter:02d}" for chapter in range(1, 25))
PARTNERS = ("RU", "BY", "AM", "AZ", "KG", "MD", "TJ", "UZ")


def soak(federation: Federation, folder: Path, minutes: float) -> tuple[int, int, set[str]]:
    """Kill and publish for so long; gives kills, attempts to publish, and what was acknowledged."""
    chance = random.Random(SEED)
    over = threading.Event()
    acknowledged: set[str] = set()
    attempts = kills = 0
    publisher = federation.nodes[0]
    figures = _figures()

    def go_on_publishing(web: Kept) -> None:
        nonlocal attempts
        while not over.is_set():
            if not web.is_ready():  # an attempt at a port that nobody holds yet says nothing
                time.sleep(WHILE_DOWN_S)
                continue
            acknowledged.update(publish(publisher, folder / f"{attempts}.csv", next(figures)))
            attempts += 1

    with kept_running(federation) as processes, ThreadPoolExecutor(1) as publisher_thread:
        web = next(one for one in processes if one.node is publisher and one.name == "web")
        publishing = publisher_thread.submit(go_on_publishing, web)
        try:
            until = time.monotonic() + minutes * 60
            while time.monotonic() < until:
                time.sleep(EVERY_S)
                ready = [process for process in processes if process.is_ready()]
                victims = processes if chance.random() < WHILE_STARTING else ready
                if victims:
                    _replaced(chance.choice(victims))
                    kills += 1
        finally:
            over.set()
        publishing.result()
        for process in processes:
            process.kill()
            process.start()
        for node in federation.nodes:
            held = wait_for(node, acknowledged)
            missing = sorted(acknowledged - held)
            if missing:
                raise SystemExit(
                    f"{node.code} holds {len(held)} release(s) and lacks {len(missing)} of {len(acknowledged)} "
                    f"that were acknowledged: {', '.join(missing[:9])}; the nodes are kept in {folder}"
                )
    return kills, attempts, acknowledged


def _figures() -> Iterator[dict[str, str]]:
    """Give figures of which no two are about the same cell, more than an hour has attempts for."""
    years = range(FIRST_YEAR, LAST_YEAR + 1)
    for product, partner, direction, year in itertools.product(PRODUCTS, PARTNERS, ("OUT", "IN"), years):
        yield {**trade("KZ", partner, direction, "100", str(year)), "PRODUCT": product}


def _replaced(process: Kept) -> None:
    """Kill a process, ready or not, and start the next one without waiting for it."""
    process.kill()
    process.begin()


def main(arguments: list[str]) -> int:
    """Run for the minutes given, an hour by default; gives the exit status."""
    minutes = float(arguments[0]) if arguments else 60.0
    folder = Path(tempfile.mkdtemp(prefix="irac-soak-"))
    federation = founded(folder / "federation", CODES)
    kills, attempts, acknowledged = soak(federation, folder, minutes)
    held = [audited(node) for node in federation.nodes]
    agreed = bool(acknowledged) and all(one == held[0] for one in held) and acknowledged <= set(held[0])
    if agreed:
        shutil.rmtree(folder)  # what failed is kept to be looked at
    sys.stdout.write(
        f"{minutes:g} minutes, {kills} kills, {attempts} attempts to publish, {len(acknowledged)} acknowledged, "
        f"{len(held[0])} held by each of {len(held)} nodes: {'agreed' if agreed else 'NOT AGREED'}\n"
    )
    return 0 if agreed else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
